using System.Globalization;
using System.Numerics;
using Microsoft.CodeAnalysis;

namespace AiSdk.Generators.Helpers;

/// <summary>Spells numbers as C# literals of a type, exactly or not at all.</summary>
internal static class NumberLiteral
{
    // Beyond that no number type holds the number, or tells it from 0.
    private const int MaxExponent = 500;

    /// <summary>The range of an integer type, null for none.</summary>
    public static (BigInteger? Minimum, BigInteger? Maximum)? Integers(ITypeSymbol type) => type.SpecialType switch
    {
        SpecialType.System_SByte => (sbyte.MinValue, sbyte.MaxValue),
        SpecialType.System_Byte => (byte.MinValue, byte.MaxValue),
        SpecialType.System_Int16 => (short.MinValue, short.MaxValue),
        SpecialType.System_UInt16 => (ushort.MinValue, ushort.MaxValue),
        SpecialType.System_Int32 => (int.MinValue, int.MaxValue),
        SpecialType.System_UInt32 => (uint.MinValue, uint.MaxValue),
        SpecialType.System_Int64 or SpecialType.System_IntPtr => (long.MinValue, long.MaxValue),
        SpecialType.System_UInt64 or SpecialType.System_UIntPtr => (ulong.MinValue, ulong.MaxValue),
        _ => Full(type) switch
        {
            "System.Int128" => (-BigInteger.Pow(2, 127), BigInteger.Pow(2, 127) - 1),
            "System.UInt128" => (BigInteger.Zero, BigInteger.Pow(2, 128) - 1),
            "System.Numerics.BigInteger" => (null, null),
            _ => null,
        },
    };

    /// <summary>The least integer that is not less than a number, and whether it is that number.</summary>
    public static BigInteger? Ceiling(string text, out bool isExact)
    {
        isExact = false;
        int e = text.IndexOfAny(['e', 'E']);
        string mantissa = e < 0 ? text : text.Substring(0, e);
        int exponent = 0;
        if (e >= 0 && !int.TryParse(text.Substring(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
            return null;
        int point = mantissa.IndexOf('.');
        if (point >= 0)
            exponent -= mantissa.Length - point - 1;
        if (exponent is > MaxExponent or < -MaxExponent
            || !BigInteger.TryParse(mantissa.Replace(".", ""), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger digits))
            return null;
        if (exponent >= 0)
        {
            isExact = true;
            return digits * BigInteger.Pow(10, exponent);
        }
        BigInteger whole = BigInteger.DivRem(digits, BigInteger.Pow(10, -exponent), out BigInteger rest);
        isExact = rest.IsZero;
        return rest.Sign > 0 ? whole + 1 : whole;
    }

    /// <summary>An integer as a literal that compares with the type without a warning; it must be in its range.</summary>
    public static string Of(BigInteger number, ITypeSymbol type)
    {
        string text = number.ToString(CultureInfo.InvariantCulture);
        if (number > ulong.MaxValue || number < long.MinValue)
            return $"{CSharp.NonNullableTypeName(type)}.Parse(\"{text}\", global::System.Globalization.CultureInfo.InvariantCulture)";
        if (number > long.MaxValue || Full(type) == "System.UInt128")
            return text + "UL";
        return number > int.MaxValue || number < int.MinValue ? text + "L" : text;
    }

    /// <summary>A number as a literal of a type with fractions; null if the type is none, or has no such number.</summary>
    public static string? Of(string text, ITypeSymbol type)
    {
        const NumberStyles Style = NumberStyles.Float;
        return type.SpecialType switch
        {
            SpecialType.System_Decimal => decimal.TryParse(text, Style, CultureInfo.InvariantCulture, out decimal number) ? CSharp.Constant(number, type) : null,
            SpecialType.System_Double => double.TryParse(text, Style, CultureInfo.InvariantCulture, out double number) && !double.IsInfinity(number) ? CSharp.Constant(number, type) : null,
            SpecialType.System_Single => float.TryParse(text, Style, CultureInfo.InvariantCulture, out float number) && !float.IsInfinity(number) ? CSharp.Constant(number, type) : null,
            _ => Full(type) == "System.Half" && double.TryParse(text, Style, CultureInfo.InvariantCulture, out double number) && Math.Abs(number) <= 65504
                ? $"(global::System.Half)({number.ToString("R", CultureInfo.InvariantCulture)}D)"
                : null,
        };
    }

    /// <summary>Whether the type has fractions.</summary>
    public static bool IsFractional(ITypeSymbol type) =>
        type.SpecialType is SpecialType.System_Decimal or SpecialType.System_Double or SpecialType.System_Single || Full(type) == "System.Half";

    private static string Full(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat.WithGlobalNamespaceStyle(SymbolDisplayGlobalNamespaceStyle.Omitted));
}

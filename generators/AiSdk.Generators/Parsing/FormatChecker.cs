using System.Globalization;
using System.Numerics;
using Microsoft.CodeAnalysis;

namespace AiSdk.Generators.Parsing;

/// <summary>Says whether a simple type can be printed in a format: it prints a value of it, or of the type most like it that the compiler's own platform has.</summary>
internal static class FormatChecker
{
    /// <summary>From this many digits on a precision is not tried: it would fill the memory.</summary>
    private const int MaxPrecisionDigits = 4;

    /// <summary>Whether the format is one of the type's.</summary>
    public static bool IsFormat(string format, ITypeSymbol type)
    {
        if (type.Is("System", "DateOnly"))
            return format.Length == 1 ? "oOrRmMdDyY".Contains(format) : !Uses(format, ":tfFhHmszK") && Prints(new DateTime(2026, 3, 31), format);
        if (type.Is("System", "TimeOnly"))
            return format.Length == 1 ? "oOrRtT".Contains(format) : !Uses(format, "dMy/zk") && Prints(new DateTime(2026, 3, 31, 14, 5, 9), format);
        if (Probe(type) is not { } probe)
            return true;
        // Binary digits are newer than some of the platforms that compilers run on.
        bool isStandard = format.Length > 0 && char.IsLetter(format[0]) && format.Skip(1).All(static c => c is >= '0' and <= '9');
        if (isStandard && format[0] is 'b' or 'B' && probe is sbyte or byte or short or ushort or int or uint or long or ulong or BigInteger)
            return true;
        return (isStandard && format.Length > MaxPrecisionDigits) || Prints(probe, format);
    }

    private static IFormattable? Probe(ITypeSymbol type) => type.SpecialType switch
    {
        SpecialType.System_SByte => (sbyte)1,
        SpecialType.System_Byte => (byte)1,
        SpecialType.System_Int16 => (short)1,
        SpecialType.System_UInt16 => (ushort)1,
        SpecialType.System_Int32 => 1,
        SpecialType.System_UInt32 => 1U,
        SpecialType.System_Int64 or SpecialType.System_IntPtr => 1L,
        SpecialType.System_UInt64 or SpecialType.System_UIntPtr => 1UL,
        SpecialType.System_Single => 1F,
        SpecialType.System_Double => 1D,
        SpecialType.System_Decimal => 1M,
        SpecialType.System_DateTime => new DateTime(2026, 3, 31, 14, 5, 9, DateTimeKind.Utc),
        _ => type switch
        {
            _ when type.Is("System", "DateTimeOffset") => new DateTimeOffset(2026, 3, 31, 14, 5, 9, TimeSpan.Zero),
            _ when type.Is("System", "TimeSpan") => new TimeSpan(1, 2, 3, 4),
            _ when type.Is("System", "Guid") => Guid.Empty,
            _ when type.Is("System", "Half") => 1F,
            _ when type.Is("System", "Int128") => 1L,
            _ when type.Is("System", "UInt128") => 1UL,
            _ when type.Is("System.Numerics", "BigInteger") => BigInteger.One,
            _ => null,
        },
    };

    private static bool Prints(IFormattable value, string format)
    {
        try
        {
            value.ToString(format, CultureInfo.InvariantCulture);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>Whether a custom format of a date or time uses one of these specifiers, outside of quotes.</summary>
    private static bool Uses(string format, string specifiers)
    {
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] == '\\')
                i++;
            else if (format[i] is '\'' or '"' && format.IndexOf(format[i], i + 1) is >= 0 and int end)
                i = end;
            else if (specifiers.IndexOf(format[i]) >= 0)
                return true;
        }
        return false;
    }
}

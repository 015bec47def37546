using System.Globalization;
using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using Microsoft.CodeAnalysis;

namespace AiSdk.Generators.Parsing;

/// <summary>The limits that DataAnnotations put on a value.</summary>
internal static class Limits
{
    private const string DataAnnotations = "System.ComponentModel.DataAnnotations";

    /// <summary>The limits that the attributes of a property and its constructor parameter state, or null if there are none.</summary>
    public static LimitsModel? Of(params ISymbol?[] symbols)
    {
        LimitsModel limits = new();
        foreach (AttributeData attribute in Rules.Attributes(symbols))
        {
            if (attribute.AttributeClass is not { } type || !type.ContainingNamespace.HasFullName(DataAnnotations))
                continue;
            object?[] arguments = [.. attribute.ConstructorArguments.Where(static a => a.Kind != TypedConstantKind.Array).Select(static a => a.Value)];
            limits = type.Name switch
            {
                "RangeAttribute" when arguments.Length >= 2 => limits with
                {
                    Minimum = Number(arguments[arguments.Length - 2]),
                    Maximum = Number(arguments[arguments.Length - 1]),
                    MinimumIsExclusive = attribute.Named("MinimumIsExclusive") is true,
                    MaximumIsExclusive = attribute.Named("MaximumIsExclusive") is true,
                },
                "StringLengthAttribute" when arguments.Length > 0 => limits with { MaxLength = arguments[0] as int?, MinLength = attribute.Named("MinimumLength") as int? ?? limits.MinLength },
                "LengthAttribute" when arguments.Length == 2 => limits with { MinLength = arguments[0] as int?, MaxLength = arguments[1] as int? },
                "MinLengthAttribute" when arguments.Length > 0 => limits with { MinLength = arguments[0] as int? },
                "MaxLengthAttribute" when arguments is [int length and not -1] => limits with { MaxLength = length },
                "RegularExpressionAttribute" when arguments.Length > 0 => limits with { Pattern = arguments[0] as string },
                "EmailAddressAttribute" => limits with { Format = "email" },
                "AllowedValuesAttribute" when attribute.ConstructorArguments is [{ Kind: TypedConstantKind.Array, IsNull: false } allowed] => limits with
                {
                    AllowedValues = allowed.Values.Where(static value => value.Kind != TypedConstantKind.Array).Select(JsonValue).ToEquatableArray(),
                },
                _ => limits,
            };
        }
        return limits == new LimitsModel() ? null : limits;
    }

    /// <summary>Whether <c>[Required]</c> demands a value that is not null.</summary>
    public static bool IsRequired(params ISymbol?[] symbols) => Rules.Attributes(symbols).Any(static attribute => attribute.AttributeClass.Is(DataAnnotations, "RequiredAttribute"));

    /// <summary>A number as invariant text, as far as decimals are exact; null if it is none, or no limit.</summary>
    public static string? Number(object? value) => value switch
    {
        // RangeAttribute(typeof(decimal), "0.01", "10") holds its limits as text.
        string text => decimal.TryParse(text, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out decimal number) ? number.ToString(CultureInfo.InvariantCulture) : null,
        double.NaN or double.NegativeInfinity or double.PositiveInfinity or double.MinValue or double.MaxValue => null,
        IFormattable number => number.ToString(number is double ? "R" : null, CultureInfo.InvariantCulture),
        _ => null,
    };

    private static string JsonValue(TypedConstant constant) =>
        constant is { Kind: TypedConstantKind.Enum, Type: INamedTypeSymbol type }
            && type.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(f => f.HasConstantValue && Equals(f.ConstantValue, constant.Value)) is { } field
            ? Json.Quote(JsonNames.OfEnumValue(field))
            : JsonValue(constant.Value);

    private static string JsonValue(object? value) => value switch
    {
        null => "null",
        bool truth => truth ? "true" : "false",
        string text => Json.Quote(text),
        char character => Json.Quote(character.ToString()),
        double.NaN or double.PositiveInfinity or double.NegativeInfinity or float.NaN or float.PositiveInfinity or float.NegativeInfinity => "null",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => Json.Quote(value.ToString()),
    };
}

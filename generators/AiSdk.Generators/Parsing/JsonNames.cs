using System.Text;
using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using Microsoft.CodeAnalysis;

namespace AiSdk.Generators.Parsing;

/// <summary>What members are called in JSON: as System.Text.Json's web defaults and attributes have it.</summary>
internal static class JsonNames
{
    private const string Serialization = "System.Text.Json.Serialization";

    /// <summary>A property's name: <c>[JsonPropertyName]</c>, else in camel case.</summary>
    public static string OfProperty(ISymbol member) =>
        member.Attribute(Serialization, "JsonPropertyNameAttribute").Text() ?? CamelCase(member.Name);

    /// <summary>The name of an enum's value: <c>[JsonStringEnumMemberName]</c>, else its own.</summary>
    public static string OfEnumValue(IFieldSymbol field) => field.Attribute(Serialization, "JsonStringEnumMemberNameAttribute").Text() ?? field.Name;

    /// <summary>Whether a property takes no part.</summary>
    public static bool IsIgnored(ISymbol member) =>
        member.Attribute(Serialization, "JsonIgnoreAttribute") is { } ignore && ignore.Named("Condition") is null or 1
        || member.Has(Serialization, "JsonExtensionDataAttribute");

    /// <summary>The converter that would be needed, or null; those that write enums as names say what is done anyway.</summary>
    public static string? Converter(ISymbol symbol) =>
        symbol.Attribute(Serialization, "JsonConverterAttribute") is { ConstructorArguments: [{ Value: ITypeSymbol converter }] } && converter.Name != "JsonStringEnumConverter"
            ? converter.Display()
            : null;

    /// <summary>An enum's values. Of several names for one value only the first counts.</summary>
    public static EquatableArray<EnumValueModel> OfEnum(INamedTypeSymbol type, Documentation documentation)
    {
        List<EnumValueModel> values = [];
        HashSet<object> seen = [];
        foreach (IFieldSymbol field in type.GetMembers().OfType<IFieldSymbol>())
        {
            if (field is { HasConstantValue: true, ConstantValue: { } constant } && seen.Add(constant) && !IsIgnored(field))
            {
                values.Add(new EnumValueModel(
                    $"{CSharp.NonNullableTypeName(type)}.{CSharp.Identifier(field.Name)}",
                    OfEnumValue(field),
                    documentation.Of(field)));
            }
        }
        return values.ToEquatableArray();
    }

    /// <summary>A union's discriminator and alternatives, or none where the type is no union.</summary>
    /// <param name="type">The type.</param>
    /// <param name="discriminator">The property that tells the alternatives apart.</param>
    /// <param name="problem">What is wrong with the union, or null.</param>
    public static IReadOnlyList<(INamedTypeSymbol Type, string Text, string Json)> Union(INamedTypeSymbol type, out string discriminator, out string? problem)
    {
        List<(INamedTypeSymbol Type, string Text, string Json)> variants = [];
        problem = null;
        discriminator = type.Attribute(Serialization, "JsonPolymorphicAttribute")?.Named("TypeDiscriminatorPropertyName") as string ?? "$type";
        foreach (AttributeData attribute in type.GetAttributes())
        {
            if (!attribute.AttributeClass.Is(Serialization, "JsonDerivedTypeAttribute") || attribute.ConstructorArguments is not [{ Value: INamedTypeSymbol derived }, ..])
                continue;
            object? value = attribute.ConstructorArguments.Length > 1 ? attribute.ConstructorArguments[1].Value : null;
            if (value is string text)
                variants.Add((derived, text, Json.Quote(text)));
            else if (value is int number)
                variants.Add((derived, number.ToString(System.Globalization.CultureInfo.InvariantCulture), number.ToString(System.Globalization.CultureInfo.InvariantCulture)));
            else
                problem = $"[JsonDerivedType(typeof({derived.Name}))] on {type.Name} needs a discriminator, as in [JsonDerivedType(typeof({derived.Name}), \"{CamelCase(derived.Name)}\")]";
        }
        if (variants.Count > 0 || problem is not null || !type.IsAbstract || type.TypeKind != TypeKind.Class)
            return variants;

        foreach (INamedTypeSymbol nested in NestedIn(type))
        {
            if (!nested.IsAbstract && DerivesFrom(nested, type))
                variants.Add((nested, nested.Name, Json.Quote(nested.Name)));
        }
        discriminator = variants.Any(static variant => variant.Type.DataMembers().Any(static member => OfProperty(member) == "type")) ? "$type" : "type";
        return variants;
    }

    /// <summary>The types nested in a type, at any depth: a union may be ordered in groups.</summary>
    private static IEnumerable<INamedTypeSymbol> NestedIn(INamedTypeSymbol type) =>
        type.GetTypeMembers().SelectMany(static nested => new[] { nested }.Concat(NestedIn(nested)));

    private static bool DerivesFrom(INamedTypeSymbol type, INamedTypeSymbol ancestor)
    {
        for (INamedTypeSymbol? level = type.BaseType; level is not null; level = level.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(level, ancestor))
                return true;
        }
        return false;
    }

    /// <summary>The name as System.Text.Json's camel-case policy spells it: leading capitals up to the last before a small letter become small.</summary>
    public static string CamelCase(string name)
    {
        StringBuilder result = new(name);
        for (int i = 0; i < result.Length && char.IsUpper(result[i]); i++)
        {
            if (i > 0 && i + 1 < result.Length && !char.IsUpper(result[i + 1]))
            {
                if (result[i + 1] == ' ')
                    result[i] = char.ToLowerInvariant(result[i]);
                break;
            }
            result[i] = char.ToLowerInvariant(result[i]);
        }
        return result.ToString();
    }
}

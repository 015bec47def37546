using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AiSdk.Generators.Helpers;

/// <summary>Spells C#: names, literals, documentation.</summary>
internal static class CSharp
{
    /// <summary>A type's full name with <c>global::</c> and nullable annotations: what may be written anywhere.</summary>
    private static readonly SymbolDisplayFormat _typeFormat = SymbolDisplayFormat.FullyQualifiedFormat
        .AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    private static readonly SymbolDisplayFormat _keyFormat = _typeFormat.AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNotNullableReferenceTypeModifier);

    /// <summary>A type's name as it can be written in any file, with nullable annotations.</summary>
    public static string TypeName(ITypeSymbol type) => type.ToDisplayString(_typeFormat);

    /// <summary>The same without the outermost nullable annotation of a reference type.</summary>
    public static string NonNullableTypeName(ITypeSymbol type) => TypeName(type.IsReferenceType ? type.WithNullableAnnotation(NullableAnnotation.NotAnnotated) : type);

    /// <summary>What tells types apart, also those that differ only in what may be null inside them.</summary>
    public static string TypeKey(ITypeSymbol type) => (type.IsReferenceType ? type.WithNullableAnnotation(NullableAnnotation.NotAnnotated) : type).ToDisplayString(_keyFormat);

    /// <summary>The name, or the first of its numbered forms, that is not taken; it is then.</summary>
    public static string Unique(string name, ISet<string> taken)
    {
        string candidate = name;
        for (int number = 2; !taken.Add(candidate); number++)
            candidate = $"{name}_{number.ToString(CultureInfo.InvariantCulture)}";
        return candidate;
    }

    /// <summary>An identifier, with <c>@</c> where it is a keyword.</summary>
    public static string Identifier(string name) =>
        SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None || SyntaxFacts.GetContextualKeywordKind(name) != SyntaxKind.None ? "@" + name : name;

    /// <summary>An integer literal.</summary>
    public static string Literal(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A quoted string literal.</summary>
    public static string Literal(string value) => SymbolDisplay.FormatLiteral(value, quote: true);

    /// <summary>A UTF-8 literal.</summary>
    public static string Utf8Literal(string value) => Literal(value) + "u8";

    /// <summary>A literal of a constant: a parameter's default, an attribute's argument.</summary>
    public static string Constant(object? value, ITypeSymbol type)
    {
        if (value is null)
            return type.IsValueType || type.NullableAnnotation == NullableAnnotation.Annotated ? "default" : "default!";
        string literal = value switch
        {
            string text => Literal(text),
            char character => SymbolDisplay.FormatLiteral(character, quote: true),
            bool truth => truth ? "true" : "false",
            float.NaN => "float.NaN",
            float.PositiveInfinity => "float.PositiveInfinity",
            float.NegativeInfinity => "float.NegativeInfinity",
            float number => number.ToString("R", CultureInfo.InvariantCulture) + "F",
            double.NaN => "double.NaN",
            double.PositiveInfinity => "double.PositiveInfinity",
            double.NegativeInfinity => "double.NegativeInfinity",
            double number => number.ToString("R", CultureInfo.InvariantCulture) + "D",
            decimal number => number.ToString(CultureInfo.InvariantCulture) + "M",
            uint number => number.ToString(CultureInfo.InvariantCulture) + "U",
            long number => number.ToString(CultureInfo.InvariantCulture) + "L",
            ulong number => number.ToString(CultureInfo.InvariantCulture) + "UL",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => "default",
        };
        ITypeSymbol target = type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable ? nullable.TypeArguments[0] : type;
        return target.TypeKind == TypeKind.Enum ? $"({TypeName(target)})({literal})" : literal;
    }

    /// <summary>A raw string literal over several lines, with as many quotes as its text needs.</summary>
    public static string RawLiteral(string text)
    {
        int longest = 2, run = 0;
        foreach (char c in text)
        {
            run = c == '"' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }
        string quotes = new('"', longest + 1);
        return $"{quotes}\n{text}\n{quotes}";
    }

    /// <summary>Text inside an XML doc comment.</summary>
    public static string XmlText(string text) =>
        text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").Replace("\r", "").Replace("\n", " ");

    /// <summary>The accessibility as it is written.</summary>
    public static string Accessibility(Accessibility accessibility) => accessibility switch
    {
        Microsoft.CodeAnalysis.Accessibility.Public => "public",
        Microsoft.CodeAnalysis.Accessibility.Protected => "protected",
        Microsoft.CodeAnalysis.Accessibility.ProtectedOrInternal => "protected internal",
        Microsoft.CodeAnalysis.Accessibility.ProtectedAndInternal => "private protected",
        Microsoft.CodeAnalysis.Accessibility.Private => "private",
        _ => "internal",
    };
}

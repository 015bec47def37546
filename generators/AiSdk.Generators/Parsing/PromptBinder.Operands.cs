using System.Globalization;
using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using AiSdk.Prompts;
using Microsoft.CodeAnalysis;

namespace AiSdk.Generators.Parsing;

/// <summary>What helpers are given: paths and literals.</summary>
internal sealed partial class PromptBinder
{
    private const string PromptText = "global::AiSdk.CompilerServices.PromptText";

    /// <summary>The media that an address leads to, as C#, or null where the value is no address.</summary>
    private string? Address(Operand content, MediaNode node)
    {
        ITypeSymbol type = content.Type.Underlying(out _);
        bool isUri = type.Is("System", "Uri");
        if (type.SpecialType != SpecialType.System_String && !isUri)
            return null;
        string contentType = "null";
        if (node.ContentType is { } given)
        {
            if (Given(given) is not { } value)
                return "null";
            if (value.Type.SpecialType != SpecialType.System_String)
            {
                Report(ProblemKind.UnsupportedPlaceholder, $"'{given}' is {value.Type.Display()}, but a media type is a text: contentType=\"image/png\"", given.Position, given.Length);
                return "null";
            }
            contentType = value.Expression;
        }
        return $"{PromptText}.Media({content.Expression}, {contentType})";
    }

    /// <summary>The parts of the branch that is taken whatever the arguments are, or a choice.</summary>
    private EquatableArray<BoundNode> BindIfEquals(IfEqualsNode node)
    {
        Operand? left = Given(node.Left);
        Operand? right = Given(node.Right);
        string? condition = left is null || right is null ? null : Equality(left, right, node);
        bool before = _mayBeSystem;
        EquatableArray<BoundNode> then = Bind(node.Then);
        (bool afterThen, _mayBeSystem) = (_mayBeSystem, before);
        EquatableArray<BoundNode> orElse = Bind(node.Else);
        bool afterElse = _mayBeSystem;
        _mayBeSystem = afterThen || afterElse;
        switch (condition)
        {
            case null:
                return default;
            case "true" or "false":
                bool isThen = condition == "true" != node.Negated;
                _mayBeSystem = isThen ? afterThen : afterElse;
                return isThen ? then : orElse;
            default:
                return new BoundNode[] { new BoundIf(node.Negated ? $"!({condition})" : condition, then, orElse) }.ToEquatableArray();
        }
    }

    private Operand? Given(TemplateOperand operand) => operand.Kind switch
    {
        TemplateLiteralKind.None => Resolve(operand.Path!),
        TemplateLiteralKind.String => Literal(SpecialType.System_String, CSharp.Literal(operand.Text), operand),
        TemplateLiteralKind.Number => Literal(SpecialType.System_Decimal, operand.Text + "M", operand),
        TemplateLiteralKind.Null => Literal(SpecialType.System_String, "null", operand) with { MayBeNull = true, IsNullHere = true },
        _ => Literal(SpecialType.System_Boolean, operand.Kind == TemplateLiteralKind.True ? "true" : "false", operand),
    };

    private Operand Literal(SpecialType type, string expression, TemplateOperand operand) => new(expression, _compilation.GetSpecialType(type), false, null) { Literal = operand };

    /// <summary>The C# condition of two values being the same, "true" or "false" where that is known; values of different sorts never are.</summary>
    private string? Equality(Operand left, Operand right, IfEqualsNode node)
    {
        if (left.Literal is not null && right.Literal is null)
            return Equality(right, left, node with { Left = node.Right, Right = node.Left });
        if (right.Literal is { Kind: TemplateLiteralKind.Null })
            return left.Literal is { } both ? Constant(both.Kind == TemplateLiteralKind.Null) : left.MayBeNull ? $"{left.Expression} is null" : "false";
        if (left.Literal is { } first && right.Literal is { } second)
            return Constant(first.Kind == second.Kind && (first.Kind == TemplateLiteralKind.Number ? Decimal(first) == Decimal(second) : first.Text == second.Text));

        ITypeSymbol leftType = left.Type.Underlying(out _);
        ITypeSymbol rightType = right.Type.Underlying(out _);
        if (leftType.TypeKind == TypeKind.Enum && right.Literal is { Kind: TemplateLiteralKind.String } name)
        {
            List<IFieldSymbol> values = [.. leftType.GetMembers().OfType<IFieldSymbol>().Where(static field => field.HasConstantValue)];
            IFieldSymbol? value = values.FirstOrDefault(field => JsonNames.OfEnumValue(field) == name.Text) ?? values.FirstOrDefault(field => field.Name == name.Text);
            if (value is not null)
                return $"{left.Expression} == {CSharp.NonNullableTypeName(leftType)}.{CSharp.Identifier(value.Name)}";
            Report(ProblemKind.UnsupportedPlaceholder, $"{leftType.Display()} has no value '{name.Text}'; it has {string.Join(", ", values.Select(JsonNames.OfEnumValue).Take(12))}", name.Position, name.Length);
            return null;
        }
        if (Scalars.IsNumber(leftType) && Scalars.IsNumber(rightType))
        {
            if (right.Literal is { } number)
                return Number(number.Text, leftType) is { } typed ? $"{left.Expression} == {typed}" : "false";
            if (SymbolEqualityComparer.Default.Equals(leftType, rightType))
                return $"{left.Expression} == {right.Expression}";
            // Numbers of different types are compared by what they are worth.
            return $"(double{(left.MayBeNull ? "?" : "")}){left.Expression} == (double{(right.MayBeNull ? "?" : "")}){right.Expression}";
        }
        if (!IsComparable(leftType, node.Left) || !IsComparable(rightType, node.Right))
            return null;
        if (SymbolEqualityComparer.Default.Equals(leftType, rightType))
            return $"{left.Expression} == {right.Expression}";
        // Nothing is the same as nothing, whatever it could have been.
        return left.MayBeNull && right.MayBeNull ? $"{left.Expression} is null && {right.Expression} is null" : "false";
    }

    private bool IsComparable(ITypeSymbol type, TemplateOperand operand)
    {
        if (type.SpecialType is SpecialType.System_String or SpecialType.System_Boolean or SpecialType.System_Char || type.TypeKind == TypeKind.Enum || Scalars.Output(type) is not null)
            return true;
        Report(ProblemKind.UnsupportedPlaceholder, $"'{operand}' is {type.Display()}, which cannot be compared: {{{{#ifEquals}}}} takes texts, numbers, truth values, enums and dates", operand.Position, operand.Length);
        return false;
    }

    /// <summary>A number as a value of a type, as C#; null where no value of the type is that number.</summary>
    private static string? Number(string text, ITypeSymbol type)
    {
        if (Scalars.Output(type) is not { } scalar || Helpers.Json.Parse(text, out _) is not { Kind: JsonKind.Number } number || ExampleChecker.Expected(number, scalar.Read) is not null)
            return null;
        if (type.SpecialType == SpecialType.System_Decimal)
            return decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture) + "M";
        if (scalar.JsonType == "number")
            return type.SpecialType == SpecialType.System_Double ? text + "D" : $"({CSharp.TypeName(type)}){text}D";
        string whole = decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal value) ? decimal.Truncate(value).ToString("0", CultureInfo.InvariantCulture) : text;
        return type.SpecialType switch
        {
            SpecialType.System_Int32 => whole,
            SpecialType.None => $"{CSharp.TypeName(type)}.Parse({CSharp.Literal(whole)}, {Invariant})",
            _ => $"({CSharp.TypeName(type)})({whole})",
        };
    }

    private static decimal Decimal(TemplateOperand operand) => decimal.Parse(operand.Text, CultureInfo.InvariantCulture);

    private static string Constant(bool value) => value ? "true" : "false";
}

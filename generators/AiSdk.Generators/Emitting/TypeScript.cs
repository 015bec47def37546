using System.Globalization;
using System.Text;
using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;

namespace AiSdk.Generators.Emitting;

/// <summary>Writes a return type in the manner of TypeScript: what a prompt shows a model that takes no schema.</summary>
internal sealed class TypeScript
{
    private readonly EquatableArray<TypeModel> _types;
    private readonly TypeGraph _graph;

    private TypeScript(EquatableArray<TypeModel> types, TypeGraph graph)
    {
        _types = types;
        _graph = graph;
    }

    /// <summary>The text.</summary>
    public static string Write(EquatableArray<TypeModel> types, TypeUse root, ReasoningModel? reasoning = null)
    {
        TypeGraph graph = new(types, root);
        TypeScript script = new(types, graph);
        StringBuilder text = new();
        foreach (int type in graph.Named)
            text.Append("type ").Append(types[type].MemberName).Append(" = ").Append(script.Definition(type, 0)).Append(";\n\n");
        string main = script.Use(root, 0);
        string thoughts = reasoning is null ? "" : $"  // {OnOneLine(reasoning.Instruction)}\n  reasoning: string;\n";
        return text.Append(Wrapping.IsWrapped(types[root.Type], root.IsNullable, reasoning) ? $"{{\n{thoughts}  value: {Indented(main)};\n}}" : main).ToString();
    }

    private string Use(TypeUse use, int depth)
    {
        string text = _graph.IsNamed(use.Type) ? _types[use.Type].MemberName : Definition(use.Type, depth);
        return use.IsNullable ? text + " | null" : text;
    }

    private string Definition(int index, int depth)
    {
        TypeModel type = _types[index];
        switch (type.Kind)
        {
            case OutputTypeKind.Enum:
                return string.Join(" | ", type.Values.Select(static value => Json.Quote(value.JsonName)));
            case OutputTypeKind.Object:
                return Object(type.Properties, null, depth);
            case OutputTypeKind.Union:
                return string.Join(" | ", type.Variants.Select(variant => Object(_types[variant.Type].Properties, $"{Name(type.Discriminator)}: {variant.DiscriminatorJson};", depth)));
            case OutputTypeKind.List:
                string element = Use(type.Element, depth);
                return element.Contains(" | ") ? $"({element})[]" : element + "[]";
            case OutputTypeKind.Dictionary:
                return $"{{ [name: string]: {Use(type.Element, depth)} }}";
            default:
                return type.Scalar!.JsonType == "integer" ? "number" : type.Scalar.JsonType;
        }
    }

    private string Object(EquatableArray<PropertyModel> properties, string? first, int depth)
    {
        StringBuilder text = new("{\n");
        string indentation = new(' ', (depth + 1) * 2);
        if (first is not null)
            text.Append(indentation).Append(first).Append('\n');
        foreach (PropertyModel property in properties)
        {
            foreach (string comment in Comments(property))
                text.Append(indentation).Append("// ").Append(OnOneLine(comment)).Append('\n');
            text.Append(indentation).Append(Name(property.JsonName)).Append(": ").Append(Use(property.Type, depth + 1)).Append(";\n");
        }
        return text.Append(' ', depth * 2).Append('}').ToString();
    }

    private IEnumerable<string> Comments(PropertyModel property)
    {
        TypeModel type = _types[property.Type.Type];
        if ((property.Description ?? (_graph.IsNamed(property.Type.Type) ? null : type.Description)) is { } description)
            yield return description;
        foreach (EnumValueModel value in type.Values.Where(static v => v.Description is not null))
            yield return $"{value.JsonName}: {value.Description}";

        List<string> limits = [];
        LimitsModel? stated = property.Limits;
        if (type.Scalar is { JsonType: "integer" })
            limits.Add("a whole number");
        if (type.CSharpName == "global::System.TimeSpan")
            limits.Add("a duration, hh:mm:ss");
        else if (type.CSharpName == "global::System.TimeOnly")
            limits.Add("a time, hh:mm:ss");
        if ((type.Scalar?.Format ?? stated?.Format) is { } format)
            limits.Add(format switch { "date" => "a date, yyyy-mm-dd", "date-time" => "ISO 8601 date and time", _ => format });
        if (stated?.Minimum is { } minimum)
            limits.Add((stated.MinimumIsExclusive ? "more than " : "at least ") + minimum);
        if (stated?.Maximum is { } maximum)
            limits.Add((stated.MaximumIsExclusive ? "less than " : "at most ") + maximum);
        string unit = type.Kind is OutputTypeKind.List or OutputTypeKind.Dictionary ? "items" : "characters";
        if (stated?.MinLength is { } shortest)
            limits.Add($"at least {shortest.ToString(CultureInfo.InvariantCulture)} {unit}");
        if (stated?.MaxLength is { } longest)
            limits.Add($"at most {longest.ToString(CultureInfo.InvariantCulture)} {unit}");
        if (stated?.Pattern is { } pattern)
            limits.Add($"matches {pattern}");
        if (stated is { AllowedValues.Count: > 0 })
            limits.Add("one of " + string.Join(", ", stated.AllowedValues));
        if (limits.Count > 0)
            yield return string.Join("; ", limits);
    }

    private static string Name(string name) =>
        name.Length > 0 && name.All(static c => c is '_' or '$' || char.IsLetterOrDigit(c)) && !char.IsDigit(name[0]) ? name : Json.Quote(name);

    private static string OnOneLine(string text) => string.Join(" ", text.Split(['\r', '\n', '\u0085', '\u2028', '\u2029'], StringSplitOptions.RemoveEmptyEntries));

    private static string Indented(string text) => text.Replace("\n", "\n  ");
}

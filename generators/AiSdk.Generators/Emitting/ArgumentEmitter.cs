using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;

namespace AiSdk.Generators.Emitting;

/// <summary>Writes the methods that turn arguments into JSON or into an enum's name.</summary>
internal static class ArgumentEmitter
{
    private const string Invariant = "global::System.Globalization.CultureInfo.InvariantCulture";

    /// <summary>The types whose methods the functions' prompts need, directly or through other types, by index.</summary>
    public static ISet<int> Reachable(IEnumerable<FunctionModel> functions, EquatableArray<ArgumentTypeModel> types) =>
        Reachable(
            new HashSet<int>(functions.Where(static f => f.Failure is null).SelectMany(f => f.Prompts.SelectMany(static p => Used(p.Nodes)).Concat(GuardEmitter.JsonTypes(f, types)))),
            types);

    /// <summary>The types whose methods these need, directly or through other types, by index.</summary>
    public static ISet<int> Reachable(ISet<int> shown, EquatableArray<ArgumentTypeModel> types)
    {
        HashSet<int> reached = [];
        Stack<int> open = new(shown);
        while (open.Count > 0)
        {
            int index = open.Pop();
            if (!reached.Add(index))
                continue;
            ArgumentTypeModel type = types[index];
            foreach (ArgumentPropertyModel property in type.Properties)
                open.Push(property.Type.Type);
            foreach (ArgumentVariantModel variant in type.Variants)
                open.Push(variant.Type);
            if (type.Kind is ArgumentTypeKind.List or ArgumentTypeKind.Dictionary)
                open.Push(type.Element.Type);
        }
        // Simple values inside others are written in place; only enums have a method for that.
        reached.RemoveWhere(index => !shown.Contains(index) && !IsComposite(types[index]) && types[index].Kind != ArgumentTypeKind.Enum);
        return reached;
    }

    /// <summary>Writes the methods of the types that are reached.</summary>
    public static void Emit(SourceWriter writer, EquatableArray<ArgumentTypeModel> types, ISet<int> reached)
    {
        for (int i = 0; i < types.Count; i++)
        {
            if (!reached.Contains(i))
                continue;
            ArgumentTypeModel type = types[i];
            if (type.Kind == ArgumentTypeKind.Enum)
                EmitEnumName(writer, type);
            EmitWriter(writer, type, types);
        }
    }

    private static IEnumerable<int> Used(EquatableArray<BoundNode> nodes) => nodes.SelectMany(static node => node switch
    {
        BoundValue { ArgumentType: >= 0 } value => [value.ArgumentType],
        BoundEach each => Used(each.Body).Concat(Used(each.Else)),
        BoundIf branch => Used(branch.Then).Concat(Used(branch.Else)),
        _ => Enumerable.Empty<int>(),
    });

    private static void EmitEnumName(SourceWriter writer, ArgumentTypeModel type)
    {
        writer.OpenBlock($"internal static string? {type.MemberName}Name({type.CSharpName}? value) => value switch");
        foreach (EnumValueModel value in type.Values)
            writer.WriteLine($"{value.Expression} => {CSharp.Literal(value.JsonName)},");
        writer.WriteLine("null => null,");
        // A number without a name, or flags combined.
        writer.WriteLine(type.Number is { } number
            ? $"{{ }} number => (({number})number).ToString({Invariant}),"
            : $"{{ }} flags => string.Create({Invariant}, $\"{{flags}}\"),");
        writer.CloseBlock(";");
        writer.WriteLine();
    }

    private static void EmitWriter(SourceWriter writer, ArgumentTypeModel type, EquatableArray<ArgumentTypeModel> types)
    {
        writer.OpenBlock($"internal static void Write{type.MemberName}(global::System.Text.Json.Utf8JsonWriter writer, {type.CSharpName} value)");
        switch (type.Kind)
        {
            case ArgumentTypeKind.Object:
                if (!type.IsVariant)
                    writer.WriteLine("writer.WriteStartObject();");
                for (int i = 0; i < type.Properties.Count; i++)
                {
                    ArgumentPropertyModel property = type.Properties[i];
                    writer.WriteLine($"writer.WritePropertyName({CSharp.Utf8Literal(property.JsonName)});");
                    WriteValue(writer, property.Type, "value." + property.Name, $"property{i}", types);
                }
                if (!type.IsVariant)
                    writer.WriteLine("writer.WriteEndObject();");
                break;

            case ArgumentTypeKind.List:
                writer.WriteLine("writer.WriteStartArray();");
                writer.OpenBlock("foreach (var item in value)");
                WriteValue(writer, type.Element, "item", "element", types);
                writer.CloseBlock();
                writer.WriteLine("writer.WriteEndArray();");
                break;

            case ArgumentTypeKind.Dictionary:
                writer.WriteLine("writer.WriteStartObject();");
                writer.OpenBlock("foreach (var entry in value)");
                writer.WriteLine("writer.WritePropertyName(entry.Key);");
                WriteValue(writer, type.Element, "entry.Value", "element", types);
                writer.CloseBlock();
                writer.WriteLine("writer.WriteEndObject();");
                break;

            case ArgumentTypeKind.Union:
                writer.WriteLine("writer.WriteStartObject();");
                writer.OpenBlock("switch (value)");
                for (int i = 0; i < type.Variants.Count; i++)
                {
                    ArgumentTypeModel variant = types[type.Variants[i].Type];
                    writer.WriteLine($"case {variant.CSharpName} variant{i}:");
                    writer.WriteLine($"    writer.WritePropertyName({CSharp.Utf8Literal(type.Discriminator)});");
                    writer.WriteLine($"    writer.WriteRawValue({CSharp.Utf8Literal(type.Variants[i].DiscriminatorJson)});");
                    writer.WriteLine($"    Write{variant.MemberName}(writer, variant{i});");
                    writer.WriteLine("    break;");
                }
                // Half a value is worse than none: what the model would be shown is not what was given.
                writer.WriteLine("default:");
                writer.WriteLine($"    throw new global::System.NotSupportedException($\"{{value.GetType()}} is no [JsonDerivedType] of {type.MemberName}.\");");
                writer.CloseBlock();
                writer.WriteLine("writer.WriteEndObject();");
                break;

            default:
                writer.WriteLine(Scalar(type, "value"));
                break;
        }
        writer.CloseBlock();
        writer.WriteLine();
    }

    private static void WriteValue(SourceWriter writer, ArgumentUse use, string expression, string variable, EquatableArray<ArgumentTypeModel> types)
    {
        ArgumentTypeModel type = types[use.Type];
        string value = use.MayBeNull ? variable : expression;
        string statement = IsComposite(type)
            ? $"Write{type.MemberName}(writer, {value});"
            : Scalar(type, value);
        if (!use.MayBeNull)
        {
            writer.WriteLine(statement);
            return;
        }
        writer.WriteLine($"if ({expression} is {{ }} {variable})");
        writer.WriteLine($"    {statement}");
        writer.WriteLine("else");
        writer.WriteLine("    writer.WriteNullValue();");
    }

    private static bool IsComposite(ArgumentTypeModel type) =>
        type.Kind is ArgumentTypeKind.Object or ArgumentTypeKind.List or ArgumentTypeKind.Dictionary or ArgumentTypeKind.Union;

    private static string Scalar(ArgumentTypeModel type, string value) => type.Kind switch
    {
        ArgumentTypeKind.Boolean => $"writer.WriteBooleanValue({value});",
        ArgumentTypeKind.Number when type.IsRawNumber => $"writer.WriteRawValue({value}.ToString(null, {Invariant}));",
        ArgumentTypeKind.Number => $"writer.WriteNumberValue({value});",
        ArgumentTypeKind.Uri => $"writer.WriteStringValue({value}.OriginalString);",
        ArgumentTypeKind.Passages => $"writer.WriteStringValue({value}.ToString());",
        ArgumentTypeKind.Enum => $"writer.WriteStringValue({type.MemberName}Name({value}));",
        ArgumentTypeKind.Formatted when type.Format is { } format => $"writer.WriteStringValue({value}.ToString({CSharp.Literal(format)}, {Invariant}));",
        ArgumentTypeKind.Formatted => $"writer.WriteStringValue({value}.ToString());",
        _ => $"writer.WriteStringValue({value});",
    };
}

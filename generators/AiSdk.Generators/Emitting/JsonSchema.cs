using System.Globalization;
using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;

namespace AiSdk.Generators.Emitting;

/// <summary>Writes a return type as JSON Schema, draft 2020-12, within what OpenAI's strict mode accepts where the type allows it.</summary>
internal sealed class JsonSchema
{
    private readonly EquatableArray<TypeModel> _types;
    private readonly TypeGraph _graph;
    private readonly bool _isWrapped;
    private readonly bool _isAsRead;

    private JsonSchema(EquatableArray<TypeModel> types, TypeGraph graph, bool isWrapped, bool isAsRead)
    {
        _isAsRead = isAsRead;
        _types = types;
        _graph = graph;
        _isWrapped = isWrapped;
    }

    /// <summary>The schema as it is sent.</summary>
    public static string Write(EquatableArray<TypeModel> types, TypeUse root, ReasoningModel? reasoning = null) => Tree(types, root, isAsRead: false, reasoning).ToString();

    /// <summary>The schema.</summary>
    /// <param name="types">The types.</param>
    /// <param name="root">The type of the reply.</param>
    /// <param name="isAsRead">Whether only what the reader demands is required, and numbers say their type: models are asked for every property, since strict mode knows no other.</param>
    /// <param name="reasoning">How the model reasons first, or null.</param>
    public static JsonTree Tree(EquatableArray<TypeModel> types, TypeUse root, bool isAsRead, ReasoningModel? reasoning = null)
    {
        TypeGraph graph = new(types, root);
        bool isWrapped = Wrapping.IsWrapped(types[root.Type], root.IsNullable, reasoning);
        JsonSchema schema = new(types, graph, isWrapped, isAsRead);

        JsonTree tree = isWrapped
            ? Closed(Wrapped(schema, root, reasoning), reasoning is null ? ["value"] : ["reasoning", "value"], null, "object")
            : schema.Definition(root.Type, types[root.Type].Description, null, isNullable: false);
        List<int> named = [.. graph.Named.Where(type => isWrapped || type != root.Type)];
        if (named.Count > 0)
        {
            JsonTree definitions = JsonTree.Object();
            foreach (int type in named)
                definitions.With(types[type].MemberName, schema.Definition(type, types[type].Description, null, isNullable: false));
            tree.With("$defs", definitions);
        }
        return tree;
    }

    /// <summary>The wrapper's properties. Models write them in this order, so that the value follows from the thoughts.</summary>
    private static JsonTree Wrapped(JsonSchema schema, TypeUse root, ReasoningModel? reasoning)
    {
        JsonTree properties = JsonTree.Object();
        if (reasoning is not null)
            properties.With("reasoning", JsonTree.Object().With("type", "string").With("description", reasoning.Instruction));
        return properties.With("value", schema.Use(root, null, null));
    }

    private JsonTree Use(TypeUse use, string? description, LimitsModel? limits)
    {
        if (!_graph.IsNamed(use.Type))
            return Definition(use.Type, description ?? _types[use.Type].Description, limits, use.IsNullable);
        JsonTree reference = JsonTree.Object().With("$ref", !_isWrapped && use.Type == _graph.Root.Type ? "#" : "#/$defs/" + _types[use.Type].MemberName);
        if (!use.IsNullable && description is null)
            return reference;
        // Strict mode allows nothing beside $ref, so that null and a description need a level of their own.
        List<JsonTree> choices = [reference];
        if (use.IsNullable)
            choices.Add(JsonTree.Object().With("type", "null"));
        return JsonTree.Object().With("description", description).With("anyOf", JsonTree.List(choices));
    }

    private JsonTree Definition(int index, string? description, LimitsModel? limits, bool isNullable)
    {
        TypeModel type = _types[index];
        switch (type.Kind)
        {
            case OutputTypeKind.Enum:
                List<JsonTree> values = [.. type.Values.Select(static value => JsonTree.Text(value.JsonName))];
                if (isNullable)
                    values.Add(JsonTree.Raw("null"));
                return Type("string", isNullable).With("description", WithValues(description, type.Values)).With("enum", JsonTree.List(values));

            case OutputTypeKind.Object:
                JsonTree properties = JsonTree.Object();
                foreach (PropertyModel property in type.Properties)
                    properties.With(property.JsonName, Use(property.Type, property.Description, property.Limits));
                return Closed(properties, Required(type), description, isNullable ? null : "object");

            case OutputTypeKind.List:
                return Type("array", isNullable).With("description", description).With("items", Use(type.Element, null, null))
                    .With("minItems", Number(limits?.MinLength)).With("maxItems", Number(limits?.MaxLength));

            case OutputTypeKind.Dictionary:
                return Type("object", isNullable).With("description", description).With("additionalProperties", Use(type.Element, null, null))
                    .With("minProperties", Number(limits?.MinLength)).With("maxProperties", Number(limits?.MaxLength));

            case OutputTypeKind.Union:
                List<JsonTree> choices = [.. type.Variants.Select(variant => Variant(type, variant))];
                if (isNullable)
                    choices.Add(JsonTree.Object().With("type", "null"));
                return JsonTree.Object().With("description", description).With("anyOf", JsonTree.List(choices));

            default:
                return Scalar(type.Scalar!, description, limits, isNullable, _isAsRead);
        }
    }

    private JsonTree Variant(TypeModel union, VariantModel variant)
    {
        TypeModel type = _types[variant.Type];
        JsonTree properties = JsonTree.Object().With(
            union.Discriminator,
            JsonTree.Object().With("type", variant.DiscriminatorJson[0] == '"' ? "string" : "integer").With("const", JsonTree.Raw(variant.DiscriminatorJson)));
        foreach (PropertyModel property in type.Properties)
            properties.With(property.JsonName, Use(property.Type, property.Description, property.Limits));
        return Closed(properties, new[] { union.Discriminator }.Concat(Required(type)), type.Description, "object");
    }

    private IEnumerable<string> Required(TypeModel type) => type.Properties.Where(property => property.IsRequired || !_isAsRead).Select(static property => property.JsonName);

    private static JsonTree Scalar(ScalarModel scalar, string? description, LimitsModel? limits, bool isNullable, bool isAsRead)
    {
        bool isNumber = scalar.JsonType is "integer" or "number";
        JsonTree tree = (scalar.JsonType == "any" ? JsonTree.Object() : Type(scalar.JsonType, isNullable)).With("description", description).With("format", scalar.Format ?? limits?.Format);
        if (scalar.JsonType == "string")
        {
            // RegularExpressionAttribute wants the whole text to match, JSON Schema any part of it.
            tree.With("pattern", limits?.Pattern is { } pattern ? $"^(?:{pattern})$" : scalar.Pattern)
                .With("minLength", Number(limits?.MinLength)).With("maxLength", Number(limits?.MaxLength));
        }
        if (isNumber)
        {
            // Models know one sort of numbers; what was stored may fit only into the type that it was read into.
            tree.With("x-type", isAsRead ? scalar.NumberType : null);
            string? minimum = limits?.Minimum ?? scalar.Minimum;
            string? maximum = limits?.Maximum ?? scalar.Maximum;
            tree.With(limits?.MinimumIsExclusive == true ? "exclusiveMinimum" : "minimum", minimum is null ? null : JsonTree.Raw(minimum))
                .With(limits?.MaximumIsExclusive == true ? "exclusiveMaximum" : "maximum", maximum is null ? null : JsonTree.Raw(maximum));
        }
        if (limits is { AllowedValues.Count: > 0 })
            tree.With("enum", JsonTree.List(limits.AllowedValues.Concat(isNullable && !limits.AllowedValues.Contains("null") ? ["null"] : []).Select(JsonTree.Raw)));
        return tree;
    }

    private static JsonTree Closed(JsonTree properties, IEnumerable<string> required, string? description, string? type) =>
        (type is null ? Type("object", isNullable: true) : JsonTree.Object().With("type", type))
            .With("description", description)
            .With("properties", properties)
            .With("required", JsonTree.List(required.Select(JsonTree.Text)))
            .With("additionalProperties", JsonTree.Raw("false"));

    private static JsonTree Type(string type, bool isNullable) =>
        JsonTree.Object().With("type", isNullable ? JsonTree.List([JsonTree.Text(type), JsonTree.Text("null")]) : JsonTree.Text(type));

    private static JsonTree? Number(int? number) => number is null ? null : JsonTree.Raw(number.Value.ToString(CultureInfo.InvariantCulture));

    private static string? WithValues(string? description, EquatableArray<EnumValueModel> values)
    {
        string explained = string.Join("\n", values.Where(static v => v.Description is not null).Select(static v => $"{v.JsonName}: {v.Description}"));
        return explained.Length == 0 ? description : description is null ? explained : $"{description}\n{explained}";
    }
}

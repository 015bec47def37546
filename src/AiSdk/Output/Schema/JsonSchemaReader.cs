using System.Text.Json;

namespace AiSdk;

/// <summary>Makes an <see cref="OutputShape"/> of a JSON Schema, draft 2020-12.</summary>
internal sealed class JsonSchemaReader(JsonElement root)
{
    // What says nothing about the value, or only what a provider needs to know.
    private static readonly HashSet<string> _annotations = new(StringComparer.Ordinal)
    {
        "$schema", "$id", "$comment", "$defs", "definitions", "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly",
        "x-alias", "x-enum-aliases", "x-enum-descriptions", "discriminator", "contentEncoding", "contentMediaType", "$anchor",
    };

    // One shape per place in the schema, so that recursion ends and shapes can be compared by reference.
    private readonly Dictionary<string, OutputShape> _shapes = new(StringComparer.Ordinal);
    private readonly Stack<string> _references = new();

    public OutputShape Read()
    {
        OutputShape shape = Read(root, "#");
        // A shape reads its parts when they are asked for: ask now, so that a schema that cannot be represented is refused here.
        HashSet<OutputShape> seen = new(ReferenceEqualityComparer.Instance);
        Stack<OutputShape> open = new([shape]);
        while (open.TryPop(out OutputShape? next))
        {
            if (!seen.Add(next))
                continue;
            foreach (OutputProperty property in next.Properties)
                open.Push(property.Shape);
            foreach (OutputVariant variant in next.Variants)
                open.Push(variant.Shape);
            if (next.Items is { } items)
                open.Push(items);
        }
        return shape;
    }

    private OutputShape Read(JsonElement schema, string path)
    {
        if (_shapes.TryGetValue(path, out OutputShape? known))
            return known;
        OutputShape shape = Make(schema, path);
        return _shapes.TryAdd(path, shape) ? shape : _shapes[path];
    }

    private OutputShape Make(JsonElement schema, string path)
    {
        if (schema.ValueKind == JsonValueKind.True)
            return new OutputShape { Kind = OutputShapeKind.Any, Name = "any" };
        if (schema.ValueKind != JsonValueKind.Object)
            throw Unsupported(schema.ValueKind == JsonValueKind.False ? "false" : "schema", path, "a schema is an object or true");
        if (schema.TryGetProperty("$ref", out JsonElement reference))
            return Follow(schema, reference, path);
        if (schema.TryGetProperty("const", out JsonElement constant))
        {
            Check(schema, path, "const", "type");
            return Enum(schema, [constant], path);
        }
        if (schema.TryGetProperty("enum", out JsonElement values))
        {
            Check(schema, path, "enum", "type");
            if (values.ValueKind != JsonValueKind.Array)
                throw Unsupported("enum", path, "it is no list");
            return Enum(schema, [.. values.EnumerateArray()], path);
        }
        foreach (string keyword in (ReadOnlySpan<string>)["anyOf", "oneOf"])
        {
            if (schema.TryGetProperty(keyword, out JsonElement variants))
            {
                Check(schema, path, keyword, "type");
                return Union(schema, variants, keyword, path);
            }
        }
        if (schema.TryGetProperty("allOf", out JsonElement all) && all.ValueKind == JsonValueKind.Array && all.GetArrayLength() == 1)
        {
            Check(schema, path, "allOf");
            return Read(all[0], $"{path}/allOf/0");
        }
        if (!schema.TryGetProperty("type", out JsonElement type))
            return Untyped(schema, path);
        if (type.ValueKind == JsonValueKind.Array)
        {
            List<OutputVariant> alternatives = [];
            foreach (JsonElement one in type.EnumerateArray())
            {
                string name = TypeName(one, path);
                OutputShape shape = Typed(schema, name, path, several: true);
                alternatives.Add(new OutputVariant(() => shape));
            }
            return alternatives.Count == 1
                ? alternatives[0].Shape
                : new OutputShape { Kind = OutputShapeKind.Union, Name = Name(path), Description = Description(schema), Variants = alternatives };
        }
        return Typed(schema, TypeName(type, path), path, several: false);
    }

    private static string TypeName(JsonElement type, string path) =>
        type.ValueKind == JsonValueKind.String ? type.GetString()! : throw Unsupported("type", path, "it is no text");

    private OutputShape Untyped(JsonElement schema, string path)
    {
        if (schema.TryGetProperty("properties", out _) || schema.TryGetProperty("additionalProperties", out _))
            return Typed(schema, "object", path, several: false);
        if (schema.TryGetProperty("items", out _))
            return Typed(schema, "array", path, several: false);
        Check(schema, path);
        return new OutputShape { Kind = OutputShapeKind.Any, Name = "any", Description = Description(schema) };
    }

    private OutputShape Typed(JsonElement schema, string type, string path, bool several)
    {
        string? description = Description(schema);
        switch (type)
        {
            case "string":
                CheckType("minLength", "maxLength", "pattern", "format");
                return new OutputShape { Kind = OutputShapeKind.String, Name = "string", Description = description, Format = Text(schema, "format"), Limits = Limits(schema, path, "Length") };
            case "integer" or "number":
                CheckType("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "format");
                return new OutputShape
                {
                    Kind = type == "integer" ? OutputShapeKind.Integer : OutputShapeKind.Number,
                    Name = type,
                    Description = description,
                    Limits = Limits(schema, path),
                };
            case "boolean":
                CheckType();
                return new OutputShape { Kind = OutputShapeKind.Boolean, Name = "bool", Description = description };
            case "null":
                CheckType();
                return new OutputShape { Kind = OutputShapeKind.Null, Name = "null" };
            case "array":
                CheckType("items", "minItems", "maxItems");
                (Func<OutputShape> items, bool nullable) = schema.TryGetProperty("items", out JsonElement element)
                    ? Part(element, $"{path}/items")
                    : (static () => _any, true);
                return new OutputShape
                {
                    Kind = OutputShapeKind.List,
                    Name = Name(path),
                    Description = description,
                    ItemsFactory = items,
                    ItemsNullable = nullable,
                    Limits = Limits(schema, path, "Items"),
                };
            case "object":
                CheckType("properties", "required", "additionalProperties", "propertyNames", "minProperties", "maxProperties");
                return Object(schema, description, path);
            default:
                throw Unsupported("type", path, $"there is no type '{type}'");
        }

        void CheckType(params ReadOnlySpan<string> allowed)
        {
            if (!several)
                Check(schema, path, ["type", .. allowed]);
        }
    }

    private static readonly OutputShape _any = new() { Kind = OutputShapeKind.Any, Name = "any" };

    private OutputShape Object(JsonElement schema, string? description, string path)
    {
        HashSet<string> required = new(StringComparer.Ordinal);
        if (schema.TryGetProperty("required", out JsonElement names) && names.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement name in names.EnumerateArray())
                required.Add(name.ValueKind == JsonValueKind.String ? name.GetString()! : throw Unsupported("required", path, "it names something that is no text"));
        }
        List<OutputProperty> properties = [];
        if (schema.TryGetProperty("properties", out JsonElement declared) && declared.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in declared.EnumerateObject())
            {
                (Func<OutputShape> shape, bool nullable) = Part(property.Value, $"{path}/properties/{Escape(property.Name)}");
                properties.Add(new OutputProperty(property.Name, shape)
                {
                    Alias = Text(property.Value, "x-alias"),
                    Description = Description(property.Value),
                    Nullable = nullable,
                    Required = required.Contains(property.Name),
                });
            }
        }
        foreach (string name in required)
        {
            if (!properties.Exists(property => property.Name == name))
                properties.Add(new OutputProperty(name, static () => _any) { Nullable = true, Required = true });
        }
        bool open = !schema.TryGetProperty("additionalProperties", out JsonElement additional) || additional.ValueKind == JsonValueKind.True;
        if (properties.Count > 0 || !open && additional.ValueKind == JsonValueKind.False)
        {
            if (!open && additional.ValueKind == JsonValueKind.Object)
                throw Unsupported("additionalProperties", path, "an object has named properties or is a dictionary, not both");
            return new OutputShape { Kind = OutputShapeKind.Object, Name = Name(path), Description = description, Properties = properties, IsOpen = open, Limits = Limits(schema, path, "Properties") };
        }
        (Func<OutputShape> items, bool itemsNullable) = open ? (static () => _any, true) : Part(additional, $"{path}/additionalProperties");
        OutputShape? keys = schema.TryGetProperty("propertyNames", out JsonElement keySchema) ? Read(keySchema, $"{path}/propertyNames") : null;
        if (keys is { Kind: OutputShapeKind.Union })
            keys = new OutputShape { Kind = OutputShapeKind.Enum, Name = "keys", Values = [.. keys.Variants.SelectMany(static v => v.Shape.Values)] };
        return new OutputShape
        {
            Kind = OutputShapeKind.Dictionary,
            Name = Name(path),
            Description = description,
            ItemsFactory = items,
            ItemsNullable = itemsNullable,
            Values = keys?.Values ?? [],
            Limits = Limits(schema, path, "Properties"),
        };
    }

    /// <summary>A part's shape, and whether it may be null: null is a matter of the place, as it is in C#.</summary>
    private (Func<OutputShape> Shape, bool Nullable) Part(JsonElement schema, string path)
    {
        if (schema.ValueKind == JsonValueKind.Object)
        {
            foreach (string keyword in (ReadOnlySpan<string>)["anyOf", "oneOf"])
            {
                if (!schema.TryGetProperty(keyword, out JsonElement variants) || variants.ValueKind != JsonValueKind.Array || variants.GetArrayLength() != 2)
                    continue;
                for (int i = 0; i < 2; i++)
                {
                    if (IsNull(variants[i]))
                        return (() => Read(variants[1 - i], $"{path}/{keyword}/{1 - i}"), true);
                }
            }
        }
        OutputShape? shape = null;
        return (() => shape ??= Read(schema, path), AllowsNull(schema));
    }

    private static bool IsNull(JsonElement schema) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("null");

    private static bool AllowsNull(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
            return schema.ValueKind == JsonValueKind.True;
        if (schema.TryGetProperty("type", out JsonElement type))
            return type.ValueKind == JsonValueKind.Array && type.EnumerateArray().Any(static t => t.ValueEquals("null"));
        foreach (string keyword in (ReadOnlySpan<string>)["anyOf", "oneOf"])
        {
            if (schema.TryGetProperty(keyword, out JsonElement variants) && variants.ValueKind == JsonValueKind.Array && variants.EnumerateArray().Any(IsNull))
                return true;
        }
        return false;
    }

    private OutputShape Union(JsonElement schema, JsonElement variants, string keyword, string path)
    {
        if (variants.ValueKind != JsonValueKind.Array || variants.GetArrayLength() == 0)
            throw Unsupported(keyword, path, "it is no list");
        List<OutputVariant> alternatives = [];
        int index = 0;
        foreach (JsonElement variant in variants.EnumerateArray())
        {
            string place = $"{path}/{keyword}/{index++}";
            OutputShape? shape = null;
            alternatives.Add(new OutputVariant(() => shape ??= Read(variant, place)));
        }
        return alternatives.Count == 1
            ? alternatives[0].Shape
            : new OutputShape { Kind = OutputShapeKind.Union, Name = Name(path), Description = Description(schema), Variants = alternatives };
    }

    private static OutputShape Enum(JsonElement schema, List<JsonElement> constants, string path)
    {
        List<OutputValue> values = [];
        foreach (JsonElement constant in constants)
        {
            switch (constant.ValueKind)
            {
                case JsonValueKind.String:
                    string name = constant.GetString()!;
                    values.Add(new OutputValue(name, Entry("x-enum-descriptions", name)) { Alias = Entry("x-enum-aliases", name) });
                    break;
                case JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null:
                    values.Add(new OutputValue(constant.GetRawText()) { Json = constant.GetRawText() });
                    break;
                default:
                    throw Unsupported("enum", path, "a value is an object or a list");
            }
        }
        return new OutputShape { Kind = OutputShapeKind.Enum, Name = Name(path), Description = Description(schema), Values = values };

        string? Entry(string keyword, string name) =>
            schema.TryGetProperty(keyword, out JsonElement entries) && entries.ValueKind == JsonValueKind.Object ? Text(entries, name) : null;
    }

    private OutputShape Follow(JsonElement schema, JsonElement reference, string path)
    {
        Check(schema, path, "$ref");
        string target = reference.ValueKind == JsonValueKind.String ? reference.GetString()! : throw Unsupported("$ref", path, "it is no text");
        if (target != "#" && !target.StartsWith("#/", StringComparison.Ordinal))
            throw Unsupported("$ref", path, $"'{target}' is not in this schema");
        if (_references.Contains(target))
            throw Unsupported("$ref", path, $"'{target}' is nothing but itself");
        JsonElement place = root;
        foreach (string step in target.Split('/')[1..])
        {
            string name = Uri.UnescapeDataString(step).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            bool found = place.ValueKind == JsonValueKind.Array
                ? int.TryParse(name, out int index) && index < place.GetArrayLength() && Take(place[index], out place)
                : place.ValueKind == JsonValueKind.Object && place.TryGetProperty(name, out place);
            if (!found)
                throw Unsupported("$ref", path, $"there is no '{target}'");
        }
        _references.Push(target);
        OutputShape shape = Read(place, target);
        _references.Pop();
        return shape;
    }

    private static bool Take(JsonElement element, out JsonElement place)
    {
        place = element;
        return true;
    }

    private static OutputLimits? Limits(JsonElement schema, string path, string counted = "")
    {
        (string? minimum, bool minimumIsExclusive) = Stricter("minimum", "exclusiveMinimum", sign: 1);
        (string? maximum, bool maximumIsExclusive) = Stricter("maximum", "exclusiveMaximum", sign: -1);
        OutputLimits limits = new()
        {
            Minimum = minimum,
            MinimumIsExclusive = minimumIsExclusive,
            Maximum = maximum,
            MaximumIsExclusive = maximumIsExclusive,
            MinLength = Count("min" + counted),
            MaxLength = Count("max" + counted),
            Pattern = Text(schema, "pattern") is { } pattern ? WholePattern(pattern) : null,
        };
        return limits == new OutputLimits() ? null : limits;

        (string? Limit, bool IsExclusive) Stricter(string inclusive, string exclusive, int sign)
        {
            if (Raw(exclusive) is not { } outside)
                return (Raw(inclusive), false);
            // Of equal ones the exclusive is the stricter.
            return Raw(inclusive) is { } within && sign * schema.GetProperty(inclusive).GetDouble().CompareTo(schema.GetProperty(exclusive).GetDouble()) > 0 ? (within, false) : (outside, true);
        }

        string? Raw(string keyword) => schema.TryGetProperty(keyword, out JsonElement value)
            ? value.ValueKind == JsonValueKind.Number ? value.GetRawText() : throw Unsupported(keyword, path, "it is no number")
            : null;
        int? Count(string keyword) => schema.TryGetProperty(keyword, out JsonElement value)
            ? value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int count) ? count : throw Unsupported(keyword, path, "it is no count")
            : null;
    }

    /// <summary>The pattern of the whole text: in JSON Schema any part may match.</summary>
    private static string WholePattern(string pattern)
    {
        // An alternative may be anchored where the others are not: only without any is it clear.
        bool isAnchored = pattern.StartsWith('^') && pattern.EndsWith('$') && !pattern.EndsWith(@"\$", StringComparison.Ordinal) && !pattern.Contains('|');
        return isAnchored ? pattern : $@"[\s\S]*(?:{pattern})[\s\S]*";
    }

    private static void Check(JsonElement schema, string path, params ReadOnlySpan<string> known)
    {
        foreach (JsonProperty keyword in schema.EnumerateObject())
        {
            if (!_annotations.Contains(keyword.Name) && !known.Contains(keyword.Name))
                throw Unsupported(keyword.Name, path, "a shape cannot represent it here");
        }
    }

    private static ArgumentException Unsupported(string keyword, string path, string reason) =>
        new($"the JSON Schema keyword '{keyword}' at {path} is not supported: {reason}");


    private static string? Description(JsonElement schema) => Text(schema, "description");

    private static string? Text(JsonElement schema, string keyword) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty(keyword, out JsonElement text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private static string Name(string path) => path[(path.LastIndexOf('/') + 1)..] is { Length: > 0 } name and not "#" ? name : "Output";

    private static string Escape(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}

using System.Text.Json;

namespace AiSdk.IntegrationTests;

/// <summary>What a provider's service checks of the schemas that it is sent, as its documentation says it; written apart from what the library knows of it.</summary>
internal sealed class SchemaRules
{
    /// <summary>The keywords that are taken.</summary>
    public required IReadOnlySet<string> Keywords { get; init; }

    /// <summary>The formats that are taken; null for any.</summary>
    public IReadOnlySet<string>? Formats { get; init; }

    /// <summary>Whether each object must be closed and, where <see cref="RequiresAll"/>, require all of its properties.</summary>
    public bool RequiresClosed { get; init; }

    public bool RequiresAll { get; init; }

    public bool RefusesRecursion { get; init; }

    /// <summary>What is wrong with a schema, or null.</summary>
    public string? Check(JsonElement schema) => Check(schema, schema, "#", []);

    private string? Check(JsonElement root, JsonElement schema, string path, string[] open)
    {
        if (schema.ValueKind != JsonValueKind.Object)
            return $"{path}: a schema is an object";
        if (schema.TryGetProperty("$ref", out JsonElement reference))
        {
            string target = reference.GetString()!;
            if (schema.EnumerateObject().Count() > 1)
                return $"{path}: nothing may stand beside $ref";
            if (open.Contains(target) || target == "#")
                return RefusesRecursion ? $"{path}: the schema holds itself" : null;
            return Check(root, root.GetProperty("$defs").GetProperty(target["#/$defs/".Length..]), path, [.. open, target]);
        }
        foreach (JsonProperty keyword in schema.EnumerateObject())
        {
            if (!Keywords.Contains(keyword.Name))
                return $"{path}: '{keyword.Name}' is not permitted";
        }
        if (schema.TryGetProperty("format", out JsonElement format) && Formats?.Contains(format.GetString()!) == false)
            return $"{path}: the format '{format}' is not permitted";
        if (!schema.TryGetProperty("type", out JsonElement type) && !schema.TryGetProperty("anyOf", out _) && !schema.TryGetProperty("enum", out _))
            return $"{path}: a type is missing";
        bool isObject = type.ValueKind == JsonValueKind.String ? type.GetString() == "object" : type.ValueKind == JsonValueKind.Array && type.EnumerateArray().Any(static t => t.GetString() == "object");
        if (isObject && RequiresClosed && !(schema.TryGetProperty("additionalProperties", out JsonElement additional) && additional.ValueKind == JsonValueKind.False))
            return $"{path}: additionalProperties is required to be false";
        if (schema.TryGetProperty("properties", out JsonElement properties))
        {
            HashSet<string> required = schema.TryGetProperty("required", out JsonElement names) ? [.. names.EnumerateArray().Select(static name => name.GetString()!)] : [];
            foreach (JsonProperty property in properties.EnumerateObject())
            {
                if (RequiresAll && !required.Contains(property.Name))
                    return $"{path}: required must hold every property; '{property.Name}' is missing";
                if (Check(root, property.Value, $"{path}/{property.Name}", open) is { } wrong)
                    return wrong;
            }
        }
        if (schema.TryGetProperty("items", out JsonElement items) && Check(root, items, path + "/items", open) is { } wrongItem)
            return wrongItem;
        foreach (JsonElement choice in schema.TryGetProperty("anyOf", out JsonElement choices) ? choices.EnumerateArray().ToArray() : [])
        {
            if (Check(root, choice, path + "/anyOf", open) is { } wrong)
                return wrong;
        }
        return null;
    }
}

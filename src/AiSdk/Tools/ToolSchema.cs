using System.Text.Json;

namespace AiSdk;

/// <summary>Turns what others write as the schema of a tool's arguments into JSON Schema.</summary>
internal static class ToolSchema
{
    private const int MaxNameLength = 64;

    /// <summary>The schema of a tool without arguments.</summary>
    public static JsonElement Empty { get; } = JsonElement.Parse("""{"type":"object","properties":{},"additionalProperties":false}""");

    /// <summary>The schema with JSON Schema's types, its objects closed where they name properties.</summary>
    public static JsonElement Normalize(JsonElement schema)
    {
        using PooledJson json = PooledJson.Rent();
        Write(json.Writer, schema);
        return JsonElement.Parse(json.Written);
    }

    /// <summary>A name that endpoints take.</summary>
    public static string Name(string name)
    {
        string allowed = string.Create(name.Length, name, static (span, text) =>
        {
            for (int i = 0; i < span.Length; i++)
                span[i] = char.IsAsciiLetterOrDigit(text[i]) || text[i] is '_' or '-' ? text[i] : '_';
        });
        return allowed.Length <= MaxNameLength ? allowed : allowed[..MaxNameLength];
    }

    private static void Write(Utf8JsonWriter writer, JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            schema.WriteTo(writer);
            return;
        }
        bool hasProperties = schema.TryGetProperty("properties"u8, out JsonElement declared) && declared.ValueKind == JsonValueKind.Object;
        writer.WriteStartObject();
        foreach (JsonProperty keyword in schema.EnumerateObject())
        {
            switch (keyword.Name)
            {
                // "any" is the absence of a type.
                case "type" when keyword.Value.ValueKind == JsonValueKind.String && Type(keyword.Value.GetString()!) is var type:
                    if (type is not null)
                        writer.WriteString("type"u8, type);
                    break;
                case "properties" or "$defs" or "definitions" when keyword.Value.ValueKind == JsonValueKind.Object:
                    writer.WriteStartObject(keyword.Name);
                    foreach (JsonProperty property in keyword.Value.EnumerateObject())
                    {
                        writer.WritePropertyName(property.Name);
                        Write(writer, property.Value);
                    }
                    writer.WriteEndObject();
                    break;
                case "items" or "additionalProperties":
                    writer.WritePropertyName(keyword.Name);
                    Write(writer, keyword.Value);
                    break;
                case "anyOf" or "oneOf" or "allOf" when keyword.Value.ValueKind == JsonValueKind.Array:
                    writer.WriteStartArray(keyword.Name);
                    foreach (JsonElement choice in keyword.Value.EnumerateArray())
                        Write(writer, choice);
                    writer.WriteEndArray();
                    break;
                // Said by "required" in JSON Schema.
                case "optional":
                    break;
                default:
                    keyword.WriteTo(writer);
                    break;
            }
        }
        if (hasProperties && !schema.TryGetProperty("additionalProperties"u8, out _))
            writer.WriteBoolean("additionalProperties"u8, false);
        writer.WriteEndObject();
    }

    private static string? Type(string type) => type switch
    {
        "dict" or "dictionary" or "map" => "object",
        "float" or "double" or "decimal" => "number",
        "int" or "long" => "integer",
        "bool" => "boolean",
        "str" or "char" => "string",
        "list" or "tuple" or "set" => "array",
        "any" => null,
        _ => type,
    };
}

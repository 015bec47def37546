using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AiSdk;

/// <summary>Writes a schema in a provider's dialect: what that does not heed goes into the description, where the model at least reads it.</summary>
internal sealed class SchemaRewriter
{
    private readonly SchemaProfile _rules;
    private readonly Utf8JsonWriter _writer;
    private readonly List<string> _moved = [];

    private SchemaRewriter(SchemaProfile rules, Utf8JsonWriter writer)
    {
        _rules = rules;
        _writer = writer;
    }

    /// <summary>The schema in the dialect.</summary>
    /// <param name="schema">A schema as <see cref="OutputSchema"/> has it.</param>
    /// <param name="rules">The dialect.</param>
    /// <param name="moved">Where keywords went into the description, and which.</param>
    public static JsonElement Rewrite(JsonElement schema, SchemaProfile rules, out IReadOnlyList<string> moved)
    {
        ArrayBufferWriter<byte> buffer = new();
        using Utf8JsonWriter writer = new(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = OutputSchema.MaxSchemaDepth });
        SchemaRewriter rewriter = new(rules, writer);
        rewriter.Write(schema, "$");
        writer.Flush();
        moved = rewriter._moved;
        return JsonElement.Parse(buffer.WrittenSpan, new JsonDocumentOptions { MaxDepth = OutputSchema.MaxSchemaDepth });
    }

    private void Write(JsonElement schema, string path)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            schema.WriteTo(_writer);
            return;
        }
        List<JsonProperty> moved = [.. schema.EnumerateObject().Where(keyword => IsMoved(keyword, schema))];
        if (moved.Count > 0)
            _moved.Add($"{path}: {string.Join(", ", moved.Select(static keyword => keyword.Name))}");

        _writer.WriteStartObject();
        if (Description(schema, moved) is { } description)
            _writer.WriteString("description"u8, description);
        foreach (JsonProperty keyword in schema.EnumerateObject())
        {
            if (keyword.NameEquals("description"u8) || moved.Any(other => string.Equals(other.Name, keyword.Name, StringComparison.Ordinal)))
                continue;
            switch (keyword.Name)
            {
                case "properties" or "$defs":
                    _writer.WriteStartObject(keyword.Name);
                    foreach (JsonProperty property in keyword.Value.EnumerateObject())
                    {
                        _writer.WritePropertyName(property.Name);
                        Write(property.Value, keyword.Name == "$defs" ? $"#/$defs/{property.Name}" : $"{path}.{property.Name}");
                    }
                    _writer.WriteEndObject();
                    break;
                case "items" or "additionalProperties":
                    _writer.WritePropertyName(keyword.Name);
                    Write(keyword.Value, path + "[]");
                    break;
                case "anyOf":
                    _writer.WriteStartArray(keyword.Name);
                    foreach (JsonElement choice in keyword.Value.EnumerateArray())
                        Write(choice, path);
                    _writer.WriteEndArray();
                    break;
                case "const" when _rules.LacksConst:
                    _writer.WriteStartArray("enum"u8);
                    keyword.Value.WriteTo(_writer);
                    _writer.WriteEndArray();
                    break;
                default:
                    keyword.WriteTo(_writer);
                    break;
            }
        }
        _writer.WriteEndObject();
    }

    private bool IsMoved(JsonProperty keyword, JsonElement schema) => keyword.Name switch
    {
        "format" => _rules.Drops(keyword.Name, keyword.Value.GetString()),
        "pattern" => _rules.Drops(keyword.Name) || _rules.Refuses(keyword.Value.GetString()!) is not null,
        // A bound of a whole number that does not count itself can be said of the next one, but the model reads either.
        _ => _rules.Drops(keyword.Name),
    };

    private static string? Description(JsonElement schema, List<JsonProperty> moved)
    {
        string? described = schema.TryGetProperty("description"u8, out JsonElement text) ? text.GetString() : null;
        if (moved.Count == 0)
            return described;
        StringBuilder lines = new(described);
        foreach (JsonProperty keyword in moved)
            lines.Append(lines.Length == 0 ? "" : "\n").Append(keyword.Name).Append(": ").Append(keyword.Value.ToString());
        return lines.ToString();
    }
}

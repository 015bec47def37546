using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AiSdk.Benchmarks;

/// <summary>One reply with what is right for it.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Tags">What is special about it.</param>
/// <param name="Reply">What the model wrote.</param>
/// <param name="Shape">What it was asked for.</param>
/// <param name="Expected">The right value, or null where the reply must be rejected.</param>
/// <param name="AdmittedWrong">Whether the expectation is known to be doubtful.</param>
/// <param name="Type">What it was asked for in the file's own terms, and the classes in it.</param>
internal sealed record ReplyCase(string Id, string[] Tags, string Reply, OutputShape Shape, JsonElement? Expected, bool AdmittedWrong, (JsonElement Target, JsonElement Types) Type);

/// <summary>Reads the case files: see shared data/structured-output.</summary>
internal static partial class ReplyCases
{
    public static List<ReplyCase> Read(string path, params ReadOnlySpan<string> modes)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
        List<ReplyCase> cases = [];
        foreach (JsonElement c in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            if (!modes.Contains(c.GetProperty("mode").GetString()!))
                continue;
            JsonNode schema = JsonNode.Parse(c.GetProperty("json_schema").GetRawText())!;
            Enrich(schema, c.GetProperty("types"));
            OutputShape shape = OutputShape.FromJsonSchema(JsonSerializer.SerializeToElement(schema));
            bool success = c.GetProperty("expect").GetString() == "success";
            string[] tags = [.. c.GetProperty("tags").EnumerateArray().Select(static t => t.GetString()!)];
            cases.Add(new ReplyCase(
                c.GetProperty("id").GetString()!, tags, c.GetProperty("raw").GetString()!, shape, success ? c.GetProperty("expected").Clone() : null,
                c.TryGetProperty("upstream_admits_wrong", out _), (c.GetProperty("target_type").Clone(), c.GetProperty("types").Clone())));
        }
        return cases;
    }

    /// <summary>The schema of a type that a file states in its own terms: a target like <c>R[]</c> and the classes and enums it names.</summary>
    public static OutputShape Shape(string target, JsonElement types)
    {
        JsonObject definitions = [];
        if (types.TryGetProperty("classes", out JsonElement classes))
        {
            foreach (JsonProperty c in classes.EnumerateObject())
            {
                JsonObject properties = [];
                JsonArray required = [];
                foreach (JsonElement field in c.Value.GetProperty("fields").EnumerateArray())
                {
                    string name = field.GetProperty("name").GetString()!;
                    properties[name] = Type(field.GetProperty("type"));
                    if (field.GetProperty("type").GetProperty("kind").GetString() != "optional")
                        required.Add(name);
                }
                definitions[c.Name] = new JsonObject { ["type"] = "object", ["properties"] = properties, ["required"] = required, ["additionalProperties"] = false };
            }
        }
        if (types.TryGetProperty("enums", out JsonElement enums))
        {
            foreach (JsonProperty e in enums.EnumerateObject())
            {
                JsonArray values = [.. e.Value.GetProperty("values").EnumerateArray().Select(static v => (JsonNode)v.GetProperty("name").GetString()!)];
                definitions[e.Name] = new JsonObject { ["type"] = "string", ["enum"] = values };
            }
        }
        JsonNode schema = Target(target);
        if (schema is JsonObject root)
            root["$defs"] = definitions;
        Enrich(schema, types);
        return OutputShape.FromJsonSchema(JsonSerializer.SerializeToElement(schema));
    }

    private static JsonNode Target(string target)
    {
        target = target.Trim();
        if (target.EndsWith("[]", StringComparison.Ordinal))
            return new JsonObject { ["type"] = "array", ["items"] = Target(target[..^2]) };
        if (target.StartsWith("map<", StringComparison.Ordinal))
            return new JsonObject { ["type"] = "object", ["additionalProperties"] = Target(target[(target.IndexOf(',', StringComparison.Ordinal) + 1)..^1]) };
        if (target.Contains('|', StringComparison.Ordinal))
            return new JsonObject { ["anyOf"] = new JsonArray([.. target.Split('|').Select(static t => Target(t))]) };
        if (target.StartsWith('"'))
            return new JsonObject { ["const"] = JsonNode.Parse(target) };
        return Primitive(target) is { } type ? new JsonObject { ["type"] = type } : new JsonObject { ["$ref"] = $"#/$defs/{target}" };
    }

    private static JsonNode Type(JsonElement type) => type.GetProperty("kind").GetString() switch
    {
        "primitive" => new JsonObject { ["type"] = Primitive(type.GetProperty("name").GetString()!) },
        "optional" => new JsonObject { ["anyOf"] = new JsonArray(Type(type.GetProperty("of")), new JsonObject { ["type"] = "null" }) },
        "list" => new JsonObject { ["type"] = "array", ["items"] = Type(type.GetProperty("of")) },
        "union" => new JsonObject { ["anyOf"] = new JsonArray([.. type.GetProperty("of").EnumerateArray().Select(static t => Type(t))]) },
        "map" => new JsonObject { ["type"] = "object", ["additionalProperties"] = Type(type.GetProperty("value")) },
        "literal" => new JsonObject { ["const"] = JsonNode.Parse(type.GetProperty("value").GetRawText()) },
        _ => new JsonObject { ["$ref"] = $"#/$defs/{type.GetProperty("name").GetString()}" },
    };

    private static string? Primitive(string name) => name switch
    {
        "int" => "integer",
        "float" => "number",
        "bool" => "boolean",
        "string" => "string",
        "null" => "null",
        _ => null,
    };

    // The files' schemas lack the enums' aliases and descriptions and the simple assertions, which stand in `types` only.
    private static void Enrich(JsonNode schema, JsonElement types)
    {
        if (schema["$defs"] is not JsonObject definitions)
            return;
        if (types.TryGetProperty("enums", out JsonElement enums))
        {
            foreach (JsonProperty e in enums.EnumerateObject())
            {
                if (definitions[e.Name] is not JsonObject definition)
                    continue;
                JsonObject aliases = [];
                JsonObject descriptions = [];
                foreach (JsonElement value in e.Value.GetProperty("values").EnumerateArray())
                {
                    string name = value.GetProperty("name").GetString()!;
                    if (value.TryGetProperty("alias", out JsonElement alias) && alias.ValueKind == JsonValueKind.String)
                        aliases[name] = alias.GetString();
                    if (value.TryGetProperty("description", out JsonElement text) && text.ValueKind == JsonValueKind.String)
                        descriptions[name] = text.GetString();
                }
                definition["x-enum-aliases"] = aliases;
                definition["x-enum-descriptions"] = descriptions;
                foreach (string assertion in Assertions(e.Value))
                {
                    if (OnlyValue().Match(assertion) is { Success: true } match)
                        definition["enum"] = new JsonArray(match.Groups[1].Value);
                }
            }
        }
        if (!types.TryGetProperty("classes", out JsonElement classes))
            return;
        foreach (JsonProperty c in classes.EnumerateObject())
        {
            if (definitions[c.Name]?["properties"] is not JsonObject properties)
                continue;
            foreach (string assertion in Assertions(c.Value))
            {
                if (Comparison().Match(assertion) is { Success: true } match && properties[match.Groups[1].Value] is JsonObject property)
                    property[match.Groups[2].Value == ">" ? "exclusiveMinimum" : "exclusiveMaximum"] = int.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture);
            }
            foreach (JsonElement field in c.Value.GetProperty("fields").EnumerateArray())
            {
                foreach (string assertion in Assertions(field))
                {
                    if (Length().Match(assertion) is { Success: true } match && properties[field.GetProperty("name").GetString()!] is JsonObject { } list && (string?)list["type"] == "array")
                        list["maxItems"] = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) - 1;
                }
            }
        }
    }

    private static IEnumerable<string> Assertions(JsonElement owner) => owner.TryGetProperty("constraints", out JsonElement constraints)
        ? constraints.EnumerateArray().Where(static c => c.GetProperty("level").GetString() == "assert").Select(static c => c.GetProperty("jinja").GetString()!)
        : [];

    [GeneratedRegex("^this == \"(.*)\"$")]
    private static partial Regex OnlyValue();

    [GeneratedRegex(@"^this\.(\w+) ([<>]) (-?\d+)$")]
    private static partial Regex Comparison();

    [GeneratedRegex(@"^this\|length < (\d+)$")]
    private static partial Regex Length();

    /// <summary>Equal as values: numbers by value, an absent property as null.</summary>
    public static bool Same(JsonElement a, JsonElement b)
    {
        if (a.ValueKind != b.ValueKind)
            return false;
        switch (a.ValueKind)
        {
            case JsonValueKind.Object:
                Dictionary<string, JsonElement> left = a.EnumerateObject().Where(static p => p.Value.ValueKind != JsonValueKind.Null).ToDictionary(static p => p.Name, static p => p.Value);
                Dictionary<string, JsonElement> right = b.EnumerateObject().Where(static p => p.Value.ValueKind != JsonValueKind.Null).ToDictionary(static p => p.Name, static p => p.Value);
                return left.Count == right.Count && left.All(p => right.TryGetValue(p.Key, out JsonElement other) && Same(p.Value, other));
            case JsonValueKind.Array:
                return a.GetArrayLength() == b.GetArrayLength() && a.EnumerateArray().Zip(b.EnumerateArray()).All(static p => Same(p.First, p.Second));
            case JsonValueKind.Number:
                return a.GetDouble() == b.GetDouble();
            case JsonValueKind.String:
                return a.GetString() == b.GetString();
            default:
                return true;
        }
    }
}

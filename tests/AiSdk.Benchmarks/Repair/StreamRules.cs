using System.Text.Json;
using System.Text.Json.Nodes;

namespace AiSdk.Benchmarks;

/// <summary>
/// The partial cases' rules for what may be shown while a reply comes. A partial reply of ours names its open values (<see cref="RepairKind.Unterminated"/>), and the rules follow from
/// those: <c>done</c> hides a value that is open, <c>not_null</c> (<c>needed</c> on a type) hides the object whose property is not there. <c>with_state</c> writes a text together with
/// its state: ours has the state beside the value, so that only the text is compared.
/// </summary>
internal static class StreamRules
{
    /// <summary>The value as the rules show it; null if they show nothing.</summary>
    public static JsonElement? Apply(StructuredOutputResult partial, (JsonElement Target, JsonElement Types) type)
    {
        if (partial.Json is not { } json)
            return null;
        HashSet<string> open = partial.Repairs.Where(static r => r.Kind == RepairKind.Unterminated).Select(static r => r.Path).ToHashSet(StringComparer.Ordinal);
        JsonNode? shown = Show(JsonNode.Parse(json), type.Target, type.Types, "$", open);
        return shown is null ? null : JsonSerializer.SerializeToElement(shown);
    }

    /// <summary>The expected value without states.</summary>
    public static JsonElement WithoutStates(JsonElement expected) => JsonSerializer.SerializeToElement(Plain(JsonNode.Parse(expected.GetRawText())));

    private static JsonNode? Plain(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject { Count: 2 } state when state.ContainsKey("value") && state.ContainsKey("state"):
                return state["value"]?.DeepClone();
            case JsonObject o:
                return new JsonObject(o.Select(static p => KeyValuePair.Create(p.Key, Plain(p.Value))));
            case JsonArray list:
                return new JsonArray([.. list.Select(Plain)]);
            default:
                return node?.DeepClone();
        }
    }

    private static JsonNode? Show(JsonNode? node, JsonElement type, JsonElement types, string path, HashSet<string> open)
    {
        if (node is null || Has(type, "done") && open.Contains(path))
            return null;
        switch (type.GetProperty("kind").GetString())
        {
            case "optional":
                return Show(node, type.GetProperty("of"), types, path, open);
            case "list" when node is JsonArray list:
                JsonArray shown = [];
                for (int i = 0; i < list.Count; i++)
                {
                    JsonNode? element = Show(list[i], type.GetProperty("of"), types, $"{path}[{i}]", open);
                    if (element is not null || list[i] is null)
                        shown.Add(element);
                }
                return shown;
            case "class" when node is JsonObject value && types.TryGetProperty("classes", out JsonElement classes) && classes.TryGetProperty(type.GetProperty("name").GetString()!, out JsonElement definition):
                return Class(value, definition, types, path, open);
            case "union" when node is JsonObject value:
                foreach (JsonElement variant in type.GetProperty("of").EnumerateArray())
                {
                    if (variant.GetProperty("kind").GetString() == "class" && Fields(variant, types) is { } fields && value.All(p => fields.Contains(p.Key)))
                        return Show(node, variant, types, path, open);
                }
                return node.DeepClone();
            default:
                return node.DeepClone();
        }
    }

    private static HashSet<string> Fields(JsonElement type, JsonElement types) =>
        types.GetProperty("classes").GetProperty(type.GetProperty("name").GetString()!).GetProperty("fields").EnumerateArray().Select(static f => f.GetProperty("name").GetString()!).ToHashSet(StringComparer.Ordinal);

    private static JsonObject? Class(JsonObject value, JsonElement definition, JsonElement types, string path, HashSet<string> open)
    {
        if (Has(definition, "done") && open.Contains(path))
            return null;
        JsonObject shown = [];
        foreach (JsonElement field in definition.GetProperty("fields").EnumerateArray())
        {
            string name = field.GetProperty("name").GetString()!;
            string at = $"{path}.{name}";
            JsonNode? property = Has(field, "done") && open.Contains(at) ? null : Show(value[name], field.GetProperty("type"), types, at, open);
            if (property is null && Has(field, "not_null"))
                return null;
            shown[name] = property;
        }
        return shown;
    }

    private static bool Has(JsonElement owner, string rule) =>
        owner.TryGetProperty("stream", out JsonElement stream) && stream.ValueKind == JsonValueKind.Array && stream.EnumerateArray().Any(s => s.GetString() == rule);
}

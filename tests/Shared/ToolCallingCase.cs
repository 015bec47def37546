using System.Text.Json;
using System.Text.Json.Nodes;

namespace AiSdk.Tests;

/// <summary>A question of the Berkeley Function Calling Leaderboard: a function, and the answers that are accepted.</summary>
/// <param name="Id">The question.</param>
/// <param name="Function">The declaration.</param>
/// <param name="Accepted">For each argument the values that are accepted; an empty text among them means that it may be left out.</param>
internal sealed record ToolCallingCase(string Id, JsonElement Function, JsonElement Accepted)
{
    /// <summary>All cases.</summary>
    public static IReadOnlyList<ToolCallingCase> All() =>
    [
        .. File.ReadLines(TestData.Path("data", "tool-calling", "bfcl_v4_simple_python.jsonl")).Select(static line =>
        {
            JsonElement row = JsonElement.Parse(line);
            return new ToolCallingCase(row.GetProperty("id").GetString()!, row.GetProperty("function")[0], row.GetProperty("ground_truth")[0].EnumerateObject().Single().Value);
        }),
    ];

    /// <summary>The declared parameters.</summary>
    public JsonElement Parameters => Function.GetProperty("parameters").GetProperty("properties");

    /// <summary>The names that must be there.</summary>
    public IReadOnlyList<string> Required => Function.GetProperty("parameters").TryGetProperty("required", out JsonElement required) ? [.. required.EnumerateArray().Select(static name => name.GetString()!)] : [];

    /// <summary>The accepted answers: of each argument every accepted value stands in one of them at least.</summary>
    public IEnumerable<JsonObject> Answers()
    {
        List<(string Name, List<JsonNode> Values)> arguments = [.. Accepted.EnumerateObject().Select(argument => (argument.Name, Values(argument.Value, Parameters.GetProperty(argument.Name))))];
        int count = arguments.Max(static argument => argument.Values.Count);
        for (int i = 0; i < Math.Max(count, 1); i++)
        {
            JsonObject answer = [];
            foreach ((string name, List<JsonNode> values) in arguments)
            {
                if (values.Count > 0)
                    answer.Add(name, values[Math.Min(i, values.Count - 1)].DeepClone());
            }
            yield return answer;
        }
    }

    /// <summary>One argument of the wrong type, one missing, and one that there is not.</summary>
    public IEnumerable<(string Argument, JsonObject Mutation)> Mutations(JsonObject answer)
    {
        string typed = answer.Select(static argument => argument.Key).First(name => Parameters.GetProperty(name).GetProperty("type").GetString() != "any");
        JsonObject wrong = (JsonObject)answer.DeepClone();
        // A list is no value of any of these but a list, and a number no list.
        wrong[typed] = Parameters.GetProperty(typed).GetProperty("type").GetString() is "array" or "tuple" ? 17 : new JsonArray(new JsonArray());
        yield return (typed, wrong);

        string required = Required.Count > 0 ? Required[0] : typed;
        JsonObject missing = (JsonObject)answer.DeepClone();
        if (Required.Count > 0)
            missing.Remove(required);
        else
            missing[required] = null;
        yield return (required, missing);

        JsonObject unknown = (JsonObject)answer.DeepClone();
        unknown["no_such_argument"] = 1;
        yield return ("no_such_argument", unknown);
    }

    private static List<JsonNode> Values(JsonElement accepted, JsonElement schema) =>
        [.. accepted.EnumerateArray().Where(static value => !IsLeftOut(value)).Where(value => !IsMislabelled(value, schema)).Select(value => Value(value, schema))];

    private static bool IsLeftOut(JsonElement value) => value.ValueKind == JsonValueKind.String && value.GetString()!.Length == 0;

    // Some labels are none of the values that the schema lists; of one question the label says true where the schema says text.
    private static bool IsMislabelled(JsonElement value, JsonElement schema) =>
        (value.ValueKind is JsonValueKind.True or JsonValueKind.False && schema.GetProperty("type").GetString() == "string")
        || (schema.TryGetProperty("enum", out JsonElement listed) && !listed.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)))
        || (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out JsonElement items) && value.EnumerateArray().Any(item => IsMislabelled(item, items)));

    /// <summary>A value; inside objects each property has its own list of accepted values.</summary>
    private static JsonNode Value(JsonElement value, JsonElement schema)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            JsonObject result = [];
            foreach (JsonProperty property in value.EnumerateObject())
            {
                JsonElement first = property.Value.EnumerateArray().First(static v => !IsLeftOut(v));
                result.Add(property.Name, Value(first, schema.TryGetProperty("properties", out JsonElement properties) ? properties.GetProperty(property.Name) : default));
            }
            return result;
        }
        if (value.ValueKind == JsonValueKind.Array && schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("items", out JsonElement items) && items.TryGetProperty("properties", out _))
            return new JsonArray([.. value.EnumerateArray().Select(item => Value(item, items))]);
        // Of one question each element has its own list of accepted values.
        if (value.ValueKind == JsonValueKind.Array && schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("items", out items) && items.GetProperty("type").GetString() is "string")
            return new JsonArray([.. value.EnumerateArray().Select(static item => JsonNode.Parse((item.ValueKind == JsonValueKind.Array ? item[0] : item).GetRawText()))]);
        return JsonNode.Parse(value.GetRawText())!;
    }
}

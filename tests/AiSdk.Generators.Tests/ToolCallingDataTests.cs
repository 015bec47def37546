using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiSdk.Tests;
using Xunit;

namespace AiSdk.Generators.Tests;

/// <summary>The 400 functions of the Berkeley Function Calling Leaderboard as C# methods: compiled with the generator, and called with accepted and with mutated answers.</summary>
public sealed class ToolCallingDataTests
{
    [Fact]
    public async Task All_functions_compile_take_their_accepted_answers_and_refuse_mutated_ones()
    {
        IReadOnlyList<ToolCallingCase> cases = ToolCallingCase.All();
        StringBuilder source = new("namespace Demo;\n");
        StringBuilder types = new();
        source.AppendLine("public static class Functions\n{");
        for (int i = 0; i < cases.Count; i++)
            source.AppendLine(Method(cases[i], i, types));
        source.AppendLine("}").Append(types);

        JsonArray calls = [];
        for (int i = 0; i < cases.Count; i++)
        {
            foreach (JsonObject answer in cases[i].Answers())
                calls.Add(new JsonArray(Name(i), null, answer));
            foreach ((string argument, JsonObject mutation) in cases[i].Mutations(cases[i].Answers().First()))
                calls.Add(new JsonArray(Name(i), argument, mutation));
        }
        LiveCall live = await Live.CallAsync(
            source.ToString(),
            $$""""
            var tools = Functions.AsAiTools().ToDictionary(t => t.Name, t => (AiTool)t);
            var wrong = new List<string>();
            foreach (var call in System.Text.Json.JsonElement.Parse({{JsonSerializer.Serialize(calls.ToJsonString())}}).EnumerateArray())
            {
                var name = call[0].GetString()!;
                var answer = (string)(await tools[name].InvokeJsonAsync(System.Text.Encoding.UTF8.GetBytes(call[2].GetRawText())))!;
                var fits = call[1].GetString() is not { } argument ? answer == "ran" : answer.StartsWith(name + " was not run") && answer.Contains("'" + argument + "'");
                if (!fits)
                    wrong.Add($"{call}: {answer}");
            }
            return tools.Count + "\n" + string.Join("\n", wrong);
            """");
        Assert.Equal("400\n", live.Value);
    }

    private static string Name(int index) => string.Create(CultureInfo.InvariantCulture, $"f{index}");

    private static string Method(ToolCallingCase one, int index, StringBuilder types)
    {
        List<string> parameters = [];
        // What is required comes first, as C# wants it.
        foreach (JsonProperty parameter in one.Parameters.EnumerateObject().OrderByDescending(p => one.Required.Contains(p.Name)))
        {
            bool isRequired = one.Required.Contains(parameter.Name);
            string name = "@" + parameter.Name;
            parameters.Add($"{Type(parameter.Value, $"T{index}_{parameter.Name}", types)}{(isRequired ? " " + name : $"? {name} = null")}");
        }
        return $"    /// <summary>A function.</summary>\n    [AiTool(\"{Name(index)}\")] public static string M{index}({string.Join(", ", parameters)}) => \"ran\";";
    }

    private static string Type(JsonElement schema, string name, StringBuilder types)
    {
        switch (schema.GetProperty("type").GetString())
        {
            case "integer":
                return "long";
            case "float" or "number":
                return "double";
            case "boolean":
                return "bool";
            case "array" or "tuple":
                return $"List<{(schema.TryGetProperty("items", out JsonElement items) ? Type(items, name + "Item", types) : "string")}>";
            case "dict" when schema.TryGetProperty("properties", out JsonElement properties):
                types.AppendLine(CultureInfo.InvariantCulture, $"public sealed record {name}({string.Join(", ", properties.EnumerateObject().Select(p => $"[property: System.Text.Json.Serialization.JsonPropertyName(\"{p.Name}\")] {Type(p.Value, name + "_" + p.Name, types)}? @{p.Name} = null"))});");
                return name;
            case "dict":
                return "Dictionary<string, List<string>>";
            default:
                return "string";
        }
    }
}

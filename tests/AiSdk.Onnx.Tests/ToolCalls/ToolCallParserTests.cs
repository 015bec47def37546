using System.Text.Json;
using AiSdk.Tests;
using CsCheck;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Onnx.Tests;

public sealed class ToolCallParserTests
{
    private const string Weather = """{"location":"Zürich","unit":"celsius"}""";
    private static readonly TokenTable s_tokens = TokenTable.Read(null, new Dictionary<string, int>(), []);

    [Theory]
    [InlineData(ToolCallFormat.Hermes, "<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"location\": \"Zürich\", \"unit\": \"celsius\"}}\n</tool_call>")]
    [InlineData(ToolCallFormat.Hermes, "<tool_call>{\"name\": \"get_weather\", \"arguments\": \"{\\\"location\\\": \\\"Zürich\\\", \\\"unit\\\": \\\"celsius\\\"}\"}")]
    [InlineData(ToolCallFormat.Hermes, "<tool_call>\n{'name': 'get_weather', 'arguments': {'location': 'Zürich', 'unit': 'celsius',}}\n</tool_call>")]
    [InlineData(ToolCallFormat.Hermes, "<tool_call>get_weather\n<arg_key>location</arg_key>\n<arg_value>Zürich</arg_value>\n<arg_key>unit</arg_key>\n<arg_value>celsius</arg_value>\n</tool_call>")]
    [InlineData(ToolCallFormat.Hermes, "<tool_call>\n<function=get_weather>\n<parameter=location>\nZürich\n</parameter>\n<parameter=unit>\ncelsius\n</parameter>\n</function>\n</tool_call>")]
    [InlineData(ToolCallFormat.Llama, "{\"name\": \"get_weather\", \"parameters\": {\"location\": \"Zürich\", \"unit\": \"celsius\"}}")]
    [InlineData(ToolCallFormat.Llama, "<|python_tag|>{\"name\": \"get_weather\", \"parameters\": {\"location\": \"Zürich\", \"unit\": \"celsius\"}}")]
    [InlineData(ToolCallFormat.Llama, "<|python_tag|>get_weather.call(location=\"Zürich\", unit=\"celsius\")")]
    [InlineData(ToolCallFormat.Mistral, "[TOOL_CALLS][{\"name\": \"get_weather\", \"arguments\": {\"location\": \"Zürich\", \"unit\": \"celsius\"}, \"id\": \"a1b2c3d4e\"}]")]
    [InlineData(ToolCallFormat.Mistral, "[TOOL_CALLS]get_weather[ARGS]{\"location\": \"Zürich\", \"unit\": \"celsius\"}")]
    [InlineData(ToolCallFormat.Mistral, "[TOOL_CALLS]get_weather[CALL_ID]a1b2c3d4e[ARGS]{\"location\": \"Zürich\", \"unit\": \"celsius\"}")]
    [InlineData(ToolCallFormat.Phi, "<|tool_call|>[{\"type\": \"function\", \"function\": {\"name\": \"get_weather\", \"arguments\": {\"location\": \"Zürich\", \"unit\": \"celsius\"}}}]<|/tool_call|>")]
    [InlineData(ToolCallFormat.Phi, "<|tool_call|>[{\"name\": \"get_weather\", \"arguments\": {\"location\": \"Zürich\", \"unit\": \"celsius\"}}]")]
    [InlineData(ToolCallFormat.Json, "```json\n{\"name\": \"get_weather\", \"arguments\": {\"location\": \"Zürich\", \"unit\": \"celsius\"}}\n```")]
    [InlineData(ToolCallFormat.Json, "[{\"name\": \"get_weather\", \"args\": {\"location\": \"Zürich\", \"unit\": \"celsius\"}}]")]
    public void A_call_is_read(ToolCallFormat format, string reply)
    {
        (string before, List<FunctionCallContent> calls, string after) = Parse(format, reply);
        FunctionCallContent call = Assert.Single(calls);
        Assert.Equal(("", "get_weather", ""), (before, call.Name, after));
        Assert.Equal(Weather, Json(call));
        Assert.NotEmpty(call.CallId);
        if (reply.Contains("a1b2c3d4e", StringComparison.Ordinal))
            Assert.Equal("a1b2c3d4e", call.CallId);
    }

    [Fact]
    public void Several_calls_and_the_text_around_them_are_kept_apart()
    {
        (string before, List<FunctionCallContent> calls, string after) = Parse(
            ToolCallFormat.Hermes,
            "Let me see.\n<tool_call>\n{\"name\": \"a\", \"arguments\": {}}\n</tool_call>\n<tool_call>\n{\"name\": \"b\", \"arguments\": {\"x\": 1}}\n</tool_call>\nThat is all.");
        Assert.Equal(("Let me see.\n", "That is all."), (before, after));
        Assert.Equal(["a {}", "b {\"x\":1}"], calls.Select(static c => $"{c.Name} {Json(c)}"));
        Assert.Equal(2, calls.Select(static c => c.CallId).Distinct().Count());
    }

    [Theory]
    [InlineData(ToolCallFormat.Json, "{\"name\": \"Ann\", \"arguments\": {}}")]
    [InlineData(ToolCallFormat.Llama, "{\"answer\": 42}")]
    [InlineData(ToolCallFormat.Hermes, "There is no call.")]
    [InlineData(ToolCallFormat.Hermes, "{\"name\": \"get_weather\", \"arguments\": {}}")]
    [InlineData(ToolCallFormat.Mistral, "[1, 2]")]
    [InlineData(ToolCallFormat.Json, "")]
    public void What_is_no_call_stays_text(ToolCallFormat format, string reply)
    {
        (string before, List<FunctionCallContent> calls, string after) = Parse(format, reply);
        Assert.Equal((reply, ""), (before, after));
        Assert.Empty(calls);
    }

    [Fact]
    public void A_call_that_cannot_be_read_stays_to_be_seen()
    {
        (string before, List<FunctionCallContent> calls, string after) = Parse(ToolCallFormat.Hermes, "So: <tool_call>???</tool_call>");
        Assert.Empty(calls);
        Assert.Equal(("So: ", "<tool_call>???"), (before, after));
    }

    [Fact]
    public void Arguments_that_are_no_object_are_an_error_of_the_call()
    {
        FunctionCallContent call = Assert.Single(Parse(ToolCallFormat.Hermes, "<tool_call>{\"name\": \"get_weather\", \"arguments\": [1]}</tool_call>").Calls);
        Assert.Contains("get_weather", Assert.IsType<JsonException>(call.Exception).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_a_call_is_none()
    {
        const string Reply = "<tool_call>{\"name\": \"get_weather\", \"arguments\": {\"location\": \"Zür";
        Assert.Empty(ToolCallParser.Parse(Reply, Syntax(ToolCallFormat.Hermes), ["get_weather"], isCut: true).Calls);
        Assert.Single(Parse(ToolCallFormat.Hermes, Reply).Calls);
    }

    [Theory]
    [InlineData("qwen2.5-7b-instruct", ToolCallFormat.Hermes)]
    [InlineData("qwen3-0.6b", ToolCallFormat.Hermes)]
    [InlineData("hermes-3-llama-3.1-8b-tool-use", ToolCallFormat.Hermes)]
    [InlineData("smollm3-3b", ToolCallFormat.Hermes)]
    [InlineData("glm-4.6", ToolCallFormat.Hermes)]
    [InlineData("llama-3.1-8b-instruct", ToolCallFormat.Llama)]
    [InlineData("mistral-nemo-instruct-2407", ToolCallFormat.Mistral)]
    [InlineData("phi-4-mini-instruct", ToolCallFormat.Phi)]
    [InlineData("granite-3.3-2b-instruct", ToolCallFormat.Phi)]
    [InlineData("chatml", ToolCallFormat.Json)]
    public void The_format_is_that_of_the_template_whose_own_calls_are_read(string model, ToolCallFormat format)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(TestData.Path("data", "chat-templates", $"{model}.json")));
        ToolCallSyntax syntax = ToolCallSyntax.Of(ToolCallFormat.Auto, [document.RootElement.GetProperty("template").GetString()!], s_tokens);
        Assert.Equal(format, syntax.Format);
        int read = 0;
        foreach (JsonElement vector in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            if (!vector.TryGetProperty("expected", out JsonElement text) || text.GetString() is not { } prompt)
                continue;
            // The call in the conversation, not the one that the instructions show.
            int at = prompt.LastIndexOf("\"get_weather\", \"", StringComparison.Ordinal);
            int start = at < 0 ? -1 : prompt.LastIndexOf(syntax.Opening is { } opening && format != ToolCallFormat.Llama ? opening : "{", at, StringComparison.Ordinal);
            if (start < 0 || !prompt[at..].StartsWith($"\"get_weather\", \"{syntax.ArgumentsName}\": {{\"location\"", StringComparison.Ordinal))
                continue;
            int end = prompt.IndexOf(format == ToolCallFormat.Mistral ? "</s>" : format == ToolCallFormat.Llama ? "<|eot_id|>" : "<|im_end|>", at, StringComparison.Ordinal);
            FunctionCallContent call = ToolCallParser.Parse(prompt[start..end], syntax, ["get_weather"], isCut: false).Calls[0];
            Assert.Equal("get_weather", call.Name);
            Assert.Contains(Json(call), (string[])[Weather, """{"location":"Bern"}"""]);
            read++;
        }
        Assert.True(read > 0 || model is "smollm3-3b" or "glm-4.6" or "phi-4-mini-instruct" or "granite-3.3-2b-instruct" or "chatml", "no call was found in the conversations");
    }

    [Fact]
    public void Any_text_is_read_without_an_exception() => Gen.Select(Gen.Enum<ToolCallFormat>(), Gen.Int[0, 17].Select(static i => ((string[])
        ["<tool_call>", "</tool_call>", "<|python_tag|>", "[TOOL_CALLS]", "[ARGS]", "[CALL_ID]", "<|tool_call|>", "<|/tool_call|>", "{", "}", "[", "]", "\"name\":", "\"a\"", "\"arguments\":", ",", "<arg_key>", "x=\"1\""])[i]).Array[0, 30]).Sample(
        static (format, parts) => Assert.NotNull(Parse(format, string.Concat(parts)).Calls));

    private static (string Before, List<FunctionCallContent> Calls, string After) Parse(ToolCallFormat format, string reply) => ToolCallParser.Parse(reply, Syntax(format), ["get_weather"], isCut: false);

    private static ToolCallSyntax Syntax(ToolCallFormat format) => ToolCallSyntax.Of(format, [], s_tokens);

    private static string Json(FunctionCallContent call) => $"{{{string.Join(',', call.Arguments!.Select(static a => $"{JsonSerializer.Serialize(a.Key)}:{((JsonElement)a.Value!).GetRawText()}"))}}}";
}

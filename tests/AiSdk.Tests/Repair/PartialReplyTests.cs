using System.Text.Json;
using AiSdk.Benchmarks;
using Xunit;

namespace AiSdk.Tests;

public sealed class PartialReplyTests
{
    private static readonly OutputShape _shape = OutputShape.FromJsonSchema(JsonElement.Parse("""
        {"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"},"tags":{"type":"array","items":{"type":"string"}},"note":{"type":["string","null"]},
        "state":{"enum":["open","opened"]},"day":{"type":"string","format":"date"},"scores":{"type":"array","items":{"type":"number"}},"ok":{"type":"boolean"},
        "map":{"type":"object","additionalProperties":{"type":"integer"}},"any":{}},
        "required":["name","age","tags","note","state","day","scores","ok","map"],"additionalProperties":false}
        """));

    [Theory]
    [InlineData("")]
    [InlineData("Sure, here it")]
    [InlineData("<think>{\"name\": \"Bob\"}")]
    [InlineData("<thi")]
    [InlineData("<|channel|>analysis<|message|>{\"name\": \"Bob\"}")]
    [InlineData("{")]
    [InlineData("{\"na")]
    [InlineData("```json\n")]
    public void Nothing_is_there_and_nothing_is_wrong_before_the_value_begins(string reply)
    {
        StructuredOutputResult result = StructuredOutput.ParsePartial(reply, _shape);
        Assert.Null(result.Json);
        Assert.Empty(result.Errors);
    }

    [Theory]
    [InlineData("{\"name\": \"An", "\"name\":\"An\"")]
    [InlineData("Sure:\n```json\n{name: 'An", "\"name\":\"An\"")]
    [InlineData("{\"name\": \"A\\", "\"name\":\"A\"")]
    [InlineData("{\"name\": \"A\\u00", "\"name\":\"A\"")]
    [InlineData("{\"name\": \"A\\ud83d", "\"name\":\"A\"")]
    [InlineData("{\"name\": \"A\\ud83d\\ude0", "\"name\":\"A\"")]
    [InlineData("{\"name\": \"A\", \"age\": 12", "\"name\":\"A\"")]
    [InlineData("{\"name\": \"A\", \"age\": 12,", "\"name\":\"A\",\"age\":12")]
    [InlineData("{\"name\": \"A\", \"state\": \"open", "\"name\":\"A\"")]
    [InlineData("{\"name\": \"A\", \"state\": \"open\"", "\"name\":\"A\",\"state\":\"open\"")]
    [InlineData("{\"name\": \"A\", \"day\": \"2025-01-0", "\"name\":\"A\"")]
    [InlineData("{\"name\": \"A\", \"ok\": tru", "\"name\":\"A\"")]
    [InlineData("{\"name\": \"A\", \"ok\": true", "\"name\":\"A\"")]
    [InlineData("{\"name\": \"A\", \"any\": [1, {\"a\": \"b", "\"name\":\"A\",\"any\":[1,{\"a\":\"b\"}]")]
    public void Simple_values_come_when_closed_and_texts_as_they_come(string reply, string expected) => Same(reply, $"{{{expected},\"tags\":[],\"scores\":[],\"map\":{{}}}}");

    [Theory]
    [InlineData("{\"tags\": [\"a\", \"b", "{\"tags\":[\"a\",\"b\"],\"scores\":[],\"map\":{}}")]
    [InlineData("{\"scores\": [1, 2", "{\"tags\":[],\"scores\":[1],\"map\":{}}")]
    [InlineData("{\"scores\": [1, 2]", "{\"tags\":[],\"scores\":[1,2],\"map\":{}}")]
    [InlineData("{\"map\": {\"x\": 1, \"y\": 2", "{\"tags\":[],\"scores\":[],\"map\":{\"x\":1}}")]
    [InlineData("{\"note\": nul", "{\"tags\":[],\"note\":null,\"scores\":[],\"map\":{}}")]
    [InlineData("{\"result\": {\"name\": \"A", "{\"name\":\"A\",\"tags\":[],\"scores\":[],\"map\":{}}")]
    [InlineData("\"{\\\"name\\\": \\\"A", "{\"name\":\"A\",\"tags\":[],\"scores\":[],\"map\":{}}")]
    public void Lists_and_dictionaries_hold_what_has_come(string reply, string expected) => Same(reply, expected);

    [Fact]
    public void Half_a_character_waits_for_the_other() => Same("{\"name\": \"A\ud83d", "{\"name\":\"A\",\"tags\":[],\"scores\":[],\"map\":{}}");

    [Fact]
    public void Each_open_value_is_named()
    {
        StructuredOutputResult result = StructuredOutput.ParsePartial("{\"name\": \"A\", \"tags\": [\"a\", \"b", _shape);
        Assert.Equal(["$", "$.tags", "$.tags[1]"], result.Repairs.Where(static r => r.Kind == RepairKind.Unterminated).Select(static r => r.Path));
    }

    [Fact]
    public void What_is_wrong_is_an_error_although_more_will_come()
    {
        Assert.Equal("$.age", StructuredOutput.ParsePartial("{\"age\": \"thirty\", \"name\"", _shape).Errors[0].Path);
        Assert.Equal("$.scores[0]", StructuredOutput.ParsePartial("{\"scores\": [\"many\", 1,", _shape).Errors[0].Path);
    }

    [Fact]
    public void A_union_is_there_once_its_variant_is_certain()
    {
        OutputShape shape = OutputShape.FromJsonSchema(JsonElement.Parse("""
            {"anyOf":[{"type":"object","properties":{"kind":{"const":"circle"},"size":{"type":"number"}},"required":["kind","size"],"additionalProperties":false},
                      {"type":"object","properties":{"kind":{"const":"square"},"size":{"type":"number"}},"required":["kind","size"],"additionalProperties":false}]}
            """));
        Assert.Null(StructuredOutput.ParsePartial("{\"size\": 1, \"kind\": \"squ", shape).Json);
        Assert.Equal("{\"kind\":\"square\"}", StructuredOutput.ParsePartial("{\"kind\": \"square\", \"size\": 1", shape).Json);
    }

    /// <summary>What a prefix shows of texts is a beginning of what the whole shows, and all else is the same.</summary>
    [Fact]
    public void Each_prefix_of_well_formed_JSON_shows_a_beginning_of_the_value()
    {
        const string json = """
            {"name":"say \"hi\" \ud83d\ude00, {you}","age":12,"tags":["a","b, \"c\"",""],"note":"x\\","state":"opened","day":"2025-01-02","scores":[1,2.5,-3e2],"ok":true,"map":{"x":1,"y":22},"any":null}
            """;
        JsonElement whole = JsonElement.Parse(StructuredOutput.Parse(json, _shape).Json!);
        int last = 0;
        for (int i = 0; i <= json.Length; i++)
        {
            StructuredOutputResult result = StructuredOutput.ParsePartial(json[..i], _shape);
            Assert.True(result.Errors.Count == 0, $"{json[..i]}: {string.Join("; ", result.Errors)}");
            if (result.Json is not { } shown)
                continue;
            Assert.True(IsBeginning(JsonElement.Parse(shown), whole), $"{json[..i]} -> {shown}");
            Assert.True(shown.Length >= last - "null".Length, $"{json[..i]} -> {shown}");
            last = shown.Length;
        }
        Assert.True(ReplyCases.Same(whole, JsonElement.Parse(StructuredOutput.ParsePartial(json, _shape).Json!)));
    }

    [Fact]
    public void Partial_cases_are_read_as_far_as_they_came()
    {
        List<ReplyCase> cases = ReplyCases.Read(TestData.Path("data", "structured-output", "model-replies.json"), "partial", "partial_semantic");
        int right = cases.Count(static c =>
        {
            JsonElement? shown = StreamRules.Apply(StructuredOutput.ParsePartial(c.Reply, c.Shape), c.Type);
            return c.Expected is { } expected ? shown is { } value && ReplyCases.Same(value, StreamRules.WithoutStates(expected)) : shown is null;
        });
        Assert.True(right >= 0.92 * cases.Count, $"{right} of {cases.Count}");
    }

    private static bool IsBeginning(JsonElement part, JsonElement whole) => part.ValueKind switch
    {
        JsonValueKind.Null => true,
        JsonValueKind.Object => part.EnumerateObject().All(p => whole.TryGetProperty(p.Name, out JsonElement other) && IsBeginning(p.Value, other)),
        JsonValueKind.Array => part.GetArrayLength() <= whole.GetArrayLength() && part.EnumerateArray().Zip(whole.EnumerateArray()).All(static p => IsBeginning(p.First, p.Second)),
        JsonValueKind.String => whole.GetString()!.StartsWith(part.GetString()!, StringComparison.Ordinal),
        _ => ReplyCases.Same(part, whole),
    };

    private static void Same(string reply, string expected)
    {
        StructuredOutputResult result = StructuredOutput.ParsePartial(reply, _shape);
        Assert.Empty(result.Errors);
        Assert.True(ReplyCases.Same(JsonElement.Parse(expected), JsonElement.Parse(result.Json!)), result.Json);
    }
}

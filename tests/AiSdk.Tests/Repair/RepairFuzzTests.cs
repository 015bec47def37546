using System.Globalization;
using System.Text;
using System.Text.Json;
using AiSdk.Benchmarks;
using CsCheck;
using Xunit;

namespace AiSdk.Tests;

public sealed class RepairFuzzTests
{
    private static readonly OutputShape _shape = OutputShape.FromJsonSchema(JsonElement.Parse("""
        {"$defs":{"Item":{"type":"object","properties":{"title":{"type":"string"},"count":{"type":"integer"},"price":{"type":"number"},"kind":{"enum":["small","very large"]},
        "done":{"type":"boolean"},"words":{"type":"array","items":{"type":"string"}},"inner":{"anyOf":[{"$ref":"#/$defs/Item"},{"type":"null"}]}},
        "required":["title","count","price","kind","done","words","inner"],"additionalProperties":false}},"$ref":"#/$defs/Item"}
        """));

    private static readonly Gen<string> _text = OneOf(
        "hello", "two words", "it's", "a, b", "x: y", "1,000", "true", "", "naïve ☕", "say \"hi\" now", "c:\\dir", "line\nbreak", "[1]", "{x}", "https://a.b/c?d=e#f", "a // b", "# c");

    private static readonly Gen<string> _flat = Gen.Select(_text, Gen.Int, Gen.Int[-100_000, 100_000], Gen.Bool, Gen.Bool, _text.Array[0, 3], static (title, count, cents, large, done, words) =>
        $"\"title\": {Quote(title)}, \"count\": {count}, \"price\": {(cents / 100m).ToString(CultureInfo.InvariantCulture)}, \"kind\": \"{(large ? "very large" : "small")}\", "
        + $"\"done\": {(done ? "true" : "false")}, \"words\": [{string.Join(", ", words.Select(Quote))}], \"inner\": ");

    private static readonly Gen<string> _json = Gen.Select(_flat, _flat, Gen.Bool, static (outer, inner, nested) => $"{{{outer}{(nested ? $"{{{inner}null}}" : "null")}}}");

    private static readonly string[] _pieces =
        ["{", "}", "[", "]", "\"", "'", "`", "```", "```json\n", ":", ",", "\\", "\n", " ", "title", "count", "1", "-", "null", "//", "/*", "*/", "#", "“", "\uD800", "\\u", "\\u12", "<think>", "</think>", "json", "%", "<|channel|>final<|message|>", "…", "...", "\0"];

    private static readonly List<ReplyCase> _cases = ReplyCases.Read(TestData.Path("data", "structured-output", "model-replies.json"), "complete", "partial", "partial_semantic");

    private static readonly OutputShape[] _otherShapes =
    [
        .. new[]
        {
            """{"$defs":{"L":{"type":"array","items":{"$ref":"#/$defs/L"}}},"$ref":"#/$defs/L"}""",
            """
            {"$defs":{"A":{"type":"object","properties":{"a":{"anyOf":[{"$ref":"#/$defs/A"},{"$ref":"#/$defs/B"},{"type":"string"},{"type":"integer"}]}},"required":["a"],"additionalProperties":false},
            "B":{"type":"object","properties":{"a":{"anyOf":[{"$ref":"#/$defs/B"},{"$ref":"#/$defs/A"},{"type":"array","items":{"$ref":"#/$defs/A"}}]}},"required":["a"],"additionalProperties":false}},
            "anyOf":[{"$ref":"#/$defs/A"},{"$ref":"#/$defs/B"}]}
            """,
            """{"type":"array","items":{"type":"string"}}""", """{"type":"array","items":{"enum":["a","title"]}}""", """{"type":"object","additionalProperties":{}}""", """{"type":"string"}""", """{"type":"number"}""",
            """{"type":"boolean"}""", """{"enum":["a","true"]}""", """{"type":"string","format":"date"}""", "{}",
        }.Select(static schema => OutputShape.FromJsonSchema(JsonElement.Parse(schema))),
    ];

    [Fact]
    public void Any_prefix_and_any_mutation_of_a_real_reply_is_read_without_an_exception() => Gen.Select(Gen.Int[0, _cases.Count - 1], Gen.Int[0, 4_000], Gen.Int[0, 4_000], OneOf(_pieces), Gen.Int[0, 3]).Sample(
        static (index, at, to, piece, way) =>
        {
            ReplyCase c = _cases[index];
            at = Math.Min(at, c.Reply.Length);
            to = Math.Min(to, c.Reply.Length);
            Check(
                way switch
                {
                    0 => c.Reply[..at],
                    1 => c.Reply[..at] + piece + c.Reply[at..],
                    2 => c.Reply[..at] + piece + c.Reply[Math.Min(at + 1, c.Reply.Length)..],
                    _ => c.Reply[..at] + c.Reply[to..],
                },
                c.Shape);
        },
        iter: 20_000);

    [Fact]
    public void Any_text_is_read_without_an_exception_and_what_comes_out_is_JSON() => Gen.OneOf(
        Gen.String, OneOf(_pieces).Array[0, 40].Select(static parts => string.Concat(parts))).Sample(
        static text => Check(text, _shape), iter: 20_000);

    [Fact]
    public void Any_prefix_and_any_mutation_is_read_without_an_exception() => Gen.Select(_json, Gen.Int[0, 400], Gen.Char, Gen.Bool).Sample(
        static (json, at, c, cut) =>
        {
            at = Math.Min(at, json.Length - 1);
            Check(cut ? json[..at] : json[..at] + c + json[(at + 1)..], _shape);
        },
        iter: 5_000);

    /// <summary>What is not linear does not come to an end here; how long it takes is the benchmark's matter.</summary>
    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_hostile_reply_is_rejected(string unit)
    {
        string reply = new StringBuilder().Insert(0, unit, 500_000 / unit.Length).ToString();
        Assert.False(StructuredOutput.Parse(reply, _shape).Success);
        StructuredOutput.ParsePartial(reply, _shape);
        StructuredOutput.Parse("{\"title\": \"" + reply, _shape);
        StructuredOutput.Parse("{\"words\": [" + reply, _shape);
        reply = reply[..100_000];
        foreach (OutputShape shape in _otherShapes)
        {
            StructuredOutput.Parse(reply, shape);
            StructuredOutput.ParsePartial(reply, shape);
        }
    }

    public static TheoryData<string> Hostile => [.. HostileReplies.Units];

    private static void Check(string reply, OutputShape shape)
    {
        StructuredOutputResult result = StructuredOutput.Parse(reply, shape, new StructuredOutputOptions { AllowLoss = true });
        if (result.Json is { } json)
            JsonElement.Parse(json);
        else
            Assert.NotEmpty(result.Errors);
        if (StructuredOutput.ParsePartial(reply, shape, new StructuredOutputOptions { AllowLoss = true }).Json is { } partial)
            JsonElement.Parse(partial);
    }

    private static Gen<string> OneOf(params string[] choices) => Gen.Int[0, choices.Length - 1].Select(i => choices[i]);

    private static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";
}

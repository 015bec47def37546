using System.Text;
using System.Text.Json;
using CsCheck;
using Xunit;

namespace AiSdk.Tests.Reasoning;

/// <summary>The field for reasoning is taken out of a stream as it is taken out of a whole reply, however the stream is cut.</summary>
public sealed class ReasoningSplitterTests
{
    private static readonly JsonSerializerOptions _escaping = new();
    private static readonly JsonSerializerOptions _relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly Gen<string> _text = Gen.OneOf(Gen.Char['a', 'e'].Select(static c => c.ToString()), Gen.Int[0, 10].Select(static i => new[] { "\"", "\\", "\n", "{", "}", ",", "\"value\":", "é", "😀", "\u0001", "<think>" }[i])).Array[0, 20].Select(string.Concat);
    private static readonly Gen<string> _blank = Gen.Int[0, 3].Select(static i => new[] { "", " ", "\n  ", "\t" }[i]);

    [Fact]
    public void Both_ways_give_the_same_thoughts_and_the_same_rest() => Gen.Select(_text, _blank.Array[6], Gen.Int[0, 3].Select(static i => new[] { "", "Here: ", "```json\n", "<think>a {\"b\": 1} c</think>\n" }[i]), Gen.Int[1, 9], Gen.Bool).Sample(static (thoughts, blanks, before, size, escapes) =>
    {
        string reply = $"{{{blanks[0]}\"reasoning\"{blanks[1]}:{blanks[2]}{JsonSerializer.Serialize(thoughts, escapes ? _escaping : _relaxed)}{blanks[3]},{blanks[4]}\"value\"{blanks[5]}:{{\"x\":\"{{\\\"reasoning\\\":1}}\"}}}}";

        string? inner = ReasonedReply.Split(reply, out string? whole);
        ReasoningSplitter splitter = new();
        StringBuilder rest = new();
        foreach (char[] piece in (before + reply).Chunk(size))
            rest.Append(splitter.Append(new string(piece)));

        Assert.Equal(thoughts, whole);
        Assert.Equal(thoughts, splitter.Reasoning.Take(splitter.Reasoning.Length));
        Assert.Equal(before + inner, rest.ToString());
        Assert.StartsWith("{\"value\"", inner, StringComparison.Ordinal);
    });

    [Theory]
    [InlineData("""{"value":{"reasoning":"not this","value":1}}""")]
    [InlineData("""{"reasoning":["a"],"value":1}""")]
    [InlineData("""{"reasoning":"a "quoted" word","value":1}""")]
    [InlineData("""{"reasoning":"a","verdict":1}""")]
    [InlineData("""{"reasoning":"a\q","value":1}""")]
    [InlineData("no braces at all")]
    public void What_has_no_well_formed_field_passes_as_it_is(string reply)
    {
        ReasoningSplitter splitter = new();
        Assert.Equal(reply, string.Concat(reply.Select(c => splitter.Append(c.ToString()))));
        Assert.Null(ReasonedReply.Split(reply, out _));
    }
}

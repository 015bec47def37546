using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CsCheck;
using Xunit;

namespace AiSdk.Tests.Guards;

/// <summary>What guards see of a JSON reply.</summary>
public sealed class PlainEscapesTests
{
    // Escapes all that it may.
    private static readonly JsonSerializerOptions _strict = new() { Encoder = JavaScriptEncoder.Create(new TextEncoderSettings()) };

    [Theory]
    [InlineData("""{"a":"john\u0040example.com"}""", """{"a":"john@example.com"}""")]
    [InlineData("""{"a":"x\u000ay\u0009\/"}""", """{"a":"x\ny\t/"}""")]
    [InlineData("""{"a":"\u0022\u005c\\u0040\u0000"}""", """{"a":"\"\\\\u0040\u0000"}""")]
    [InlineData("""{"a":"\ud83d\ude00\uD83D\u0040\ude00\ud83d"}""", """{"a":"😀\uD83D@\ude00\ud83d"}""")]
    [InlineData("""\ud83d\u00""", """\ud83d\u00""")]
    [InlineData("""\u00""", """\u00""")]
    [InlineData("""\uX\u0040""", """\uX@""")]
    public void An_escape_is_written_in_one_way(string reply, string plain) => Assert.Equal(plain, new PlainEscapes().Append(reply, isLast: true).Text);

    [Fact]
    public void It_says_the_same_however_it_comes() =>
        Gen.Select(Gen.OneOf(GuardTexts.Texts, Gen.Char['\0', '\u0100'].Array[0, 20].Select(static c => new string(c))), Gen.Int[1, 9]).Sample(static (text, size) =>
        {
            text = text.Replace("\uD83D", "", StringComparison.Ordinal).Replace("\uDE00", "", StringComparison.Ordinal);
            string json = JsonSerializer.Serialize(text, _strict);
            PlainEscapes window = new();
            StringBuilder plain = new();
            foreach (char[] piece in json.Chunk(size))
                plain.Append(window.Append(new string(piece), isLast: false).Text);
            plain.Append(window.Append("", isLast: true).Text);
            Assert.Equal(new PlainEscapes().Append(json, isLast: true).Text, plain.ToString());
            Assert.Equal(text, JsonSerializer.Deserialize<string>(plain.ToString()));
        });
}

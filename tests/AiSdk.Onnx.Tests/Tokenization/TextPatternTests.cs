using System.Text;
using System.Text.Json;
using Xunit;

namespace AiSdk.Onnx.Tests;

/// <summary>Patterns that .NET has not; what they cut was recorded from Hugging Face's tokenizers.</summary>
public sealed class TextPatternTests
{
    [Theory]
    // A class within a class (BLOOM).
    [InlineData(" ?[^(\\s|[.,!?…。，、।۔،])]+", "Hi (there), one|two… नमस्ते। [x]", new[] { "Hi", " (", "there", "),", " one", "|", "two", "…", " नमस्ते", "।", " [x]" })]
    // Intersections and scripts (Kimi).
    [InlineData("[\\p{L}&&[^\\p{Han}]]+|\\p{Han}+", "abc漢字𠀀def かな", new[] { "abc", "漢字𠀀", "def", " ", "かな" })]
    [InlineData("[\\w&&[^\\d_]]+", "ab12_c", new[] { "ab", "12_", "c" })]
    [InlineData("[[a-c][x-z]&&[b-y]]+", "abcdwxyz", new[] { "a", "bc", "dw", "xy", "z" })]
    [InlineData("[a&&]", "a", new[] { "a" })]
    [InlineData("[^\\p{Greek}\\W]+", "abγδe ζ_1", new[] { "ab", "γδ", "e", " ζ", "_1" })]
    [InlineData("\\p{^Latin}+", "abжз cd", new[] { "ab", "жз ", "cd" })]
    [InlineData("[\\p{Hiragana}\\p{Katakana}ー]+", "カタカナーひら漢", new[] { "カタカナーひら", "漢" })]
    [InlineData(".\\p{Thai}", "กขค😀ง", new[] { "กข", "ค", "😀ง" })]
    // Binary properties and POSIX classes.
    [InlineData("\\p{Lu}\\p{Alphabetic}*|\\s+", "Straße Ⓐbc कि Xि", new[] { "Straße", " ", "Ⓐbc", " ", "कि", " ", "Xि" })]
    [InlineData("\\p{Emoji_Presentation}", "a😀1", new[] { "a", "😀", "1" })]
    [InlineData("[[:^alpha:]]+", "ab1-2cd", new[] { "ab", "1-2", "cd" })]
    [InlineData("\\h+|\\H", "fFg", new[] { "fF", "g" })]
    // Characters beyond U+FFFF (DeepSeek), and some that stand in for them.
    [InlineData("[a-z𐐀-𐑏[:digit:]]+", "ab1𐐀𐑏2-C", new[] { "ab1𐐀𐑏2", "-C" })]
    [InlineData("[\\x{1F600}-\\x{1F64F}]+", "x😀😁y", new[] { "x", "😀😁", "y" })]
    [InlineData("[\uE000-\uF8FF]|\\p{Cyrillic}", "a\uE000\uE001ж\uF000", new[] { "a", "\uE000", "\uE001", "ж", "\uF000" })]
    [InlineData("(?i:[b-dΣ]&&x|[[bσ]]+)", "aBσΣSx", new[] { "a", "BσΣ", "Sx" })]
    // What .NET reads alike.
    [InlineData("[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s+", "a 𠀀𠀁 🇩🇪 𐐀", new[] { "a", " 𠀀𠀁", " 🇩🇪", " 𐐀" })]
    [InlineData("[]a]+", "]ab", new[] { "]a", "b" })]
    [InlineData("", "aé😀b", new[] { "a", "é", "😀", "b" })]
    public void Text_is_cut_as_by_the_reference(string pattern, string text, string[] pieces) =>
        Assert.Equal(pieces, Split($$"""{"type":"Split","pattern":{"Regex":{{Json(pattern)}}},"behavior":"Isolated"}""", text));

    [Theory]
    [InlineData("Hello Привет 漢字カナかな! 12 ไทย", new[] { "Hello ", "Привет ", "漢字カナかな", "! 12 ", "ไทย" })]
    [InlineData("  日本 go", new[] { "日本 ", "go" })]
    [InlineData("カー𝒜Ⅷ\u0378x", new[] { "カー", "𝒜", "Ⅷ\u0378x" })]
    public void Scripts_are_cut_as_by_the_reference(string text, string[] pieces) => Assert.Equal(pieces, Split("""{"type":"UnicodeScripts"}""", text));

    [Theory]
    [InlineData("Isolated", new[] { "H", "i", " ", "😀" })]
    [InlineData("Removed", new[] { "H", "i", " ", "😀" })]
    public void An_empty_text_is_found_between_all_characters(string behavior, string[] pieces) =>
        Assert.Equal(pieces, Split($$"""{"type":"Split","pattern":{"String":""},"behavior":"{{behavior}}"}""", "Hi 😀"));

    [Theory]
    [InlineData("\\p{Foo}", "the property 'Foo'")]
    [InlineData("[[z-a]]", "'z-a]'")]
    [InlineData("[[a-\\d]]", "'a-\\d'")]
    [InlineData("[[a]", "not closed")]
    [InlineData("\\b[[a]]", "'\\b'")]
    [InlineData("[[\\u{61}]]", "'\\u'")]
    public void What_the_reference_refuses_or_cannot_be_matched_exactly_is_refused(string pattern, string named)
    {
        string file = $$"""{"type":"Split","pattern":{"Regex":{{Json(pattern)}}},"behavior":"Isolated"}""";
        Assert.Contains(named, Assert.Throws<OnnxModelException>(() => Split(file, "a")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pattern_that_backtracks_without_end_is_stopped()
    {
        OnnxModelException exception = Assert.Throws<OnnxModelException>(() => Split("""{"type":"Split","pattern":{"Regex":"^(?:\\w+\\s?)*$"},"behavior":"Isolated"}""", new string('a', 60) + "!"));
        Assert.Contains("tokenizer.json has the regular expression", exception.Message, StringComparison.Ordinal);
        Assert.Contains("61 characters", exception.Message, StringComparison.Ordinal);
    }

    private static string[] Split(string splitter, string text) => [.. TextSplitter.Read(JsonFile.Parse("tokenizer.json", Encoding.UTF8.GetBytes(splitter))).Split(text, isFirst: true).Select(static piece => piece.Text)];

    private static string Json(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}

using CsCheck;
using Xunit;

namespace AiSdk.Tests;

/// <summary>Thoughts before a text: taken out where they are, the same in whatever pieces they come.</summary>
public sealed class ThoughtSplitterTests
{
    private static readonly string[] _pieces = ["<think>", "</think>", "<thinking>", "</thinking>", "[THINK]", "[/THINK]", "<", "</", "think", ">", "[", " ", "\n", "a", "Hello", "THINK", "<THINK>", "</Think>"];

    [Theory]
    [InlineData("Hello", "Hello", null)]
    [InlineData("  Hello\n", "  Hello\n", null)]
    [InlineData("<think>Is it?</think>Hello", "Hello", "Is it?")]
    [InlineData("\n <think>\nIs it?\n</think>\n\nHello\n", "Hello\n", "Is it?")]
    [InlineData("<think>\n\n</think>\n\nHello", "Hello", null)]
    [InlineData("<THINKING>a </think> b</Thinking> Hello <think>c</think>", "Hello <think>c</think>", "a </think> b")]
    [InlineData("[THINK]a[/THINK]b", "b", "a")]
    [InlineData("<think> is a tag.", "<think> is a tag.", null)]
    [InlineData("The tag <think>a</think>", "The tag <think>a</think>", null)]
    [InlineData("<thinker>a</think>", "<thinker>a</think>", null)]
    [InlineData("<think>a</think>", "", "a")]
    [InlineData("", "", null)]
    public void Thoughts_are_taken_out(string text, string rest, string? thoughts) => Assert.Equal((rest, thoughts), (ThoughtSplitter.Split(text, out string? found), found));

    [Fact]
    public void In_pieces_it_is_the_same() => Gen.Select(Gen.Int[0, _pieces.Length - 1].Array[0, 12], Gen.Int[1, 7].Array[1, 6]).Sample(
        static (parts, sizes) =>
        {
            string text = string.Concat(parts.Select(static part => _pieces[part]));
            string whole = ThoughtSplitter.Split(text, out string? thoughts);
            ThoughtSplitter splitter = new();
            string rest = "";
            for (int at = 0, i = 0; at < text.Length; i++)
            {
                int length = Math.Min(sizes[i % sizes.Length], text.Length - at);
                rest += splitter.Append(text.Substring(at, length));
                at += length;
            }
            rest += splitter.End();
            Assert.Equal((whole, thoughts), (rest, splitter.Thoughts));
        },
        iter: 5_000);
}

using System.Text;
using CsCheck;
using Xunit;

namespace AiSdk.Onnx.Tests;

public sealed class StopSequenceFilterTests
{
    [Fact]
    public void A_sequence_across_pieces_is_never_shown_in_part()
    {
        var filter = new StopSequenceFilter(["</end>"]);
        Assert.Equal("text ", filter.Push("text <"));
        Assert.Equal("", filter.Push("/en"));
        Assert.False(filter.IsStopped);
        Assert.Equal("", filter.Push("d> more"));
        Assert.True(filter.IsStopped);
        Assert.Equal("", filter.Push("and more"));
        Assert.Equal("", filter.Finish());
    }

    [Fact]
    public void What_only_looked_like_a_sequence_comes_after_all()
    {
        var filter = new StopSequenceFilter(["aab"]);
        Assert.Equal("", filter.Push("aa"));
        Assert.Equal("a", filter.Push("a"));
        Assert.Equal("aac", filter.Push("c"));
        Assert.Equal("", filter.Push("a"));
        Assert.Equal("a", filter.Finish());
        Assert.False(filter.IsStopped);
    }

    [Fact]
    public void The_sequence_complete_first_wins_and_of_equals_the_longest()
    {
        Assert.Equal(("x", true), Filter("xaby", ["xaby z", "ab"], []));
        Assert.Equal(("", true), Filter("xab", ["ab", "xab"], []));
        Assert.Equal(("x", true), Filter("xab", ["b", "ab"], [1, 2]));
    }

    [Fact]
    public void Without_sequences_everything_passes_at_once()
    {
        var filter = new StopSequenceFilter([]);
        Assert.Equal("abc", filter.Push("abc"));
        Assert.Equal("", filter.Finish());
    }

    [Fact]
    public void Any_cut_gives_the_same_text_up_to_the_first_sequence() =>
        Gen.Select(Gen.Char["abc"].Array[0, 30], Gen.String[Gen.Char["abc"], 1, 4].Array[0, 3], Gen.Int[0, 30].Array[0, 10]).Sample(static (characters, sequences, cuts) =>
        {
            string text = new(characters);
            Assert.Equal(Expected(text, sequences), Filter(text, sequences, cuts));
        });

    [Fact]
    public void Text_is_held_back_no_longer_than_needed() =>
        Gen.Select(Gen.Char["ab"].Array[1, 20], Gen.String[Gen.Char["ab"], 2, 4]).Sample(static (characters, sequence) =>
        {
            var filter = new StopSequenceFilter([sequence]);
            string text = "";
            string shown = "";
            foreach (char character in characters)
            {
                text += character;
                shown += filter.Push(character.ToString());
                if (filter.IsStopped)
                    return;
                string held = text[shown.Length..];
                Assert.StartsWith(held, sequence, StringComparison.Ordinal);
            }
        });

    private static (string, bool) Expected(string text, string[] sequences)
    {
        for (int end = 1; end <= text.Length; end++)
        {
            string[] found = [.. sequences.Where(s => text[..end].EndsWith(s, StringComparison.Ordinal))];
            if (found.Length > 0)
                return (text[..(end - found.Max(static s => s.Length))], true);
        }
        return (text, false);
    }

    private static (string, bool) Filter(string text, string[] sequences, int[] cuts)
    {
        var filter = new StopSequenceFilter(sequences);
        StringBuilder shown = new();
        int start = 0;
        foreach (int cut in cuts.Where(cut => cut < text.Length).Order().Append(text.Length))
        {
            shown.Append(filter.Push(text[start..cut]));
            start = cut;
        }
        return (shown.Append(filter.Finish()).ToString(), filter.IsStopped);
    }
}

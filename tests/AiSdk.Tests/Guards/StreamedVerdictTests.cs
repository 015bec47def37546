using System.Text;
using CsCheck;
using Xunit;

namespace AiSdk.Tests.Guards;

/// <summary>However a reply is cut, each guard that ships says of it what it says of the whole.</summary>
public sealed class StreamedVerdictTests
{
    private static readonly string[] _sources = ["Alice Johnson paid 1250 on 3 May."];

    private static readonly IOutputGuard[] _guards =
    [
        new PiiGuard(), new PiiGuard(PiiKinds.All, blocks: true), new PiiGuard(PiiKinds.Email | PiiKinds.Card), new SecretGuard(), new SecretGuard(blocks: false), new InjectionGuard(), new LengthGuard(0, 40), new LengthGuard(10, 60, cuts: true), new LengthGuard(5, 30, cuts: true),
        new RegexGuard("forbidden|[0-9]{4}$", "it is forbidden"), new RegexGuard("[0-9]+", "numbers", replacement: "#"), new RegexGuard("^Alice", "nobody is greeted", isRequired: true), new GroundingGuard(), new GroundingGuard(withNames: false),
        new TopicGuard(["I want a loan", "What is my balance?"], ["Who won the football game?", "Tell me a joke"]),
    ];

    public static TheoryData<int> Guards => [.. Enumerable.Range(0, _guards.Length)];

    [Theory]
    [MemberData(nameof(Guards))]
    public void A_streamed_reply_has_the_verdict_of_the_whole(int index)
    {
        IOutputGuard guard = _guards[index];
        Gen.Select(GuardTexts.Texts, Gen.OneOf(Gen.Const(1), Gen.Int[0, 3], Gen.Int[1, 40]).Array[1, 30]).Sample(
            (text, sizes) =>
            {
                (string? whole, string? reason) = Whole(guard, text);
                (string streamed, string? streamedReason) = Streamed(guard, text, sizes);
                Assert.Equal(reason, streamedReason);
                if (reason is null)
                    Assert.Equal(whole, streamed);
            },
            iter: 3_000);
    }

    [Theory]
    [InlineData(0, "Write to a@b.com now", "a@b.com")]
    [InlineData(3, "The key is AKIAIOSFODNN7EXAMPLE, keep it.", "AKIA")]
    [InlineData(4, "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY----- done", "MII")]
    [InlineData(9, "this is forbidden\nreally", "forb")]
    [InlineData(12, "It was Charles who paid.", "Charles")]
    public void What_is_found_is_not_shown_before_it_is_found(int index, string text, string hidden)
    {
        (string shown, _) = Streamed(_guards[index], text, [1]);

        Assert.DoesNotContain(hidden, shown, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_part_of_a_finding_is_shown_at_once()
    {
        ReplyWindow window = new PiiGuard().OpenWindow(new GuardContext());

        Assert.Equal("Dear customer, ", window.Append("Dear customer, th", isLast: false).Text);
        Assert.Equal("thank you for your ", window.Append("ank you for your ma", isLast: false).Text);
    }

    /// <summary>Half of a character that no other half follows, and something invisible behind it.</summary>
    [Fact]
    public void Half_of_a_character_at_the_end_of_a_piece_is_no_beginning()
    {
        ReplyWindow window = new PiiGuard().OpenWindow(new GuardContext());
        string shown = "";
        foreach ((string piece, bool isLast) in new[] { ("a \uD835\u2060", false), ("", false), ("\uDFDC b", false), (" to a@b.com", true) })
            shown += window.Append(piece, isLast).Text;

        Assert.Equal("a \uD835\u2060\uDFDC b to [EMAIL]", shown);
    }

    private static (string? Text, string? Reason) Whole(IOutputGuard guard, string text)
    {
        GuardVerdict verdict = guard.CheckOutputAsync(text, new GuardContext(_sources), TestContext.Current.CancellationToken).AsTask().GetAwaiter().GetResult();
        return (verdict.Kind == GuardVerdictKind.Rewrite ? verdict.Text : text, verdict.Reason);
    }

    private static (string Text, string? Reason) Streamed(IOutputGuard guard, string text, int[] sizes)
    {
        GuardContext context = new(_sources);
        if ((guard as IStreamingOutputGuard)?.OpenWindow(context) is not { } window)
            return (Whole(guard, text).Text!, Whole(guard, text).Reason);
        StringBuilder shown = new();
        int at = 0;
        for (int i = 0; at < text.Length && (i < 1_000 || sizes.Any(static size => size > 0)); i++)
        {
            int size = Math.Min(Math.Max(i >= 1_000 ? 1 : 0, sizes[i % sizes.Length]), text.Length - at);
            if (sizes.All(static s => s == 0))
                size = 1;
            GuardVerdict verdict = window.Append(text.Substring(at, size), isLast: false);
            if (verdict.Kind == GuardVerdictKind.Block)
                return (shown.ToString(), verdict.Reason);
            shown.Append(verdict.Text);
            at += size;
        }
        GuardVerdict last = window.Append("", isLast: true);
        shown.Append(last.Text);
        return (shown.ToString(), last.Reason);
    }
}

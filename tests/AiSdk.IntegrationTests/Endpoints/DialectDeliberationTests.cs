using System.ComponentModel.DataAnnotations;
using Xunit;

namespace AiSdk.IntegrationTests;

/// <summary>Reasoning, votes, critiques, passages and typed guard stubs together, over each provider's protocol: the real clients, a real server that refuses what the provider would.</summary>
public sealed class DialectDeliberationTests
{
    private const string Cheap = """{"reasoning":"It is only glass.","value":{"cause":"hail","amount":120,"citations":[{"passageId":"p1","quote":"Glass is covered"}]}}""";
    private const string Dear = """{"reasoning":"The frame broke, too.","value":{"cause":"hail","amount":450,"citations":[{"passageId":"p1","quote":"up to 500 euros"}]}}""";
    private const string Wrong = """{"reasoning":"It is only glass.","value":{"cause":"hail","amount":120,"citations":[{"passageId":"p1","quote":"Nothing is covered"}]}}""";

    private static readonly Passages _passages = new([new Passage { Id = "p1", Text = "Glass is covered up to 500 euros.", Source = "policy.md" }]);

    public static TheoryData<string> Names => [.. Dialect.All.Keys];

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Names))]
    public async Task Thoughts_are_beside_the_value_and_its_citations_are_checked(string dialect)
    {
        await using DialectServer server = await DialectServer.StartAsync(dialect, static number => Answer.Of(number == 0 ? Wrong : Cheap));

        AiResult<Appraisal> result = await new AppraisalDesk(server.CreateClient()).AppraiseAsync("My window broke.", _passages, CancellationToken);

        Assert.Equal((120m, "It is only glass.", 2), (result.Value.Amount, result.Reasoning, result.Attempts));
        Assert.Equal(Dialect.All[dialect].Mode, result.OutputMode);
        Assert.Contains("Glass is covered up to 500 euros.", server.Requests[0].GetRawText(), StringComparison.Ordinal);
        Assert.Contains("the quote does not occur in the passage", server.Requests[1].GetRawText(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Thoughts_are_streamed_before_the_value(string dialect)
    {
        await using DialectServer server = await DialectServer.StartAsync(dialect, static _ => Answer.Of(Dear));

        List<Partial<Appraisal>> parts = await new AppraisalDesk(server.CreateClient()).WatchAsync("x", _passages, CancellationToken).ToListAsync(CancellationToken);

        Assert.Equal((450m, "The frame broke, too."), (parts[^1].Value!.Amount, parts[^1].Reasoning));
    }

    [Theory, MemberData(nameof(Names))]
    public async Task A_vote_is_criticized_revised_and_then_looked_at_by_the_stub(string dialect)
    {
        string[] answers = [Cheap, Dear, Cheap, """{"problems":["The frame is missing."]}""", Dear];
        await using DialectServer server = await DialectServer.StartAsync(dialect, number => Answer.Of(answers[number]));

        AiResult<Appraisal> result = await new AppraisalDesk(server.CreateClient()).WeighAsync("My window broke.", _passages, CancellationToken);

        Assert.Equal((450m, 5, (Dialect.Input + Dialect.Output) * 5L), (result.Value.Amount, result.Attempts, result.Usage!.TotalTokenCount));
        Assert.Equal((2, 3), (result.Vote!.Votes, result.Vote.Counted));
        Assert.Equal((true, null), (Assert.Single(result.Critiques).IsRevised, result.Critiques[0].Failure));
        // The stub has seen the value, and nothing else of the reply.
        Assert.Equal(("", null, "(not shown: output guards have not looked at it)"), (result.RawReply, result.Reasoning, Assert.Single(result.Critiques[0].Problems)));
        Assert.Contains("The frame is missing.", server.Requests[4].GetRawText(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task What_the_stub_writes_is_read_with_the_same_passages_and_what_it_blocks_shows_nothing(string dialect)
    {
        string[] answers = [Cheap, Cheap, """{"problems":[]}"""];
        await using DialectServer server = await DialectServer.StartAsync(dialect, number => Answer.Of(answers[number].Replace("120", "600", StringComparison.Ordinal)));
        AiResult<Appraisal> cut = await new AppraisalDesk(server.CreateClient()).WeighAsync("x", _passages, CancellationToken);
        Assert.Equal((500m, "up to 500 euros", 3), (cut.Value.Amount, Assert.Single(cut.Value.Citations).Quote, cut.Attempts));
        Assert.Equal(GuardVerdictKind.Rewrite, Assert.Single(cut.Guards).Verdict);

        await using DialectServer other = await DialectServer.StartAsync(dialect, number => Answer.Of(answers[number].Replace("hail", "fraud", StringComparison.Ordinal)));
        AiGuardException blocked = await Assert.ThrowsAsync<AiGuardException>(() => new AppraisalDesk(other.CreateClient()).WeighAsync("x", _passages, CancellationToken));
        Assert.Equal(("GuardWeighOutputAsync", ""), (blocked.GuardName, blocked.RawReply));
        Assert.DoesNotContain("fraud", blocked.ToString(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task The_words_of_a_refusal_are_not_shown_where_the_stub_has_not_seen_them(string dialect)
    {
        await using DialectServer server = await DialectServer.StartAsync(dialect, static _ => new Answer { Ending = Ending.Refused, Text = "I will not." });
        AiFunctionException refused = await Assert.ThrowsAnyAsync<AiFunctionException>(() => new AppraisalDesk(server.CreateClient()).WeighAsync("x", _passages, CancellationToken));
        Assert.Equal("", refused.RawReply);
        Assert.DoesNotContain("I will not", refused.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("only glass", refused.ToString(), StringComparison.Ordinal);
    }
}

/// <summary>Functions that think, cite, vote and are guarded, whatever the dialect.</summary>
[AiFunctions]
internal interface IAppraisalDesk
{
    [UserPrompt("{{passages}}\n\n{{claim}}")]
    [Reasoning("Name the rule."), Reask]
    Task<AiResult<Appraisal>> AppraiseAsync(string claim, Passages passages, CancellationToken cancellationToken = default);

    [UserPrompt("{{passages}}\n\n{{claim}}")]
    [Reasoning]
    IAsyncEnumerable<Partial<Appraisal>> WatchAsync(string claim, Passages passages, CancellationToken cancellationToken = default);

    [UserPrompt("{{passages}}\n\n{{claim}}")]
    [Reasoning, SelfConsistency(3, MaxConcurrency = 1), SelfCritique, Guard(GuardStage.Output)]
    Task<AiResult<Appraisal>> WeighAsync(string claim, Passages passages, CancellationToken cancellationToken = default);
}

/// <summary>What a claim is worth.</summary>
internal sealed record Appraisal(string Cause, [property: Range(0, 1000)] decimal Amount, IReadOnlyList<Citation> Citations);

#pragma warning disable CA1822 // The generator declares it as a member of the class.
/// <summary>The stub, filled in.</summary>
internal sealed partial class AppraisalDesk
{
    private partial ValueTask<GuardVerdict> GuardWeighOutputAsync(Appraisal reply, GuardContext context) => new(reply switch
    {
        { Cause: "fraud" } => GuardVerdict.Block("a person has to look at it"),
        { Amount: > 500 } => GuardVerdict.Rewrite("""{"cause":"hail","amount":500,"citations":[{"passageId":"p1","quote":"up to 500 euros"}]}"""),
        _ => GuardVerdict.Allow,
    });
}

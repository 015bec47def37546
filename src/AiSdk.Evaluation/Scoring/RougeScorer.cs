namespace AiSdk.Evaluation;

/// <summary>The F1 of four kinds of ROUGE.</summary>
internal sealed class RougeScorer(Rouge rouge) : Scorer<string>(new Metric("rouge1"), new Metric("rouge2"), new Metric("rougeL"), new Metric("rougeLsum"))
{
    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<Score>> ScoreAsync(ScoredOutput<string> output, CancellationToken cancellationToken = default) => new(
    [
        new Score("rouge1", rouge.N(1, output.Output, output.Expected).F1),
        new Score("rouge2", rouge.N(2, output.Output, output.Expected).F1),
        new Score("rougeL", rouge.L(output.Output, output.Expected).F1),
        new Score("rougeLsum", rouge.LSum(output.Output, output.Expected).F1),
    ]);
}

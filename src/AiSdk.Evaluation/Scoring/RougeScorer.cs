namespace AiSdk.Evaluation;

/// <summary>The F1 of four kinds of ROUGE.</summary>
internal sealed class RougeScorer(Rouge rouge) : Scorer<string>(Of("rouge1", rouge), Of("rouge2", rouge), Of("rougeL", rouge), Of("rougeLsum", rouge))
{
    private static Metric Of(string name, Rouge rouge) => new(name) { Settings = rouge.UseStemmer ? "stems" : null };

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<Score>> ScoreAsync(ScoredOutput<string> output, CancellationToken cancellationToken = default) => new(
    [
        new Score("rouge1", rouge.N(1, output.Output, output.Expected).F1),
        new Score("rouge2", rouge.N(2, output.Output, output.Expected).F1),
        new Score("rougeL", rouge.L(output.Output, output.Expected).F1),
        new Score("rougeLsum", rouge.LSum(output.Output, output.Expected).F1),
    ]);
}

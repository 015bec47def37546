namespace AiSdk.Evaluation;

/// <summary>How surprising the expected text is to a model.</summary>
internal sealed class PerplexityScorer(Func<string, CancellationToken, Task<(int Tokens, double LogLikelihood)>> score)
    : Scorer<string>(new Metric("cross_entropy", HigherIsBetter: false), new Metric("perplexity", HigherIsBetter: false))
{
    /// <inheritdoc/>
    public override async ValueTask<IReadOnlyList<Score>> ScoreAsync(ScoredOutput<string> output, CancellationToken cancellationToken = default)
    {
        (int tokens, double logLikelihood) = await score(output.Expected, cancellationToken).ConfigureAwait(false);
        if (tokens == 0)
            return [new Score("cross_entropy", null, "The text has no tokens."), new Score("perplexity", null, "The text has no tokens.")];
        double entropy = -logLikelihood / tokens;
        return [new Score("cross_entropy", entropy), new Score("perplexity", Math.Exp(entropy))];
    }
}

namespace AiSdk.Evaluation;

/// <summary>A scorer of one metric.</summary>
internal sealed class DelegateScorer<TOutput>(Metric metric, Func<ScoredOutput<TOutput>, CancellationToken, ValueTask<Score>> score) : Scorer<TOutput>(metric)
{
    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<Score>> ScoreAsync(ScoredOutput<TOutput> output, CancellationToken cancellationToken = default)
    {
        ValueTask<Score> pending = score(output, cancellationToken);
        return pending.IsCompletedSuccessfully ? new ValueTask<IReadOnlyList<Score>>([pending.Result]) : WaitAsync(pending);

        static async ValueTask<IReadOnlyList<Score>> WaitAsync(ValueTask<Score> pending) => [await pending.ConfigureAwait(false)];
    }
}

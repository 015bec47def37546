namespace AiSdk.Evaluation;

/// <summary>Scores a ranking against the set of what is relevant.</summary>
internal sealed class RetrievalScorer<TItem>(int cutoff)
    : Scorer<IReadOnlyList<TItem>>(new Metric($"precision@{cutoff}"), new Metric($"recall@{cutoff}"), new Metric("mrr"), new Metric($"ndcg@{cutoff}"))
    where TItem : notnull
{
    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<Score>> ScoreAsync(ScoredOutput<IReadOnlyList<TItem>> output, CancellationToken cancellationToken = default)
    {
        HashSet<TItem> relevant = [.. output.Expected];
        if (relevant.Count == 0)
            return new ValueTask<IReadOnlyList<Score>>([.. Metrics.Select(static metric => new Score(metric.Name, null, "Nothing is relevant to this case."))]);
        int found = 0;
        double gain = 0;
        double reciprocal = 0;
        HashSet<TItem> seen = [];
        for (int rank = 0; rank < output.Output.Count; rank++)
        {
            // What is found twice is found once.
            if (!relevant.Contains(output.Output[rank]) || !seen.Add(output.Output[rank]))
                continue;
            if (reciprocal == 0)
                reciprocal = 1.0 / (rank + 1);
            if (rank < cutoff)
            {
                found++;
                gain += 1 / Math.Log2(rank + 2);
            }
        }
        double ideal = Enumerable.Range(0, Math.Min(cutoff, relevant.Count)).Sum(static rank => 1 / Math.Log2(rank + 2));
        return new ValueTask<IReadOnlyList<Score>>(
        [
            new Score(Metrics[0].Name, (double)found / cutoff), new Score(Metrics[1].Name, (double)found / relevant.Count), new Score("mrr", reciprocal), new Score(Metrics[3].Name, gain / ideal),
        ]);
    }
}

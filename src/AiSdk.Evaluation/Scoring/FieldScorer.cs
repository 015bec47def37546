namespace AiSdk.Evaluation;

/// <summary>Compares records field by field.</summary>
internal sealed class FieldScorer<TOutput>(IReadOnlyList<(string Name, Func<TOutput, object?> Get)> fields)
    : Scorer<TOutput>([new Metric("fields"), .. fields.Select(static field => new Metric($"field:{field.Name}"))])
{
    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<Score>> ScoreAsync(ScoredOutput<TOutput> output, CancellationToken cancellationToken = default)
    {
        Score[] scores = new Score[fields.Count + 1];
        int right = 0;
        for (int i = 0; i < fields.Count; i++)
        {
            bool same = DeepEquality.AreEqual(fields[i].Get(output.Output), fields[i].Get(output.Expected));
            right += same ? 1 : 0;
            scores[i + 1] = new Score(Metrics[i + 1].Name, same ? 1 : 0);
        }
        scores[0] = new Score("fields", (double)right / Math.Max(1, fields.Count));
        return new ValueTask<IReadOnlyList<Score>>(scores);
    }
}

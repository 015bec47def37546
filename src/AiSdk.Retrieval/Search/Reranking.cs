namespace AiSdk.Retrieval;

/// <summary>Puts the best passages into a reranker's order.</summary>
internal static class Reranking
{
    private const string Rerank = "rerank";

    /// <summary>The passages in the new order; those beyond the depth follow as they were.</summary>
    /// <param name="reranker">Scores them.</param>
    /// <param name="text">What is looked for.</param>
    /// <param name="found">What was found, best first.</param>
    /// <param name="depth">How many are scored.</param>
    /// <param name="name">The retriever, for errors.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="InvalidOperationException">The reranker gave too few scores or too many.</exception>
    public static async ValueTask<List<Passage>> RunAsync(IReranker reranker, string text, List<Passage> found, int depth, string name, CancellationToken cancellationToken)
    {
        List<Passage> looked = found[..Math.Min(found.Count, depth)];
        IReadOnlyList<double> scores = await reranker.ScoreAsync(text, looked, cancellationToken).ConfigureAwait(false);
        if (scores.Count != looked.Count)
            throw new InvalidOperationException($"The reranker of '{name}' gave {scores.Count} scores for {looked.Count} passages; it must give one for each.");
        IEnumerable<Passage> reranked = looked
            .Select((passage, i) => (Passage: passage, Score: scores[i]))
            .OrderByDescending(static entry => entry.Score)
            .Select(static (entry, i) => entry.Passage with { Score = entry.Score, Ranks = [.. entry.Passage.Ranks, new PassageRank(Rerank, i + 1, entry.Score)] });
        return [.. reranked, .. found.Skip(looked.Count)];
    }
}

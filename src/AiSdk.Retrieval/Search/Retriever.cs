using System.Diagnostics;

namespace AiSdk.Retrieval;

/// <summary>Finds passages of an index, by their words, by their meaning, or by both.</summary>
/// <remarks>Safe for concurrent use.</remarks>
public sealed class Retriever : IRetriever
{
    internal const string Lexical = "lexical";
    internal const string Dense = "dense";

    private readonly RetrievalIndex _index;
    private readonly RetrieverOptions _options;
    private readonly string _name;

    /// <summary>A retriever over an index.</summary>
    /// <param name="index">The index; it is not disposed.</param>
    /// <param name="options">How to search, or <see langword="null"/> for the defaults.</param>
    /// <param name="name">What spans call it.</param>
    /// <exception cref="ArgumentException">A setting is out of its range, or wants an embedding generator that the index does not have.</exception>
    public Retriever(RetrievalIndex index, RetrieverOptions? options = null, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(index);
        _index = index;
        _options = options ?? new RetrieverOptions();
        _name = name ?? System.IO.Path.GetFileNameWithoutExtension(index.Path);
        if (_options.Problem is { } problem)
            throw new ArgumentException($"The retriever '{_name}' cannot search: {problem}.", nameof(options));
        if (_options.Mode is SearchMode.Dense or SearchMode.Hybrid && index.Options.Embeddings is null)
            throw new ArgumentException($"The retriever '{_name}' is to search by meaning, but its index has no embedding generator: set RetrievalIndexOptions.Embeddings, or search by words (SearchMode.Lexical).", nameof(options));
    }

    /// <inheritdoc/>
    public int CountTokens(string text) => _index.Options.Chunks.Count(text);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Passage>> RetrieveAsync(RetrievalQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Top, 1, nameof(query));
        using Activity? activity = RetrievalTelemetry.Start(_name);
        try
        {
            string text = query.Text ?? "";
            if (_options.RewriteQuery is { } rewrite)
                text = await rewrite(text, cancellationToken).ConfigureAwait(false);
            bool isDense = _options.Mode is SearchMode.Dense or SearchMode.Hybrid || _options.Mode == SearchMode.Auto && _index.Options.Embeddings is not null;
            float[]? vector = isDense && !string.IsNullOrWhiteSpace(text) ? await _index.EmbedAsync(text, cancellationToken).ConfigureAwait(false) : null;
            cancellationToken.ThrowIfCancellationRequested();
            List<Passage> found = await SearchAsync(text, vector, query, cancellationToken).ConfigureAwait(false);
            if (_options.Reranker is { } reranker && found.Count > 0)
                found = await Reranking.RunAsync(reranker, text, found, _options.RerankDepth, _name, cancellationToken).ConfigureAwait(false);
            if (found.Count > query.Top)
                found.RemoveRange(query.Top, found.Count - query.Top);
            RetrievalTelemetry.Found(activity, found);
            return found;
        }
        catch (Exception e)
        {
            RetrievalTelemetry.Failed(activity, e);
            throw;
        }
    }

    private async ValueTask<List<Passage>> SearchAsync(string text, float[]? vector, RetrievalQuery query, CancellationToken cancellationToken)
    {
        using IndexReader reader = await _index.ReadAsync(checkTerms: true, cancellationToken).ConfigureAwait(false);
        // Where no passage has a vector the words are left; where some have, a search by meaning would pass over the others.
        if (vector is not null && _options.Mode == SearchMode.Auto && reader.Snapshot.VectorCount == 0)
            vector = null;
        if (vector is not null)
            reader.CheckVectors();
        reader.Apply(_options.With(query.Filter));
        int depth = Math.Max(_options.Depth, query.Top);
        SearchHit[]? lexical = _options.Mode == SearchMode.Dense ? null : reader.SearchLexical(text, depth, cancellationToken);
        SearchHit[]? dense = vector is null ? null : reader.SearchDense(vector, depth);
        List<RankFusion.Arm> arms = [];
        (double lexicalWeight, double denseWeight) = _options.Fusion == FusionWeighting.Measured && lexical is not null && dense is not null
            ? reader.Calibration(_index.Options.Encoder)?.Calibration.Weights ?? (1, 1)
            : (1, 1);
        if (lexical is not null)
            arms.Add(new RankFusion.Arm(Lexical, lexical, lexicalWeight));
        if (dense is not null)
            arms.Add(new RankFusion.Arm(Dense, dense, denseWeight));
        int wanted = _options.Reranker is null ? query.Top : Math.Max(query.Top, _options.RerankDepth);
        List<(int Slot, double Score, double Evidence, List<PassageRank> Ranks)> fused = RankFusion.Fuse(arms, _options.FusionConstant);
        List<(int Slot, double Score, double Evidence, List<PassageRank> Ranks)> kept = [.. fused.Where(hit => hit.Evidence >= _options.MinimumEvidence).Take(wanted)];
        Passage[] passages = reader.Read([.. kept.Select(static hit => hit.Slot)]);
        // Of one way of searching its own score says more than a rank's reciprocal.
        return [.. passages.Select((passage, i) => passage with { Score = arms.Count == 1 ? kept[i].Ranks[0].Score : kept[i].Score, Evidence = kept[i].Evidence, Ranks = kept[i].Ranks })];
    }
}

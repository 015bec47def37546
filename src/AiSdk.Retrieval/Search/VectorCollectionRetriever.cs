using System.Diagnostics;
using System.Linq.Expressions;
using Microsoft.Extensions.VectorData;

namespace AiSdk.Retrieval;

/// <summary>Finds passages in a collection of any vector database that Microsoft.Extensions.VectorData reaches: by vector and keywords together where the collection can, by vector alone elsewhere.</summary>
/// <typeparam name="TKey">The collection's keys.</typeparam>
/// <typeparam name="TRecord">The collection's records.</typeparam>
/// <remarks>The collection embeds the query itself, with the generator that it was made with. Safe for concurrent use when the collection is.</remarks>
public sealed class VectorCollectionRetriever<TKey, TRecord> : IRetriever
    where TKey : notnull
    where TRecord : class
{
    private readonly VectorStoreCollection<TKey, TRecord> _collection;
    private readonly Func<TRecord, Passage> _toPassage;
    private readonly Func<PassageFilter, Expression<Func<TRecord, bool>>>? _toFilter;
    private readonly TextAnalyzer _keywords;
    private readonly TextAnalyzer _terms;
    private readonly RetrieverOptions _options;

    /// <summary>A retriever over a collection.</summary>
    /// <param name="collection">The collection; it is not disposed.</param>
    /// <param name="toPassage">Makes a passage of a record.</param>
    /// <param name="toFilter">Makes of a filter a condition on records; <see langword="null"/> if queries have no filters.</param>
    /// <param name="language">Says which words of a query are no keywords.</param>
    /// <param name="options">
    /// How to search, or <see langword="null"/> for the defaults. The collection fuses what it finds by itself, so that depth, weights and the constant of the fusion are its own; it cannot be searched by words alone.
    /// The evidence of a passage is what <paramref name="toPassage"/> says, else the share of the query's words that its text and headings have.
    /// </param>
    /// <exception cref="ArgumentException">A setting is out of its range, or the collection cannot search that way.</exception>
    public VectorCollectionRetriever(
        VectorStoreCollection<TKey, TRecord> collection, Func<TRecord, Passage> toPassage, Func<PassageFilter, Expression<Func<TRecord, bool>>>? toFilter = null, TextLanguage language = TextLanguage.English,
        RetrieverOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(collection);
        ArgumentNullException.ThrowIfNull(toPassage);
        _collection = collection;
        _toPassage = toPassage;
        _toFilter = toFilter;
        _keywords = new TextAnalyzer(language, removeStopWords: true, stem: false);
        _terms = new TextAnalyzer(language, removeStopWords: true, stem: true);
        _options = options ?? new RetrieverOptions();
        string? problem = _options.Problem ?? _options.Mode switch
        {
            SearchMode.Lexical => "a vector store is not searched by words alone; use SearchMode.Auto, Hybrid or Dense",
            SearchMode.Hybrid when Hybrid is null => $"the collection does not implement IKeywordHybridSearchable<{typeof(TRecord).Name}>; use SearchMode.Auto or Dense",
            _ => null,
        };
        if (problem is not null)
            throw new ArgumentException($"The retriever over '{collection.Name}' cannot search: {problem}.", nameof(options));
    }

    private IKeywordHybridSearchable<TRecord>? Hybrid => _collection.GetService(typeof(IKeywordHybridSearchable<TRecord>)) as IKeywordHybridSearchable<TRecord>;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Passage>> RetrieveAsync(RetrievalQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Top, 1, nameof(query));
        using Activity? activity = RetrievalTelemetry.Start(_collection.Name);
        try
        {
            string text = query.Text ?? "";
            if (_options.RewriteQuery is { } rewrite)
                text = await rewrite(text, cancellationToken).ConfigureAwait(false);
            List<Passage> found = await SearchAsync(text, query, cancellationToken).ConfigureAwait(false);
            found.RemoveAll(passage => passage.Evidence < _options.MinimumEvidence);
            if (_options.Reranker is { } reranker && found.Count > 0)
                found = await Reranking.RunAsync(reranker, text, found, _options.RerankDepth, _collection.Name, cancellationToken).ConfigureAwait(false);
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

    private async ValueTask<List<Passage>> SearchAsync(string text, RetrievalQuery query, CancellationToken cancellationToken)
    {
        Expression<Func<TRecord, bool>>? filter = _options.With(query.Filter) is not { } condition
            ? null
            : (_toFilter ?? throw new NotSupportedException($"The query has a filter, but the retriever over '{_collection.Name}' was not told how to make a condition on {typeof(TRecord).Name} of it: give it toFilter."))(condition);
        List<string> keywords = Terms(_keywords, text);
        HashSet<string> wanted = [.. Terms(_terms, text)];
        // A reranker looks at more than are wanted; what has too little evidence makes room for what comes after it.
        int top = Math.Max(query.Top, Math.Max(_options.Reranker is null ? 0 : _options.RerankDepth, _options.MinimumEvidence > 0 ? _options.Depth : 0));
        IAsyncEnumerable<VectorSearchResult<TRecord>> results = _options.Mode != SearchMode.Dense && keywords.Count > 0 && Hybrid is { } hybrid
            ? hybrid.HybridSearchAsync(text, keywords, top, new HybridSearchOptions<TRecord> { Filter = filter }, cancellationToken)
            : _collection.SearchAsync(text, top, new VectorSearchOptions<TRecord> { Filter = filter }, cancellationToken);
        List<Passage> found = [];
        await foreach (VectorSearchResult<TRecord> result in results.ConfigureAwait(false))
        {
            double score = result.Score ?? 0;
            Passage passage = _toPassage(result.Record);
            found.Add(passage with { Score = score, Evidence = passage.Evidence ?? Evidence(wanted, passage), Ranks = [new PassageRank(_collection.Name, found.Count + 1, score)] });
        }
        return found;
    }

    private double Evidence(HashSet<string> wanted, Passage passage)
    {
        if (wanted.Count == 0)
            return 0;
        HashSet<string> there = [.. Terms(_terms, string.Join('\n', passage.Headings.Append(passage.Text)))];
        return wanted.Count(there.Contains) / (double)wanted.Count;
    }

    private static List<string> Terms(TextAnalyzer analyzer, string text)
    {
        List<string> terms = [];
        analyzer.Analyze(text, terms);
        return terms;
    }
}

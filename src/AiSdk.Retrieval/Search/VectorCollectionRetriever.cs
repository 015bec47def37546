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

    /// <summary>A retriever over a collection.</summary>
    /// <param name="collection">The collection; it is not disposed.</param>
    /// <param name="toPassage">Makes a passage of a record.</param>
    /// <param name="toFilter">Makes of a filter a condition on records; <see langword="null"/> if queries have no filters.</param>
    /// <param name="language">Says which words of a query are no keywords.</param>
    public VectorCollectionRetriever(
        VectorStoreCollection<TKey, TRecord> collection, Func<TRecord, Passage> toPassage, Func<PassageFilter, Expression<Func<TRecord, bool>>>? toFilter = null, TextLanguage language = TextLanguage.English)
    {
        ArgumentNullException.ThrowIfNull(collection);
        ArgumentNullException.ThrowIfNull(toPassage);
        _collection = collection;
        _toPassage = toPassage;
        _toFilter = toFilter;
        _keywords = new TextAnalyzer(language, removeStopWords: true, stem: false);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Passage>> RetrieveAsync(RetrievalQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Top, 1, nameof(query));
        using Activity? activity = RetrievalTelemetry.Start(_collection.Name);
        Expression<Func<TRecord, bool>>? filter = query.Filter is null
            ? null
            : (_toFilter ?? throw new NotSupportedException($"The query has a filter, but the retriever over '{_collection.Name}' was not told how to make a condition on {typeof(TRecord).Name} of it: give it toFilter."))(query.Filter);
        List<string> keywords = [];
        _keywords.Analyze(query.Text, keywords);
        IAsyncEnumerable<VectorSearchResult<TRecord>> results = keywords.Count > 0 && _collection.GetService(typeof(IKeywordHybridSearchable<TRecord>)) is IKeywordHybridSearchable<TRecord> hybrid
            ? hybrid.HybridSearchAsync(query.Text, keywords, query.Top, new HybridSearchOptions<TRecord> { Filter = filter }, cancellationToken)
            : _collection.SearchAsync(query.Text, query.Top, new VectorSearchOptions<TRecord> { Filter = filter }, cancellationToken);
        List<Passage> found = [];
        await foreach (VectorSearchResult<TRecord> result in results.ConfigureAwait(false))
        {
            double score = result.Score ?? 0;
            found.Add(_toPassage(result.Record) with { Score = score, Ranks = [new PassageRank(_collection.Name, found.Count + 1, score)] });
        }
        RetrievalTelemetry.Found(activity, found);
        return found;
    }
}

using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;

namespace AiSdk.Retrieval;

#pragma warning disable CA1711, RS0026 // Name and overloads are those of the base class.

/// <summary>An index as a collection of Microsoft.Extensions.VectorData: for code that is written for any vector store.</summary>
/// <remarks>
/// The records are the passages of the index's tenant. What is written here belongs to the document that <see cref="PassageRecord.Source"/> names; an ingest of a document with that key takes its place.
/// Metadata are the document's: of several records of one document the last written counts. Safe for concurrent use.
/// </remarks>
public sealed class SqlitePassageCollection : VectorStoreCollection<string, PassageRecord>, IKeywordHybridSearchable<PassageRecord>
{
    private const double FusionConstant = 60;
    private const int Depth = 100;

    private readonly RetrievalIndex _index;

    /// <summary>An index as a collection.</summary>
    /// <param name="index">The index; it is not disposed.</param>
    /// <param name="name">The collection's name.</param>
    public SqlitePassageCollection(RetrievalIndex index, string name)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentException.ThrowIfNullOrEmpty(name);
        _index = index;
        Name = name;
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <summary>Whether the collection is there: always, as opening the index makes it.</summary>
    public override Task<bool> CollectionExistsAsync(CancellationToken cancellationToken = default) => Task.FromResult(true);

    /// <inheritdoc/>
    public override Task EnsureCollectionExistsAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    /// <summary>Removes all of the tenant's documents.</summary>
    public override Task EnsureCollectionDeletedAsync(CancellationToken cancellationToken = default) => _index.RemoveAsync(_index.GetDocuments(), cancellationToken);

    /// <inheritdoc/>
    public override async Task<PassageRecord?> GetAsync(string key, RecordRetrievalOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        using IndexReader reader = await _index.ReadAsync(checkTerms: false, cancellationToken).ConfigureAwait(false);
        return reader.Find(key) is { } slot ? Records(reader, [slot], options?.IncludeVectors ?? false)[0] : null;
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<PassageRecord> GetAsync(
        Expression<Func<PassageRecord, bool>> filter, int top, FilteredRecordRetrievalOptions<PassageRecord>? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        if (options?.OrderBy is not null)
            throw new NotSupportedException("The records come in the order in which they were written; OrderBy is not known.");
        PassageRecord[] records;
        using (IndexReader reader = await _index.ReadAsync(checkTerms: false, cancellationToken).ConfigureAwait(false))
        {
            reader.Apply(FilterTranslator.Translate(filter));
            records = Records(reader, reader.Allowed(options?.Skip ?? 0, top), options?.IncludeVectors ?? false);
        }
        foreach (PassageRecord record in records)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return record;
        }
    }

    /// <inheritdoc/>
    public override Task DeleteAsync(string key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        return _index.WriteAsync(
            writer =>
            {
                writer.RemovePassage(key);
                return true;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public override Task UpsertAsync(PassageRecord record, CancellationToken cancellationToken = default) => UpsertAsync([record], cancellationToken);

    /// <inheritdoc/>
    public override async Task UpsertAsync(IEnumerable<PassageRecord> records, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        List<(PassageRecord Record, float[]? Own)> given = [];
        foreach (PassageRecord record in records)
        {
            if (string.IsNullOrEmpty(record.Source))
                throw new ArgumentException($"The record '{record.Id}' has no Source, so that it belongs to no document.", nameof(records));
            float[]? own = record.Vector is { } vector ? IndexReader.Unit(vector.Span) : null;
            if (own is not null && (own.Length == 0 || Array.Exists(own, static component => !float.IsFinite(component))))
                throw new ArgumentException($"The vector of the record '{record.Id}' is empty or holds what is no number.", nameof(records));
            given.Add((record, own));
        }
        Dictionary<string, float[]>? made = _index.Options.Embeddings is null ? null : await EmbedAsync(given.Where(static one => one.Own is null).Select(static one => one.Record), cancellationToken).ConfigureAwait(false);
        string[] ids = await _index.WriteAsync(
            writer => given.Select(one =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                return writer.WritePassage(one.Record, one.Own ?? made?[EmbeddedText(one.Record)], one.Own is not null);
            }).ToArray(),
            cancellationToken).ConfigureAwait(false);
        // Only what is stored has an id.
        for (int i = 0; i < ids.Length; i++)
            given[i].Record.Id = ids[i];
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<VectorSearchResult<PassageRecord>> SearchAsync<TInput>(
        TInput searchValue, int top, VectorSearchOptions<PassageRecord>? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        float[] vector = await VectorAsync(searchValue, cancellationToken).ConfigureAwait(false)
            ?? throw new NotSupportedException($"The collection '{Name}' cannot be searched by the meaning of a text: its index has no embedding generator. Set RetrievalIndexOptions.Embeddings, or use HybridSearchAsync.");
        foreach (VectorSearchResult<PassageRecord> result in await FindAsync(vector, null, top, options?.Skip ?? 0, options?.Filter, options?.IncludeVectors ?? false, options?.ScoreThreshold, cancellationToken).ConfigureAwait(false))
            yield return result;
    }

    /// <summary>Searches by vector and keywords, ranks fused; by keywords alone where a text is searched for and the index has no embedding generator.</summary>
    /// <inheritdoc/>
    public async IAsyncEnumerable<VectorSearchResult<PassageRecord>> HybridSearchAsync<TInput>(
        TInput searchValue, ICollection<string> keywords, int top, HybridSearchOptions<PassageRecord>? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        where TInput : notnull
    {
        ArgumentNullException.ThrowIfNull(keywords);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        float[]? vector = await VectorAsync(searchValue, cancellationToken).ConfigureAwait(false);
        foreach (VectorSearchResult<PassageRecord> result in await FindAsync(vector, string.Join(' ', keywords), top, options?.Skip ?? 0, options?.Filter, options?.IncludeVectors ?? false, options?.ScoreThreshold, cancellationToken).ConfigureAwait(false))
            yield return result;
    }

    /// <inheritdoc/>
    public override object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(VectorStoreCollectionMetadata) ? new VectorStoreCollectionMetadata { VectorStoreSystemName = "sqlite", VectorStoreName = _index.Path, CollectionName = Name }
            : serviceType == typeof(RetrievalIndex) ? _index
            : serviceType.IsInstanceOfType(this) ? this : null;
    }

    private async Task<Dictionary<string, float[]>> EmbedAsync(IEnumerable<PassageRecord> records, CancellationToken cancellationToken)
    {
        IngestOptions options = new();
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = options.Parallelism, CancellationToken = cancellationToken };
        return (await new TextEmbedder(_index, options.EmbeddingBatch).EmbedAsync(records.Select(EmbeddedText), parallel).ConfigureAwait(false)).Vectors;
    }

    private static string EmbeddedText(PassageRecord record) => IndexWriter.EmbeddedText(null, IndexWriter.ChunkOf(record));

    private async ValueTask<float[]?> VectorAsync<TInput>(TInput value, CancellationToken cancellationToken) => value switch
    {
        string text => await _index.EmbedAsync(text, cancellationToken).ConfigureAwait(false),
        float[] vector => vector,
        ReadOnlyMemory<float> vector => vector.ToArray(),
        Embedding<float> embedding => embedding.Vector.ToArray(),
        _ => throw new NotSupportedException($"The collection '{Name}' is searched by a text, float[], ReadOnlyMemory<float> or Embedding<float>, not by {typeof(TInput).Name}."),
    };

    private async ValueTask<List<VectorSearchResult<PassageRecord>>> FindAsync(
        float[]? vector, string? keywords, int top, int skip, Expression<Func<PassageRecord, bool>>? filter, bool withVectors, double? threshold, CancellationToken cancellationToken)
    {
        using IndexReader reader = await _index.ReadAsync(checkTerms: keywords is not null, cancellationToken).ConfigureAwait(false);
        reader.Apply(filter is null ? null : FilterTranslator.Translate(filter));
        if (vector is not null && _index.Options.Embeddings is not null)
            reader.CheckVectors();
        int depth = (int)Math.Min(Math.Max(keywords is null ? 1 : Depth, (long)top + skip), int.MaxValue);
        List<RankFusion.Arm> arms = [];
        if (keywords is not null)
            arms.Add(new RankFusion.Arm(Retriever.Lexical, reader.SearchLexical(keywords, depth, cancellationToken), 1));
        if (vector is not null)
            arms.Add(new RankFusion.Arm(Retriever.Dense, reader.SearchDense(vector, depth), 1));
        List<(int Slot, double Score)> found =
        [
            .. RankFusion.Fuse(arms, FusionConstant)
                .Select(hit => (hit.Slot, Score: arms.Count == 1 ? hit.Ranks[0].Score : hit.Score))
                .Where(hit => threshold is null || hit.Score >= threshold).Skip(skip).Take(top),
        ];
        PassageRecord[] records = Records(reader, [.. found.Select(static hit => hit.Slot)], withVectors);
        return [.. records.Select((record, i) => new VectorSearchResult<PassageRecord>(record, found[i].Score))];
    }

    private static PassageRecord[] Records(IndexReader reader, List<int> slots, bool withVectors) =>
    [
        .. reader.Read(slots).Select((passage, i) => new PassageRecord
        {
            Id = passage.Id,
            Text = passage.Text,
            Source = passage.Source,
            Headings = passage.Headings,
            Start = passage.Start,
            End = passage.End,
            Metadata = passage.Metadata,
            Vector = withVectors && reader.Vector(slots[i]) is { Length: > 0 } vector ? vector : null,
        }),
    ];
}

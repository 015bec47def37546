using Microsoft.Extensions.VectorData;
using Xunit;

namespace AiSdk.Retrieval.Tests.VectorData;

/// <summary>The index as a collection for code that is written for any vector store, and the retriever over such a collection.</summary>
public sealed class CollectionTests : IDisposable
{
    private readonly IndexFolder _folder = new();

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Records_are_written_found_filtered_and_removed()
    {
        using RetrievalIndex index = _folder.Open(new RetrievalIndexOptions { Embeddings = new HashEmbeddings() });
        using SqlitePassageCollection collection = new(index, "handbook");
        PassageRecord fees = new() { Id = "fees", Text = "A card costs twelve euros.", Source = "fees.md", Metadata = new Dictionary<string, string> { ["language"] = "en" }, Headings = ["Cards"] };
        PassageRecord loans = new() { Text = "Loans take years.", Source = "loans.md", Metadata = new Dictionary<string, string> { ["language"] = "de" } };
        await collection.UpsertAsync([fees, loans], CancellationToken);
        fees.Text = "A card costs thirteen euros.";
        await collection.UpsertAsync(fees, CancellationToken);
        string german = "de";

        PassageRecord? got = await collection.GetAsync("fees", new RecordRetrievalOptions { IncludeVectors = true }, CancellationToken);
        Assert.Equal(("A card costs thirteen euros.", "fees.md", "Cards", "en"), (got!.Text, got.Source, got.Headings[0], got.Metadata["language"]));
        Assert.Equal(64, got.Vector!.Value.Length);
        Assert.NotEmpty(loans.Id);
        Assert.Equal(2, index.GetInfo().Chunks);
        Assert.Equal(["fees", loans.Id], (await collection.SearchAsync("card euros", 5, cancellationToken: CancellationToken).ToArrayAsync(CancellationToken)).Select(static r => r.Record.Id));
        Assert.Equal([loans.Id], await Ids(collection.SearchAsync("card", 5, new VectorSearchOptions<PassageRecord> { Filter = r => r.Metadata["language"] == german }, CancellationToken)));
        Assert.Equal(["fees"], await Ids(collection.HybridSearchAsync("card", ["thirteen"], 5, new HybridSearchOptions<PassageRecord> { Filter = r => r.Source != "loans.md" && !(r.Metadata["language"] == "fr") }, CancellationToken)));
        Assert.Equal([loans.Id], (await collection.GetAsync(r => new[] { "loans.md", "x" }.Contains(r.Source), 5, cancellationToken: CancellationToken).ToArrayAsync(CancellationToken)).Select(static r => r.Id));
        await Assert.ThrowsAsync<NotSupportedException>(async () => await collection.GetAsync(r => r.Text.Length > 3, 5, cancellationToken: CancellationToken).ToArrayAsync(CancellationToken));
        await collection.DeleteAsync("fees", CancellationToken);
        Assert.Null(await collection.GetAsync("fees", cancellationToken: CancellationToken));
        Assert.Equal(["loans.md"], index.GetDocuments());
        await collection.EnsureCollectionDeletedAsync(CancellationToken);
        Assert.Empty(index.GetDocuments());
    }

    [Fact]
    public async Task Without_an_encoder_keywords_alone_are_searched_and_a_search_by_meaning_says_why_not()
    {
        using RetrievalIndex index = _folder.Open();
        using SqlitePassageCollection collection = new(index, "handbook");
        await collection.UpsertAsync(new PassageRecord { Id = "a", Text = "A lost card.", Source = "a.md" }, CancellationToken);

        Assert.Equal(["a"], await Ids(collection.HybridSearchAsync("anything", ["cards"], 5, cancellationToken: CancellationToken)));
        NotSupportedException e = await Assert.ThrowsAsync<NotSupportedException>(async () => await collection.SearchAsync("card", 5, cancellationToken: CancellationToken).ToArrayAsync(CancellationToken));
        Assert.Contains("no embedding generator", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_retriever_works_on_a_collection()
    {
        using RetrievalIndex index = _folder.Open(new RetrievalIndexOptions { Embeddings = new HashEmbeddings() });
        using SqlitePassageCollection collection = new(index, "handbook");
        await collection.UpsertAsync([new PassageRecord { Id = "a", Text = "A lost card.", Source = "a.md" }, new PassageRecord { Id = "b", Text = "A loan.", Source = "b.md" }], CancellationToken);
        VectorCollectionRetriever<string, PassageRecord> retriever = new(collection, static record => record.ToPassage());

        IReadOnlyList<Passage> found = await retriever.RetrieveAsync(new RetrievalQuery("Where is my lost card?") { Top = 1 }, CancellationToken);

        Assert.Equal("a", Assert.Single(found).Id);
        Assert.Equal("handbook", Assert.Single(found[0].Ranks).Arm);
        await Assert.ThrowsAsync<NotSupportedException>(() => retriever.RetrieveAsync(new RetrievalQuery("card") { Filter = PassageFilter.Source("a.md") }, CancellationToken).AsTask());
    }

    [Fact]
    public async Task Vectors_of_the_callers_own_are_found_without_a_generator()
    {
        using RetrievalIndex index = _folder.Open();
        using SqlitePassageCollection collection = new(index, "handbook");
        await collection.UpsertAsync(
            [
                new PassageRecord { Id = "a", Text = "A lost card.", Source = "a.md", Vector = new float[] { 1, 0, 0 } },
                new PassageRecord { Id = "b", Text = "A loan.", Source = "b.md", Vector = new float[] { 0, 2, 0 } },
            ],
            CancellationToken);

        Assert.Equal(["b", "a"], await Ids(collection.SearchAsync(new float[] { 0.1f, 1, 0 }, 5, cancellationToken: CancellationToken)));
        Assert.Equal(2, index.GetInfo().Vectors);
        PassageRecord? got = await collection.GetAsync("b", new RecordRetrievalOptions { IncludeVectors = true }, CancellationToken);
        Assert.Equal([0, 1, 0], got!.Vector!.Value.ToArray());
        // A text still has no vector to be compared with.
        await Assert.ThrowsAsync<NotSupportedException>(async () => await collection.SearchAsync("loan", 5, cancellationToken: CancellationToken).ToArrayAsync(CancellationToken));
    }

    [Fact]
    public async Task Records_are_embedded_together_as_an_ingest_does_and_vectors_of_the_callers_own_are_of_no_other_text()
    {
        HashEmbeddings embeddings = new();
        using RetrievalIndex index = _folder.Open(new RetrievalIndexOptions { Embeddings = embeddings });
        using SqlitePassageCollection collection = new(index, "handbook");
        float[] own = new float[64];
        own[0] = 1;
        await collection.UpsertAsync(new PassageRecord { Id = "own", Text = "A lost card.", Source = "own.md", Vector = own }, CancellationToken);

        await collection.UpsertAsync(Enumerable.Range(0, 40).Select(static i => new PassageRecord { Id = $"r{i}", Text = i == 0 ? "A lost card." : $"Text {i}", Source = "all.md", Headings = i == 0 ? [] : ["Cards", $"Part {i}"] }), CancellationToken);

        Assert.Equal((1, 40), (embeddings.Requests, embeddings.Texts));
        Assert.Contains("Cards > Part 7\nText 7", embeddings.Asked);
        PassageRecord? got = await collection.GetAsync("r0", new RecordRetrievalOptions { IncludeVectors = true }, CancellationToken);
        Assert.Equal(IndexReader.Unit(embeddings.Vector("A lost card.")), got!.Vector!.Value.ToArray());
        // What an ingest embeds in the same words is known.
        Assert.Equal(0, (await index.IngestAsync([new Document { Key = "plain.txt", Text = "A lost card." }], new IngestOptions { RemoveMissing = false }, CancellationToken)).Embedded);
        own[1] = float.NaN;
        Assert.Contains("'bad'", (await Assert.ThrowsAsync<ArgumentException>(() => collection.UpsertAsync(new PassageRecord { Id = "bad", Text = "x", Source = "x.md", Vector = own }, CancellationToken))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_retriever_over_a_collection_has_the_options_of_the_other()
    {
        using RetrievalIndex index = _folder.Open(new RetrievalIndexOptions { Embeddings = new HashEmbeddings() });
        using SqlitePassageCollection collection = new(index, "handbook");
        await collection.UpsertAsync(
            [
                new PassageRecord { Id = "long", Text = "A lost card is reported at once, by telephone or in the app.", Source = "a.md" },
                new PassageRecord { Id = "short", Text = "A lost card.", Source = "b.md" },
                new PassageRecord { Id = "loan", Text = "A loan.", Source = "c.md" },
            ],
            CancellationToken);
        VectorCollectionRetriever<string, PassageRecord> Over(RetrieverOptions options) => new(collection, static record => record.ToPassage(), static filter => ToCondition(filter), options: options);
        string? asked = null;

        IReadOnlyList<Passage> reranked = await Over(new RetrieverOptions
        {
            RewriteQuery = static (query, _) => ValueTask.FromResult($"{query} card"),
            Reranker = new LongestFirst(query => asked = query),
        }).RetrieveAsync(new RetrievalQuery("lost") { Top = 1 }, CancellationToken);
        Assert.Equal(("lost card", "long"), (asked, Assert.Single(reranked).Id));
        Assert.Equal(["handbook", "rerank"], reranked[0].Ranks.Select(static rank => rank.Arm));

        Assert.Equal(["long", "short"], (await Over(new RetrieverOptions { MinimumEvidence = 0.6 }).RetrieveAsync(new RetrievalQuery("lost cards"), CancellationToken)).Select(static p => p.Id).Order());
        Assert.Empty(await Over(new RetrieverOptions { MinimumEvidence = 0.6 }).RetrieveAsync(new RetrievalQuery("card weather tomorrow Paris"), CancellationToken));
        Assert.Equal(["short"], (await Over(new RetrieverOptions { Filter = PassageFilter.Source("b.md") }).RetrieveAsync(new RetrievalQuery("lost card"), CancellationToken)).Select(static p => p.Id));
        Assert.Contains("not searched by words alone", Assert.Throws<ArgumentException>(() => Over(new RetrieverOptions { Mode = SearchMode.Lexical })).Message, StringComparison.Ordinal);
        Assert.Contains("MinimumEvidence", Assert.Throws<ArgumentException>(() => Over(new RetrieverOptions { MinimumEvidence = 2 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelled_calls_write_and_read_nothing()
    {
        using RetrievalIndex index = _folder.Open();
        using SqlitePassageCollection collection = new(index, "handbook");
        await collection.UpsertAsync(new PassageRecord { Id = "a", Text = "A lost card.", Source = "a.md" }, CancellationToken);
        CancellationToken cancelled = new(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => collection.UpsertAsync(new PassageRecord { Id = "b", Text = "B", Source = "b.md" }, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => collection.DeleteAsync("a", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => collection.EnsureCollectionDeletedAsync(cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => collection.GetAsync("a", cancellationToken: cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await collection.HybridSearchAsync("card", ["card"], 5, cancellationToken: cancelled).ToArrayAsync(CancellationToken));
        Assert.Equal(["a.md"], index.GetDocuments());
    }

    private static System.Linq.Expressions.Expression<Func<PassageRecord, bool>> ToCondition(PassageFilter filter)
    {
        IReadOnlyList<string> sources = Assert.IsType<PassageFilterIn>(filter).Values;
        return record => sources.Contains(record.Source);
    }

    private sealed class LongestFirst(Action<string> asked) : IReranker
    {
        public ValueTask<IReadOnlyList<double>> ScoreAsync(string query, IReadOnlyList<Passage> passages, CancellationToken cancellationToken)
        {
            asked(query);
            return ValueTask.FromResult<IReadOnlyList<double>>([.. passages.Select(static passage => (double)passage.Text.Length)]);
        }
    }

    private static async Task<string[]> Ids(IAsyncEnumerable<VectorSearchResult<PassageRecord>> results) => await results.Select(static result => result.Record.Id).ToArrayAsync(CancellationToken);
}

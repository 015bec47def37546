using System.Diagnostics;
using System.Numerics.Tensors;
using CsCheck;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace AiSdk.Retrieval.Tests.Search;

public sealed class RetrieverTests : IDisposable
{
    private readonly IndexFolder _folder = new();

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    private async Task<RetrievalIndex> IndexAsync(RetrievalIndexOptions? options = null)
    {
        RetrievalIndex index = _folder.Open(options);
        await index.IngestAsync(
            [
                new Document { Key = "fees", Text = "A replacement card costs twelve euros." },
                new Document { Key = "loss", Text = "Report a lost card at once; a lost card is blocked." },
                new Document { Key = "loans", Text = "Loans are paid back within ten years." },
            ],
            cancellationToken: CancellationToken);
        return index;
    }

    [Fact]
    public async Task Each_result_says_what_each_arm_said_of_it()
    {
        using RetrievalIndex index = await IndexAsync(new RetrievalIndexOptions { Embeddings = new HashEmbeddings() });

        IReadOnlyList<Passage> found = await new Retriever(index, new RetrieverOptions { Fusion = FusionWeighting.Equal }).RetrieveAsync(new RetrievalQuery("lost cards"), CancellationToken);

        Assert.Equal("loss", found[0].Source);
        Assert.Equal(["lexical", "dense"], found[0].Ranks.Select(static rank => rank.Arm));
        Assert.All(found[0].Ranks, static rank => Assert.Equal(1, rank.Rank));
        Assert.Equal(2 / 61.0, found[0].Score, 9);
        Assert.Equal(1, found[0].Evidence!.Value, 6);
        Assert.Equal("Report a lost card at once; a lost card is blocked.", found[0].Text);
    }

    [Fact]
    public async Task Too_little_evidence_gives_nothing()
    {
        using RetrievalIndex index = await IndexAsync();
        Retriever retriever = new(index, new RetrieverOptions { MinimumEvidence = 0.6 });

        Assert.Equal("loss", Assert.Single(await retriever.RetrieveAsync(new RetrievalQuery("lost card"), CancellationToken)).Source);
        Assert.Empty(await retriever.RetrieveAsync(new RetrievalQuery("card weather tomorrow Paris"), CancellationToken));
    }

    [Fact]
    public async Task A_rewritten_query_is_looked_for_and_a_reranker_has_the_last_word()
    {
        using RetrievalIndex index = await IndexAsync();
        string? asked = null;
        Retriever retriever = new(index, new RetrieverOptions
        {
            RewriteQuery = (query, _) => ValueTask.FromResult($"{query} card"),
            Reranker = new ShortestFirst(query => asked = query),
        });

        IReadOnlyList<Passage> found = await retriever.RetrieveAsync(new RetrievalQuery("lost") { Top = 1 }, CancellationToken);

        Assert.Equal("lost card", asked);
        Assert.Equal("fees", Assert.Single(found).Source);
        Assert.Equal(new PassageRank("rerank", 1, -found[0].Text.Length), found[0].Ranks[^1]);
    }

    [Fact]
    public async Task A_span_has_ids_and_scores_and_no_text()
    {
        using RetrievalIndex index = await IndexAsync();
        List<Activity> activities = [];
        using ActivityListener listener = new() { ShouldListenTo = static source => source.Name == "AiSdk.Retrieval", Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded, ActivityStopped = activities.Add };
        ActivitySource.AddActivityListener(listener);

        IReadOnlyList<Passage> found = await new Retriever(index, name: "spans").RetrieveAsync(new RetrievalQuery("lost card"), CancellationToken);

        Activity activity = Assert.Single(activities, static a => a.DisplayName == "retrieve spans");
        Assert.Equal(found.Select(static p => p.Id), (string[])activity.GetTagItem("aisdk.passages")!);
        Assert.Equal(found.Select(static p => p.Score), (double[])activity.GetTagItem("aisdk.scores")!);
        Assert.Equal(found.Count, ((string[])activity.GetTagItem("aisdk.ranks.lexical")!).Length);
        Assert.DoesNotContain(activity.TagObjects, static tag => tag.Value is string text && text.Contains("card", StringComparison.Ordinal));
    }

    [Fact]
    public void Codes_and_floats_give_the_products_that_they_should() =>
        Gen.Select(Gen.Int[1, 300], Gen.Int).Sample((dimensions, seed) =>
        {
            Random random = new(seed);
            sbyte[] code = [.. Enumerable.Range(0, dimensions).Select(_ => (sbyte)random.Next(-127, 128))];
            short[] query = [.. Enumerable.Range(0, dimensions).Select(_ => (short)random.Next(-127, 128))];
            Assert.Equal(code.Zip(query, static (a, b) => a * b).Sum(), VectorBlocks.Dot(query, code));
        });

    [Theory]
    [InlineData(VectorFormat.Quantized)]
    [InlineData(VectorFormat.Full)]
    public async Task The_search_by_meaning_is_that_of_brute_force(VectorFormat format)
    {
        HashEmbeddings embeddings = new(48);
        Random random = new(5);
        string[] texts = [.. Enumerable.Range(0, 3000).Select(i => string.Join(' ', Enumerable.Range(0, 8).Select(_ => $"w{random.Next(500)}")) + $" id{i}")];
        using RetrievalIndex index = _folder.Open(new RetrievalIndexOptions { Embeddings = embeddings, VectorFormat = format });
        await index.IngestAsync(texts.Select(static (text, i) => new Document { Key = $"d{i}", Text = text }), cancellationToken: CancellationToken);
        Retriever retriever = new(index, new RetrieverOptions { Mode = SearchMode.Dense });
        for (int q = 0; q < 50; q++)
        {
            string query = $"w{random.Next(500)} w{random.Next(500)} w{random.Next(500)}";
            float[] vector = IndexReader.Unit(embeddings.Vector(query));
            string[] expected = [.. texts.Select((text, i) => (Key: $"d{i}", Score: TensorPrimitives.Dot(vector, IndexReader.Unit(embeddings.Vector(text))))).OrderByDescending(static d => d.Score).Take(10).Select(static d => d.Key)];

            Assert.Equal(expected, (await retriever.RetrieveAsync(new RetrievalQuery(query) { Top = 10 }, CancellationToken)).Select(static p => p.Source));
        }
    }

    [Fact]
    public async Task A_weak_encoder_does_not_spoil_what_words_find()
    {
        // Each text has a word of its own; the encoder knows one direction only.
        string[] texts = [.. Enumerable.Range(0, 40).Select(static i => $"The first sentence names topic{i} and nothing else of interest. The second says that item{i} belongs to group{i} in the list. The third ends with mark{i} after all.")];
        using RetrievalIndex index = _folder.Open(new RetrievalIndexOptions { Embeddings = new Blind() });
        await index.IngestAsync(texts.Select(static (text, i) => new Document { Key = $"d{i}", Text = text }), cancellationToken: CancellationToken);

        for (int i = 0; i < texts.Length; i++)
            Assert.Equal($"d{i}", (await new Retriever(index).RetrieveAsync(new RetrievalQuery($"item{i} the list"), CancellationToken))[0].Source);
        using IndexReader reader = index.Read();
        (double lexical, double dense) = reader.Calibration(index.Options.Encoder)!.Value.Calibration.Weights;
        Assert.Equal(1, lexical);
        Assert.InRange(dense, 0, 0.2);
    }

    [Fact]
    public void Settings_are_checked_when_the_host_starts()
    {
        ServiceCollection services = new();
        services.AddRetrieval("a", static options => options.Search.Mode = SearchMode.Hybrid);
        services.AddRetrieval("b", options =>
        {
            options.Path = _folder.File("b.db");
            options.Search.MinimumEvidence = 2;
        });
        using ServiceProvider provider = services.BuildServiceProvider();

        string[] failures = [.. Assert.Throws<AggregateException>(() => provider.GetRequiredService<IStartupValidator>().Validate()).InnerExceptions.OfType<OptionsValidationException>().SelectMany(static e => e.Failures)];

        Assert.Equal(
            [
                "AddRetrieval(\"a\"): RetrievalOptions.Path is empty; set it to the file of the index.",
                "AddRetrieval(\"a\"): it is to search by meaning (Hybrid), but no IEmbeddingGenerator<string, Embedding<float>> is registered; register one, or search by words (SearchMode.Lexical).",
                "AddRetrieval(\"b\"): RetrieverOptions.MinimumEvidence wants 0 to 1.",
            ],
            failures);
    }

    [Fact]
    public async Task Registered_with_tenants_each_search_asks_whose_documents_it_may_find()
    {
        string? tenant = null;
        ServiceCollection services = new();
        services.AddRetrieval("handbook", options =>
        {
            options.Path = _folder.File("tenants.db");
            options.Tenant = _ => tenant;
        });
        services.AddSingleton<IEmbeddingGenerator<string, Embedding<float>>>(new HashEmbeddings());
        await using ServiceProvider provider = services.BuildServiceProvider();
        RetrievalIndexes indexes = provider.GetRequiredKeyedService<RetrievalIndexes>("handbook");
        await indexes.Of("a").IngestAsync([new Document { Key = "d", Text = "card of a" }], cancellationToken: CancellationToken);
        await indexes.Of("b").IngestAsync([new Document { Key = "d", Text = "card of b" }], cancellationToken: CancellationToken);
        IRetriever retriever = provider.GetRequiredKeyedService<IRetriever>("handbook");

        tenant = "b";
        Passage found = Assert.Single(await retriever.RetrieveAsync(new RetrievalQuery("card"), CancellationToken));
        tenant = null;

        Assert.Equal("card of b", found.Text);
        Assert.Contains(found.Ranks, static rank => rank.Arm == "dense");
        await Assert.ThrowsAsync<InvalidOperationException>(() => retriever.RetrieveAsync(new RetrievalQuery("card"), CancellationToken).AsTask());
    }

    [Fact]
    public async Task A_search_for_a_tenant_that_nobody_has_written_for_finds_nothing_and_makes_nothing()
    {
        string tenant = "nobody";
        ServiceCollection services = new();
        services.AddRetrieval("handbook", options =>
        {
            options.Path = _folder.File("tenants.db");
            options.Tenant = _ => tenant;
        });
        await using ServiceProvider provider = services.BuildServiceProvider();
        IRetriever retriever = provider.GetRequiredKeyedService<IRetriever>("handbook");
        Assert.Empty(await retriever.RetrieveAsync(new RetrievalQuery("card"), CancellationToken));
        Assert.False(File.Exists(_folder.File("tenants.db")));
        await provider.GetRequiredKeyedService<RetrievalIndexes>("handbook").Of("a").IngestAsync([new Document { Key = "d", Text = "card of a" }], cancellationToken: CancellationToken);

        Assert.Empty(await retriever.RetrieveAsync(new RetrievalQuery("card"), CancellationToken));
        tenant = "a\0b";
        await Assert.ThrowsAsync<ArgumentException>(() => retriever.RetrieveAsync(new RetrievalQuery("card"), CancellationToken).AsTask());

        using (Microsoft.Data.Sqlite.SqliteConnection connection = new($"Data Source={_folder.File("tenants.db")};Pooling=False"))
        {
            await connection.OpenAsync(CancellationToken);
            Assert.Equal("a", connection.Scalar<string>("SELECT group_concat(name) FROM tenants"));
        }
        // Another process may have written for it.
        using (RetrievalIndex other = RetrievalIndex.Open(_folder.File("tenants.db"), new RetrievalIndexOptions { Tenant = "nobody" }))
            await other.IngestAsync([new Document { Key = "d", Text = "card of somebody" }], cancellationToken: CancellationToken);
        tenant = "nobody";
        Assert.Equal("card of somebody", Assert.Single(await retriever.RetrieveAsync(new RetrievalQuery("card"), CancellationToken)).Text);
    }

    private sealed class ShortestFirst(Action<string> asked) : IReranker
    {
        public ValueTask<IReadOnlyList<double>> ScoreAsync(string query, IReadOnlyList<Passage> passages, CancellationToken cancellationToken)
        {
            asked(query);
            return ValueTask.FromResult<IReadOnlyList<double>>([.. passages.Select(static passage => -(double)passage.Text.Length)]);
        }
    }

    private sealed class Blind : IEmbeddingGenerator<string, Embedding<float>>
    {
        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(values.Select(static text => new Embedding<float>(new float[] { 1, text.Length % 7, text.Length % 3 }))));

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}

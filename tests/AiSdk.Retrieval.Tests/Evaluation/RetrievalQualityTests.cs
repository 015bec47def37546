using AiSdk.Onnx;
using AiSdk.Tests;
using Xunit;

namespace AiSdk.Retrieval.Tests.Evaluation;

public sealed class RetrievalQualityTests : IDisposable
{
    private static readonly ChunkOptions s_chunks = new() { MaxTokens = 512, OverlapTokens = 64 };

    private readonly IndexFolder _folder = new();

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Measures_are_those_of_trec_eval()
    {
        // Worked by hand: grades 3, 2 and 1; found at the places 2, 1 and not at all.
        Dictionary<string, int> relevant = new() { ["a"] = 3, ["b"] = 2, ["c"] = 1, ["d"] = 0 };
        string[] ranked = ["b", "a", "x", "d"];

        Assert.Equal((2 + 3 / Math.Log2(3)) / (3 + 2 / Math.Log2(3) + 1 / Math.Log2(4)), RankingMetrics.NdcgAt(ranked, relevant, 10), 12);
        Assert.Equal(2 / 3.0, RankingMetrics.RecallAt(ranked, relevant, 10), 12);
        Assert.Equal(1 / 3.0, RankingMetrics.RecallAt(ranked, relevant, 1), 12);
        Assert.Equal((1 + 1) / 3.0, RankingMetrics.AveragePrecision(ranked, relevant, 10), 12);
        Assert.Equal(0.5, RankingMetrics.ReciprocalRank(["x", "a"], relevant, 10));
        Assert.Equal((0, 1), (RankingMetrics.HitAt(["x", "a"], relevant, 1), RankingMetrics.HitAt(["x", "a"], relevant, 2)));
        Assert.Equal(0, RankingMetrics.NdcgAt([], new Dictionary<string, int>(), 10));
    }

    [Fact]
    public async Task Words_find_what_was_judged_relevant_in_cranfield()
    {
        RetrievalSet set = Cranfield();
        using RetrievalIndex index = _folder.Open(new RetrievalIndexOptions { Chunks = s_chunks });
        IngestReport report = await index.IngestAsync(set.Corpus, cancellationToken: CancellationToken);

        Assert.Empty(report.Refused);
        Assert.InRange(await NdcgAsync(index, set, SearchMode.Auto), 0.51, 0.56);
    }

    [Fact]
    public async Task A_real_encoder_does_not_spoil_what_words_find_in_cranfield()
    {
        RetrievalSet set = Cranfield();
        using OnnxEmbeddingGenerator encoder = new(TestData.Path("models", "sentence-encoder"));
        using RetrievalIndex index = _folder.Open(new RetrievalIndexOptions { Chunks = s_chunks, Embeddings = encoder });
        await index.IngestAsync(set.Corpus, cancellationToken: CancellationToken);

        double lexical = await NdcgAsync(index, set, SearchMode.Lexical);
        double dense = await NdcgAsync(index, set, SearchMode.Dense);
        double hybrid = await NdcgAsync(index, set, SearchMode.Hybrid);

        RetrievalIndexInfo info = index.GetInfo();
        Assert.Equal(info.Chunks, info.Vectors);
        Assert.InRange(lexical, 0.48, 1);
        // Far above chance: the encoder is weak, but it is the real one.
        Assert.InRange(dense, 0.2, 1);
        Assert.InRange(hybrid, Math.Max(lexical, dense) - 0.01, 1);
    }

    [Fact]
    public void What_is_no_collection_says_where()
    {
        File.WriteAllText(Path.Combine(_folder.Path, "corpus.jsonl"), "{\"_id\":\"1\",\"text\":\"a\"}\nnonsense\n");
        File.WriteAllText(Path.Combine(_folder.Path, "queries.jsonl"), "");
        Assert.Throws<FileNotFoundException>(() => RetrievalSet.Load(_folder.Path));
        File.WriteAllText(Path.Combine(_folder.Path, "qrels.tsv"), "query-id\tcorpus-id\tscore\n");
        Assert.Contains("corpus.jsonl, line 2", Assert.Throws<FormatException>(() => RetrievalSet.Load(_folder.Path)).Message, StringComparison.Ordinal);
    }

    private static RetrievalSet Cranfield()
    {
        string folder = TestData.Path("data", "retrieval", "cranfield");
        return RetrievalSet.Load(folder, Path.Combine(folder, "qrels_source_relevant.tsv"));
    }

    private static async Task<double> NdcgAsync(RetrievalIndex index, RetrievalSet set, SearchMode mode)
    {
        Retriever retriever = new(index, new RetrieverOptions { Mode = mode });
        double sum = 0;
        foreach ((string query, IReadOnlyDictionary<string, int> relevant) in set.Judgements)
        {
            IReadOnlyList<Passage> found = await retriever.RetrieveAsync(new RetrievalQuery(set.Queries[query]) { Top = 100 }, CancellationToken);
            sum += RankingMetrics.NdcgAt([.. found.Select(static passage => passage.Source).Distinct()], relevant, 10);
        }
        return sum / set.Judgements.Count;
    }
}

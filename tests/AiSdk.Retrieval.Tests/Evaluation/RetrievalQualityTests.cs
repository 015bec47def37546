using AiSdk.Tests;
using Xunit;

namespace AiSdk.Retrieval.Tests.Evaluation;

public sealed class RetrievalQualityTests : IDisposable
{
    private readonly IndexFolder _folder = new();

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
        string folder = TestData.Path("data", "retrieval", "cranfield");
        RetrievalSet set = RetrievalSet.Load(folder, Path.Combine(folder, "qrels_source_relevant.tsv"));
        using RetrievalIndex index = _folder.Open(new RetrievalIndexOptions { Chunks = new ChunkOptions { MaxTokens = 512, OverlapTokens = 64 } });
        IngestReport report = await index.IngestAsync(set.Corpus, cancellationToken: TestContext.Current.CancellationToken);
        Retriever retriever = new(index);
        double sum = 0;
        foreach ((string query, IReadOnlyDictionary<string, int> relevant) in set.Judgements)
        {
            IReadOnlyList<Passage> found = await retriever.RetrieveAsync(new RetrievalQuery(set.Queries[query]) { Top = 100 }, TestContext.Current.CancellationToken);
            sum += RankingMetrics.NdcgAt([.. found.Select(static passage => passage.Source).Distinct()], relevant, 10);
        }

        Assert.Empty(report.Refused);
        Assert.InRange(sum / set.Judgements.Count, 0.51, 0.56);
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
}

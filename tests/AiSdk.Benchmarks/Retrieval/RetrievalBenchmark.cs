using System.Diagnostics;
using AiSdk.Onnx;
using AiSdk.Retrieval;

namespace AiSdk.Benchmarks;

/// <summary>
/// How well and how fast documents are found: over a test collection in the form of BEIR (<c>--set DIR</c>, and <c>--qrels FILE</c> for other judgements than its own), by words and, with
/// <c>--encoder MODELDIR</c>, by meaning and by both. A document's place is that of its best passage.
/// </summary>
internal static class RetrievalBenchmark
{
    private const int Depth = 100;

    public static int Run(string[] args)
    {
        if (Arguments.Value(args, "--set") is not { } folder)
        {
            Console.Error.WriteLine("retrieval --set DIR [--qrels FILE] [--encoder MODELDIR] [--tokens N]");
            return 2;
        }
        RetrievalSet set = RetrievalSet.Load(folder, Arguments.Value(args, "--qrels"));
        using OnnxEmbeddingGenerator? encoder = Arguments.Value(args, "--encoder") is { } model ? new OnnxEmbeddingGenerator(model) : null;
        int tokens = int.Parse(Arguments.Value(args, "--tokens") ?? "512");
        string file = Path.Combine(Path.GetTempPath(), $"retrieval-{Environment.ProcessId}.db");
        RetrievalIndexOptions options = new() { Embeddings = encoder, Chunks = new ChunkOptions { MaxTokens = tokens, OverlapTokens = tokens / 8 } };
        try
        {
            using RetrievalIndex index = RetrievalIndex.Open(file, options);
            long started = Stopwatch.GetTimestamp();
            IngestReport report = index.IngestAsync(set.Corpus).GetAwaiter().GetResult();
            double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            RetrievalIndexInfo info = index.GetInfo();
            Console.WriteLine($"{Path.GetFileName(folder.TrimEnd('/'))}: {info.Documents} documents, {info.Chunks} passages, {set.Judgements.Count} queries with judgements; {report.Refused.Count} refused");
            Console.WriteLine($"ingest: {seconds:0.00} s, {report.Written / seconds:0} documents/s; file {info.FileBytes / 1048576.0:0.0} MiB");
            List<string[]> rows = [];
            Dictionary<string, double> ndcg = [];
            foreach (SearchMode mode in encoder is null ? [SearchMode.Lexical] : new[] { SearchMode.Lexical, SearchMode.Dense, SearchMode.Hybrid })
                rows.Add(Measure(mode.ToString(), new RetrieverOptions { Mode = mode }, index, set, ndcg));
            if (encoder is not null)
                rows.Add(Measure("Hybrid, equal weights", new RetrieverOptions { Mode = SearchMode.Hybrid, Fusion = FusionWeighting.Equal }, index, set, ndcg));
            Report.Table(["arm", "nDCG@10", "recall@10", "recall@100", "MRR@10", "hit@10", "MAP@100", "p50 ms", "p99 ms"], rows);
            Report.Ratio("retrieval_lexical_ndcg10", ndcg[nameof(SearchMode.Lexical)]);
            if (encoder is not null)
                Report.Ratio("retrieval_hybrid_over_better_arm", ndcg[nameof(SearchMode.Hybrid)] - Math.Max(ndcg[nameof(SearchMode.Lexical)], ndcg[nameof(SearchMode.Dense)]), ">= -0.01");
            return 0;
        }
        finally
        {
            foreach (string suffix in (string[])["", "-wal", "-shm"])
                File.Delete(file + suffix);
        }
    }

    private static string[] Measure(string name, RetrieverOptions options, RetrievalIndex index, RetrievalSet set, Dictionary<string, double> ndcg)
    {
        Retriever retriever = new(index, options);
        List<double> times = [];
        List<double[]> measures = [];
        foreach ((string query, IReadOnlyDictionary<string, int> relevant) in set.Judgements)
        {
            long started = Stopwatch.GetTimestamp();
            IReadOnlyList<Passage> found = retriever.RetrieveAsync(new RetrievalQuery(set.Queries[query]) { Top = Depth }).AsTask().GetAwaiter().GetResult();
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            List<string> ranked = [.. found.Select(static passage => passage.Source).Distinct()];
            measures.Add(
            [
                RankingMetrics.NdcgAt(ranked, relevant, 10), RankingMetrics.RecallAt(ranked, relevant, 10), RankingMetrics.RecallAt(ranked, relevant, Depth),
                RankingMetrics.ReciprocalRank(ranked, relevant, 10), RankingMetrics.HitAt(ranked, relevant, 10), RankingMetrics.AveragePrecision(ranked, relevant, Depth),
            ]);
        }
        times.Sort();
        ndcg[name] = measures.Average(static m => m[0]);
        return
        [
            name, .. Enumerable.Range(0, measures[0].Length).Select(i => $"{measures.Average(m => m[i]):0.0000}"),
            $"{times[times.Count / 2]:0.00}", $"{times[Math.Min(times.Count - 1, times.Count * 99 / 100)]:0.00}",
        ];
    }
}

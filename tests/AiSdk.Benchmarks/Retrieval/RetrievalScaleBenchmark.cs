using System.Diagnostics;
using System.Numerics.Tensors;
using AiSdk.Retrieval;

namespace AiSdk.Benchmarks;

/// <summary>What an index of many passages costs: made-up texts with 256-dimensional vectors, 100,000 and 1,000,000 of them (<c>--sizes 100000,1000000</c>; <c>--keep DIR</c> keeps the files and takes them again).</summary>
internal static class RetrievalScaleBenchmark
{
    private const int Dimensions = 256;
    private const int Top = 10;

    public static int Run(string[] args)
    {
        int[] sizes = [.. (Arguments.Value(args, "--sizes") ?? "100000,1000000").Split(',').Select(int.Parse)];
        string folder = Arguments.Value(args, "--keep") ?? Path.Combine(Path.GetTempPath(), $"retrieval-scale-{Environment.ProcessId}");
        int queries = int.Parse(Arguments.Value(args, "--queries") ?? "200");
        Directory.CreateDirectory(folder);
        SyntheticCorpus corpus = new(Dimensions);
        List<string[]> rows = [];
        List<(int Size, double Lexical, double Dense)> medians = [];
        try
        {
            foreach (int size in sizes)
                rows.Add(Measure(Path.Combine(folder, $"{size}.db"), size, queries, corpus, medians));
            Report.Table(["passages", "ingest/s", "file MiB", "load s", "heap MiB", "lexical first p50", "p99", "again p50", "p99", "dense int8 p50", "p99", "hybrid p50", "equal to brute force"], rows);
            (int last, double lexical, double dense) = medians[^1];
            Report.Ratio($"retrieval_lexical_first_ms_{last}", lexical, "<= 30");
            Report.Ratio($"retrieval_dense_ms_{last}", dense, "<= 60");
            if (medians.Count > 1)
            {
                Report.Ratio("retrieval_lexical_growth_by_size", lexical / medians[0].Lexical / (last / (double)medians[0].Size), "about 1 or less: linear");
                Report.Ratio("retrieval_dense_growth_by_size", dense / medians[0].Dense / (last / (double)medians[0].Size), "about 1: linear");
            }
            return 0;
        }
        finally
        {
            if (Arguments.Value(args, "--keep") is null)
                Directory.Delete(folder, recursive: true);
        }
    }

    private static string[] Measure(string file, int size, int queries, SyntheticCorpus corpus, List<(int, double, double)> medians)
    {
        using SyntheticEmbeddings embeddings = new(corpus);
        using RetrievalIndex index = RetrievalIndex.Open(file, new RetrievalIndexOptions { Embeddings = embeddings, EncoderId = "synthetic", Language = TextLanguage.None });
        double ingest = 0;
        if (index.GetInfo().Chunks != size)
        {
            long begun = Stopwatch.GetTimestamp();
            index.IngestAsync(Enumerable.Range(0, size).Select(i => new Document { Key = $"d{i}", Text = $"{i} {corpus.Text(i)}" })).GetAwaiter().GetResult();
            ingest = size / Stopwatch.GetElapsedTime(begun).TotalSeconds;
        }
        GC.Collect();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        using RetrievalIndex fresh = RetrievalIndex.Open(file, new RetrievalIndexOptions { Embeddings = embeddings, EncoderId = "synthetic", Language = TextLanguage.None });
        long loading = Stopwatch.GetTimestamp();
        fresh.LoadAsync().GetAwaiter().GetResult();
        double load = Stopwatch.GetElapsedTime(loading).TotalSeconds;

        Retriever lexical = new(fresh, new RetrieverOptions { Mode = SearchMode.Lexical });
        (double first50, double first99) = Time(queries, i => lexical.RetrieveAsync(new RetrievalQuery(corpus.Query(i, size)) { Top = Top }).AsTask().GetAwaiter().GetResult());
        (double lexical50, double lexical99) = Time(queries, i => lexical.RetrieveAsync(new RetrievalQuery(corpus.Query(i, size)) { Top = Top }).AsTask().GetAwaiter().GetResult());

        float[][] vectors = [.. Enumerable.Range(0, queries).Select(i => corpus.Vector(size + i))];
        SearchHit[][] found = new SearchHit[queries][];
        (double dense50, double dense99) = Time(queries, i =>
        {
            using IndexReader reader = fresh.Read();
            found[i] = reader.SearchDense(vectors[i], Top);
        });
        Retriever hybrid = new(fresh, new RetrieverOptions { Mode = SearchMode.Hybrid });
        (double hybrid50, _) = Time(queries, i => hybrid.RetrieveAsync(new RetrievalQuery($"{size + i} {corpus.Query(i, size)}") { Top = Top }).AsTask().GetAwaiter().GetResult());
        double equal = EqualToBruteForce(fresh, size, vectors, found, corpus);
        long heap = GC.GetTotalMemory(forceFullCollection: true) - before;
        medians.Add((size, first50, dense50));
        return
        [
            $"{size:N0}", ingest == 0 ? "-" : $"{ingest:0}", $"{fresh.GetInfo().FileBytes / 1048576.0:0}", $"{load:0.0}", $"{heap / 1048576.0:0}", $"{first50:0.00} ms", $"{first99:0.00}", $"{lexical50:0.00} ms", $"{lexical99:0.00}", $"{dense50:0.00} ms",
            $"{dense99:0.00}", $"{hybrid50:0.00} ms", $"{equal:0.0%} of {queries}",
        ];
    }

    /// <summary>The share of queries whose ten best are those of the full vectors, one by one.</summary>
    private static double EqualToBruteForce(RetrievalIndex index, int size, float[][] queries, SearchHit[][] found, SyntheticCorpus corpus)
    {
        TopSlots[] best = [.. queries.Select(static _ => new TopSlots(Top))];
        const int Block = 10_000;
        float[][] block = new float[Block][];
        for (int start = 0; start < size; start += Block)
        {
            int count = Math.Min(Block, size - start);
            Parallel.For(0, count, i => block[i] = corpus.Vector(start + i));
            Parallel.For(0, queries.Length, q =>
            {
                for (int i = 0; i < count; i++)
                    best[q].Add(TensorPrimitives.Dot(queries[q], block[i]), start + i);
            });
        }
        using IndexReader reader = index.Read();
        int equal = 0;
        for (int q = 0; q < queries.Length; q++)
        {
            HashSet<string> wanted = [.. best[q].ToSorted().Select(static hit => $"d{hit.Slot}")];
            equal += wanted.SetEquals(reader.Read([.. found[q].Select(static hit => hit.Slot)]).Select(static passage => passage.Source)) ? 1 : 0;
        }
        return equal / (double)queries.Length;
    }

    private static (double P50, double P99) Time(int count, Action<int> action)
    {
        List<double> times = [];
        for (int i = 0; i < count; i++)
        {
            long started = Stopwatch.GetTimestamp();
            action(i);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        times.Sort();
        return (times[times.Count / 2], times[Math.Min(times.Count - 1, times.Count * 99 / 100)]);
    }
}

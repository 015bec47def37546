using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using AiSdk.Onnx;

namespace AiSdk.Benchmarks;

/// <summary>How fast tokenizer.json files are loaded, and text becomes tokens and text again; on the project's own README, which is prose and code.</summary>
internal static class TokenizersBenchmark
{
    private const int Runs = 7;

    public static int Run(string[] args)
    {
        string root = Environment.GetEnvironmentVariable("AISDK_TESTDATA") is { Length: > 0 } named ? named : Path.Combine("..", "shared");
        string folder = Arguments.Value(args, "--folder") ?? Path.Combine(root, "data", "tokenizers");
        string textFile = Arguments.Value(args, "--text") ?? "README.md";
        string[] files = Directory.Exists(folder) ? [.. Directory.GetFiles(folder, "*tokenizer.json*").Order(StringComparer.Ordinal)] : [];
        if (files.Length == 0 || !File.Exists(textFile))
        {
            Console.Error.WriteLine($"Usage: tokenizers [--folder FOLDER] [--text FILE]; '{folder}' must hold NAME.tokenizer.json or NAME.tokenizer.json.gz, and '{textFile}' must exist");
            return 2;
        }
        string text = File.ReadAllText(textFile);
        double megabytes = Encoding.UTF8.GetByteCount(text) / 1e6;
        List<string[]> rows = [];
        foreach (string file in files)
            rows.Add(Measured(file, text, megabytes));
        Report.Table(["tokenizer", "load ms", "tokens", "encode MB/s", "encode tokens/s", "decode MB/s", "incremental MB/s"], rows);
        return 0;
    }

    private static string[] Measured(string file, string text, double megabytes)
    {
        string plain = file.EndsWith(".gz", StringComparison.Ordinal) ? Unpacked(file) : file;
        try
        {
            long started = Stopwatch.GetTimestamp();
            ModelTokenizer tokenizer = ModelTokenizer.Read(plain);
            double load = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            int[] ids = [.. tokenizer.Encode(text, addSurroundings: false)];
            string whole = tokenizer.Decode(ids);
            double encode = Seconds(() => tokenizer.Encode(text, addSurroundings: false).Count);
            double decode = Seconds(() => tokenizer.Decode(ids).Length);
            double incremental = Seconds(() => Incremental(tokenizer, ids).Length);
            if (Incremental(tokenizer, ids) is var pieces && pieces != whole)
                throw new InvalidOperationException($"'{file}': the text made piece by piece is not the text made at once.");
            string name = Path.GetFileName(file);
            return [name[..name.IndexOf(".tokenizer.json", StringComparison.Ordinal)], $"{load:0}", $"{ids.Length}", $"{megabytes / encode:0.0}", $"{ids.Length / encode:0}", $"{megabytes / decode:0.0}", $"{megabytes / incremental:0.0}"];
        }
        finally
        {
            if (plain != file)
                File.Delete(plain);
        }
    }

    private static string Incremental(ModelTokenizer tokenizer, ReadOnlySpan<int> ids)
    {
        TokenTextDecoder decoder = tokenizer.CreateDecoder([]);
        StringBuilder text = new();
        foreach (int id in ids)
            text.Append(decoder.Push(id));
        return text.Append(decoder.Finish()).ToString();
    }

    private static double Seconds(Func<int> work)
    {
        List<double> times = [];
        for (int run = 0; run <= Runs; run++)
        {
            long started = Stopwatch.GetTimestamp();
            int result = work();
            if (run > 0)
                times.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
            GC.KeepAlive(result);
        }
        return Measure.Median(times);
    }

    private static string Unpacked(string file)
    {
        string path = Path.GetTempFileName();
        using var packed = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        using FileStream target = File.Create(path);
        packed.CopyTo(target);
        return path;
    }
}

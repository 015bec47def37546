using System.Diagnostics;
using AiSdk.Onnx;

namespace AiSdk.Benchmarks;

/// <summary>Bytes of weights read per second in decoding one token at a time, over the bytes per second that all cores together read of memory.</summary>
internal static class BandwidthBenchmark
{
    private const int Runs = 5;
    private const int Tokens = 64;

    public static int Run(string[] args)
    {
        if (Arguments.Value(args, "--model") is { } folder)
        {
            Print(folder, "", new FileInfo(Path.Combine(folder, "model.onnx")) is { Exists: true } file ? file.Length : 0);
            return 0;
        }
        if (RandomModel.Tokenizer(args) is not { } tokenizer)
        {
            Console.Error.WriteLine("Usage: bandwidth [--model FOLDER | --tokenizer FILE]; without a folder, models of 50 million random parameters are written, with GPT-2's tokenizer.json (or .gz)");
            return 2;
        }
        foreach (int bits in RandomModel.Widths)
        {
            RandomModel.Use(bits, tokenizer, made =>
            {
                Print(made, RandomModel.Suffix(bits), RandomModel.BytesPerToken(made));
                return 0;
            });
        }
        return 0;
    }

    private static void Print(string folder, string suffix, long bytesPerToken)
    {
        using OnnxModel model = OnnxModel.Load(folder);
        using IDecoder decoder = model.CreateDecoder((Tokens * (Runs + 1)) + 1);
        decoder.Append([1]);
        List<double> rates = [];
        List<double> shares = [];
        for (int run = 0; run <= Runs; run++)
        {
            long started = Stopwatch.GetTimestamp();
            for (int i = 0; i < Tokens; i++)
                decoder.Append([1 + i]);
            double rate = Tokens * bytesPerToken / Stopwatch.GetElapsedTime(started).TotalSeconds;
            // The first run warms up; memory is measured beside each of the others, as a shared machine's changes.
            if (run == 0)
                continue;
            rates.Add(rate);
            shares.Add(rate / MemoryBandwidth.Read());
        }
        Console.WriteLine($"{model.Name}{suffix.Replace('_', ' ')}: {bytesPerToken / 1e6:0.0} MB of weights a token, {Measure.Median(rates) / 1e9:0.0} GB/s");
        Report.Ratio($"bandwidth.share{suffix}", Measure.Median(shares));
    }
}

using AiSdk.Training;

namespace AiSdk.Benchmarks;

/// <summary>A model at 8 and 4 bits beside the original: size, perplexity, agreement, speed.</summary>
internal static class QuantizeBenchmark
{
    private static readonly string[] s_texts =
    [
        "Once upon a time, there was a little girl named Lily. She loved to play outside in the park. One day, she saw a big, red ball. She wanted to play with it, but it was too high.",
        "Tom had a small dog. The dog liked to run in the garden. One day the dog ran to the tree and found a toy. Tom was very happy and said thank you.",
        "It was a sunny day. The bird sat on the tree and sang a song. A cat came and looked at the bird. The bird was scared and flew away.",
        "My card was declined at the till, although there is money on the account. Please tell me why, and when I can use it again.",
    ];

    public static int Run(string[] args)
    {
        if (Arguments.Value(args, "--model") is not { } folder)
        {
            Console.Error.WriteLine("Usage: quantize --model FOLDER [--text FILE]");
            return 2;
        }
        string[] texts = Arguments.Value(args, "--text") is { } file ? [File.ReadAllText(file)] : s_texts;
        List<string[]> rows = [];
        List<(string, double, string?)> ratios = [];
        foreach (int bits in (ReadOnlySpan<int>)[8, 4])
        {
            DirectoryInfo target = Directory.CreateTempSubdirectory("aisdk-quantize-");
            try
            {
                // The gate is open: what a width costs is what is asked here.
                QuantizationOptions options = new() { Bits = bits, Texts = texts, MaxPerplexityLoss = double.MaxValue };
                QuantizationReport report = Quantizer.QuantizeAsync(folder, target.FullName, options).GetAwaiter().GetResult();
                if (rows.Count == 0)
                    rows.Add(Row("original", report.Original, ""));
                rows.Add(Row($"int{bits}", report.Quantized, $"{report.TokenAgreement:P1}"));
                ratios.Add(($"quantize.perplexity_int{bits}", report.Quantized.Perplexity / report.Original.Perplexity, bits == 8 ? "<= 1.01" : null));
                ratios.Add(($"quantize.size_int{bits}", (double)report.Quantized.Bytes / report.Original.Bytes, null));
                ratios.Add(($"quantize.agreement_int{bits}", report.TokenAgreement, null));
                ratios.Add(($"quantize.speed_int{bits}", report.Quantized.TokensPerSecond / report.Original.TokensPerSecond, null));
            }
            finally
            {
                target.Delete(recursive: true);
            }
        }
        Report.Table(["weights", "MB", "perplexity", "tokens/s", "same token"], rows);
        foreach ((string name, double value, string? wanted) in ratios)
            Report.Ratio(name, value, wanted);
        return 0;
    }

    private static string[] Row(string name, ModelFigures figures, string agreement) => [name, $"{figures.Bytes / 1e6:0.00}", $"{figures.Perplexity:0.000}", $"{figures.TokensPerSecond:0}", agreement];
}

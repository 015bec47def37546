using System.Globalization;
using AiSdk.Benchmarks;
using AiSdk.Onnx;
using AiSdk.Training;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Dictionary<string, Func<string[], int>> benchmarks = new(StringComparer.Ordinal)
{
    ["overhead"] = OverheadBenchmark.Run,
    ["read"] = ReadBenchmark.Run,
    ["generator"] = GeneratorBenchmark.Run,
    ["analyzers"] = AnalyzersBenchmark.Run,
    ["batch"] = BatchBenchmark.Run,
    ["decode"] = DecodeBenchmark.Run,
    ["provider"] = ProviderBenchmark.Run,
    ["constrained"] = ConstrainedBenchmark.Run,
    ["structured"] = StructuredBenchmark.Run,
    ["masks"] = MasksBenchmark.Run,
    ["bandwidth"] = BandwidthBenchmark.Run,
    ["tokenizers"] = TokenizersBenchmark.Run,
    ["repair"] = RepairBenchmark.Run,
    ["repair-speed"] = RepairSpeedBenchmark.Run,
    ["streaming"] = StreamingBenchmark.Run,
    ["tools"] = ToolsBenchmark.Run,
    ["guards"] = GuardsBenchmark.Run,
    ["retrieval"] = RetrievalBenchmark.Run,
    ["retrieval-scale"] = RetrievalScaleBenchmark.Run,
    ["train"] = TrainBenchmark.Run,
    ["lora"] = LoraBenchmark.Run,
    ["quantize"] = QuantizeBenchmark.Run,
    ["evaluation"] = EvaluationBenchmark.Run,
};

if (args is [string name, .. string[] rest] && benchmarks.TryGetValue(name, out Func<string[], int>? run))
{
    try
    {
        return run(rest);
    }
    catch (Exception exception) when (exception is TrainingException or OnnxModelException or IOException or UnauthorizedAccessException)
    {
        // A folder or a file that does not do, in the library's own words.
        Console.Error.WriteLine($"{name}: {exception.Message}");
        return 2;
    }
}
Console.Error.WriteLine($"Usage: dotnet run -c Release --project tests/AiSdk.Benchmarks -- NAME, where NAME is one of {string.Join(", ", benchmarks.Keys)}");
return 2;

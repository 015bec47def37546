using System.Diagnostics;
using AiSdk.Onnx;
using AiSdk.Training;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;

namespace AiSdk.Benchmarks;

/// <summary>Steps of training on models of several sizes: tokens per second, arithmetic beside what a matrix product of ONNX Runtime reaches, the optimizer's share, memory.</summary>
internal static class TrainBenchmark
{
    private const int Vocabulary = 2048;
    private const int Length = 64;
    private const int Batch = 16;
    private const double Stretch = 0.8;

    // Sizes by name: hidden, inner, layers, heads, heads of keys and values.
    private static readonly (string Name, int Hidden, int Inner, int Layers, int Heads, int KeyValueHeads)[] s_sizes =
    [
        ("1M", 128, 352, 4, 4, 2),
        ("2M", 192, 512, 4, 6, 3),
        ("5M", 256, 704, 6, 8, 4),
        ("20M", 448, 1216, 8, 14, 7),
    ];

    public static int Run(string[] args)
    {
        int threads = int.TryParse(Arguments.Value(args, "--threads"), out int asked) ? asked : 1;
        double seconds = double.TryParse(Arguments.Value(args, "--seconds"), out double given) ? given : 6;
        DirectoryInfo folder = Directory.CreateTempSubdirectory("aisdk-train-");
        try
        {
            BytePairTrainer.Train(["a benchmark needs a tokenizer"], folder.FullName);
            double peak = GemmPeak(threads);
            Console.WriteLine($"{threads} thread(s), batches of {Batch} x {Length} tokens, all of them learnt; ONNX Runtime's matrix product (768 x 768 x 768) reaches {peak:0} GFLOP per second of a processor");
            List<string[]> rows = [];
            List<(string Name, double Value, string? Target)> ratios = [];
            foreach ((string name, int hidden, int inner, int layers, int heads, int keyValueHeads) in s_sizes.Where(size => Arguments.Value(args, "--size") is not { } wanted || wanted == size.Name))
            {
                LlamaConfiguration configuration = new() { VocabularySize = Vocabulary, HiddenSize = hidden, InnerSize = inner, Layers = layers, Heads = heads, KeyValueHeads = keyValueHeads, ContextLength = 128 };
                var model = TrainableModel.Create(configuration, folder.FullName);
                Result result = Measured(model, threads, seconds);
                // Two operations for each weight of a product and the scores, and twice as many again for the derivative.
                double operations = 6.0 * (model.ParameterCount + (double)layers * Length * heads * configuration.Resolved().HeadSize);
                double share = result.TokensPerCpuSecond * operations / 1e9 / peak;
                rows.Add([name, $"{model.ParameterCount / 1e6:0.00}", $"{result.TokensPerSecond:0}", $"{result.TokensPerCpuSecond:0}", $"{result.TokensPerCpuSecond * operations / 1e9:0.0}", $"{share:0.00}", $"{result.Optimizer:0.000}", $"{result.Megabytes:0}"]);
                ratios.Add(($"train.tokens_per_cpu_second_{name}", result.TokensPerCpuSecond, name == "2M" ? ">= 8000" : null));
                ratios.Add(($"train.share_of_gemm_peak_{name}", share, null));
                ratios.Add(($"train.optimizer_share_{name}", result.Optimizer, null));
            }
            Report.Table(["model", "million weights", "tokens/s", "tokens/CPU s", "GFLOP/CPU s", "of the peak", "optimizer", "MB"], rows);
            foreach ((string name, double value, string? target) in ratios)
                Report.Ratio(name, value, target);
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Result Measured(TrainableModel model, int threads, double seconds)
    {
        GC.Collect();
        TrainerOptions options = new();
        ParameterShape[] shapes = [.. LlamaLayout.Parameters(model.Configuration)];
        float[][] weights = [.. shapes.Select(shape => model.Weights[shape.Name])];
        using LlamaSession session = new(model, new LlamaGraphOptions(), weights, threads);
        AdamW optimizer = new(options, shapes);
        Xoshiro256 random = new(1);
        EncodedExample[] examples = [.. Enumerable.Range(0, Batch).Select(_ => new EncodedExample([.. Enumerable.Range(0, Length + 1).Select(_ => (int)(random.NextDouble() * Vocabulary))], 1, 1, null, ""))];
        using var process = Process.GetCurrentProcess();
        TimeSpan optimizing = default;
        int steps = 0;
        void Step(int number)
        {
            TrainingBatch[] parts = [.. TrainingBatch.Parts(examples, 0, 0)];
            session.Run(parts, 0, 0, CancellationToken.None);
            foreach (TrainingBatch part in parts)
                part.Dispose();
            long start = Stopwatch.GetTimestamp();
            double norm = AdamW.Norm(session.Gradients);
            optimizer.Step(weights, session.Gradients, (float)(1 / Math.Max(1, norm)), number, 1e-3);
            optimizing += Stopwatch.GetElapsedTime(start);
        }
        for (int i = 1; i <= 3; i++)
            Step(i);
        optimizing = default;
        var clock = Stopwatch.StartNew();
        double perSecond = 0;
        double perCpuSecond = 0;
        while (clock.Elapsed.TotalSeconds < seconds)
        {
            // The best of many short stretches: other programs only ever take time.
            process.Refresh();
            TimeSpan cpu = process.TotalProcessorTime;
            long start = Stopwatch.GetTimestamp();
            long tokens = 0;
            while (Stopwatch.GetElapsedTime(start).TotalSeconds < Stretch)
            {
                Step(4 + steps++);
                tokens += Batch * Length;
            }
            perSecond = Math.Max(perSecond, tokens / Stopwatch.GetElapsedTime(start).TotalSeconds);
            process.Refresh();
            perCpuSecond = Math.Max(perCpuSecond, tokens / (process.TotalProcessorTime - cpu).TotalSeconds);
        }
        return new Result(perSecond, perCpuSecond, optimizing / clock.Elapsed, process.WorkingSet64 / 1e6);
    }

    private static double GemmPeak(int threads)
    {
        const int Size = 768;
        ComputationGraph graph = new(ElementType.Float);
        GraphValue product = graph.MatMul(graph.Input("a", Size, Size), graph.Input("b", Size, Size));
        using SessionOptions options = new() { IntraOpNumThreads = threads };
        using InferenceSession session = new(GraphLowering.Lower(graph, [product]).ToByteArray(), options);
        float[] values = new float[Size * Size];
        Array.Fill(values, 0.5f);
        using var a = OrtValue.CreateTensorValueFromMemory(values, [Size, Size]);
        using var result = OrtValue.CreateTensorValueFromMemory(new float[Size * Size], [Size, Size]);
        using RunOptions run = new();
        using var process = Process.GetCurrentProcess();
        double best = 0;
        // In processor time too, like the steps: with several threads it is the sum over them.
        for (int stretch = 0; stretch < 8; stretch++)
        {
            process.Refresh();
            TimeSpan cpu = process.TotalProcessorTime;
            long start = Stopwatch.GetTimestamp();
            int runs = 0;
            for (; Stopwatch.GetElapsedTime(start).TotalSeconds < Stretch / 2; runs++)
                session.Run(run, ["a", "b"], [a, a], [product.Name], [result]);
            process.Refresh();
            best = Math.Max(best, 2.0 * Size * Size * Size * runs / (process.TotalProcessorTime - cpu).TotalSeconds / 1e9);
        }
        return best;
    }

    private sealed record Result(double TokensPerSecond, double TokensPerCpuSecond, double Optimizer, double Megabytes);
}

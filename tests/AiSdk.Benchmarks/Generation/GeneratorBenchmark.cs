namespace AiSdk.Benchmarks;
internal static class GeneratorBenchmark { public static int Run(string[] args) => 0; }

using System.Diagnostics;
using System.Globalization;
using AiSdk.Onnx;
using AiSdk.Onnx.Tests;

namespace AiSdk.Benchmarks;

/// <summary>Random schemas, each asked for of a model at temperature 2: whether the replies are what the schemas want, as NJsonSchema judges.</summary>
internal static class ConstrainedBenchmark
{
    private const int Batch = 1_000;

    public static int Run(string[] args)
    {
        string root = Environment.GetEnvironmentVariable("AISDK_TESTDATA") is { Length: > 0 } named ? named : Path.Combine("..", "shared");
        string folder = Arguments.Value(args, "--model") ?? Path.Combine(root, "models", "tiny-gpt2");
        if (!Directory.Exists(folder))
        {
            Console.Error.WriteLine("Usage: constrained [--model FOLDER] [--schemas N] [--first SEED]; without a folder, the test material's model of random weights (AISDK_TESTDATA, else ../shared)");
            return 2;
        }
        int count = int.Parse(Arguments.Value(args, "--schemas") ?? "10000", CultureInfo.InvariantCulture);
        int first = int.Parse(Arguments.Value(args, "--first") ?? "0", CultureInfo.InvariantCulture);
        OnnxChatClient client;
        try
        {
            client = new OnnxChatClient(folder);
        }
        catch (OnnxModelException e)
        {
            Console.Error.WriteLine(e.Message);
            return 2;
        }
        using (client)
        {
            SchemaTrial trial = new();
            long started = Stopwatch.GetTimestamp();
            for (int done = 0; done < count; done += Batch)
                trial.RunAsync(client, first + done, Math.Min(Batch, count - done), CancellationToken.None).GetAwaiter().GetResult();
            Report.Table(
                [$"{count} random schemas, temperature 2", "replies"],
                [
                    ["ended by themselves", $"{trial.Ended}"],
                    ["  of them not of their schema", $"{trial.Wrong.Count}"],
                    ["cut by the token limit, and saying so", $"{trial.Cut}"],
                    ["schemas refused, by keyword and place", $"{trial.Refused.Count}"],
                    ["seconds", $"{Stopwatch.GetElapsedTime(started).TotalSeconds:0}"],
                ]);
            foreach (string wrong in trial.Wrong.Concat(trial.Refused).Take(5))
                Console.WriteLine(wrong);
            Report.Ratio("constrained.valid", trial.Ended == 0 ? 0 : (double)(trial.Ended - trial.Wrong.Count) / trial.Ended, "1");
        }
        return 0;
    }
}

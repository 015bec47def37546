using System.Diagnostics;
using System.Runtime.CompilerServices;
using AiSdk.Evaluation;

namespace AiSdk.Benchmarks;

/// <summary>What an evaluation costs beside the model: time a case, from the stream of cases to the line on the disk, and memory over 100,000 cases.</summary>
internal static class EvaluationBenchmark
{
    private const int Cases = 100_000;
    private const int WarmUp = 5_000;
    private static readonly string[] _labels = ["card_arrival", "exchange_rate", "declined_card_payment", "top_up_failed", "refund_not_showing_up"];

    public static int Run(string[] args)
    {
        string folder = Directory.CreateTempSubdirectory("aisdk-benchmark").FullName;
        try
        {
            Evaluate(Path.Combine(folder, "warm-up"), WarmUp);
            double scoring = Scoring();
            TimeSpan processor = Process.GetCurrentProcess().TotalProcessorTime;
            long started = Stopwatch.GetTimestamp();
            EvalRun run = Evaluate(Path.Combine(folder, "run"), Cases);
            double all = Stopwatch.GetElapsedTime(started).TotalMicroseconds / Cases;
            // What the machine does besides does not count here.
            double computed = (Process.GetCurrentProcess().TotalProcessorTime - processor).TotalMicroseconds / Cases;
            long loading = Stopwatch.GetTimestamp();
            RunSummary summary = EvalRun.Load(run.Folder).Summary;
            double load = Stopwatch.GetElapsedTime(loading).TotalSeconds;
            long comparing = Stopwatch.GetTimestamp();
            RunComparison comparison = RunComparison.Of(run, run);
            double compare = Stopwatch.GetElapsedTime(comparing).TotalSeconds;
            long reporting = Stopwatch.GetTimestamp();
            HtmlReport.Write(comparison, Path.Combine(folder, "report.html"));
            double report = Stopwatch.GetElapsedTime(reporting).TotalSeconds;
            double peak = Process.GetCurrentProcess().PeakWorkingSet64 / 1048576.0;
            Report.Table(
                ["evaluation of 100,000 cases, stub function", ""],
                [
                    ["scoring by exact match, µs a case", $"{scoring:0.###}"],
                    ["all: case, call, score, durable line, loading of the run, µs a case", $"{all:0.##}"],
                    ["the same in processor time, µs a case", $"{computed:0.##}"],
                    ["load and summarise, s", $"{load:0.##}"],
                    ["compare with itself, s", $"{compare:0.##}"],
                    ["report, s", $"{report:0.##}"],
                    ["results.jsonl, MB", $"{new FileInfo(Path.Combine(run.Folder, "results.jsonl")).Length / 1048576.0:0.#}"],
                    ["peak memory of the process, MB", $"{peak:0}"],
                    ["cases", $"{summary.Cases}"],
                ]);
            Report.Ratio("evaluation-microseconds", scoring, "<= 20");
            Report.Ratio("evaluation-microseconds-all", all);
            Report.Ratio("evaluation-memory", peak, "<= 300");
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static EvalRun Evaluate(string folder, int count)
    {
        FunctionEvaluation<string, string> evaluation = new()
        {
            Name = "benchmark",
            Call = static (input, _) => Task.FromResult<EvalOutput<string>>(_labels[input.Length % _labels.Length]),
            Scorers = [Scorers.Exact<string>()],
        };
        return evaluation.RunAsync(Stream(count), folder).GetAwaiter().GetResult();
    }

    private static async IAsyncEnumerable<EvalCase<string, string>> Stream(int count, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (int i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new EvalCase<string, string>($"case {i}", $"My card was declined at the till, and that for the {i}th time", _labels[i % _labels.Length]) { Tags = [i % 2 == 0 ? "even" : "odd"] };
        }
        await Task.CompletedTask.ConfigureAwait(false);
    }

    private static double Scoring()
    {
        Scorer<string> scorer = Scorers.Exact<string>();
        ScoredOutput<string> output = new() { Output = "card_arrival", Expected = "card_arrival", Reply = "card_arrival" };
        return Measure.SideBySide(("score", () => scorer.ScoreAsync(output).AsTask().GetAwaiter().GetResult()))[0].Nanoseconds / 1000;
    }
}

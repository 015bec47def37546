using System.Globalization;
using AiSdk.Tests;
using Xunit;

namespace AiSdk.Evaluation.Tests.Runs;

/// <summary>What this program does when <see cref="KilledRunTests"/> starts it as another process: a run that comes to its end only if it may.</summary>
public sealed class KilledRunChild
{
    public const string Variable = "AISDK_KILLED_RUN_CHILD";
    public const string HeldFile = "held";
    public const int CaseCount = 300;
    public const int Repeats = 2;

    // Long enough for a kill between two calls.
    private static readonly TimeSpan _callTime = TimeSpan.FromMilliseconds(5);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    // By itself it does nothing: KilledRunTests starts it, in another process. A test that is left out would be counted as skipped.
    [Fact]
    public async Task A_run_that_may_not_come_to_its_end()
    {
        if (Environment.GetEnvironmentVariable(Variable)?.Split('|') is not [string folder, string freeCalls])
            return;
        int left = int.Parse(freeCalls, CultureInfo.InvariantCulture);
        await RunAsync(Path.Combine(folder, "run"), concurrency: 4, async token =>
        {
            if (Interlocked.Decrement(ref left) < 0)
            {
                await File.WriteAllTextAsync(Path.Combine(folder, $"{HeldFile}.{Guid.NewGuid():N}"), "", token);
                await Task.Delay(Timeout.Infinite, token);
            }
            await Task.Delay(_callTime, token);
        });
    }

    /// <summary>Runs, or goes on.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="concurrency">How many calls at once.</param>
    /// <param name="before">Waits before each call; null not to.</param>
    public static Task<EvalRun> RunAsync(string folder, int concurrency, Func<CancellationToken, Task>? before = null)
    {
        FunctionEvaluation<string, string> evaluation = new()
        {
            Name = "killed",
            Call = async (input, token) =>
            {
                await (before?.Invoke(token) ?? Task.CompletedTask);
                int number = int.Parse(input.AsSpan(6), CultureInfo.InvariantCulture);
                return (number % 50) switch
                {
                    7 => throw new AiOutputException("The reply is no JSON.", "IDesk.Ask", "x", "1", "$", 0),
                    // Every state that a call can come to must be kept.
                    9 => throw new AiRefusalException("The model refuses.", "IDesk.Ask", "no", "1", "I may not."),
                    _ => new EvalOutput<string>(Answer(number, CaseScope.Current!.Repeat)) { Usage = new() { InputTokenCount = number, OutputTokenCount = 1 }, Repairs = number % 11 == 0 ? 1 : 0 },
                };
            },
            Scorers = [Scorers.Exact<string>(), Scorers.TokenF1()],
        };
        EvalCase<string, string>[] cases =
            [.. Enumerable.Range(0, CaseCount).Select(static i => new EvalCase<string, string>($"c{i}", $"input {i}", i % 2 == 0 ? "is even" : "is odd") { Tags = [i < 100 ? "small" : "large"] })];
        return evaluation.RunAsync(cases, folder, new EvalOptions { Repeats = Repeats, Concurrency = concurrency, SliceBy = ["expected"] }, Cancelled);
    }

    // Wrong for some cases, and for others in the second repeat only.
    private static string Answer(int number, int repeat) => number % 9 == 0 || (number % 5 == 0 && repeat == 1) ? "is nothing" : number % 2 == 0 ? "is even" : "is odd";
}

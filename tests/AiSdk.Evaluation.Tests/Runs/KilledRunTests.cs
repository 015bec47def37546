using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using AiSdk.Evaluation.Tests.Support;
using AiSdk.Tests;
using Xunit;

namespace AiSdk.Evaluation.Tests.Runs;

/// <summary>A run whose process is killed, whenever that is, ends with the results and figures that it would have had.</summary>
public sealed class KilledRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Results => _folder.Path("run", "results.jsonl");

    [Fact]
    public async Task Killed_at_several_points_and_started_again_it_ends_as_one_that_was_never_killed()
    {
        EvalRun whole = await KilledRunChild.RunAsync(_folder.Path("whole"), concurrency: 1);

        // Before a call has ended, behind the first, while lines are written, and while calls hang.
        await KillAsync(freeCalls: 0);
        Assert.Equal(0, Lines());
        await KillAsync(freeCalls: 1);
        int before = Lines();
        for (int round = 0; round < 3; round++)
        {
            await KillAsync(freeCalls: 120, lines: 20);
            // What was done is kept, or the run would never end where it is killed often enough.
            Assert.InRange(Lines(), before + 1, before + 120);
            before = Lines();
        }
        await KillAsync(freeCalls: 120);
        Assert.False(EvalRun.Load(_folder.Path("run")).Summary.IsComplete);

        Assert.Equal(0, await ChildTest.RunAsync(Start(freeCalls: int.MaxValue), Cancelled));

        EvalRun run = EvalRun.Load(_folder.Path("run"));
        string[] lines = await File.ReadAllLinesAsync(Results, Cancelled);
        Assert.Equal(KilledRunChild.CaseCount * KilledRunChild.Repeats, lines.Length);
        Assert.Equal(
            from i in Enumerable.Range(0, KilledRunChild.CaseCount) from repeat in Enumerable.Range(0, KilledRunChild.Repeats) select ($"c{i}", repeat),
            run.ReadResults().OrderBy(static result => result.Index).ThenBy(static result => result.Repeat).Select(static result => (result.Id, result.Repeat)));
        Assert.Equal(Comparable(whole.ReadResults()), Comparable(run.ReadResults()));
        AssertSame(whole.Summary, run.Summary);
        Assert.Equal(Comparable(whole.Manifest), Comparable(run.Manifest));
        Assert.Equal(GateOutcome.Passed, new GatePolicy { MaxUnmeasured = 0.05 }.Check(run, whole).Outcome);
    }

    private static void AssertSame(RunSummary whole, RunSummary run)
    {
        Assert.True(run.IsComplete);
        Assert.Equal((300, 576, 12, 12), (run.Cases, run.Measured, run.Failed, run.Unmeasured));
        Assert.Equal((whole.Cases, whole.Measured, whole.Failed, whole.Unmeasured), (run.Cases, run.Measured, run.Failed, run.Unmeasured));
        Assert.Equal(whole.Metrics, run.Metrics);
        Assert.Equal(whole.Slices, run.Slices);
        Assert.Equal(whole.PassRates, run.PassRates);
        Assert.Equal(KilledRunChild.Repeats, run.PassRates.Count);
        Assert.Equal(whole.Confusion!.Cells.OrderBy(static cell => cell.Key), run.Confusion!.Cells.OrderBy(static cell => cell.Key));
        Assert.Equal((whole.InputTokens, whole.OutputTokens, whole.Repairs, whole.RepairedReplies, whole.Reasks), (run.InputTokens, run.OutputTokens, run.Repairs, run.RepairedReplies, run.Reasks));
        Assert.Equal(whole.NotMeasured.Order(), run.NotMeasured.Order());
    }

    // Calls that are done at once come in any order, and take what time they take.
    private static IEnumerable<string> Comparable(IEnumerable<CaseResult> results) =>
        results.OrderBy(static result => result.Index).ThenBy(static result => result.Repeat).Select(static result => JsonSerializer.Serialize(result with { Milliseconds = 0 }, RunJson.Lines.CaseResult));

    private static string Comparable(RunManifest manifest) =>
        JsonSerializer.Serialize(manifest with { Started = default, Completed = manifest.Completed is null ? null : default(DateTimeOffset) }, RunJson.Lines.RunManifest);

    private Process Start(int freeCalls) => ChildTest.Start(
        typeof(KilledRunChild), nameof(KilledRunChild.A_run_that_may_not_come_to_its_end), KilledRunChild.Variable, string.Create(CultureInfo.InvariantCulture, $"{_folder.Path()}|{freeCalls}"));

    /// <summary>Starts the run, or goes on with it, and kills it once so many lines are new, or else when a call is held.</summary>
    private async Task KillAsync(int freeCalls, int lines = int.MaxValue)
    {
        int before = Lines();
        using Process process = Start(freeCalls);
        try
        {
            while (Held().Length == 0 && Lines() - before < lines)
            {
                Assert.False(process.HasExited, "The run has come to its end, though no call beyond those that are free may.");
                await Task.Delay(2, Cancelled);
            }
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(Cancelled);
        }
        Assert.NotEqual(0, process.ExitCode);
        foreach (string file in Held())
            File.Delete(file);
    }

    private string[] Held() => Directory.GetFiles(_folder.Path(), $"{KilledRunChild.HeldFile}.*");

    // Whole ones: of the last, half may be there.
    private int Lines()
    {
        if (!File.Exists(Results))
            return 0;
        using FileStream stream = new(Results, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] bytes = new byte[stream.Length];
        return bytes.AsSpan(0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)).Count((byte)'\n');
    }
}

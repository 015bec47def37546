using AiSdk.Evaluation.Tests.Support;
using Xunit;

namespace AiSdk.Evaluation.Tests.Runs;

/// <summary>Runs write, go on, and are compared.</summary>
public sealed class RunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static EvalCase<string, string>[] Cases(int count) =>
        [.. Enumerable.Range(0, count).Select(static i => new EvalCase<string, string>($"c{i}", $"input {i}", i % 2 == 0 ? "even" : "odd") { Tags = [i < 10 ? "small" : "large"] })];

    private static FunctionEvaluation<string, string> Evaluation(Func<int, string> answer, Action? called = null) => new()
    {
        Name = "parity",
        Call = (input, _) =>
        {
            called?.Invoke();
            int number = int.Parse(input.AsSpan(6), System.Globalization.CultureInfo.InvariantCulture);
            return Task.FromResult<EvalOutput<string>>(answer(number));
        },
        Scorers = [Scorers.Exact<string>(), Scorers.TokenF1()],
    };

    private static string Right(int number) => number % 2 == 0 ? "even" : "odd";

    [Fact]
    public async Task A_run_has_the_figures_of_its_cases()
    {
        EvalRun run = await Evaluation(static i => i % 10 == 0 ? "none" : Right(i)).RunAsync(Cases(100), _folder.Path("a"), cancellationToken: Cancelled);
        RunSummary summary = run.Summary;
        Assert.True(summary.IsComplete);
        Assert.Equal(100, summary.Cases);
        Assert.Equal(Intervals.Wilson(90, 100), summary.Metrics[0].Estimate);
        Assert.Equal(10, summary.Slices.Single(static s => s.Slice == "small" && s.Metric.Name == "exact").Estimate.Count);
        Assert.Equal(0.9, summary.Confusion!.Accuracy, 1e-12);
        Assert.Equal(10, summary.Confusion.Cells[("even", "none")]);
        Assert.NotNull(run.Manifest.DatasetHash);
    }

    [Fact]
    public async Task A_run_that_was_stopped_and_cut_off_goes_on_to_the_same_figures()
    {
        EvalRun whole = await Evaluation(static i => i % 7 == 0 ? "none" : Right(i)).RunAsync(Cases(200), _folder.Path("whole"), cancellationToken: Cancelled);
        int calls = 0;
        using CancellationTokenSource stop = new();
        FunctionEvaluation<string, string> stopping = Evaluation(static i => i % 7 == 0 ? "none" : Right(i), () =>
        {
            if (++calls == 80)
                stop.Cancel();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stopping.RunAsync(Cases(200), _folder.Path("cut"), new EvalOptions { Concurrency = 4 }, stop.Token));
        // What a crash leaves: half a line.
        string results = Path.Combine(_folder.Path("cut"), "results.jsonl");
        byte[] bytes = await File.ReadAllBytesAsync(results, Cancelled);
        await File.WriteAllBytesAsync(results, bytes[..^17], Cancelled);
        Assert.False(EvalRun.Load(_folder.Path("cut")).Summary.IsComplete);

        int again = 0;
        EvalRun resumed = await Evaluation(static i => i % 7 == 0 ? "none" : Right(i), () => again++).RunAsync(Cases(200), _folder.Path("cut"), cancellationToken: Cancelled);
        Assert.InRange(again, 1, 199);
        Assert.Equal(whole.Summary.Metrics, resumed.Summary.Metrics);
        Assert.Equal(whole.Summary.Slices, resumed.Summary.Slices);
        Assert.Equal(whole.Manifest.DatasetHash, resumed.Manifest.DatasetHash);
        Assert.Equal(200, resumed.ReadResults().Count());
    }

    [Fact]
    public async Task A_folder_of_another_run_is_refused_and_says_why()
    {
        await Evaluation(Right).RunAsync(Cases(5), _folder.Path("a"), cancellationToken: Cancelled);
        EvalRunException e = await Assert.ThrowsAsync<EvalRunException>(() => Evaluation(Right).RunAsync(Cases(5), _folder.Path("a"), new EvalOptions { Model = "other" }, Cancelled));
        Assert.Contains("the model was '' and is 'other'", e.Message, StringComparison.Ordinal);
        EvalCase<string, string>[] changed = Cases(5);
        changed[2] = changed[2] with { Expected = "x" };
        e = await Assert.ThrowsAsync<EvalRunException>(() => Evaluation(Right).RunAsync(changed, _folder.Path("a"), cancellationToken: Cancelled));
        Assert.Contains("'c2' is not the one", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_could_not_be_measured_is_in_no_mean_and_fails_the_gate()
    {
        FunctionEvaluation<string, string> evaluation = Evaluation(static i => i switch
        {
            3 => throw new AiRefusalException("The model refuses.", "IDesk.Ask", "no", "1", "I may not."),
            4 => throw new AiOutputException("The reply is no JSON.", "IDesk.Ask", "x", "1", "$", 0),
            5 => throw new AiFunctionException("The connection broke.", "IDesk.Ask", "", "1"),
            _ => Right(i),
        });
        EvalRun run = await evaluation.RunAsync(Cases(20), _folder.Path("a"), cancellationToken: Cancelled);
        Assert.Equal((17, 1, 2), (run.Summary.Measured, run.Summary.Failed, run.Summary.Unmeasured));
        Assert.Equal(Intervals.Wilson(17, 18), run.Summary.Metrics[0].Estimate);
        Assert.Equal(2, run.Summary.Metrics[0].Unmeasured);
        Assert.Equal(["c3", "c5"], run.Summary.NotMeasured.Select(static n => n.Id));
        GateResult gate = new GatePolicy().Check(run);
        Assert.Equal(GateOutcome.Error, gate.Outcome);
        Assert.Contains("could not be measured in 2 of 20 calls", gate.Errors[0], StringComparison.Ordinal);
        Assert.Equal(GateOutcome.Passed, new GatePolicy { MaxUnmeasured = 0.1 }.Check(run).Outcome);

        EvalRun retried = await Evaluation(Right).RunAsync(Cases(20), _folder.Path("a"), new EvalOptions { RetryUnmeasured = true }, Cancelled);
        Assert.Equal((19, 1, 0), (retried.Summary.Measured, retried.Summary.Failed, retried.Summary.Unmeasured));
        Assert.Equal(20, retried.ReadResults().Count());
    }

    [Fact]
    public async Task A_call_that_takes_too_long_is_unmeasured()
    {
        FunctionEvaluation<string, string> evaluation = new()
        {
            Name = "slow",
            Call = async (_, cancellationToken) =>
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
                return "";
            },
            Scorers = [Scorers.Exact<string>()],
        };
        EvalRun run = await evaluation.RunAsync(Cases(1), _folder.Path("a"), new EvalOptions { Timeout = TimeSpan.FromMilliseconds(20) }, Cancelled);
        Assert.Equal("It took longer than 0.02 s.", run.Summary.NotMeasured[0].Reason);
    }

    [Fact]
    public async Task A_call_and_a_scorer_that_do_not_look_at_their_tokens_are_not_waited_for()
    {
        TaskCompletionSource<EvalOutput<string>> never = new();
        TaskCompletionSource<double?> unscored = new();
        FunctionEvaluation<string, string> evaluation = new()
        {
            Name = "deaf",
            Call = (input, _) => input == "input 0" ? never.Task : Task.FromResult<EvalOutput<string>>(Right(int.Parse(input.AsSpan(6), System.Globalization.CultureInfo.InvariantCulture))),
            Scorers = [Scorers.From<string>("slow", (output, _) => output.Input == "input 1" ? new ValueTask<double?>(unscored.Task) : new ValueTask<double?>(1))],
        };

        EvalRun run = await evaluation.RunAsync(Cases(3), _folder.Path("a"), new EvalOptions { Timeout = TimeSpan.FromMilliseconds(50) }, Cancelled);

        Assert.Equal((1, 0, 2, true), (run.Summary.Measured, run.Summary.Failed, run.Summary.Unmeasured, run.Summary.IsComplete));
        Assert.All(run.Summary.NotMeasured, static n => Assert.Equal("It took longer than 0.05 s.", n.Reason));

        // Scored anew, what came of the second case counts; what came of the first nobody knows.
        FunctionEvaluation<string, string> quick = new() { Name = "deaf", Call = evaluation.Call, Scorers = [Scorers.Exact<string>()] };
        EvalRun rescored = await quick.RescoreAsync(run, _folder.Path("b"), Cancelled);
        Assert.Equal((2, 0, 1), (rescored.Summary.Measured, rescored.Summary.Failed, rescored.Summary.Unmeasured));
        Assert.Equal(["c0"], rescored.Summary.NotMeasured.Select(static n => n.Id));
    }

    [Fact]
    public async Task A_tag_that_a_case_has_twice_counts_once()
    {
        EvalCase<string, string>[] cases = [.. Cases(6).Select(static c => c with { Tags = ["a", "a"] })];

        EvalRun run = await Evaluation(Right).RunAsync(cases, _folder.Path("a"), cancellationToken: Cancelled);

        Assert.All(run.Summary.Slices, static slice => Assert.Equal(("a", 6), (slice.Slice, slice.Estimate.Count)));
    }

    [Fact]
    public async Task A_regression_is_found_and_noise_is_not()
    {
        EvalRun baseline = await Evaluation(static i => i % 10 == 0 ? "none" : Right(i)).RunAsync(Cases(400), _folder.Path("base"), cancellationToken: Cancelled);
        EvalRun same = await Evaluation(static i => i % 10 == 1 ? "none" : Right(i)).RunAsync(Cases(400), _folder.Path("same"), cancellationToken: Cancelled);
        EvalRun worse = await Evaluation(static i => i % 5 == 0 ? "none" : Right(i)).RunAsync(Cases(400), _folder.Path("worse"), cancellationToken: Cancelled);
        EvalAssert.NoRegression(same, baseline);
        Assert.Contains("exact: no significant change. 0.9 became 0.9", RunComparison.Of(same, baseline).Metrics[0].Words, StringComparison.Ordinal);
        EvalAssertException e = Assert.Throws<EvalAssertException>(() => EvalAssert.NoRegression(worse, baseline));
        Assert.Contains("exact: worse. 0.9 became 0.8 (-0.1,", e.Message, StringComparison.Ordinal);
        Assert.Contains("40 lost, 0 won", e.Message, StringComparison.Ordinal);
        Assert.Equal(ComparisonVerdict.Better, RunComparison.Of(baseline, worse).Metrics[0].Verdict);
        EvalAssert.Reaches(baseline, "exact", 0.9);
        Assert.Throws<EvalAssertException>(() => EvalAssert.Reaches(worse, "exact", 0.9));
    }

    [Fact]
    public async Task Repeats_give_pass_rates()
    {
        int calls = 0;
        EvalRun run = await Evaluation(i => calls++ % 2 == 0 ? Right(i) : "none").RunAsync(Cases(10), _folder.Path("a"), new EvalOptions { Repeats = 2 }, Cancelled);
        Assert.Equal([new PassRate(1, 0.5, 0.5), new PassRate(2, 1, 0)], run.Summary.PassRates);
        Assert.Equal(0.5, run.Summary.Metrics[0].Estimate.Value);
        Assert.Equal(10, run.Summary.Metrics[0].Estimate.Count);
    }

    [Fact]
    public async Task A_budget_stops_the_run_and_a_larger_one_goes_on()
    {
        FunctionEvaluation<string, string> evaluation = new()
        {
            Name = "cost",
            Call = static (_, _) => Task.FromResult(new EvalOutput<string>("even") { Usage = new() { InputTokenCount = 8, OutputTokenCount = 2 } }),
            Scorers = [Scorers.Exact<string>()],
        };
        EvalRun run = await evaluation.RunAsync(Cases(50), _folder.Path("a"), new EvalOptions { MaxTokens = 100, InputPrice = 1e6, OutputPrice = 2e6 }, Cancelled);
        Assert.Equal((10, false, 120.0), (run.Summary.Cases, run.Summary.IsComplete, run.Summary.Cost));
        Assert.Contains("The budget of 100 tokens is used up.", new GatePolicy().Check(run).Errors[0], StringComparison.Ordinal);
        run = await evaluation.RunAsync(Cases(50), _folder.Path("a"), new EvalOptions { MaxTokens = 1000, InputPrice = 1e6, OutputPrice = 2e6 }, Cancelled);
        Assert.Equal((50, true), (run.Summary.Cases, run.Summary.IsComplete));
    }

    [Fact]
    public async Task A_run_is_scored_anew_without_the_model()
    {
        EvalRun run = await Evaluation(static i => Right(i).ToUpperInvariant()).RunAsync(Cases(20), _folder.Path("a"), cancellationToken: Cancelled);
        Assert.Equal(0, run.Summary.Metrics[0].Estimate.Value);
        FunctionEvaluation<string, string> other = new() { Name = "parity", Call = static (_, _) => throw new InvalidOperationException("The model must not be called."), Scorers = [Scorers.Normalized()] };
        EvalRun rescored = await other.RescoreAsync(run, _folder.Path("b"), Cancelled);
        Assert.Equal(("normalized", 1.0), (rescored.Summary.Metrics[0].Metric.Name, rescored.Summary.Metrics[0].Estimate.Value));
    }

    [Fact]
    public async Task Two_cases_of_one_name_are_refused()
    {
        InvalidDataException e = await Assert.ThrowsAsync<InvalidDataException>(() => Evaluation(Right).RunAsync([.. Cases(2), Cases(1)[0]], _folder.Path("a"), cancellationToken: Cancelled));
        Assert.Contains("Two cases are called 'c0'", e.Message, StringComparison.Ordinal);
    }
}

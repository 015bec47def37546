using AiSdk.Cli;
using AiSdk.Evaluation.Tests.Support;
using Xunit;

namespace AiSdk.Evaluation.Tests.Runs;

/// <summary>What a gate must not let pass.</summary>
public sealed class GateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>A run over the numbers from 0 with metrics by name: a value for each number, or none.</summary>
    private async Task<EvalRun> RunAsync(string name, params (string Name, Func<int, double?> Value)[] metrics)
    {
        FunctionEvaluation<int, int> evaluation = new()
        {
            Name = "gate",
            Call = static (i, _) => Task.FromResult<EvalOutput<int>>(i),
            Scorers = [.. metrics.Select(static metric => Scorers.From<int>(metric.Name, (output, _) => new ValueTask<double?>(metric.Value(output.Output))))],
        };
        return await evaluation.RunAsync([.. Enumerable.Range(0, 200).Select(static i => new EvalCase<int, int>($"c{i}", i, i))], _folder.Path(name), cancellationToken: Cancelled);
    }

    [Fact]
    public async Task A_baseline_that_was_hardly_measured_lets_nothing_pass()
    {
        EvalRun baseline = await RunAsync("base", ("good", static i => i < 3 ? 1 : null));
        EvalRun run = await RunAsync("run", ("good", static i => i < 3 ? 1 : 0));

        GateResult gate = new GatePolicy().Check(run, baseline);

        Assert.Equal(GateOutcome.Error, gate.Outcome);
        Assert.StartsWith("good could not be measured by the baseline in 197 of 200 calls; 1% are allowed. The first: c3", Assert.Single(gate.Errors).Replace(" %", "%", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(GateOutcome.Passed, new GatePolicy { MaxUnmeasured = 0.99 }.Check(run, baseline).Outcome);
    }

    [Fact]
    public async Task A_metric_with_a_threshold_must_be_measured_though_it_is_not_named()
    {
        EvalRun run = await RunAsync("run", ("good", static _ => 1), ("rare", static i => i == 0 ? 1 : null));
        GatePolicy policy = new() { Metrics = ["good"], Thresholds = new Dictionary<string, double> { ["rare"] = 0.9 } };

        GateResult gate = policy.Check(run);

        Assert.Equal(GateOutcome.Error, gate.Outcome);
        Assert.StartsWith("rare could not be measured in 199 of 200 calls", Assert.Single(gate.Errors), StringComparison.Ordinal);
        Assert.Equal(GateOutcome.Passed, (policy with { MaxUnmeasured = 1 }).Check(run).Outcome);
    }

    [Fact]
    public async Task A_metric_that_is_measured_no_more_is_missed()
    {
        EvalRun baseline = await RunAsync("base", ("good", static _ => 1), ("safe", static _ => 1));
        EvalRun run = await RunAsync("run", ("good", static _ => 1));

        Assert.StartsWith("The run does not measure 'safe' any more", Assert.Single(new GatePolicy().Check(run, baseline).Errors), StringComparison.Ordinal);
        Assert.Equal(GateOutcome.Passed, new GatePolicy { Metrics = ["good"] }.Check(run, baseline).Outcome);
    }

    [Fact]
    public async Task Metrics_that_do_not_decide_make_no_regression_harder_to_see()
    {
        // Eight lost and none won: p = 0.0078, which a correction for ten would bring above 0.05.
        (string, Func<int, double?>)[] others = [.. Enumerable.Range(0, 9).Select(static n => ($"other{n}", (Func<int, double?>)(static _ => 1)))];
        EvalRun baseline = await RunAsync("base", [("good", static _ => 1), .. others]);
        EvalRun run = await RunAsync("run", [("good", static i => i < 8 ? 0 : 1), .. others]);

        Assert.Equal(GateOutcome.Passed, new GatePolicy().Check(run, baseline).Outcome);
        GateResult gate = new GatePolicy { Metrics = ["good"] }.Check(run, baseline);
        Assert.Equal(GateOutcome.Regression, gate.Outcome);
        Assert.Equal(gate.Comparison!.Metrics[0].PValue, gate.Comparison.Metrics[0].CorrectedPValue);
    }

    [Fact]
    public async Task Latency_tokens_and_cost_have_limits()
    {
        FunctionEvaluation<int, int> evaluation = new()
        {
            Name = "limits",
            Call = static (i, _) => Task.FromResult(new EvalOutput<int>(i) { Usage = new() { InputTokenCount = 8, OutputTokenCount = 2 } }),
            Scorers = [Scorers.Exact<int>()],
        };
        EvalRun run = await evaluation.RunAsync([.. Enumerable.Range(0, 10).Select(static i => new EvalCase<int, int>($"c{i}", i, i))], _folder.Path("a"), new EvalOptions { InputPrice = 1e6 }, Cancelled);

        Assert.Equal((0, true), await Gate("tokens=100", "cost=80", "latency.p95=600000"));
        Assert.Equal((1, true), await Gate("tokens=99", "regression: tokens is 100; at most 99 is wanted."));
        Assert.Equal((1, true), await Gate("cost=79.5", "regression: cost is 80; at most 79.5 is wanted."));
        Assert.Equal((1, true), await Gate("latency.p50=-1", "regression: latency.p50 is"));
        Assert.Equal((2, true), await Gate("speed=1", "'speed' is no figure that has a limit; these are cost, latency.p50"));
        Assert.Equal((2, true), await Gate("cost", "--max wants name=value, such as latency.p95=800, not 'cost'."));

        // Parts with blanks are what is to be said.
        async Task<(int, bool)> Gate(params string[] parts)
        {
            string[] said = [.. parts.Skip(1).Where(static part => part.Contains(' ', StringComparison.Ordinal))];
            (int code, string output) = await AskAsync([.. new[] { "eval", "gate", run.Folder }, .. parts.Except(said).SelectMany(static part => new[] { "--max", part })]);
            return (code, said.All(text => string.Join(' ', output.Split([' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries)).Contains(text, StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task The_command_line_takes_metrics_before_the_runs_and_says_that_nothing_can_be_compared()
    {
        await RunAsync("base", ("good", static _ => 1), ("other", static i => i % 2));
        await RunAsync("run", ("good", static _ => 1), ("other", static _ => 0));
        await RunAsync("third", ("third", static _ => 1));

        (int code, string output) = await AskAsync("eval", "gate", "--metric", "good", _folder.Path("run"), _folder.Path("base"));
        Assert.Equal((0, true), (code, output.Contains("gate: passed", StringComparison.Ordinal)));
        Assert.Equal(1, (await AskAsync("eval", "gate", "--metric", "good", "--metric", "other", _folder.Path("run"), _folder.Path("base"))).Code);
        (code, output) = await AskAsync("eval", "compare", _folder.Path("run"), _folder.Path("third"));
        Assert.Equal((2, true), (code, output.Contains("Nothing can be compared: the runs measure no metric in common.", StringComparison.Ordinal)));
    }

    private static async Task<(int Code, string Output)> AskAsync(params string[] arguments)
    {
        using StringWriter output = new();
        int code = await CommandLine.RunAsync(arguments, output, output, TestContext.Current.CancellationToken);
        return (code, output.ToString());
    }
}

using System.Text.Json;
using AiSdk.Cli;
using AiSdk.Evaluation.Tests.Support;
using Xunit;

namespace AiSdk.Evaluation.Tests.Runs;

/// <summary>Slices by fields of inputs and expected outputs, and what metrics and slices together may err.</summary>
public sealed class SliceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private sealed record Request(string Message, string? Channel, Customer Customer, string[] Labels);

    private sealed record Customer(int Tier);

    private sealed record Routed(string Intent);

    private static readonly string[] _channels = ["web", "app", "phone"];

    // Intents go round by fours, channels by threes; every fortieth case has no channel, and messages are all different.
    private static EvalCase<Request, Routed>[] Cases(int count) =>
    [
        .. Enumerable.Range(0, count).Select(static i => new EvalCase<Request, Routed>(
            $"c{i}", new Request($"message {i}", i % 40 == 0 ? null : _channels[i % 3], new Customer(i % 2), i % 2 == 0 ? ["even", "all"] : ["all"]), new Routed($"intent{i % 4}")) { Tags = i % 5 == 0 ? ["fifth"] : [] }),
    ];

    private async Task<EvalRun> RunAsync(string name, Func<int, bool> isWrong, EvalOptions? options = null, int count = 240, EvalCase<Request, Routed>[]? cases = null)
    {
        FunctionEvaluation<Request, Routed> evaluation = new()
        {
            Name = "sliced",
            Call = (request, _) => Task.FromResult<EvalOutput<Routed>>(int.Parse(request.Message.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture) is var i && isWrong(i) ? new Routed("wrong") : new Routed($"intent{i % 4}")),
            Scorers = [Scorers.Exact<Routed>()],
        };
        return await evaluation.RunAsync(cases ?? Cases(count), _folder.Path(name), options, Cancelled);
    }

    [Fact]
    public async Task Values_of_inputs_and_of_what_is_expected_are_slices_beside_tags()
    {
        EvalRun run = await RunAsync("run", static i => i % 4 == 1, new EvalOptions { SliceBy = ["expected.intent", "input.channel"] });

        Assert.Equal(["expected.intent", "input.channel"], run.Manifest.SliceBy);
        Assert.Equal(
            [("expected.intent = intent0", 1, 60), ("expected.intent = intent1", 0, 60), ("expected.intent = intent2", 1, 60), ("expected.intent = intent3", 1, 60), ("fifth", 0.75, 48),
                ("input.channel = (none)", 1, 6), ("input.channel = app", 0.75, 78), ("input.channel = phone", 0.75, 78), ("input.channel = web", 0.75, 78)],
            Figures(run, round: true));
        Assert.Empty(run.Summary.SliceNotes);

        // The run that is there is sliced otherwise without the model; what it was run with stays.
        EvalRun more = EvalRun.Load(run.Folder, "input.customer.tier", "input.labels");
        Assert.Equal([("input.customer.tier = 0", 1, 120), ("input.customer.tier = 1", 0.5, 120), ("input.labels = all", 0.75, 240), ("input.labels = even", 1, 120)], Figures(more, round: false).Where(static slice => slice.Item1.Contains("customer", StringComparison.Ordinal) || slice.Item1.Contains("labels", StringComparison.Ordinal)));
        Assert.Equal(9 + 4, more.Summary.Slices.Count);

        static (string, double, int)[] Figures(EvalRun run, bool round) => [.. run.Summary.Slices.Select(slice => (slice.Slice!, round ? Math.Round(slice.Estimate.Value * 4) / 4 : slice.Estimate.Value, slice.Estimate.Count))];
    }

    [Fact]
    public async Task Rare_values_are_one_slice_and_free_text_is_none()
    {
        EvalCase<Request, Routed>[] cases = [.. Cases(240).Select(static (c, i) => c with { Input = c.Input with { Channel = i < 100 ? "web" : i < 200 ? "app" : i < 210 ? new string('x', 101) : $"rare{i}" } })];
        EvalRun run = await RunAsync("run", static i => i >= 200, new EvalOptions { SliceBy = ["input.channel", "input.message"] }, cases: cases);

        Assert.Equal(["fifth", "input.channel = (others)", "input.channel = app", "input.channel = web"], run.Summary.Slices.Select(static slice => slice.Slice));
        Assert.Equal((0, 40), (run.Summary.Slices[1].Estimate.Value, run.Summary.Slices[1].Estimate.Count));
        Assert.Equal(2, run.Summary.SliceNotes.Count);
        Assert.StartsWith("input.channel: 2 of its values are slices; ", run.Summary.SliceNotes[0], StringComparison.Ordinal);
        Assert.EndsWith("are together in input.channel = (others), 40 cases.", run.Summary.SliceNotes[0], StringComparison.Ordinal);
        Assert.Equal("input.message: no slices, since no value of it stands in 5 cases. Slice by a field that has few values.", run.Summary.SliceNotes[1]);

        // Of more values than are classes the most frequent are slices: 300 values, six cases each but the first five, which have more.
        EvalCase<Request, Routed>[] many = [.. Enumerable.Range(0, 1800).Select(static i => new EvalCase<Request, Routed>($"c{i}", new Request($"message {i}", i < 50 ? $"value{i % 5}" : $"value{i % 300}", new Customer(0), []), new Routed($"intent{i % 4}")))];
        EvalRun capped = await RunAsync("capped", static _ => false, new EvalOptions { SliceBy = ["input.channel"] }, cases: many);
        Assert.Equal(101, capped.Summary.Slices.Count);
        Assert.All(Enumerable.Range(0, 5), i => Assert.Contains(capped.Summary.Slices, slice => slice.Slice == $"input.channel = value{i}"));
        Assert.Equal(1800, capped.Summary.Slices.Sum(static slice => slice.Estimate.Count));
    }

    [Fact]
    public async Task What_is_no_field_is_refused_with_the_fields_that_there_are()
    {
        ArgumentException output = await Assert.ThrowsAsync<ArgumentException>(() => RunAsync("output", static _ => false, new EvalOptions { SliceBy = ["output.intent"] }));
        Assert.StartsWith("'output.intent' is no field to slice by", output.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.Path("output")));

        EvalRun run = await RunAsync("run", static _ => false, new EvalOptions { SliceBy = ["expected.Intent"] });
        string problem = "The cases cannot be sliced by expected.Intent, which none of them has a value of; there is expected.intent.";
        Assert.Equal(problem, Assert.Single(run.Summary.SliceNotes));
        // A slice that was asked for and is not there would never get worse.
        Assert.Equal((GateOutcome.Error, problem), (new GatePolicy().Check(run).Outcome, Assert.Single(new GatePolicy().Check(run).Errors)));
        Assert.Equal(GateOutcome.Passed, new GatePolicy { IncludeSlices = false }.Check(run).Outcome);
        Assert.Equal(problem, Assert.Throws<EvalRunException>(() => EvalRun.Load(run.Folder, "expected.Intent")).Message[(run.Folder.Length + 2)..]);
        Assert.Contains("input.customer, which is an object: take a field of it; there is input.customer.tier.", Assert.Throws<EvalRunException>(() => EvalRun.Load(run.Folder, "input.customer")).Message, StringComparison.Ordinal);

        // Mended without a call of the function.
        EvalRun mended = await RunAsync("run", static _ => throw new InvalidOperationException("It is done already."), new EvalOptions { SliceBy = ["expected.intent"] });
        Assert.Equal(4, mended.Summary.Slices.Count(static slice => slice.Slice!.StartsWith("expected.intent = ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_regression_of_one_value_fails_the_gate_and_the_report_shows_it()
    {
        EvalRun baseline = await RunAsync("base", static i => i % 8 == 2);
        // As many are won as lost, and all that are lost have one intent.
        EvalRun plain = await RunAsync("run", static i => i % 8 == 1);
        Assert.Equal(GateOutcome.Passed, new GatePolicy().Check(plain, baseline).Outcome);
        EvalRun run = EvalRun.Load(plain.Folder, "expected.intent");

        GateResult gate = new GatePolicy().Check(run, baseline);

        Assert.Equal(GateOutcome.Regression, gate.Outcome);
        Assert.StartsWith("exact of expected.intent = intent1: worse. 1 became 0.5", Assert.Single(gate.Regressions), StringComparison.Ordinal);
        string html = HtmlReport.Render(run, RunComparison.Of(run, baseline));
        Assert.Contains("<td>expected.intent = intent1</td>", html, StringComparison.Ordinal);
        Assert.Contains("<option>expected.intent = intent1</option>", html, StringComparison.Ordinal);
        Assert.Contains("data-tags=\"expected.intent = intent1\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_of_many_slices_can_fail_the_gate_by_a_metric_that_is_no_share()
    {
        // Two metrics in sixty slices: of two thousand resamples, none would be enough to tell one in so many.
        EvalRun baseline = await EvaluateAsync("base", static i => i);
        EvalRun run = await EvaluateAsync("run", static i => i % 60 == 7 ? -i : i);

        GateResult gate = new GatePolicy { Metrics = ["overlap", "length"] }.Check(run, baseline);

        Assert.Equal(120, gate.Comparison!.Slices.Count);
        Assert.Contains(gate.Regressions, static words => words.StartsWith("overlap of expected = 7: worse.", StringComparison.Ordinal));
        Assert.DoesNotContain(gate.Regressions, static words => words.Contains("= 8", StringComparison.Ordinal));

        Task<EvalRun> EvaluateAsync(string name, Func<int, int> call) => new FunctionEvaluation<int, int>
        {
            Name = "many",
            Call = (i, _) => Task.FromResult<EvalOutput<int>>(call(i)),
            Scorers = [Scorers.From<int>("overlap", static (output, _) => output < 0 ? 0.1 + (-output / 60 / 100.0) : 0.9), Scorers.From<int>("length", static (output, _) => Math.Abs(output) % 10 / 10.0)],
        }.RunAsync([.. Enumerable.Range(0, 480).Select(static i => new EvalCase<int, int>($"c{i}", i, i % 60))], _folder.Path(name), new EvalOptions { SliceBy = ["expected"] }, Cancelled);
    }

    [Fact]
    public async Task A_slice_that_cannot_be_measured_any_more_does_not_pass_in_silence()
    {
        // Few of all, within what may be unmeasured, but all of one channel.
        EvalCase<Request, Routed>[] cases = [.. Cases(1200).Select(static (c, i) => c with { Input = c.Input with { Channel = i % 120 == 0 ? "fax" : "web" } })];
        EvalRun baseline = await RunAsync("base", static _ => false, cases: cases);
        EvalRun run = await RunAsync("run", static i => i % 120 == 0 ? throw new OperationCanceledException("It was refused.") : false, new EvalOptions { SliceBy = ["input.channel"] }, cases: cases);

        GateResult gate = new GatePolicy().Check(run, baseline);

        Assert.Equal((10, GateOutcome.Error), (run.Summary.Unmeasured, gate.Outcome));
        Assert.Equal("exact could not be measured in 10 of the 10 cases of the slice 'input.channel = fax' that the baseline has measured.", Assert.Single(gate.Errors));
        Assert.Equal(GateOutcome.Passed, new GatePolicy { IncludeSlices = false }.Check(run, baseline).Outcome);
    }

    [Fact]
    public async Task The_command_line_slices_by_fields()
    {
        EvalRun baseline = await RunAsync("base", static i => i % 8 == 2);
        EvalRun run = await RunAsync("run", static i => i % 8 == 1);

        Assert.Equal(0, (await AskAsync("eval", "gate", run.Folder, baseline.Folder)).Code);
        (int code, string text) = await AskAsync("eval", "gate", "--slice", "expected.intent", "--slice", "input.message", run.Folder, baseline.Folder);
        Assert.Equal(1, code);
        Assert.Contains("exact of expected.intent = intent1: worse.", text, StringComparison.Ordinal);
        Assert.Contains("input.message: no slices", text, StringComparison.Ordinal);
        Assert.Equal(0, (await AskAsync("eval", "gate", run.Folder, baseline.Folder, "--slice", "expected.intent", "--no-slices")).Code);
        (code, text) = await AskAsync("eval", "compare", run.Folder, baseline.Folder, "--slice", "expected.intent");
        Assert.Equal((1, true), (code, text.Contains("exact of expected.intent = intent1: worse.", StringComparison.Ordinal)));
        (code, text) = await AskAsync("eval", "report", run.Folder, "--slice", "expected.intent", "--slice", "input.message", "--json");
        JsonElement report = JsonDocument.Parse(text).RootElement;
        Assert.Equal((0, 4, 1), (code, report.GetProperty("slices").EnumerateArray().Count(static slice => slice.GetProperty("slice").GetString()!.StartsWith("expected.intent = ", StringComparison.Ordinal)), report.GetProperty("sliceNotes").GetArrayLength()));
        (code, text) = await AskAsync("eval", "report", run.Folder, "--slice", "channel");
        Assert.Equal((2, true), (code, text.Contains("'channel' is no field to slice by", StringComparison.Ordinal)));
        (code, text) = await AskAsync("eval", "compare", run.Folder, baseline.Folder, "--slice", "input.canal");
        Assert.Equal((2, true), (code, text.Contains("which none of them has a value of; there are input.channel, input.customer.tier, input.labels, input.message.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Metrics_and_slices_share_what_may_be_erred()
    {
        // Six lost and none won: p = 0.03125. They are spread over both halves of the cases.
        EvalRun baseline = await RunAsync("base", static _ => false);
        EvalRun plain = await RunAsync("run", static i => i is 41 or 42 or 43 or 141 or 142 or 143);
        Assert.Equal(0.03125, Assert.Single(RunComparison.Of(plain, baseline).Metrics).PValue, 1e-12);
        EvalRun run = EvalRun.Load(plain.Folder, "input.customer.tier");

        RunComparison comparison = RunComparison.Of(run, baseline);
        Assert.Equal(3, comparison.Slices.Count);
        Assert.Equal(0.0625, comparison.Metrics[0].CorrectedPValue, 1e-12);
        Assert.Equal(GateOutcome.Passed, new GatePolicy().Check(run, baseline).Outcome);
        // Slices that cannot fail the run take nothing from the whole, and are told all the same.
        GateResult alone = new GatePolicy { IncludeSlices = false }.Check(run, baseline);
        Assert.Equal((GateOutcome.Regression, 3), (alone.Outcome, alone.Comparison!.Slices.Count));
        Assert.Equal(0.03125, alone.Comparison.Metrics[0].CorrectedPValue, 1e-12);
        // The more slices there are, the less each can show; the whole keeps its half.
        EvalRun many = EvalRun.Load(plain.Folder, "input.customer.tier", "expected.intent", "input.channel");
        Assert.Equal(0.0625, RunComparison.Of(many, baseline).Metrics[0].CorrectedPValue, 1e-12);
    }

    [Fact]
    public async Task A_slice_of_all_cases_is_no_other_hypothesis()
    {
        EvalRun baseline = await RunAsync("base", static _ => false, count: 41);
        EvalRun run = await RunAsync("run", static i => i is 1 or 2 or 3 or 5 or 6 or 7, new EvalOptions { SliceBy = ["input.labels"] }, 41);

        RunComparison comparison = RunComparison.Of(run, baseline);

        Assert.Equal(["fifth", "input.labels = even"], comparison.Slices.Select(static slice => slice.Slice));
        Assert.Equal(["fifth", "input.labels = all", "input.labels = even"], run.Summary.Slices.Select(static slice => slice.Slice));
    }

    private static async Task<(int Code, string Output)> AskAsync(params string[] arguments)
    {
        using StringWriter output = new();
        int code = await CommandLine.RunAsync(arguments, output, output, TestContext.Current.CancellationToken);
        return (code, string.Join(' ', output.ToString().Split([' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries)));
    }
}

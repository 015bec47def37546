using AiSdk.Evaluation.Tests.Support;
using Xunit;

namespace AiSdk.Evaluation.Tests.Runs;

/// <summary>Metrics of which less is better, that go beyond 1, or that are measured otherwise than before.</summary>
public sealed class MetricDirectionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private async Task<EvalRun> RunAsync(string name, Scorer<double> scorer, Func<int, double> value, int count = 40, int repeats = 1)
    {
        int calls = 0;
        FunctionEvaluation<int, double> evaluation = new() { Name = "direction", Call = (i, _) => Task.FromResult<EvalOutput<double>>(value(repeats == 1 ? i : calls++)), Scorers = [scorer] };
        return await evaluation.RunAsync([.. Enumerable.Range(0, count).Select(static i => new EvalCase<int, double>($"c{i}", i, 0))], _folder.Path(name), new EvalOptions { Repeats = repeats }, Cancelled);
    }

    private static Scorer<double> Value(bool higherIsBetter, double? successAt = null) => Scorers.From<double>("value", static (output, _) => output, higherIsBetter, successAt: successAt);

    [Fact]
    public async Task Lost_is_what_got_worse_also_where_less_is_better()
    {
        EvalRun baseline = await RunAsync("base", Value(higherIsBetter: false), static i => i < 5 ? 1 : 0);
        EvalRun run = await RunAsync("run", Value(higherIsBetter: false), static i => i < 25 ? 1 : 0);

        MetricComparison comparison = RunComparison.Of(run, baseline).Metrics[0];

        Assert.Equal((20, 0, 0.5, ComparisonVerdict.Worse), (comparison.Lost, comparison.Won, comparison.Difference.Value, comparison.Verdict));
        Assert.Contains("20 lost, 0 won", comparison.Words, StringComparison.Ordinal);
        Assert.Equal((0, 20), (RunComparison.Of(baseline, run).Metrics[0].Lost, RunComparison.Of(baseline, run).Metrics[0].Won));
    }

    [Fact]
    public async Task A_failure_is_no_best_value_where_less_is_better()
    {
        FunctionEvaluation<int, double> evaluation = new()
        {
            Name = "failing",
            Call = static (_, _) => throw new AiOutputException("It does not fit.", "f", "raw", "id", "$", 0),
            Scorers = [Value(higherIsBetter: false), Scorers.From<double>("known", static (output, _) => output, higherIsBetter: false, onFailure: 9), Scorers.Exact<double>()],
        };

        EvalRun run = await evaluation.RunAsync([new EvalCase<int, double>("a", 1, 1)], _folder.Path("a"), cancellationToken: Cancelled);

        Assert.Equal([(0, double.NaN), (1, 9), (1, 0)], run.Summary.Metrics.Select(static metric => (metric.Estimate.Count, metric.Estimate.Count == 0 ? double.NaN : metric.Estimate.Value)));
        Assert.Equal(1, run.Summary.Metrics[0].Unmeasured);
    }

    [Theory]
    // Half of the repeats succeed.
    [InlineData(true, null, 1, 0, true)]
    [InlineData(false, null, 0, 1, true)]
    [InlineData(true, 50.0, 60, 40, true)]
    [InlineData(false, 5.0, 3, 9, true)]
    // Nobody knows what a success is.
    [InlineData(true, null, 60, 40, false)]
    [InlineData(false, null, 3, 9, false)]
    public async Task Pass_rates_know_what_a_success_is(bool higherIsBetter, double? successAt, double good, double bad, bool isKnown)
    {
        EvalRun run = await RunAsync("a", Value(higherIsBetter, successAt), call => call % 2 == 0 ? good : bad, count: 10, repeats: 2);

        Assert.Equal(isKnown ? [new PassRate(1, 0.5, 0.5), new PassRate(2, 1, 0)] : [], run.Summary.PassRates);
    }

    [Fact]
    public async Task A_text_metric_stands_in_the_manifest_with_its_signature_and_is_compared_with_the_same_only()
    {
        async Task<EvalRun> Run(string name, Scorer<string> scorer)
        {
            FunctionEvaluation<string, string> evaluation = new() { Name = "text", Call = static (input, _) => Task.FromResult<EvalOutput<string>>(input), Scorers = [scorer] };
            return await evaluation.RunAsync([new EvalCase<string, string>("a", "the cat sat on the mat", "the cat sat on a mat")], _folder.Path(name), cancellationToken: Cancelled);
        }
        Bleu bleu = new();
        EvalRun one = await Run("one", Scorers.Text(bleu));
        EvalRun other = await Run("other", Scorers.Text(new Bleu { Lowercase = true }));

        Assert.Equal(bleu.Signature, one.Manifest.Metrics[0].Settings);
        RunComparison comparison = RunComparison.Of(other, one);
        Assert.Equal(ComparisonVerdict.NotComparable, comparison.Metrics[0].Verdict);
        Assert.StartsWith($"bleu: it is measured otherwise: {bleu.Signature} became", comparison.Metrics[0].Words, StringComparison.Ordinal);
        Assert.Contains(new GatePolicy().Check(other, one).Errors, static error => error.StartsWith("bleu cannot be compared: it is measured otherwise", StringComparison.Ordinal));
        // Nor does a run go on with it.
        EvalRunException e = await Assert.ThrowsAsync<EvalRunException>(() => Run("one", Scorers.Text(new Bleu { Lowercase = true })));
        Assert.Contains("the metrics was 'bleu (", e.Message, StringComparison.Ordinal);
    }
}

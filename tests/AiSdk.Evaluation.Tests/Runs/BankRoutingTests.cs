using AiSdk.Evaluation.Tests.Support;
using AiSdk.Onnx;
using AiSdk.Tests;
using EvaluateBank;
using Quickstart;
using Xunit;

namespace AiSdk.Evaluation.Tests.Runs;

/// <summary>The embedded model's routing, evaluated on a thousand messages.</summary>
public sealed class BankRoutingTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_planted_regression_is_found_a_change_without_effect_is_not_and_a_stopped_run_goes_on()
    {
        using TemporaryFolder folder = new();
        IReadOnlyList<EvalCase<string, BankIntent>> cases = BankRouting.Cases(TestData.Path("data", "banking77", "banking77_train.csv"));
        Assert.InRange(cases.Count, 950, 1050);
        using OnnxChatClient client = new(Path.Combine(AppContext.BaseDirectory, "models", "bank"), new OnnxModelOptions { Engine = OnnxEngine.OnnxRuntime, IntraOpThreads = 1, JumpForward = true });
        EvalRun baseline = await BankRouting.RunAsync(client, cases, folder.Path("baseline"), cancellationToken: Cancelled);
        // What it must reach is held by BankModelFiguresTests.
        Assert.InRange(baseline.Summary.Metrics[0].Estimate.Value, 0.85, 1);
        Assert.Equal(77, baseline.Summary.Confusion!.Labels.Count);

        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => BankRouting.RunAsync(client, cases, folder.Path("stopped"), progress: new StopAfter(400, stop), cancellationToken: stop.Token));
        EvalRun resumed = await BankRouting.RunAsync(client, cases, folder.Path("stopped"), cancellationToken: Cancelled);
        Assert.Equal(baseline.Summary.Metrics, resumed.Summary.Metrics);
        Assert.Equal(baseline.Summary.Slices, resumed.Summary.Slices);
        Assert.Equal(baseline.Manifest.DatasetHash, resumed.Manifest.DatasetHash);

        EvalRun noOperation = await BankRouting.RunAsync(client, cases, folder.Path("no-op"), "Name the intent!", cancellationToken: Cancelled);
        EvalAssert.NoRegression(noOperation, baseline);
        EvalRun regression = await BankRouting.RunAsync(client, cases, folder.Path("regression"), "Name the refund.", cancellationToken: Cancelled);
        EvalAssertException e = Assert.Throws<EvalAssertException>(() => EvalAssert.NoRegression(regression, baseline));
        Assert.Contains("exact: worse.", e.Message, StringComparison.Ordinal);
    }

    private sealed class StopAfter(int done, CancellationTokenSource stop) : IProgress<EvalProgress>
    {
        public void Report(EvalProgress value)
        {
            if (value.Done == done)
                stop.Cancel();
        }
    }
}

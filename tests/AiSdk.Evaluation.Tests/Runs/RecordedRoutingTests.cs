using AiSdk.Evaluation.Tests.Support;
using AiSdk.Onnx;
using EvaluateBank;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Evaluation.Tests.Runs;

/// <summary>An evaluation as a test: offline with replies that lie beside it, with the model where AISDK_EVAL_LIVE is 1.</summary>
public sealed class RecordedRoutingTests
{
    // Not LocalModel.Hash: BankRoutingTests ask the model that is there, and this test must not need a recording for each word that is changed beside it.
    private const string Model = "bank";

    private static readonly string _model = Path.Combine(AppContext.BaseDirectory, "models", "bank");

    [Fact]
    public async Task Routing_is_as_good_as_it_was()
    {
        using TemporaryFolder folder = new();
        using IChatClient client = RecordedReplies.Open(
            RecordedReplies.FolderBeside("Recorded"), Model,
            live: static () => new OnnxChatClient(_model, new OnnxModelOptions { Engine = OnnxEngine.OnnxRuntime, IntraOpThreads = 1, JumpForward = true }));

        EvalRun run = await BankRouting.SmokeAsync(client, folder.Path("run"), cancellationToken: TestContext.Current.CancellationToken);

        EvalAssert.Reaches(run, "exact", 0.8);
        Assert.Equal((16, 0, 0), (run.Summary.Measured, run.Summary.Unmeasured, run.Summary.EstimatedUsages));
        Assert.True(run.Summary.InputTokens > 0);
        EvalAssert.NoRegression(run, RecordedReplies.FolderBeside("Baseline"));
    }

    [Fact]
    public async Task A_prompt_that_changed_has_no_recorded_reply()
    {
        using IChatClient client = RecordedReplies.Open(RecordedReplies.FolderBeside("Recorded"), Model, live: static () => throw new InvalidOperationException("The model must not be made."));

        InvalidOperationException e = await Assert.ThrowsAsync<InvalidOperationException>(() => client.GetResponseAsync("something else", cancellationToken: TestContext.Current.CancellationToken));

        if (!RecordedReplies.IsLive)
            Assert.EndsWith("prompt, options, model or case have changed since replies were recorded. Set AISDK_EVAL_LIVE=1 to ask the model and record.", e.Message, StringComparison.Ordinal);
    }
}

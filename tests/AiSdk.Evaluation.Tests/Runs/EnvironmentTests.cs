using AiSdk.Evaluation.Tests.Support;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Evaluation.Tests.Runs;

/// <summary>What the environment says to tests: to ask the model, to accept a baseline. Alone, since the whole process sees it.</summary>
[CollectionDefinition(nameof(EnvironmentTests), DisableParallelization = true)]
[Collection(nameof(EnvironmentTests))]
public sealed class EnvironmentTests : IDisposable
{
    private const string Accept = "AISDK_ACCEPT_BASELINE";
    private readonly TemporaryFolder _folder = new();
    private readonly (string Name, string? Value)[] _before = [(RecordedReplies.LiveVariable, Environment.GetEnvironmentVariable(RecordedReplies.LiveVariable)), (Accept, Environment.GetEnvironmentVariable(Accept))];

    public void Dispose()
    {
        foreach ((string name, string? value) in _before)
            Environment.SetEnvironmentVariable(name, value);
        _folder.Dispose();
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static readonly EvalCase<string, string>[] _cases = [.. Enumerable.Range(0, 4).Select(static i => new EvalCase<string, string>($"c{i}", $"case {i}", "yes"))];

    private static FunctionEvaluation<string, string> Evaluation(IChatClient client) => new()
    {
        Name = "as a test",
        Call = async (input, token) => (await client.GetResponseAsync(input, cancellationToken: token)).Text,
        Scorers = [Scorers.Exact<string>()],
    };

    /// <summary>The test of the README, which runs each time in the same folder.</summary>
    private async Task<EvalRun> TestAsync(string? reply)
    {
        using IChatClient client = RecordedReplies.Open(_folder.Path("Recorded"), "model", live: () => new ScriptedChatClient([.. Enumerable.Repeat(reply ?? throw new InvalidOperationException("The model must not be made."), _cases.Length)]));
        return await Evaluation(client).RunAsync(_cases, _folder.Path("runs", "test"), new EvalOptions { StartAnew = true }, Cancelled);
    }

    [Fact]
    public async Task A_test_runs_each_time_and_asked_to_it_records_anew()
    {
        Environment.SetEnvironmentVariable(RecordedReplies.LiveVariable, "1");
        Assert.Equal(1, (await TestAsync("yes")).Summary.Metrics[0].Estimate.Value);
        Environment.SetEnvironmentVariable(RecordedReplies.LiveVariable, null);
        Assert.Equal(1, (await TestAsync(null)).Summary.Metrics[0].Estimate.Value);

        // The model says something else now.
        Environment.SetEnvironmentVariable(RecordedReplies.LiveVariable, "1");
        Assert.Equal(0, (await TestAsync("no")).Summary.Metrics[0].Estimate.Value);
        Environment.SetEnvironmentVariable(RecordedReplies.LiveVariable, null);
        EvalRun replayed = await TestAsync(null);
        Assert.Equal((0, 4, 4), (replayed.Summary.Metrics[0].Estimate.Value, replayed.Summary.Cases, replayed.ReadResults().Count()));
    }

    [Fact]
    public async Task Only_a_run_that_the_policy_lets_pass_becomes_the_baseline()
    {
        Environment.SetEnvironmentVariable(Accept, "1");
        using ScriptedChatClient client = new("yes", "yes", "no", "yes");
        EvalRun run = await Evaluation(client).RunAsync(_cases, _folder.Path("run"), cancellationToken: Cancelled);
        string baseline = _folder.Path("baseline");

        EvalAssertException low = Assert.Throws<EvalAssertException>(() => EvalAssert.NoRegression(run, baseline, new GatePolicy { Thresholds = new Dictionary<string, double> { ["exact"] = 0.9 } }));
        Assert.StartsWith("exact is 0.75", low.Message, StringComparison.Ordinal);
        RunFiles.WriteManifest(run.Folder, run.Manifest with { Completed = null });
        Assert.Contains("is not complete", Assert.Throws<EvalAssertException>(() => EvalAssert.NoRegression(EvalRun.Load(run.Folder), baseline)).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(baseline));

        EvalAssert.NoRegression(run, baseline);
        Assert.Equal(0.75, EvalRun.Load(baseline).Values("exact").Average());
    }
}

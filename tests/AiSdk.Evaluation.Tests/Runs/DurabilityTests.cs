using AiSdk.Evaluation.Tests.Support;
using Xunit;

namespace AiSdk.Evaluation.Tests.Runs;

/// <summary>What is done to a run's folder from outside, and by processes that did not come to their end.</summary>
public sealed class DurabilityTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static EvalCase<string, string>[] Cases(int count) => [.. Enumerable.Range(0, count).Select(static i => new EvalCase<string, string>($"c{i}", $"input {i}", "right"))];

    private static FunctionEvaluation<string, string> Evaluation(Func<CancellationToken, Task>? waits = null, Action? called = null) => new()
    {
        Name = "durable",
        Call = async (_, token) =>
        {
            called?.Invoke();
            await (waits?.Invoke(token) ?? Task.CompletedTask);
            return "right";
        },
        Scorers = [Scorers.Exact<string>()],
    };

    [Fact]
    public async Task A_second_writer_is_kept_out_until_the_first_is_done()
    {
        TaskCompletionSource begun = new();
        TaskCompletionSource goOn = new();
        Task<EvalRun> first = Evaluation(async _ =>
        {
            begun.TrySetResult();
            await goOn.Task;
        }).RunAsync(Cases(3), _folder.Path("run"), cancellationToken: Cancelled);
        await begun.Task;

        EvalRunException e = await Assert.ThrowsAsync<EvalRunException>(() => Evaluation().RunAsync(Cases(3), _folder.Path("run"), cancellationToken: Cancelled));
        Assert.Contains("another process is at work on the run", e.Message, StringComparison.Ordinal);
        // Looking is allowed.
        Assert.False(EvalRun.Load(_folder.Path("run")).Summary.IsComplete);

        goOn.SetResult();
        Assert.Equal(3, (await first).Summary.Cases);
        Assert.Equal(3, (await Evaluation().RunAsync(Cases(3), _folder.Path("run"), cancellationToken: Cancelled)).ReadResults().Count());
    }

    [Fact]
    public async Task A_completed_run_takes_no_more_cases_and_stays_as_it_is()
    {
        EvalRun run = await Evaluation().RunAsync(Cases(5), _folder.Path("run"), cancellationToken: Cancelled);
        byte[] results = await File.ReadAllBytesAsync(Path.Combine(run.Folder, "results.jsonl"), Cancelled);
        int calls = 0;

        EvalRunException more = await Assert.ThrowsAsync<EvalRunException>(() => Evaluation(called: () => calls++).RunAsync(Cases(7), run.Folder, cancellationToken: Cancelled));
        Assert.Contains("was completed without the case 'c5': the data set has changed", more.Message, StringComparison.Ordinal);
        EvalRunException fewer = await Assert.ThrowsAsync<EvalRunException>(() => Evaluation(called: () => calls++).RunAsync(Cases(4), run.Folder, cancellationToken: Cancelled));
        Assert.Contains("has results of 5 cases, and the data set has 4", fewer.Message, StringComparison.Ordinal);
        EvalCase<string, string>[] other = [.. Cases(5).Select(static (c, i) => i == 3 ? c with { Input = "other" } : c)];
        EvalRunException changed = await Assert.ThrowsAsync<EvalRunException>(() => Evaluation(called: () => calls++).RunAsync(other, run.Folder, cancellationToken: Cancelled));
        Assert.Contains("The case 'c3' is not the one", changed.Message, StringComparison.Ordinal);

        Assert.Equal(0, calls);
        Assert.Equal(results, await File.ReadAllBytesAsync(Path.Combine(run.Folder, "results.jsonl"), Cancelled));
        Assert.True(EvalRun.Load(run.Folder).Summary.IsComplete);
    }

    [Fact]
    public async Task A_run_that_starts_anew_throws_the_one_before_away_whatever_it_was_of()
    {
        EvalRun run = await Evaluation().RunAsync(Cases(5), _folder.Path("run"), cancellationToken: Cancelled);
        int calls = 0;

        EvalRun other = await Evaluation(called: () => calls++).RunAsync(Cases(3), run.Folder, new EvalOptions { StartAnew = true, Model = "other" }, Cancelled);
        Assert.Equal((3, 3, 3, true, "other"), (calls, other.Summary.Cases, other.ReadResults().Count(), other.Summary.IsComplete, other.Manifest.Model));

        // Cut off where the results are gone and the manifest is not.
        RunFiles.WriteManifest(run.Folder, other.Manifest with { DatasetHash = null, Completed = null });
        File.Delete(_folder.Path("run", "results.jsonl"));
        Assert.Equal(5, (await Evaluation().RunAsync(Cases(5), run.Folder, new EvalOptions { StartAnew = true }, Cancelled)).ReadResults().Count());
    }

    [Theory]
    [InlineData("manifest.json", """{"name": "Shop", "short_name": "Shop", "icons": [], "display": "standalone"}""", "is no manifest of a run")]
    [InlineData("manifest.json", """{"formatVersion": 1, "name": "Extension", "version": "1.2"}""", "is no manifest of a run")]
    [InlineData("manifest.json", "not JSON", "manifest.json cannot be read")]
    [InlineData("manifest.json", "", "manifest.json cannot be read")]
    [InlineData("results.jsonl", "{\"of\": \"something else\"}\n", "has results.jsonl but no manifest.json")]
    public async Task Only_a_run_is_replaced(string file, string content, string why)
    {
        Directory.CreateDirectory(_folder.Path("theirs"));
        await File.WriteAllTextAsync(_folder.Path("theirs", file), content, Cancelled);
        await File.WriteAllTextAsync(_folder.Path("theirs", "index.html"), "page", Cancelled);
        int calls = 0;

        EvalRunException anew = await Assert.ThrowsAsync<EvalRunException>(() => Evaluation(called: () => calls++).RunAsync(Cases(3), _folder.Path("theirs"), new EvalOptions { StartAnew = true }, Cancelled));
        EvalRun run = await Evaluation().RunAsync(Cases(3), _folder.Path("run"), new EvalOptions { StartAnew = true }, Cancelled);
        EvalRunException copied = Assert.Throws<EvalRunException>(() => run.CopyTo(_folder.Path("theirs")));

        Assert.Contains(why, anew.Message, StringComparison.Ordinal);
        Assert.Contains("ive another folder, or delete the file yourself.", anew.Message, StringComparison.Ordinal);
        Assert.Equal(anew.Message, copied.Message);
        Assert.Equal(0, calls);
        Assert.Equal(content, await File.ReadAllTextAsync(_folder.Path("theirs", file), Cancelled));
        Assert.Equal([file, "index.html"], Directory.EnumerateFiles(_folder.Path("theirs")).Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal).OrderBy(name => name != file));
        // A run is replaced by a copy, too.
        run.CopyTo(_folder.Path("copy"));
        run.CopyTo(_folder.Path("copy"));
        Assert.True(EvalRun.Load(_folder.Path("copy")).Summary.IsComplete);
    }

    [Fact]
    public async Task A_run_that_is_being_written_is_not_thrown_away()
    {
        TaskCompletionSource begun = new();
        TaskCompletionSource goOn = new();
        Task<EvalRun> first = Evaluation(async _ =>
        {
            begun.TrySetResult();
            await goOn.Task;
        }).RunAsync(Cases(3), _folder.Path("run"), cancellationToken: Cancelled);
        await begun.Task;

        await Assert.ThrowsAsync<EvalRunException>(() => Evaluation().RunAsync(Cases(3), _folder.Path("run"), new EvalOptions { StartAnew = true }, Cancelled));
        goOn.SetResult();

        Assert.Equal(3, (await first).Summary.Cases);
    }

    [Fact]
    public async Task A_stopped_run_is_not_completed_by_fewer_cases()
    {
        using CancellationTokenSource stop = new();
        int calls = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Evaluation(called: () =>
        {
            if (++calls == 8)
                stop.Cancel();
        }).RunAsync(Cases(10), _folder.Path("run"), cancellationToken: stop.Token));

        EvalRunException e = await Assert.ThrowsAsync<EvalRunException>(() => Evaluation().RunAsync(Cases(3), _folder.Path("run"), cancellationToken: Cancelled));
        Assert.Contains("the data set has 3", e.Message, StringComparison.Ordinal);
        Assert.False(EvalRun.Load(_folder.Path("run")).Summary.IsComplete);
        Assert.Equal(10, (await Evaluation().RunAsync(Cases(10), _folder.Path("run"), cancellationToken: Cancelled)).Summary.Cases);
    }

    [Fact]
    public async Task A_process_that_was_killed_before_its_first_line_leaves_a_folder_that_can_be_used()
    {
        Directory.CreateDirectory(_folder.Path("a"));
        await File.WriteAllBytesAsync(_folder.Path("a", "results.jsonl"), [], Cancelled);
        Assert.True((await Evaluation().RunAsync(Cases(2), _folder.Path("a"), cancellationToken: Cancelled)).Summary.IsComplete);

        // The manifest stands, and no line.
        EvalRun whole = await Evaluation().RunAsync(Cases(2), _folder.Path("b"), cancellationToken: Cancelled);
        RunFiles.WriteManifest(whole.Folder, whole.Manifest with { Completed = null, DatasetHash = null });
        await File.WriteAllBytesAsync(_folder.Path("b", "results.jsonl"), [], Cancelled);
        RunSummary empty = EvalRun.Load(whole.Folder).Summary;
        Assert.Equal((0, false, 0), (empty.Cases, empty.IsComplete, empty.Metrics[0].Estimate.Count));
        Assert.NotEqual("", HtmlReport.Render(EvalRun.Load(whole.Folder), null));
        Assert.Equal(2, (await Evaluation().RunAsync(Cases(2), _folder.Path("b"), cancellationToken: Cancelled)).Summary.Cases);

        // Lines without a manifest are nobody's.
        File.Delete(_folder.Path("b", "manifest.json"));
        EvalRunException e = await Assert.ThrowsAsync<EvalRunException>(() => Evaluation().RunAsync(Cases(2), _folder.Path("b"), cancellationToken: Cancelled));
        Assert.Contains("has results.jsonl but no manifest.json", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_being_scored_anew_is_not_complete_before_its_last_line()
    {
        EvalRun run = await Evaluation().RunAsync(Cases(5), _folder.Path("run"), cancellationToken: Cancelled);
        int scored = 0;
        FunctionEvaluation<string, string> failing = new()
        {
            Name = "durable",
            Call = static (_, _) => throw new InvalidOperationException("The model must not be called."),
            Scorers = [Scorers.From<string>("late", (_, _) => ++scored == 4 ? throw new OperationCanceledException() : 1)],
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => failing.RescoreAsync(run, _folder.Path("scored"), Cancelled));

        Assert.False(EvalRun.Load(_folder.Path("scored")).Summary.IsComplete);
        EvalRun other = await failing.RescoreAsync(run, _folder.Path("again"), Cancelled);
        Assert.True(other.Summary.IsComplete);
    }
}

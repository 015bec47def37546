using AiSdk.Evaluation.Tests.Support;
using Xunit;

namespace AiSdk.Evaluation.Tests.Runs;

/// <summary>Calls and scorers that block the thread that they are called on.</summary>
public sealed class TimeoutTests : IDisposable
{
    // Long enough for a busy machine to do what does not block.
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(4);

    private readonly TemporaryFolder _folder = new();
    private readonly ManualResetEventSlim _released = new();

    public void Dispose()
    {
        _released.Set();
        _folder.Dispose();
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    // Until the test is over: who waits for it has not given up.
    private void Block() => _released.Wait(10 * _timeout, Cancelled);

    private Task<EvalRun> RunAsync(Func<int, int> call, Scorer<int> scorer, int concurrency = 1) => new FunctionEvaluation<int, int>
    {
        Name = "blocking",
        Call = (i, _) => Task.FromResult<EvalOutput<int>>(call(i)),
        Scorers = [scorer],
    }.RunAsync([.. Enumerable.Range(0, 24).Select(static i => new EvalCase<int, int>($"c{i}", i, i))], _folder.Path("run"), new EvalOptions { Timeout = _timeout, Concurrency = concurrency }, Cancelled);

    // One after the other, and at once: they must take no thread from the cases that come after.
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_call_that_blocks_its_thread_is_given_up_and_the_others_go_on(int concurrency)
    {
        EvalRun run = await RunAsync(
            i =>
            {
                if (i < 3)
                    Block();
                return i;
            },
            Scorers.Exact<int>(),
            concurrency);

        Assert.Equal((21, 3, true), (run.Summary.Measured, run.Summary.Unmeasured, run.Summary.IsComplete));
        Assert.Equal(["c0", "c1", "c2"], run.Summary.NotMeasured.Select(static unmeasured => unmeasured.Id).Order(StringComparer.Ordinal));
        Assert.Equal("It took longer than 4 s.", run.Summary.NotMeasured[0].Reason);
        Assert.False(_released.IsSet);
    }

    [Fact]
    public async Task A_scorer_that_blocks_its_thread_is_given_up_and_what_came_is_kept()
    {
        EvalRun run = await RunAsync(
            static i => i,
            Scorers.From<int>("slow", (output, expected) =>
            {
                if (output == 3)
                    Block();
                return output == expected ? 1 : 0;
            }));

        Assert.Equal((23, 1), (run.Summary.Measured, run.Summary.Unmeasured));
        CaseResult blocked = Assert.Single(run.ReadResults(), static result => result.State == CaseState.Unmeasured);
        Assert.Equal(("c3", 3), (blocked.Id, blocked.Output!.Value.GetInt32()));
    }

    [Fact]
    public async Task A_run_whose_calls_all_hang_ends_before_their_threads_take_the_process_down()
    {
        int begun = 0;
        EvalRunException e = await Assert.ThrowsAsync<EvalRunException>(() => new FunctionEvaluation<int, int>
        {
            Name = "hanging",
            Call = (i, _) =>
            {
                Interlocked.Increment(ref begun);
                Block();
                return Task.FromResult<EvalOutput<int>>(i);
            },
            Scorers = [Scorers.Exact<int>()],
        }.RunAsync([.. Enumerable.Range(0, 1_000).Select(static i => new EvalCase<int, int>($"c{i}", i, i))], _folder.Path("run"), new EvalOptions { Timeout = TimeSpan.FromMilliseconds(20), Concurrency = 8 }, Cancelled));

        Assert.Contains("what is evaluated hangs", e.Message, StringComparison.Ordinal);
        Assert.InRange(begun, 64, 80);
    }

    [Fact]
    public async Task What_a_call_throws_under_a_time_out_is_what_it_throws()
    {
        await Assert.ThrowsAsync<FormatException>(() => RunAsync(static i => i == 2 ? throw new FormatException("It is broken.") : i, Scorers.Exact<int>()));
        Assert.Equal(2, EvalRun.Load(_folder.Path("run")).Summary.Cases);
    }
}

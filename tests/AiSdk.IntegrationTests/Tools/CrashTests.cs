using System.Diagnostics;
using AiSdk.Tests;
using Xunit;

namespace AiSdk.IntegrationTests.Tools;

/// <summary>An effect happens at most once, whenever its process is killed, and however often the call is tried again.</summary>
public sealed class CrashTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aisdk-crash-").FullName;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public static TheoryData<string, int, string> Moments => new()
    {
        // Killed between approval and run: nothing had happened, and the next try does it.
        { "approved", 1, "Paid 500 to Ann." },
        // Once the claim is written, nobody can know from outside whether it took effect: it is not done again.
        { "begun", 0, "it is not known whether it took effect" },
        { "effected", 1, "it is not known whether it took effect" },
        // Killed when the end was noted: the model gets the same result again.
        { "ended", 1, "Paid 500 to Ann." },
        { "never", 1, "Paid 500 to Ann." },
    };

    [Theory, MemberData(nameof(Moments))]
    public async Task Killed_at_any_moment_and_tried_again_an_effect_happens_at_most_once(string moment, int effects, string answer)
    {
        Assert.Equal(moment == "never", await RunAsync(moment) == 0);
        for (int retry = 0; retry < 2; retry++)
        {
            Assert.Equal(0, await RunAsync("never"));
            Assert.Contains(answer, await File.ReadAllTextAsync(Path.Combine(_folder, "answer"), CancellationToken), StringComparison.Ordinal);
        }
        Assert.Equal(effects, Effects());
    }

    [Fact]
    public async Task Killed_from_outside_at_random_moments_an_effect_happens_at_most_once()
    {
        Random random = new(17);
        for (int round = 0; round < 6; round++)
        {
            using Process process = Start("never");
            await Task.Delay(random.Next(100, 1500), CancellationToken);
            process.Kill();
            await process.WaitForExitAsync(CancellationToken);
        }
        await RunAsync("never");
        Assert.InRange(Effects(), 0, 1);
    }

    [Fact]
    public async Task Of_several_processes_at_once_one_has_the_effect()
    {
        Process[] processes = [.. Enumerable.Range(0, 6).Select(_ => Start("never"))];
        foreach (Process process in processes)
        {
            await process.WaitForExitAsync(CancellationToken);
            process.Dispose();
        }
        Assert.Equal(1, Effects());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private int Effects() => File.Exists(Path.Combine(_folder, "effects")) ? File.ReadAllLines(Path.Combine(_folder, "effects")).Length : 0;

    private Process Start(string moment) => ChildTest.Start(typeof(CrashChild), nameof(CrashChild.One_call_of_a_tool_that_may_not_come_to_its_end), CrashChild.Variable, $"{_folder}|{moment}");

    private Task<int> RunAsync(string moment) => ChildTest.RunAsync(Start(moment), CancellationToken);
}

using AiSdk.Tests;
using Xunit;

namespace AiSdk.IntegrationTests.Tools;

/// <summary>In a loop of function calls, too, an effect happens at most once, wherever in the loop its process is killed; and exactly once, where it can be known that it did not happen.</summary>
public sealed class LoopCrashTests : IDisposable
{
    private const string Unknown = "it is not known whether it took effect";
    private const string Paid = "Paid 500 to Ann.";

    private readonly string _folder = Directory.CreateTempSubdirectory("aisdk-loop-crash-").FullName;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    /// <summary>Where it is killed; how often it took effect in the end; what the model was told; how often somebody was asked, of a function and of a kept conversation.</summary>
    public static TheoryData<string, string, int, string, int> Moments()
    {
        TheoryData<string, string, int, string, int> data = [];
        // A function that is called anew asks anew; a kept conversation has the answer, once that is given. "counting" is the id that a server counts, call_0.
        foreach ((string host, bool keeps) in new[] { ("function", false), ("conversation", true), ("counting", true) })
        {
            int again = keeps ? 1 : 2;
            data.Add(host, "asked", 1, Paid, 2);
            data.Add(host, "claiming", 1, Paid, again);
            data.Add(host, "begun", 0, Unknown, again);
            data.Add(host, "effected", 1, Unknown, again);
            data.Add(host, "ended", 1, Paid, again);
            data.Add(host, "told", 1, Paid, again);
        }
        return data;
    }

    [Theory, MemberData(nameof(Moments))]
    public async Task Killed_anywhere_in_the_loop_and_started_again_an_effect_happens_at_most_once(string host, string moment, int effects, string told, int asked)
    {
        Assert.NotEqual(0, await RunAsync(host, moment));
        Assert.False(File.Exists(Path.Combine(_folder, "answer")));

        Assert.Equal(0, await RunAsync(host));
        Assert.Contains(told, Answer(), StringComparison.Ordinal);
        Assert.Equal((effects, asked), (Lines("effects"), Lines("asked")));

        // It had come to its end; but who started it does not know, and does so once more. A conversation is then as it was when it was approved.
        File.Delete(Path.Combine(_folder, "answer"));
        if (host != "function")
            File.Copy(Path.Combine(_folder, "conversation.approved"), Path.Combine(_folder, "conversation"), overwrite: true);
        Assert.Equal(0, await RunAsync(host));
        Assert.Contains(told, Answer(), StringComparison.Ordinal);
        Assert.Equal(effects, Lines("effects"));
    }

    [Theory]
    [InlineData("function")]
    [InlineData("conversation")]
    public async Task What_was_denied_does_not_happen_after_a_crash_either(string host)
    {
        Assert.NotEqual(0, await RunAsync(host, "told", "no"));
        Assert.Equal(0, await RunAsync(host, answer: "no"));
        Assert.Equal(0, Lines("effects"));
        Assert.False(Directory.EnumerateFiles(Path.Combine(_folder, "journal")).Any());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Answer() => File.ReadAllText(Path.Combine(_folder, "answer"));

    private int Lines(string file) => File.Exists(Path.Combine(_folder, file)) ? File.ReadAllLines(Path.Combine(_folder, file)).Length : 0;

    private Task<int> RunAsync(string host, string moment = "never", string answer = "yes") => ChildTest.RunAsync(
        ChildTest.Start(typeof(LoopCrashChild), nameof(LoopCrashChild.A_loop_that_may_not_come_to_its_end), LoopCrashChild.Variable, $"{_folder}|{moment}|{host}|{answer}"), CancellationToken);
}

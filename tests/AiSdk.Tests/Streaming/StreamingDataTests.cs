using System.Text.Json;
using AiSdk.Benchmarks;
using Xunit;

namespace AiSdk.Tests;

public sealed class StreamingDataTests
{
    [Theory]
    [InlineData("complete", 1)]
    [InlineData("complete", 3)]
    [InlineData("complete", 7)]
    [InlineData("complete", int.MaxValue)]
    [InlineData("partial", 1)]
    [InlineData("partial_semantic", 1)]
    public void Nothing_shown_of_a_real_reply_is_taken_back(string mode, int size)
    {
        List<string> problems = [];
        foreach (ReplyCase c in Cases(mode))
            Check(c, c.Reply, size, problems);
        Assert.True(problems.Count == 0, string.Join("\n\n", problems));
    }

    [Fact]
    public void Nothing_shown_of_a_real_reply_that_is_cut_is_taken_back()
    {
        List<string> problems = [];
        foreach (ReplyCase c in Cases("complete"))
        {
            int step = Math.Max(1, c.Reply.Length / 40);
            for (int length = step; length < c.Reply.Length; length += step)
                Check(c, c.Reply[..length], 5, problems);
        }
        Assert.True(problems.Count == 0, $"{problems.Count}:\n{string.Join("\n\n", problems.Take(10))}");
    }

    [Fact]
    public void Nothing_shown_of_a_reply_on_which_others_lose_data_is_taken_back()
    {
        List<string> problems = [];
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(TestData.Path("data", "structured-output", "silent-losses.json")));
        foreach (JsonElement c in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            OutputShape shape = ReplyCases.Shape(c.GetProperty("target").GetString()!, c.GetProperty("types"));
            string reply = c.GetProperty("raw").GetString()!;
            Check(new ReplyCase(c.GetProperty("id").GetString()!, [], reply, shape, null, false, default), reply, 1, problems);
        }
        Assert.True(problems.Count == 0, string.Join("\n\n", problems));
    }

    private static List<ReplyCase> Cases(string mode) => ReplyCases.Read(TestData.Path("data", "structured-output", "model-replies.json"), mode);

    private static void Check(ReplyCase c, string reply, int size, List<string> problems)
    {
        try
        {
            Streams.Check(c.Shape, reply, Streams.Always(size), onContradiction: m => problems.Add($"{c.Id}: {m}"));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            problems.Add($"{c.Id}: {e.Message}");
        }
    }
}

using System.Text.Json;
using AiSdk.Benchmarks;
using Xunit;

namespace AiSdk.Tests;

public sealed class StreamingDataTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(100_000)]
    public void Nothing_shown_of_a_real_reply_is_taken_back(int size)
    {
        List<string> problems = [];
        foreach (ReplyCase c in ReplyCases.Read(TestData.Path("data", "structured-output", "model-replies.json"), "complete"))
        {
            try
            {
                Streams.Check(c.Shape, c.Reply, Streams.Always(size));
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                problems.Add($"{c.Id}: {e.Message}");
            }
        }
        Assert.True(problems.Count == 0, string.Join("\n\n", problems));
    }
}

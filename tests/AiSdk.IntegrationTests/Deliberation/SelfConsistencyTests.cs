using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.IntegrationTests.Deliberation;

/// <summary>Functions whose model is asked several times: how the vote goes, what it costs, and how it ends.</summary>
public sealed class SelfConsistencyTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Over_http_the_majority_wins_and_everything_is_summed()
    {
        string[] replies = ["Guilty", "NotGuilty", "Guilty", "NotGuilty", "Guilty"];
        int next = -1;
        await using OpenAiServer server = await OpenAiServer.StartAsync(exchange => exchange.ReplyAsync($$"""{"value":"{{replies[Interlocked.Increment(ref next)]}}"}"""));

        AiResult<Verdict> result = await new Court(server.CreateClient()).VoteAsync("x", CancellationToken);

        Assert.Equal(Verdict.Guilty, result.Value);
        Assert.Equal((5, 5, 3, 0.6), (result.Vote!.Samples, result.Vote.Counted, result.Vote.Votes, result.Vote.Agreement));
        Assert.Equal((5, 5 * 18L), (result.Attempts, result.Usage!.TotalTokenCount));
    }

    [Fact]
    public async Task No_more_is_asked_than_decides_the_vote()
    {
        Bench bench = new(Enumerable.Repeat("""{"value":"Guilty"}""", 5).ToArray());
        AiResult<Verdict> result = await new Court(bench).VoteAsync("x", CancellationToken);
        Assert.Equal((3, 3, 1.0), (result.Attempts, bench.Requests.Count, result.Vote!.Agreement));
    }

    [Fact]
    public async Task Samples_run_at_the_same_time_and_what_is_not_needed_is_cancelled()
    {
        // Two agree at once, the third disagrees; of the two that are asked then, one decides and the other never comes.
        TaskCompletionSource all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int waiting = 0;
        int cancelled = 0;
        Bench bench = new(async (i, _, token) =>
        {
            if (i < 3)
            {
                if (Interlocked.Increment(ref waiting) == 3)
                    all.SetResult();
                await all.Task.WaitAsync(token);
            }
            if (i == 4)
            {
                try
                {
                    await Task.Delay(Timeout.Infinite, token);
                }
                finally
                {
                    Interlocked.Increment(ref cancelled);
                }
            }
            return new ChatMessage(ChatRole.Assistant, $$"""{"value":"{{(i is 1 ? "NotGuilty" : "Guilty")}}"}""");
        });
        AiResult<Verdict> result = await new Court(bench).VoteAsync("x", CancellationToken);
        Assert.Equal((Verdict.Guilty, 3, 4), (result.Value, result.Vote!.Votes, result.Vote.Counted));
        Assert.Equal(bench.Requests.Count - 4, cancelled);
    }

    [Fact]
    public async Task Samples_that_fail_are_votes_less_and_only_if_all_fail_the_call_does()
    {
        Bench some = new((i, _, _) => i switch
        {
            0 => Task.FromException<ChatMessage>(new HttpRequestException("gone")),
            1 => Task.FromResult(new ChatMessage(ChatRole.Assistant, "no idea")),
            _ => Task.FromResult(new ChatMessage(ChatRole.Assistant, """{"value":"Guilty"}""")),
        });
        AiResult<Verdict> result = await new Court(some).VoteAsync("x", CancellationToken);
        Assert.Equal(Verdict.Guilty, result.Value);
        Assert.Equal(2, result.Vote!.Failures.Count);
        Assert.Contains(result.Vote.Failures, static e => e is HttpRequestException);
        Assert.Contains(result.Vote.Failures, static e => e is AiOutputException { RawReply: "no idea" });

        Bench none = new(Enumerable.Repeat("no idea", 5).ToArray());
        AiOutputException failed = await Assert.ThrowsAsync<AiOutputException>(() => new Court(none).VoteAsync("x", CancellationToken));
        Assert.Equal(5, failed.Attempts);
        Assert.Equal("no idea", failed.RawReply);
        Assert.Equal(5, Assert.IsType<AggregateException>(failed.InnerException).InnerExceptions.Count);
        Assert.StartsWith("ICourt.VoteAsync: none of 5 samples gave a value. The first: ", failed.Message, StringComparison.Ordinal);

        Bench gone = new((_, _, _) => Task.FromException<ChatMessage>(new HttpRequestException("gone")));
        Assert.IsNotType<AiOutputException>(await Assert.ThrowsAnyAsync<AiFunctionException>(() => new Court(gone).VoteAsync("x", CancellationToken)));
    }

    [Fact]
    public async Task A_call_that_is_cancelled_stops_all_of_its_samples()
    {
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(CancellationToken);
        int running = 0;
        Bench bench = new(async (_, _, token) =>
        {
            if (Interlocked.Increment(ref running) == 3)
                await source.CancelAsync();
            try
            {
                await Task.Delay(Timeout.Infinite, token);
            }
            finally
            {
                Interlocked.Decrement(ref running);
            }
            return new ChatMessage();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new Court(bench).VoteAsync("x", source.Token));
        Assert.Equal(0, running);
    }

    [Fact]
    public async Task Where_whole_values_differ_each_property_is_voted_on()
    {
        Bench bench = new(
            Ruling("One.", "Guilty", 2, "theft", "first"),
            Ruling("Two.", "Guilty", 3, "fraud", "second"),
            Ruling("Three.", "NotGuilty", 3, "theft", "third"));
        AiResult<Ruling> result = await new Court(bench).VoteOnRulingAsync("x", CancellationToken);

        Assert.Equal((Verdict.Guilty, 3), (result.Value.Verdict, result.Value.Years));
        Assert.Equal([new Charge("theft", 1)], result.Value.Charges);
        // What nobody agrees on comes from the sample that is with the majority most often; of several the first.
        Assert.Equal(("first", "One."), (result.Value.Note, result.Reasoning));
        Assert.Equal(1, result.Vote!.Votes);
        Assert.Equal([("verdict", 2 / 3.0), ("years", 2 / 3.0), ("charges", 2 / 3.0), ("note", 1 / 3.0)], result.Vote.Properties.Select(static p => (p.Key, p.Value)));
        Assert.Equal(7 / 12.0, result.Vote.Agreement, 12);
    }

    [Fact]
    public async Task Values_are_compared_part_by_part_not_as_they_are_written()
    {
        string[] alike =
        [
            """{"$type":"Postpone","until":"2026-03-31T10:00:00Z","costs":{"a":1.5,"b":2},"files":["https://a.org/x"]}""",
            """{"$type":"Postpone","until":"2026-03-31T12:00:00+02:00","costs":{"b":2.00,"a":1.50},"files":["https://a.org/x"]}""",
        ];
        AiResult<Motion> postpone = await new Court(new Bench([.. alike.Select(static json => $$"""{"value":{{json}}}""")])).MotionAsync("x", CancellationToken);
        Assert.Equal((2, 2), (postpone.Vote!.Votes, postpone.Attempts));

        AiResult<Motion> settle = await new Court(new Bench(
            """{"value":{"$type":"Settle","amount":1e2,"within":{"from":"2026-01-01","to":null},"dropped":[{"name":"theft","years":1}]}}""",
            """{"value":{"$type":"Settle","amount":100,"within":{"from":"2026-01-01","to":"2026-01-02"},"dropped":[{"name":"theft","years":1}]}}""",
            """{"value":{"$type":"Settle","amount":100.0,"within":{"from":"2026-01-01","to":null},"dropped":[{"name":"theft","years":1}]}}""")).MotionAsync("x", CancellationToken);
        Assert.Equal((2, 3), (settle.Vote!.Votes, settle.Vote.Counted));
        Assert.Null(Assert.IsType<Motion.Settle>(settle.Value).Within!.Value.To);
    }

    [Fact]
    public async Task A_refusal_and_a_reply_that_is_no_value_agree_with_none_and_a_failed_request_is_no_reply()
    {
        Bench bench = new((i, _, _) => i switch
        {
            0 => Task.FromResult(new ChatMessage(ChatRole.Assistant, [new ErrorContent("I will not judge.") { ErrorCode = "Refusal" }])),
            1 => Task.FromResult(new ChatMessage(ChatRole.Assistant, "I cannot say.")),
            2 => throw new HttpRequestException("503"),
            _ => Task.FromResult(new ChatMessage(ChatRole.Assistant, """{"value":"Guilty"}""")),
        });
        AiResult<Verdict> result = await new Court(bench).VoteAsync("x", CancellationToken);
        Assert.Equal((2, 2, 3, 0.5), (result.Vote!.Votes, result.Vote.Counted, result.Vote.Failures.Count, result.Vote.Agreement));
        Assert.Equal(5, result.Attempts);
    }

    [Fact]
    public async Task A_budget_of_tokens_ends_the_samples()
    {
        // 15 tokens a sample, 50 in all: three.
        Bench bench = new(Enumerable.Range(0, 5).Select(static i => Wrapped(i)).ToArray());
        AiResult<Ruling?> result = await new Court(bench).VoteWithinBudgetAsync("x", CancellationToken);
        Assert.Equal((3, 3), (result.Vote!.Counted, bench.Requests.Count));
        Assert.Equal(0, result.Value!.Years);
        // No reply may be longer than what is left of it.
        Assert.Equal([49, 34, 19], bench.Requests.Select(static request => request.Options!.MaxOutputTokens));

        static string Wrapped(int years) => $$$"""{"value":{"verdict":"Guilty","years":{{{years}}},"charges":[]}}""";
    }

    [Fact]
    public async Task Re_asks_of_samples_keep_to_the_budget()
    {
        Bench bench = new([.. Enumerable.Repeat("no idea", 20)]);

        AiOutputException e = await Assert.ThrowsAsync<AiOutputException>(() => new Court(bench).VoteAgainWithinBudgetAsync("x", CancellationToken));

        // Each of them takes 15 tokens.
        Assert.InRange(bench.Requests.Count, 1, 3);
        Assert.Contains("[SelfConsistency] TokenBudget", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_sample_uses_tools_that_read_and_none_may_have_an_effect()
    {
        Bench bench = new((_, messages, _) => Task.FromResult(messages.Any(static m => m.Role == ChatRole.Tool)
            ? new ChatMessage(ChatRole.Assistant, """{"value":"Guilty"}""")
            : new ChatMessage(ChatRole.Assistant, [new FunctionCallContent("1", "find_law", new Dictionary<string, object?> { ["name"] = "§ 1" })])));
        AiResult<Verdict> result = await new Court(bench, new AiFunctionsOptions()).VoteWithToolsAsync("x", CancellationToken);
        Assert.Equal(["§ 1 is in force.", "§ 1 is in force."], result.ToolCalls.Select(static call => call.Result));

        AiFunctionException refused = await Assert.ThrowsAsync<AiFunctionException>(() => new Court(bench).VoteWithGivenToolsAsync("x", LetterTools.AsAiTools(), CancellationToken));
        Assert.Contains("'send_letter' has an effect", refused.Message, StringComparison.Ordinal);

        // Of tools from elsewhere nobody knows what they do.
        int before = bench.Requests.Count;
        AIFunction plain = AIFunctionFactory.Create(() => "posted", "post");
        AiFunctionException unknown = await Assert.ThrowsAsync<AiFunctionException>(() => new Court(bench).VoteWithGivenToolsAsync("x", [plain], CancellationToken));
        Assert.Contains("'post' is not declared to only read", unknown.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<AiFunctionException>(() => new Court(bench).VoteWithGivenToolsAsync("x", [new HostedMcpServerTool("files", new Uri("https://files.example/mcp"))], CancellationToken));
        // A function whose own tools write does not only read.
        AiFunctionException indirect = await Assert.ThrowsAsync<AiFunctionException>(() => new Court(bench).VoteWithGivenToolsAsync("x", [Tools.ShopDesk.AnswerTool(new Tools.ShopDesk(bench))], CancellationToken));
        Assert.Contains("'Answer' is not declared to only read", indirect.Message, StringComparison.Ordinal);
        Assert.Equal(before, bench.Requests.Count);
        AIFunction read = ImportedTool.Create(JsonElement.Parse("""{"name":"find_law","parameters":{"type":"object","properties":{"name":{"type":"string"}}}}"""), static (_, _) => new ValueTask<object?>("It is in force."), ToolEffect.Read);
        Assert.Equal(Verdict.Guilty, (await new Court(bench).VoteWithGivenToolsAsync("x", [read, new HostedWebSearchTool()], CancellationToken)).Value);
    }

    [Fact]
    public async Task Spans_show_the_samples_below_their_call()
    {
        ConcurrentQueue<Activity> spans = new();
        using ActivityListener listener = new()
        {
            ShouldListenTo = static source => source.Name == "AiSdk",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        AiResult<Verdict> result = await new Court(new Bench(Enumerable.Repeat("""{"value":"Guilty"}""", 5).ToArray())).VoteAsync("spans", CancellationToken);

        Activity call = Assert.Single(spans, span => span.SpanId.ToHexString() == result.CallId);
        Assert.Equal(1.0, call.GetTagItem("aisdk.agreement"));
        Assert.Equal([0, 1, 2], spans.Where(span => span.ParentSpanId == call.SpanId && span.OperationName == "sample").Select(static span => (int)span.GetTagItem("aisdk.step.number")!).Order());
    }

    private static string Ruling(string thoughts, string verdict, int years, string charge, string note) =>
        $$$"""{"reasoning":"{{{thoughts}}}","value":{"verdict":"{{{verdict}}}","years":{{{years}}},"charges":[{"name":"{{{charge}}}","years":1}],"note":"{{{note}}}"}}""";
}

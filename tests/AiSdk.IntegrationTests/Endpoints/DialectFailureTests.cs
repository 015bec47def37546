using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Xunit;

namespace AiSdk.IntegrationTests;

/// <summary>What goes wrong is told in the same way, whatever the dialect; and what retries mend.</summary>
public sealed class DialectFailureTests
{
    private const string Json =
        """{"title":"Broken window","kind":"theft","amount":1,"happened":"2026-03-31","policy":"AB-1234","items":[{"article":"window","value":1}],"reporter":{"type":"Company","name":"Ada","register":"HRB 1"},"contact":"ada@example.org","share":null}""";

    private const string Cut = """{"title":"Broken window","kind":"theft","amo""";

    public static TheoryData<string> Names => DialectTests.Names;

    /// <summary>Those that have a form for a refusal.</summary>
    public static TheoryData<string> Refusing => ["OpenAIStrict", "OpenAITools", "Anthropic", "Gemini"];

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Refusing))]
    public async Task A_refusal_is_an_AiRefusalException_with_its_reason(string dialect)
    {
        await using DialectServer server = await DialectServer.StartAsync(dialect, static _ => new Answer { Text = "I won't do that.", Ending = Ending.Refused });
        ClaimDesk desk = new(server.CreateClient());

        AiRefusalException typed = await Assert.ThrowsAsync<AiRefusalException>(() => desk.ReadAsync("x", CancellationToken));
        AiRefusalException text = await Assert.ThrowsAsync<AiRefusalException>(() => desk.AnswerAsync("x", CancellationToken));
        AiRefusalException streamed = await Assert.ThrowsAsync<AiRefusalException>(() => desk.StreamAsync("x", CancellationToken).ToListAsync(CancellationToken).AsTask());
        AiRefusalException partial = await Assert.ThrowsAsync<AiRefusalException>(() => desk.WatchAsync("x", CancellationToken).ToListAsync(CancellationToken).AsTask());

        string reason = dialect switch { "Anthropic" => "content_filter", "Gemini" => "SAFETY", _ => "refusal" };
        Assert.All([typed, text, streamed, partial], refused =>
        {
            Assert.Equal(reason, refused.Reason);
            Assert.Equal("I won't do that.", refused.Refusal + refused.RawReply);
        });
    }

    [Fact]
    public async Task A_prompt_that_Gemini_blocks_is_an_AiRefusalException()
    {
        await using DialectServer server = await DialectServer.StartAsync("Gemini", static _ => throw new InvalidOperationException(), static async (context, _) =>
        {
            await context.Response.WriteAsync("""{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},"usageMetadata":{"promptTokenCount":4,"cachedContentTokenCount":0,"candidatesTokenCount":0,"thoughtsTokenCount":0,"totalTokenCount":4}}""");
            return true;
        });

        AiRefusalException refused = await Assert.ThrowsAsync<AiRefusalException>(() => new ClaimDesk(server.CreateClient()).ReadAsync("x", CancellationToken));

        Assert.Equal("PROHIBITED_CONTENT", refused.Reason);
    }

    [Fact]
    public async Task A_prompt_that_Azures_filter_refuses_is_an_AiRefusalException()
    {
        await using DialectServer server = await DialectServer.StartAsync("OpenAIStrict", static _ => throw new InvalidOperationException(), static async (context, _) =>
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("""{"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy.","type":null,"param":"prompt","code":"content_filter","status":400}}""");
            return true;
        });

        AiRefusalException refused = await Assert.ThrowsAsync<AiRefusalException>(() => new ClaimDesk(server.CreateClient()).ReadAsync("x", CancellationToken));

        Assert.Equal("content_filter", refused.Reason);
        Assert.Contains("content management policy", refused.Message, StringComparison.Ordinal);
        Assert.NotNull(refused.InnerException);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task A_reply_that_is_cut_off_says_so(string dialect)
    {
        await using DialectServer server = await DialectServer.StartAsync(dialect, static _ => new Answer { Text = Cut, Ending = Ending.AtTheTokenLimit });
        ClaimDesk desk = new(server.CreateClient());

        AiTruncatedException cut = await Assert.ThrowsAsync<AiTruncatedException>(() => desk.ReadAsync("x", CancellationToken));
        AiTruncatedException text = await Assert.ThrowsAsync<AiTruncatedException>(() => desk.AnswerAsync("x", CancellationToken));

        Assert.Equal((Cut, Cut), (cut.RawReply, text.RawReply));
        Assert.Contains("cut off at the token limit", cut.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Too_many_requests_are_told_in_the_providers_words_and_not_retried(string dialect)
    {
        await using DialectServer server = await DialectServer.StartAsync(dialect, static _ => Answer.Of(Json), Fail(dialect, StatusCodes.Status429TooManyRequests, "rate_limit_error", "slow down, please", times: int.MaxValue));
        ClaimDesk desk = new(server.CreateClient());

        AiFunctionException failure = await Assert.ThrowsAsync<AiFunctionException>(() => desk.ReadAsync("x", CancellationToken));
        AiFunctionException streamed = await Assert.ThrowsAsync<AiFunctionException>(() => desk.StreamAsync("x", CancellationToken).ToListAsync(CancellationToken).AsTask());

        Assert.All([failure, streamed], static f => Assert.NotNull(f.InnerException));
        if (dialect != "Ollama")
            Assert.Contains("slow down, please", failure.Message, StringComparison.Ordinal);
        Assert.Equal("IClaimDesk.ReadAsync", failure.FunctionName);
        Assert.Equal(2, server.Requests.Count);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task A_resilience_handler_waits_as_it_is_told_and_asks_again(string dialect)
    {
        await using DialectServer server = await DialectServer.StartAsync(dialect, static _ => Answer.Of(Json), Fail(dialect, StatusCodes.Status429TooManyRequests, "rate_limit_error", "slow down", times: 2));
        ClaimDesk desk = new(server.CreateClient(Retrying));

        AiResult<Claim> result = await desk.ReadAsync("x", CancellationToken);

        Assert.Equal(new Party.Company("Ada", "HRB 1"), result.Value.Reporter);
        Assert.Equal(3, server.Requests.Count);
        Assert.All(server.Requests, request => Assert.Equal(server.Requests[0].GetRawText(), request.GetRawText()));
    }

    [Theory, MemberData(nameof(Names))]
    public async Task A_bad_request_is_told_in_the_providers_words(string dialect)
    {
        await using DialectServer server = await DialectServer.StartAsync(dialect, static _ => Answer.Of(Json), Fail(dialect, StatusCodes.Status400BadRequest, "invalid_request_error", "temperature: range: 0..1", times: int.MaxValue));

        AiFunctionException failure = await Assert.ThrowsAsync<AiFunctionException>(() => new ClaimDesk(server.CreateClient(Retrying)).ReadAsync("x", CancellationToken));

        if (dialect != "Ollama")
            Assert.Contains("temperature: range: 0..1", failure.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task A_body_that_is_none_of_the_dialects_is_an_AiFunctionException(string dialect)
    {
        foreach (string body in (string[])["<html>Bad gateway</html>", "{", "[]", "null"])
        {
            await using DialectServer server = await DialectServer.StartAsync(dialect, static _ => throw new InvalidOperationException(), async (context, _) =>
            {
                context.Response.ContentType = "application/json";
                await context.Response.WriteAsync(body);
                return true;
            });

            AiFunctionException failure = await Assert.ThrowsAnyAsync<AiFunctionException>(() => new ClaimDesk(server.CreateClient()).ReadAsync("x", CancellationToken));
            Assert.Equal("IClaimDesk.ReadAsync", failure.FunctionName);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Cancelling_ends_a_call_and_a_stream_that_hang(string dialect)
    {
        TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using DialectServer server = await DialectServer.StartAsync(dialect, static _ => throw new InvalidOperationException(), async (context, number) =>
        {
            if (number == 0)
                arrived.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
            return true;
        });
        ClaimDesk desk = new(server.CreateClient());
        using CancellationTokenSource cancel = new();

        Task<AiResult<Claim>> call = desk.ReadAsync("x", cancel.Token);
        await arrived.Task.WaitAsync(CancellationToken);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => desk.WatchAsync("x", new CancellationToken(canceled: true)).ToListAsync(CancellationToken).AsTask());
        Assert.Single(server.Requests);
    }

    // What README shows, but without its waiting.
    private static ResilienceHandler Retrying(HttpMessageHandler inner) => new(new ResiliencePipelineBuilder<HttpResponseMessage>()
        .AddRetry(new HttpRetryStrategyOptions { MaxRetryAttempts = 3, Delay = TimeSpan.FromMilliseconds(1), ShouldRetryAfterHeader = true })
        .Build())
    { InnerHandler = inner };

    private static Func<HttpContext, int, Task<bool>> Fail(string dialect, int status, string type, string message, int times) => async (context, number) =>
    {
        if (number >= times)
            return false;
        context.Response.Headers.RetryAfter = "0";
        await DialectServer.FailAsync(context, dialect, status, type, message);
        return true;
    };
}

using System.ClientModel;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.IntegrationTests;

/// <summary>Calls over HTTP that fail: each way has its documented exception, and nothing is asked twice.</summary>
public sealed class FailureTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_refusal_is_an_AiRefusalException_with_the_models_words()
    {
        await using OpenAiServer server = await OpenAiServer.StartAsync(static exchange => exchange.ReplyAsync(null, refusal: "I won't do that."));
        Desk desk = server.CreateDesk();

        AiRefusalException typed = await Assert.ThrowsAsync<AiRefusalException>(() => desk.ExtractAsync("x", CancellationToken));
        AiRefusalException text = await Assert.ThrowsAsync<AiRefusalException>(() => desk.AnswerAsync("x", CancellationToken));
        AiRefusalException result = await Assert.ThrowsAsync<AiRefusalException>(() => desk.AnswerWithDetailsAsync("x", CancellationToken));

        Assert.All([typed, text, result], static refused =>
        {
            Assert.Equal("I won't do that.", refused.Refusal);
            Assert.Equal("", refused.RawReply);
            Assert.Contains("I won't do that.", refused.Message, StringComparison.Ordinal);
        });
        Assert.Equal("IDesk.ExtractAsync", typed.FunctionName);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task A_filtered_reply_is_an_AiRefusalException_that_keeps_what_had_come()
    {
        await using OpenAiServer server = await OpenAiServer.StartAsync(static exchange => exchange.ReplyAsync("half an ans", finishReason: "content_filter"));
        Desk desk = server.CreateDesk();

        AiRefusalException text = await Assert.ThrowsAsync<AiRefusalException>(() => desk.AnswerAsync("x", CancellationToken));
        AiRefusalException typed = await Assert.ThrowsAsync<AiRefusalException>(() => desk.ExtractAsync("x", CancellationToken));

        Assert.Equal(("half an ans", ""), (text.RawReply, text.Refusal));
        Assert.Equal("half an ans", typed.RawReply);
    }

    [Fact]
    public async Task A_typed_reply_cut_off_at_the_token_limit_is_an_AiTruncatedException()
    {
        const string Cut = """{"customer":"Ada","lines":[{"arti""";
        await using OpenAiServer server = await OpenAiServer.StartAsync(static exchange => exchange.ReplyAsync(Cut, finishReason: "length"));

        AiTruncatedException cut = await Assert.ThrowsAsync<AiTruncatedException>(() => server.CreateDesk().ExtractAsync("x", CancellationToken));

        Assert.Equal(Cut, cut.RawReply);
        Assert.Equal("IDesk.ExtractAsync", cut.FunctionName);
        AiOutputException where = Assert.IsType<AiOutputException>(cut.InnerException);
        Assert.Equal("$.lines[0].article", where.Path);
        Assert.Equal(cut.CallId, where.CallId);
    }

    [Fact]
    public async Task A_typed_reply_that_is_complete_at_the_token_limit_is_a_value()
    {
        await using OpenAiServer server = await OpenAiServer.StartAsync(static exchange => exchange.ReplyAsync("""{"value":12}""", finishReason: "length"));

        Assert.Equal(12, await server.CreateDesk().CountAsync("x", CancellationToken));
    }

    [Fact]
    public async Task A_bare_number_at_the_token_limit_may_lack_digits_and_is_an_AiTruncatedException()
    {
        await using OpenAiServer server = await OpenAiServer.StartAsync(static exchange => exchange.ReplyAsync("12", finishReason: "length"));

        AiTruncatedException cut = await Assert.ThrowsAsync<AiTruncatedException>(async () => await server.CreateDesk().CountAsync("x", CancellationToken));

        Assert.Equal("12", cut.RawReply);
    }

    [Fact]
    public async Task Text_cut_off_at_the_token_limit_is_an_AiTruncatedException_unless_the_function_gives_a_result()
    {
        await using OpenAiServer server = await OpenAiServer.StartAsync(static exchange => exchange.ReplyAsync("half an ans", finishReason: "length"));
        Desk desk = server.CreateDesk();

        AiTruncatedException cut = await Assert.ThrowsAsync<AiTruncatedException>(() => desk.AnswerAsync("x", CancellationToken));
        AiResult<string> result = await desk.AnswerWithDetailsAsync("x", CancellationToken);

        Assert.Equal("half an ans", cut.RawReply);
        Assert.Equal("half an ans", result.Value);
        Assert.Equal(ChatFinishReason.Length, result.FinishReason);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task An_HTTP_error_is_an_AiFunctionException_with_the_clients_own_inside_and_nothing_is_retried(int status)
    {
        await using OpenAiServer server = await OpenAiServer.StartAsync(exchange =>
        {
            exchange.Context.Response.Headers.RetryAfter = "0";
            return exchange.WriteAsync("""{"error":{"message":"the server's own words","type":"error","code":"code"}}""", status);
        });
        Desk desk = server.CreateDesk();

        AiFunctionException typed = await Assert.ThrowsAsync<AiFunctionException>(() => desk.ExtractAsync("x", CancellationToken));
        AiFunctionException streamed = await Assert.ThrowsAsync<AiFunctionException>(() => desk.StreamAsync("x", CancellationToken).ToListAsync(CancellationToken).AsTask());

        Assert.Equal(status, Assert.IsType<ClientResultException>(typed.InnerException).Status);
        Assert.Equal(status, Assert.IsType<ClientResultException>(streamed.InnerException).Status);
        Assert.Contains("the server's own words", typed.Message, StringComparison.Ordinal);
        Assert.Equal(("IDesk.ExtractAsync", ""), (typed.FunctionName, typed.RawReply));
        Assert.Equal(2, server.Requests.Count);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("<html>Bad gateway</html>")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"choices":[]}""")]
    [InlineData("""{"id":"1","model":"m","created":1,"choices":{}}""")]
    public async Task A_body_that_is_no_completion_is_an_AiFunctionException(string body)
    {
        await using OpenAiServer server = await OpenAiServer.StartAsync(exchange => exchange.WriteAsync(body));

        AiFunctionException failed = await Assert.ThrowsAnyAsync<AiFunctionException>(() => server.CreateDesk().ExtractAsync("x", CancellationToken));

        Assert.Equal("IDesk.ExtractAsync", failed.FunctionName);
        Assert.NotNull(failed.InnerException);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_connection_that_nobody_accepts_is_an_AiFunctionException()
    {
        OpenAiServer server = await OpenAiServer.ReplyingAsync("ok");
        Desk desk = server.CreateDesk();
        await server.DisposeAsync();

        AiFunctionException failed = await Assert.ThrowsAsync<AiFunctionException>(() => desk.AnswerAsync("x", CancellationToken));

        Assert.NotNull(failed.InnerException);
    }

    [Fact]
    public async Task A_connection_dropped_in_the_middle_of_a_body_is_an_AiFunctionException()
    {
        await using OpenAiServer server = await OpenAiServer.StartAsync(static async exchange =>
        {
            exchange.Context.Response.ContentLength = 1000;
            await exchange.WriteAsync("""{"id":"chatcmpl-1",""");
            await exchange.Context.Response.Body.FlushAsync(exchange.Aborted);
            exchange.Context.Abort();
        });

        AiFunctionException failed = await Assert.ThrowsAsync<AiFunctionException>(() => server.CreateDesk().AnswerAsync("x", CancellationToken));

        Assert.NotNull(failed.InnerException);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_reply_that_is_not_the_type_is_an_AiOutputException_with_path_position_and_raw_reply()
    {
        const string Reply = """{"customer":"Zoë 😀","lines":[{"article":"çay","quantity":1,"price":2,"reason":null},{"article":"süt","quantity":"two","price":2,"reason":null}],"urgent":true,"note":null}""";
        await using OpenAiServer server = await OpenAiServer.ReplyingAsync(Reply);

        AiOutputException wrong = await Assert.ThrowsAsync<AiOutputException>(() => server.CreateDesk().ExtractAsync("x", CancellationToken));

        Assert.Equal("$.lines[1].quantity", wrong.Path);
        Assert.Equal(Reply.IndexOf("\"two\"", StringComparison.Ordinal), wrong.Position);
        Assert.Equal(Reply, wrong.RawReply);
        Assert.Equal("IDesk.ExtractAsync", wrong.FunctionName);
        Assert.Contains("\"two\"", wrong.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("")]
    [InlineData("I'm sorry, here it is:")]
    [InlineData("```json\n{\"value\":1}\n{\"value\":2}\n```")]
    [InlineData("""{"value":1.5}""")]
    [InlineData("""{"value":null}""")]
    public async Task Whatever_else_the_model_says_is_an_AiOutputException(string reply)
    {
        await using OpenAiServer server = await OpenAiServer.ReplyingAsync(reply);

        AiOutputException wrong = await Assert.ThrowsAsync<AiOutputException>(async () => await server.CreateDesk().CountAsync("x", CancellationToken));

        Assert.Equal(reply, wrong.RawReply);
        Assert.InRange(wrong.Position, 0, reply.Length);
        Assert.StartsWith("$", wrong.Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_a_call_that_is_never_answered_is_an_OperationCanceledException_at_once()
    {
        TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using OpenAiServer server = await OpenAiServer.StartAsync(exchange =>
        {
            arrived.SetResult();
            return exchange.HangAsync();
        });
        using CancellationTokenSource cancel = new();

        Task<Order> call = server.CreateDesk().ExtractAsync("x", cancel.Token);
        await arrived.Task.WaitAsync(CancellationToken);
        long started = Stopwatch.GetTimestamp();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);

        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 0, 5);
        Assert.True(call.IsCanceled);
    }

    [Fact]
    public async Task A_token_cancelled_before_the_call_sends_nothing()
    {
        await using OpenAiServer server = await OpenAiServer.ReplyingAsync("ok");
        Desk desk = server.CreateDesk();
        CancellationToken cancelled = new(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => desk.AnswerAsync("x", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => desk.StreamAsync("x", cancelled).ToListAsync(CancellationToken).AsTask());

        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_client_that_gives_up_waiting_is_an_AiFunctionException_and_no_cancellation()
    {
        await using OpenAiServer server = await OpenAiServer.StartAsync(static exchange => exchange.HangAsync());
        Desk desk = server.CreateDesk(timeout: TimeSpan.FromMilliseconds(200));

        AiFunctionException waited = await Assert.ThrowsAsync<AiFunctionException>(() => desk.AnswerAsync("x", CancellationToken));

        Assert.NotNull(waited.InnerException);
        Assert.Contains("gave up waiting", waited.Message, StringComparison.Ordinal);
    }
}

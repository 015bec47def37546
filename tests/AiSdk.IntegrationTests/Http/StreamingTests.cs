using System.Diagnostics;
using System.Text.Json.Nodes;
using Xunit;

namespace AiSdk.IntegrationTests;

/// <summary>Text over server-sent events: piece by piece, and each way in which it can end.</summary>
public sealed class StreamingTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_piece_is_given_before_the_next_is_sent()
    {
        TaskCompletionSource seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using OpenAiServer server = await OpenAiServer.StartAsync(async exchange =>
        {
            await exchange.SendDeltaAsync(new JsonObject { ["role"] = "assistant", ["content"] = "" });
            await exchange.SendAsync("Hel");
            await seen.Task.WaitAsync(TimeSpan.FromSeconds(20), exchange.Aborted);
            await exchange.SendAsync("lo 😀");
            await exchange.EndAsync();
        });

        List<string> pieces = [];
        await foreach (string piece in server.CreateDesk().StreamAsync("x", CancellationToken))
        {
            pieces.Add(piece);
            seen.TrySetResult();
        }

        Assert.Equal(["Hel", "lo 😀"], pieces);
        Assert.True(server.Request.GetProperty("stream").GetBoolean());
    }

    [Fact]
    public async Task A_streamed_refusal_is_an_AiRefusalException_with_all_of_its_words()
    {
        await using OpenAiServer server = await OpenAiServer.StartAsync(static async exchange =>
        {
            await exchange.SendAsync("Well, ");
            await exchange.SendDeltaAsync(new JsonObject { ["refusal"] = "I won't " });
            await exchange.SendDeltaAsync(new JsonObject { ["refusal"] = "do that." });
            await exchange.EndAsync();
        });

        (List<string> pieces, AiRefusalException refused) = await FailAsync<AiRefusalException>(server);

        Assert.Equal(["Well, "], pieces);
        Assert.Equal("I won't do that.", refused.Refusal);
        Assert.Equal("Well, ", refused.RawReply);
    }

    [Fact]
    public async Task A_stream_cut_off_at_the_token_limit_gives_all_pieces_and_then_an_AiTruncatedException()
    {
        await using OpenAiServer server = await OpenAiServer.StartAsync(static async exchange =>
        {
            await exchange.SendAsync("one ");
            await exchange.SendAsync("two");
            await exchange.EndAsync("length");
        });

        (List<string> pieces, AiTruncatedException cut) = await FailAsync<AiTruncatedException>(server);

        Assert.Equal(["one ", "two"], pieces);
        Assert.Equal("one two", cut.RawReply);
    }

    [Fact]
    public async Task A_stream_stopped_by_the_content_filter_gives_all_pieces_and_then_an_AiRefusalException()
    {
        await using OpenAiServer server = await OpenAiServer.StartAsync(static async exchange =>
        {
            await exchange.SendAsync("one ");
            await exchange.EndAsync("content_filter");
        });

        (List<string> pieces, AiRefusalException refused) = await FailAsync<AiRefusalException>(server);

        Assert.Equal(["one "], pieces);
        Assert.Equal("one ", refused.RawReply);
    }

    [Theory]
    [InlineData("{\"id\":")]
    [InlineData("not json at all")]
    [InlineData("[]")]
    public async Task A_malformed_event_is_an_AiFunctionException_that_keeps_what_had_come(string data)
    {
        await using OpenAiServer server = await OpenAiServer.StartAsync(async exchange =>
        {
            await exchange.SendAsync("so far");
            await exchange.SendEventAsync(data);
            await exchange.EndAsync();
        });

        (List<string> pieces, AiFunctionException failed) = await FailAsync<AiFunctionException>(server);

        Assert.Equal(["so far"], pieces);
        Assert.Equal("so far", failed.RawReply);
        Assert.NotNull(failed.InnerException);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_connection_dropped_between_pieces_is_an_AiFunctionException_that_keeps_what_had_come()
    {
        TaskCompletionSource seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using OpenAiServer server = await OpenAiServer.StartAsync(async exchange =>
        {
            await exchange.SendAsync("so ");
            await exchange.SendAsync("far");
            await seen.Task.WaitAsync(TimeSpan.FromSeconds(20), exchange.Aborted);
            exchange.Context.Abort();
        });

        (List<string> pieces, AiFunctionException failed) = await FailAsync<AiFunctionException>(server, afterPiece: count =>
        {
            if (count == 2)
                seen.SetResult();
        });

        Assert.Equal(["so ", "far"], pieces);
        Assert.Equal("so far", failed.RawReply);
        Assert.Equal("IDesk.StreamAsync", failed.FunctionName);
        Assert.NotNull(failed.InnerException);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Cancelling_a_stream_that_never_begins_is_an_OperationCanceledException_at_once()
    {
        TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using OpenAiServer server = await OpenAiServer.StartAsync(exchange =>
        {
            arrived.SetResult();
            return exchange.HangAsync();
        });
        using CancellationTokenSource cancel = new();

        Task<List<string>> call = server.CreateDesk().StreamAsync("x", cancel.Token).ToListAsync(CancellationToken).AsTask();
        await arrived.Task.WaitAsync(CancellationToken);
        await AssertCancelsPromptly(cancel, call);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancelling_while_the_next_piece_is_awaited_is_an_OperationCanceledException_at_once(bool withCancellation)
    {
        TaskCompletionSource seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using OpenAiServer server = await OpenAiServer.StartAsync(static async exchange =>
        {
            await exchange.SendAsync("first");
            await exchange.HangAsync();
        });
        using CancellationTokenSource cancel = new();

        Task call = ReadAsync();
        await seen.Task.WaitAsync(CancellationToken);
        await AssertCancelsPromptly(cancel, call);

        async Task ReadAsync()
        {
            Desk desk = server.CreateDesk();
            IAsyncEnumerable<string> stream = withCancellation ? desk.StreamAsync("x", CancellationToken) : desk.StreamAsync("x", cancel.Token);
            await foreach (string piece in stream.WithCancellation(withCancellation ? cancel.Token : CancellationToken))
                seen.TrySetResult();
        }
    }

    [Fact]
    public async Task Cancelling_between_pieces_ends_the_stream_though_more_has_already_come()
    {
        await using OpenAiServer server = await OpenAiServer.StartAsync(static async exchange =>
        {
            foreach (string piece in (string[])["one", "two", "three"])
                await exchange.SendAsync(piece);
            await exchange.EndAsync();
        });
        using CancellationTokenSource cancel = new();
        List<string> pieces = [];

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (string piece in server.CreateDesk().StreamAsync("x", cancel.Token))
            {
                pieces.Add(piece);
                await cancel.CancelAsync();
            }
        });

        Assert.Equal(["one"], pieces);
    }

    [Fact]
    public async Task Leaving_a_stream_early_closes_the_connection()
    {
        TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using OpenAiServer server = await OpenAiServer.StartAsync(async exchange =>
        {
            await exchange.SendAsync("first");
            await exchange.HangAsync();
            closed.SetResult();
        });

        await foreach (string piece in server.CreateDesk().StreamAsync("x", CancellationToken))
        {
            Assert.Equal("first", piece);
            break;
        }

        await closed.Task.WaitAsync(TimeSpan.FromSeconds(10), CancellationToken);
    }

    [Fact]
    public async Task A_client_that_gives_up_waiting_for_the_next_piece_is_an_AiFunctionException_and_no_cancellation()
    {
        await using OpenAiServer server = await OpenAiServer.StartAsync(static async exchange =>
        {
            await exchange.SendAsync("first");
            await exchange.HangAsync();
        });

        (List<string> pieces, AiFunctionException waited) = await FailAsync<AiFunctionException>(server, timeout: TimeSpan.FromMilliseconds(500));

        Assert.Equal(["first"], pieces);
        Assert.Equal("first", waited.RawReply);
        Assert.NotNull(waited.InnerException);
    }

    [Fact]
    public async Task A_stream_can_be_enumerated_again_and_asks_again()
    {
        await using OpenAiServer server = await OpenAiServer.StartAsync(static async exchange =>
        {
            await exchange.SendAsync(exchange.Question);
            await exchange.EndAsync();
        });
        IAsyncEnumerable<string> stream = server.CreateDesk().StreamAsync("echo", CancellationToken);

        Assert.Equal(["echo"], await stream.ToListAsync(CancellationToken));
        Assert.Equal(["echo"], await stream.ToListAsync(CancellationToken));

        Assert.Equal(2, server.Requests.Count);
    }

    private static async Task AssertCancelsPromptly(CancellationTokenSource cancel, Task call)
    {
        long started = Stopwatch.GetTimestamp();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 0, 5);
    }

    private static async Task<(List<string> Pieces, TException Exception)> FailAsync<TException>(OpenAiServer server, Action<int>? afterPiece = null, TimeSpan? timeout = null)
        where TException : AiFunctionException
    {
        List<string> pieces = [];
        TException exception = await Assert.ThrowsAsync<TException>(async () =>
        {
            await foreach (string piece in server.CreateDesk(timeout).StreamAsync("x", CancellationToken))
            {
                pieces.Add(piece);
                afterPiece?.Invoke(pieces.Count);
            }
        });
        return (pieces, exception);
    }
}

using AiSdk.CompilerServices;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Tests;

/// <summary>What becomes of a chat client's response.</summary>
public sealed class AiCallerTests
{
    private static readonly ChatMessage[] _messages = [new(ChatRole.User, "question")];

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_and_options_reach_the_client_as_they_are()
    {
        ChatOptions options = new() { Temperature = 0.5f };
        (object? Messages, ChatOptions? Options) sent = default;
        StubChatClient client = new()
        {
            Response = (messages, given) =>
            {
                sent = (messages, given);
                return new ChatResponse(new ChatMessage(ChatRole.Assistant, "5"));
            },
        };

        Assert.Equal(5, await GetIntAsync(client, options));

        Assert.Same(_messages, sent.Messages);
        Assert.Same(options, sent.Options);
    }

    [Fact]
    public async Task Only_what_is_said_after_the_last_tool_message_is_the_reply()
    {
        StubChatClient client = Responding(
            new ChatMessage(ChatRole.Assistant, [new TextContent("Let me look. "), new FunctionCallContent("1", "look")]),
            new ChatMessage(ChatRole.Tool, [new FunctionResultContent("1", "7")]),
            new ChatMessage(ChatRole.Assistant, [new TextContent("Once more. "), new FunctionCallContent("2", "look")]),
            new ChatMessage(ChatRole.Tool, [new FunctionResultContent("2", "8")]),
            new ChatMessage(ChatRole.Assistant, """{"value":"""),
            new ChatMessage(ChatRole.Assistant, [new TextReasoningContent("so it is eight"), new TextContent("8"), new TextContent("}")]));

        Assert.Equal(8, await GetIntAsync(client));
        Assert.Equal("""{"value":8}""", await GetTextAsync(client));
    }

    [Fact]
    public async Task A_response_without_text_is_an_empty_reply()
    {
        foreach (StubChatClient client in (StubChatClient[])[Responding(), Responding(new ChatMessage(ChatRole.Tool, [new FunctionResultContent("1", "7")])), Responding(new ChatMessage(ChatRole.Assistant, [new FunctionCallContent("1", "look")]))])
        {
            AiOutputException empty = await Assert.ThrowsAsync<AiOutputException>(() => GetIntAsync(client));
            Assert.Contains("the reply is empty", empty.Message, StringComparison.Ordinal);
            Assert.Equal("", await GetTextAsync(client));
        }
    }

    [Fact]
    public async Task An_error_in_the_response_is_an_AiFunctionException_with_its_words_and_code()
    {
        StubChatClient client = Responding(new ChatMessage(ChatRole.Assistant, [new TextContent("so far"), new ErrorContent("it broke") { ErrorCode = "E7" }]));

        AiFunctionException failed = await Assert.ThrowsAsync<AiFunctionException>(() => GetIntAsync(client));

        Assert.Equal("ITests.Get: the endpoint reported an error: it broke E7", failed.Message);
        Assert.Equal("so far", failed.RawReply);
    }

    [Fact]
    public async Task An_error_before_the_last_tool_message_has_been_dealt_with()
    {
        StubChatClient client = Responding(
            new ChatMessage(ChatRole.Assistant, [new ErrorContent("it broke")]), new ChatMessage(ChatRole.Tool, "retried"), new ChatMessage(ChatRole.Assistant, "5"));

        Assert.Equal(5, await GetIntAsync(client));
    }

    [Theory]
    [InlineData("Refusal")]
    [InlineData("refusal")]
    public async Task An_error_with_the_code_of_a_refusal_is_an_AiRefusalException(string code)
    {
        StubChatClient client = Responding(new ChatMessage(ChatRole.Assistant, [new ErrorContent("I won't") { ErrorCode = code }]));

        Assert.Equal("I won't", (await Assert.ThrowsAsync<AiRefusalException>(() => GetIntAsync(client))).Refusal);
    }

    [Fact]
    public async Task A_streamed_error_keeps_the_text_that_came_with_it()
    {
        StubChatClient client = new() { Updates = static () => [new(ChatRole.Assistant, "one "), new(ChatRole.Assistant, [new TextContent("two"), new ErrorContent("it broke")])] };
        List<string> pieces = [];

        AiFunctionException failed = await Assert.ThrowsAsync<AiFunctionException>(async () =>
        {
            await foreach (string piece in Stream(client))
                pieces.Add(piece);
        });

        Assert.Equal(["one "], pieces);
        Assert.Equal("one two", failed.RawReply);
    }

    [Fact]
    public async Task Empty_pieces_and_reasoning_are_not_given()
    {
        StubChatClient client = new()
        {
            Updates = static () => [new(ChatRole.Assistant, ""), new(ChatRole.Assistant, [new TextReasoningContent("hm")]), new(ChatRole.Assistant, "a"), new(), new(ChatRole.Assistant, [new TextContent("b"), new TextContent("c")])],
        };

        Assert.Equal(["a", "bc"], await Stream(client).ToListAsync(CancellationToken));
    }

    [Theory]
    [InlineData("12", true)]
    [InlineData("12 ", true)]
    [InlineData("""{"value":12}""", false)]
    public async Task A_bare_number_cut_off_at_the_token_limit_is_not_trusted(string reply, bool isTruncated)
    {
        StubChatClient client = StubChatClient.Saying(reply, ChatFinishReason.Length);

        if (isTruncated)
            Assert.Equal(reply, (await Assert.ThrowsAsync<AiTruncatedException>(() => GetIntAsync(client))).RawReply);
        else
            Assert.Equal(12, await GetIntAsync(client));
    }

    [Fact]
    public async Task What_the_client_throws_is_the_inner_exception()
    {
        InvalidOperationException thrown = new("no route");
        StubChatClient client = StubChatClient.Failing(thrown);

        AiFunctionException[] all =
        [
            await Assert.ThrowsAsync<AiFunctionException>(() => GetIntAsync(client)),
            await Assert.ThrowsAsync<AiFunctionException>(() => GetTextAsync(client)),
            await Assert.ThrowsAsync<AiFunctionException>(() => Caller(client).GetResultAsync(Function, _messages, new(), CancellationToken)),
            await Assert.ThrowsAsync<AiFunctionException>(() => Stream(client).ToListAsync(CancellationToken).AsTask()),
        ];

        Assert.All(all, failed =>
        {
            Assert.Same(thrown, failed.InnerException);
            Assert.Contains("the chat client failed: no route", failed.Message, StringComparison.Ordinal);
            Assert.Matches("^[0-9a-f]{16}$", failed.CallId);
        });
    }

    [Fact]
    public async Task A_cancellation_that_nobody_asked_for_is_a_failure_of_the_client()
    {
        AiFunctionException failed = await Assert.ThrowsAsync<AiFunctionException>(() => GetIntAsync(StubChatClient.Failing(new TaskCanceledException("timed out"))));

        Assert.IsType<TaskCanceledException>(failed.InnerException);
        Assert.Contains("gave up waiting", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancellation_that_was_asked_for_is_the_clients_own()
    {
        using CancellationTokenSource cancel = new();
        await cancel.CancelAsync();
        OperationCanceledException thrown = new(cancel.Token);

        OperationCanceledException caught = await Assert.ThrowsAsync<OperationCanceledException>(
            () => Caller(StubChatClient.Failing(thrown)).GetTextAsync(TestFunction.Text, _messages, null, cancel.Token));

        Assert.Equal(cancel.Token, caught.CancellationToken);
    }

    [Fact]
    public async Task A_stream_asks_nothing_until_it_is_enumerated()
    {
        int asked = 0;
        StubChatClient client = new()
        {
            Updates = () =>
            {
                asked++;
                return [];
            },
        };

        IAsyncEnumerable<string> stream = Stream(client);
        Assert.Equal(0, asked);
        Assert.Empty(await stream.ToListAsync(CancellationToken));
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task The_options_are_read_once()
    {
        AiFunctionsOptions options = new();
        options.Clients["fast"] = StubChatClient.Saying("1");
        AiCaller caller = AiCaller.ForKey("fast", "X", options);
        options.Clients["fast"] = StubChatClient.Saying("2");

        Assert.Equal(1, await caller.GetValueAsync(Function, _messages, new(), CancellationToken));
        Assert.Throws<ArgumentException>("options", () => AiCaller.ForKey("FAST", "X", options));
        Assert.Throws<ArgumentException>("options", static () => AiCaller.ForKey("fast", "X", null));
        Assert.Throws<ArgumentNullException>("client", () => new AiCaller(null!, options));
    }

    [Fact]
    public void The_options_begin_without_clients_logging_or_content()
    {
        AiFunctionsOptions options = new();

        Assert.Empty(options.Clients);
        Assert.Null(options.LoggerFactory);
        Assert.False(options.EnableSensitiveData);
    }

    [Fact]
    public void The_response_format_is_the_schema_made_once()
    {
        OutputSchema schema = new("Deep", """{"type":"object","properties":{"a":{"type":"string"}}}""", "{}", false, static () => new OutputShape { Kind = OutputShapeKind.Object, Name = "Deep" }, "what it is for");

        Assert.Same(schema.ResponseFormat, schema.ResponseFormat);
        Assert.Same(schema.Shape, schema.Shape);
        Assert.Equal(("Deep", "what it is for"), (schema.ResponseFormat.SchemaName, schema.ResponseFormat.SchemaDescription));
        Assert.Equal(schema.JsonSchema, schema.ResponseFormat.Schema!.Value.GetRawText());
    }

    [Fact]
    public void The_schema_of_a_deeply_nested_type_is_a_response_format_too()
    {
        string json = string.Concat(Enumerable.Repeat("""{"type":"object","properties":{"a":""", 60)) + "{}" + string.Concat(Enumerable.Repeat("}}", 60));
        OutputSchema schema = new("Deep", json, "{}", false, static () => new OutputShape { Kind = OutputShapeKind.Object, Name = "Deep" });

        Assert.Equal(json, schema.ResponseFormat.Schema!.Value.GetRawText());
    }

    private static AiFunctionInfo<int> Function { get; } = TestFunction.Returning<int>(OutputReader.ReadInt32);

    private static AiCaller Caller(IChatClient client) => new(client, null);

    private static Task<int> GetIntAsync(IChatClient client, ChatOptions? options = null) => Caller(client).GetValueAsync(Function, _messages, options ?? new(), CancellationToken);

    private static Task<string> GetTextAsync(IChatClient client) => Caller(client).GetTextAsync(TestFunction.Text, _messages, null, CancellationToken);

    private static IAsyncEnumerable<string> Stream(IChatClient client) => Caller(client).StreamTextAsync(TestFunction.Text, _messages, null, CancellationToken);

    private static StubChatClient Responding(params ChatMessage[] messages) => new() { Response = (_, _) => new ChatResponse(messages) };
}

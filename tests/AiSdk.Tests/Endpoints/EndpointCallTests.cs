using AiSdk.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Xunit;

namespace AiSdk.Tests;

/// <summary>What profiles do to calls.</summary>
public sealed class EndpointCallTests
{
    private static readonly ChatMessage[] _question = [new(ChatRole.User, "x")];

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_unknown_endpoint_gets_the_compiled_format_and_nothing_more()
    {
        AiFunctionInfo<Item> function = TestFunction.Item;
        ChatOptions? sent = null;
        StubChatClient client = Recording(options => sent = options);
        ChatOptions given = new() { ResponseFormat = function.Output!.ResponseFormat };

        await new AiCaller(client, null).GetValueAsync(function, _question, given, CancellationToken);

        Assert.Same(given, sent);
        Assert.Same(function.Output.ResponseFormat, sent!.ResponseFormat);
        Assert.Null(sent.AdditionalProperties);
    }

    [Fact]
    public async Task Json_mode_goes_with_a_description_of_an_object()
    {
        ChatOptions? sent = null;
        ModelProfile profile = ModelProfile.OpenAICompatible with { OutputMode = StructuredOutputMode.Prompt };
        AiCaller caller = new(Recording(options => sent = options), new AiFunctionsOptions { Profile = profile });

        await caller.GetValueAsync(TestFunction.Item, _question, new ChatOptions(), CancellationToken);

        Assert.Same(ChatResponseFormat.Json, sent!.ResponseFormat);
    }

    [Fact]
    public async Task Tools_of_the_calls_own_options_decide_how_the_type_is_asked_for()
    {
        List<ChatOptions?> sent = [];
        StubChatClient client = new()
        {
            Response = (_, options) =>
            {
                sent.Add(options);
                return new ChatResponse(new ChatMessage(ChatRole.Assistant, """{"name":"a","parts":[]}"""));
            },
        };
        AiCaller caller = new(client, new AiFunctionsOptions { Profile = ModelProfile.Gemini });

        AiResult<Item> alone = await caller.GetResultAsync(TestFunction.Item, _question, new ChatOptions(), CancellationToken);
        AiResult<Item> beside = await caller.GetResultAsync(TestFunction.Item, _question, new ChatOptions { Tools = [AIFunctionFactory.Create(static () => "", "find")] }, CancellationToken);

        Assert.Equal((StructuredOutputMode.JsonSchema, StructuredOutputMode.ToolCall), (alone.OutputMode, beside.OutputMode));
        Assert.NotNull(sent[0]!.ResponseFormat);
        Assert.Null(sent[1]!.ResponseFormat);
        Assert.Equal(2, sent[1]!.Tools!.Count);
    }

    [Theory]
    [InlineData(false, "It is four.", "Two and two.")]
    [InlineData(true, "<think>Two and two.</think>\n\nIt is four.", null)]
    public async Task Thoughts_before_a_text_are_no_part_of_it_where_they_do_not_come_apart(bool comeApart, string expected, string? thoughts)
    {
        const string Reply = "<think>Two and two.</think>\n\nIt is four.";
        ModelProfile profile = ModelProfile.Unknown with { ReasoningContent = comeApart };
        AiCaller caller = new(StubChatClient.Saying(Reply), new AiFunctionsOptions { Profile = profile });

        Assert.Equal(expected, await caller.GetTextAsync(TestFunction.Text, _question, null, CancellationToken));
        AiResult<string> result = await caller.GetTextResultAsync(TestFunction.Text, _question, null, CancellationToken);
        Assert.Equal((expected, expected, thoughts), (result.Value, result.RawReply, result.Reasoning));

        StubChatClient streaming = new() { Updates = () => Reply.Chunk(3).Select(static piece => new ChatResponseUpdate(ChatRole.Assistant, new string(piece))) };
        string streamed = "";
        await foreach (string piece in new AiCaller(streaming, new AiFunctionsOptions { Profile = profile }).StreamTextAsync(TestFunction.Text, _question, null, CancellationToken))
            streamed += piece;
        Assert.Equal(expected, streamed);
    }

    [Fact]
    public async Task A_text_that_only_looks_like_thoughts_is_given_whole()
    {
        StubChatClient client = new() { Updates = static () => [new ChatResponseUpdate(ChatRole.Assistant, "<thi"), new ChatResponseUpdate(ChatRole.Assistant, "nk> is a tag.")] };
        string streamed = "";
        await foreach (string piece in new AiCaller(client, null).StreamTextAsync(TestFunction.Text, _question, null, CancellationToken))
            streamed += piece;
        Assert.Equal("<think> is a tag.", streamed);
    }

    [Theory]
    [InlineData(ToolSupport.Required, true)]
    [InlineData(ToolSupport.RequiredUnlessReasoning, true)]
    [InlineData(ToolSupport.Optional, false)]
    public async Task A_tool_is_demanded_only_where_it_can_be(ToolSupport tools, bool isDemanded)
    {
        ChatOptions? sent = null;
        ModelProfile profile = ModelProfile.Unknown with { OutputMode = StructuredOutputMode.ToolCall, Tools = tools };
        AiCaller caller = new(Recording(options => sent = options), new AiFunctionsOptions { Profile = profile });

        await caller.GetValueAsync(TestFunction.Item, _question, new ChatOptions(), CancellationToken);

        Assert.Equal(isDemanded, sent!.ToolMode is RequiredChatToolMode);
        Assert.Single(sent.Tools!);
    }

    [Theory]
    [InlineData(100, "the model's context of 100 tokens is full: shorten the prompt")]
    [InlineData(8000, "Raise MaxOutputTokens")]
    public async Task A_reply_that_is_cut_off_says_whether_the_context_is_full(int context, string advice)
    {
        StubChatClient client = new()
        {
            Response = static (_, _) => new ChatResponse(new ChatMessage(ChatRole.Assistant, "{\"na")) { FinishReason = ChatFinishReason.Length, Usage = new UsageDetails { TotalTokenCount = 100 } },
        };
        AiCaller caller = new(client, new AiFunctionsOptions { Profile = ModelProfile.Unknown with { ContextLength = context } });

        AiTruncatedException cut = await Assert.ThrowsAsync<AiTruncatedException>(() => caller.GetValueAsync(TestFunction.Item, _question, new ChatOptions(), CancellationToken));

        Assert.Contains(advice, cut.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_dropped_and_refused_is_logged_once_for_each_type()
    {
        OutputSchema output = new(
            "T", """{"type":"object","properties":{"a":{"type":"object","additionalProperties":{"type":"string","maxLength":3}}},"required":["a"],"additionalProperties":false}""", "{}", isWrapped: false,
            static () => new OutputShape { Kind = OutputShapeKind.Object, Name = "T" });
        AiFunctionInfo<Item> function = new("ITests.Get", "Tests.ITests.Get()", "0", [], [], "Tests.cs", 1, output, Item.Read, outputMode: StructuredOutputMode.JsonSchema);
        Lines lines = new();
        AiCaller caller = new(Recording(static _ => { }), new AiFunctionsOptions { Profile = ModelProfile.OpenAI, LoggerFactory = lines });

        await caller.GetValueAsync(function, _question, new ChatOptions(), CancellationToken);
        await caller.GetValueAsync(function, _question, new ChatOptions(), CancellationToken);

        Assert.Single(lines.Written, static line => line.StartsWith("Warning ITests.Get cannot have its schema enforced by OpenAI, which refuses: additionalProperties with a schema, at $.a.", StringComparison.Ordinal));
        Assert.Single(lines.Written, static line => line.Contains("checked when the reply is read: $.a[]: maxLength", StringComparison.Ordinal));
    }

    private static StubChatClient Recording(Action<ChatOptions?> record) => new()
    {
        Response = (_, options) =>
        {
            record(options);
            return new ChatResponse(new ChatMessage(ChatRole.Assistant, """{"name":"a","price":1,"parts":[]}"""));
        },
    };

    private sealed class Lines : ILoggerFactory, ILogger
    {
        public List<string> Written { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Written.Add($"{logLevel} {formatter(state, exception)}");

        public void Dispose()
        {
        }
    }
}

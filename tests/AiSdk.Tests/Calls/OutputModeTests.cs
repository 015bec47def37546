using System.Text.Json;
using AiSdk.CompilerServices;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Tests;

/// <summary>Modes that a declaration cannot show: what a client prefers, and replies that are tool calls.</summary>
public sealed class OutputModeTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, StructuredOutputMode.Auto, StructuredOutputMode.JsonSchema)]
    [InlineData(StructuredOutputMode.Auto, StructuredOutputMode.Auto, StructuredOutputMode.JsonSchema)]
    [InlineData(StructuredOutputMode.Prompt, StructuredOutputMode.Auto, StructuredOutputMode.Prompt)]
    [InlineData(StructuredOutputMode.Prompt, StructuredOutputMode.ToolCall, StructuredOutputMode.ToolCall)]
    public async Task Auto_is_what_the_client_prefers(StructuredOutputMode? preferred, StructuredOutputMode declared, StructuredOutputMode used)
    {
        using IChatClient client = new Preferring(StubChatClient.Saying("5"), preferred);
        AiResult<int> result = await new AiCaller(client, new AiFunctionsOptions { OutputMode = declared })
            .GetResultAsync(TestFunction.Returning(OutputReader.ReadInt32), [new ChatMessage(ChatRole.User, "Q")], new ChatOptions(), CancellationToken);
        Assert.Equal(used, result.OutputMode);
    }

    [Fact]
    public async Task The_arguments_of_the_tool_call_are_the_reply()
    {
        AiResult<int> result = await AskAsync(new FunctionCallContent("1", "Int32", new Dictionary<string, object?> { ["value"] = JsonElement.Parse("7") }));
        Assert.Equal(7, result.Value);
        Assert.Equal("""{"value":7}""", result.RawReply);
        Assert.Equal(7, (await AskAsync(new FunctionCallContent("1", "Int32", new Dictionary<string, object?> { ["value"] = 7 }))).Value);
        Assert.Equal(7, (await AskAsync(new TextContent("Here:"), new FunctionCallContent("1", "Int32", new Dictionary<string, object?> { ["value"] = "7" }))).Value);
    }

    [Fact]
    public async Task Text_instead_of_the_call_is_read()
    {
        AiResult<int> result = await AskAsync(new TextContent("""{"value": 7}"""));
        Assert.Equal(7, result.Value);
    }

    [Fact]
    public async Task Two_calls_that_differ_are_a_loss_and_two_equal_ones_are_one()
    {
        FunctionCallContent seven = new("1", "Int32", new Dictionary<string, object?> { ["value"] = 7 });
        FunctionCallContent eight = new("2", "Int32", new Dictionary<string, object?> { ["value"] = 8 });
        AiOutputException error = await Assert.ThrowsAsync<AiOutputException>(() => AskAsync(seven, eight));
        Assert.Contains(error.Repairs, static repair => repair.Kind == RepairKind.Loss);
        Assert.Equal(7, (await AskAsync(seven, seven)).Value);
    }

    [Fact]
    public async Task Arguments_that_are_no_JSON_are_an_error()
    {
        AiOutputException error = await Assert.ThrowsAsync<AiOutputException>(() => AskAsync(new FunctionCallContent("1", "Int32") { Exception = new JsonException("broken at 3") }));
        Assert.Contains("broken at 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_tools_stay_and_may_be_called_first()
    {
        AIFunction look = AIFunctionFactory.Create(static () => 1, "look");
        ChatOptions options = new() { Tools = [look] };
        ChatOptions? sent = null;
        StubChatClient client = new()
        {
            Response = (_, given) =>
            {
                sent = given;
                return new ChatResponse(new ChatMessage(ChatRole.Assistant, "7"));
            },
        };
        await new AiCaller(client, new AiFunctionsOptions { OutputMode = StructuredOutputMode.ToolCall })
            .GetValueAsync(TestFunction.Returning(OutputReader.ReadInt32), [new ChatMessage(ChatRole.User, "Q")], options, CancellationToken);
        Assert.Equal(["look", "Int32"], sent!.Tools!.Select(static tool => tool.Name));
        Assert.Equal(ChatToolMode.RequireAny, sent.ToolMode);
    }

    private static Task<AiResult<int>> AskAsync(params AIContent[] contents)
    {
        StubChatClient client = new() { Response = (_, _) => new ChatResponse(new ChatMessage(ChatRole.Assistant, contents)) };
        AiFunctionInfo<int> function = new(
            "ITests.Get", "Tests.ITests.Get(string)", "fedcba9876543210", [], [], "Tests.cs", 2,
            new OutputSchema("Int32", """{"type":"object"}""", "{}", isWrapped: true, static () => new OutputShape { Kind = OutputShapeKind.Integer, Name = "int" }),
            OutputReader.ReadInt32, outputMode: StructuredOutputMode.ToolCall);
        return new AiCaller(client, null).GetResultAsync(function, [new ChatMessage(ChatRole.User, "Q")], new ChatOptions(), CancellationToken);
    }

    private sealed class Preferring(IChatClient inner, StructuredOutputMode? mode) : DelegatingChatClient(inner)
    {
        public override object? GetService(Type serviceType, object? serviceKey = null) =>
            serviceType == typeof(StructuredOutputMode) ? mode : base.GetService(serviceType, serviceKey);
    }
}

using System.Text.Json;
using Xunit;

namespace AiSdk.IntegrationTests;

/// <summary>What goes over the wire in each mode, and how replies are mended and asked for again: the real generator, a real client, a real server.</summary>
public sealed class OutputModeTests
{
    private const string Good = """{"customer":"Ada","lines":[],"urgent":true,"note":null}""";

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Prompt_mode_sends_the_type_in_the_prompt_and_no_response_format()
    {
        await using OpenAiServer server = await OpenAiServer.ReplyingAsync($"Sure!\n```json\n{Good}\n```");
        AiResult<Order> result = await Desk(server, StructuredOutputMode.Prompt).ExtractWithDetailsAsync("x", CancellationToken);

        Assert.Equal("Ada", result.Value.Customer);
        Assert.Equal(StructuredOutputMode.Prompt, result.OutputMode);
        Assert.Equal(RepairKind.Extraction, Assert.Single(result.Repairs).Kind);
        Assert.False(server.Request.TryGetProperty("response_format", out _));
        Assert.Equal(
            $"Extract the order from: x\n\n{IntegrationTests.Desk.ExtractWithDetailsAsyncInfo.Output!.Instructions}",
            Exchange.Text(server.Request.GetProperty("messages")[0]));
    }

    [Fact]
    public async Task Tool_mode_sends_the_schema_as_a_tool_and_reads_its_arguments()
    {
        await using OpenAiServer server = await OpenAiServer.StartAsync(static exchange => exchange.CallToolAsync("Order", Good));
        AiResult<Order> result = await Desk(server, StructuredOutputMode.ToolCall).ExtractWithDetailsAsync("x", CancellationToken);

        Assert.Equal("Ada", result.Value.Customer);
        Assert.Equal(StructuredOutputMode.ToolCall, result.OutputMode);
        Assert.Equal(Good, result.RawReply);
        Assert.Empty(result.Repairs);
        Assert.False(server.Request.TryGetProperty("response_format", out _));
        Assert.Equal("Order", server.Request.GetProperty("tool_choice").GetProperty("function").GetProperty("name").GetString());
        JsonElement tool = server.Request.GetProperty("tools")[0].GetProperty("function");
        Assert.Equal("Order", tool.GetProperty("name").GetString());
        Assert.True(tool.GetProperty("parameters").GetProperty("properties").TryGetProperty("lines", out _));
    }

    [Fact]
    public async Task Schema_mode_is_what_an_endpoint_gets_that_says_nothing()
    {
        await using OpenAiServer server = await OpenAiServer.ReplyingAsync(Good);
        AiResult<Order> result = await server.CreateDesk().ExtractWithDetailsAsync("x", CancellationToken);
        Assert.Equal(StructuredOutputMode.JsonSchema, result.OutputMode);
        Assert.Equal("json_schema", server.Request.GetProperty("response_format").GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_wrong_reply_is_asked_for_again_with_what_was_wrong()
    {
        int calls = 0;
        await using OpenAiServer server = await OpenAiServer.StartAsync(exchange => exchange.ReplyAsync(calls++ == 0 ? """{"customer":"Ada","urgent":true}""" : Good));
        AiResult<Order> result = await server.CreateDesk().ExtractPatientlyAsync("x", CancellationToken);

        Assert.Equal("Ada", result.Value.Customer);
        Assert.Equal(2, result.Attempts);
        Assert.Equal(36, result.Usage!.TotalTokenCount);
        string again = Exchange.Text(server.Requests.Last().GetProperty("messages")[0]);
        Assert.StartsWith("Extract the order from: x\n\nYour last reply to this could not be used.", again, StringComparison.Ordinal);
        Assert.Contains("$.lines", again, StringComparison.Ordinal);
        Assert.Equal(1, server.Requests.Last().GetProperty("messages").GetArrayLength());
    }

    private static Desk Desk(OpenAiServer server, StructuredOutputMode mode) => new(server.CreateClient(), new AiFunctionsOptions { OutputMode = mode });
}

using System.Text.Json;
using McpServer;
using Microsoft.Extensions.AI;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Quickstart;
using Xunit;

namespace AiSdk.IntegrationTests;

/// <summary>samples/McpServer as a host sees it: started in a process of its own, spoken with over its standard input and output.</summary>
public sealed class McpServerTests
{
    [Fact]
    public async Task A_host_lists_the_functions_and_calls_them()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        string server = DotNet.Sample("McpServer");
        await using McpClient client = await McpClient.CreateAsync(new StdioClientTransport(new StdioClientTransportOptions { Command = "dotnet", Arguments = [server] }), cancellationToken: cancellationToken);

        // Who connects is told what the model knows.
        Assert.Contains("messages to a bank, in English, and nothing else", client.ServerInstructions, StringComparison.Ordinal);
        IList<McpClientTool> tools = await client.ListToolsAsync(cancellationToken: cancellationToken);
        Assert.Equal(["Extract", "Reply", "Route"], tools.Select(static tool => tool.Name).Order(StringComparer.Ordinal));
        Assert.All(tools, static tool => Assert.Equal("string", tool.JsonSchema.GetProperty("properties").GetProperty("message").GetProperty("type").GetString()));

        Assert.Equal("\"card_arrival\"", await CallAsync("Route", "My new card has still not arrived"));
        using var facts = JsonDocument.Parse(await CallAsync("Extract", "I paid 45.20 pounds at Tesco on 3 May."));
        Assert.Equal(45.20m, facts.RootElement.GetProperty("facts").GetProperty("amount").GetDecimal());
        Assert.Equal(JsonValueKind.Array, facts.RootElement.GetProperty("corrections").ValueKind);
        Assert.NotEmpty(await CallAsync("Reply", "My card was declined in a shop"));

        // As tools of a function: what the host does not know needs approval; what the server says is the host's to believe.
        McpClientTool route = tools.Single(static tool => tool.Name == "Route");
        Assert.NotNull(ImportedTool.FromFunction(route).GetService<ApprovalRequiredAIFunction>());
        AIFunction trusted = ImportedTool.FromFunction(route, ImportedTool.DeclaredEffect(JsonSerializer.SerializeToElement(route.ProtocolTool, McpJsonUtilities.DefaultOptions)), source: "bank");
        Assert.Null(trusted.GetService<ApprovalRequiredAIFunction>());
        Assert.Equal("\"card_arrival\"", await trusted.InvokeAsync(new AIFunctionArguments { ["message"] = "My new card has still not arrived" }, cancellationToken));
        Assert.Contains("argument 'message'", $"{await trusted.InvokeAsync(new AIFunctionArguments { ["message"] = 7 }, cancellationToken)}", StringComparison.Ordinal);
        Assert.Equal(ToolEffect.Read, ImportedTool.DeclaredEffect(JsonSerializer.SerializeToElement(route.ProtocolTool, McpJsonUtilities.DefaultOptions)));

        // What does not fit goes back as the tool's words, and the server goes on.
        CallToolResult wrong = await client.CallToolAsync("Route", new Dictionary<string, object?>(StringComparer.Ordinal) { ["massage"] = "?" }, cancellationToken: cancellationToken);
        Assert.Contains("message", Assert.IsType<TextContentBlock>(Assert.Single(wrong.Content)).Text, StringComparison.Ordinal);
        Assert.NotEmpty(await CallAsync("Route", "How do I change my PIN?"));

        async Task<string> CallAsync(string tool, string message)
        {
            CallToolResult result = await client.CallToolAsync(tool, new Dictionary<string, object?>(StringComparer.Ordinal) { ["message"] = message }, cancellationToken: cancellationToken);
            Assert.NotEqual(true, result.IsError);
            return Assert.IsType<TextContentBlock>(Assert.Single(result.Content)).Text;
        }
    }

    [Fact]
    public async Task A_host_never_gets_facts_that_the_message_does_not_bear_out()
    {
        using ScriptedChatClient client = new("""{"amount":999,"currency":"GBP","merchant":"Tesc","date":"4 May","cardEnding":"1234"}""");
        AIFunction extract = Assert.Single(new BankTools(new BankDesk(client)).AsAiTools());
        object? result = await extract.InvokeAsync(new AIFunctionArguments { ["message"] = "I paid 45.20 pounds at Tesco on 3 May." }, TestContext.Current.CancellationToken);

        JsonElement answer = JsonElement.Parse($"{result}");
        JsonElement facts = answer.GetProperty("facts");
        Assert.Equal("Tesco", facts.GetProperty("merchant").GetString());
        foreach (string madeUp in (string[])["amount", "currency", "date", "cardEnding"])
            Assert.True(!facts.TryGetProperty(madeUp, out JsonElement value) || value.ValueKind == JsonValueKind.Null, $"{madeUp}: {facts}");
        Assert.Equal(["card ending 1234 dropped", "merchant Tesc -> Tesco", "date 4 May dropped", "amount 999 dropped"], answer.GetProperty("corrections").EnumerateArray().Select(static line => line.GetString()));
    }
}

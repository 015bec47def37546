using AiSdk;
using AiSdk.Onnx;
using McpServer;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Server;
using Quickstart;

// AI functions as the tools of an MCP server, which any MCP host (an editor, an assistant, an agent) starts and speaks with over standard input and output.
HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);
// Standard output belongs to the protocol.
builder.Logging.AddConsole(static options => options.LogToStandardErrorThreshold = LogLevel.Trace);

try
{
    using OnnxChatClient client = EmbeddedModel.Open();
    Console.Error.WriteLine(EmbeddedModel.Introduction);
    BankDesk desk = new(client);
    // Facts are checked on this side: a host that got them as the model wrote them could not tell which of them it made up.
    AIFunction[] functions = [BankDesk.RouteTool(desk), .. new BankTools(desk).AsAiTools(), BankDesk.ReplyTool(desk)];

    // The host is told which of them only read; of others it asks its user first.
    builder.Services.AddMcpServer(static options => options.ServerInstructions = EmbeddedModel.Introduction).WithStdioServerTransport().WithTools(functions.Select(static function =>
        McpServerTool.Create(function, new McpServerToolCreateOptions { ReadOnly = function.GetService<AiTool>()?.Effect == ToolEffect.Read })));
    await builder.Build().RunAsync().ConfigureAwait(false);
    return 0;
}
catch (UserException e)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}

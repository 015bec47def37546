using AiSdk;
using AiSdk.Onnx;
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

using OnnxChatClient client = new(Path.Combine(AppContext.BaseDirectory, "models", "bank"), new OnnxModelOptions { Engine = OnnxEngine.OnnxRuntime, IntraOpThreads = 1 });
BankDesk desk = new(client);
AIFunction[] functions = [BankDesk.RouteTool(desk), BankDesk.ExtractTool(desk), BankDesk.ReplyTool(desk)];

// The host is told which of them only read; of others it asks its user first.
builder.Services.AddMcpServer().WithStdioServerTransport().WithTools(functions.Select(static function =>
    McpServerTool.Create(function, new McpServerToolCreateOptions { ReadOnly = function.GetService<AiTool>()?.Effect == ToolEffect.Read })));
await builder.Build().RunAsync().ConfigureAwait(false);

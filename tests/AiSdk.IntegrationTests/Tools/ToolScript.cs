using System.Text.Json.Nodes;

namespace AiSdk.IntegrationTests.Tools;

/// <summary>A server that calls tools and answers as it is told, one thing for each request, whole or as a stream.</summary>
internal static class ToolScript
{
    public static Task<OpenAiServer> StartAsync(params (string? Tool, string Text)[] replies)
    {
        int next = -1;
        return OpenAiServer.StartAsync(async exchange =>
        {
            (string? tool, string text) = replies[Math.Min(Interlocked.Increment(ref next), replies.Length - 1)];
            string id = "call_" + next;
            if (!exchange.Request.TryGetProperty("stream", out System.Text.Json.JsonElement stream) || !stream.GetBoolean())
            {
                await (tool is null ? exchange.ReplyAsync(text) : exchange.CallToolAsync(tool, text, id));
                return;
            }
            if (tool is null)
            {
                await exchange.SendAsync(text);
                await exchange.EndAsync();
                return;
            }
            await exchange.SendDeltaAsync(new JsonObject
            {
                ["tool_calls"] = new JsonArray(new JsonObject
                {
                    ["index"] = 0,
                    ["id"] = id,
                    ["type"] = "function",
                    ["function"] = new JsonObject { ["name"] = tool, ["arguments"] = text },
                }),
            });
            await exchange.EndAsync("tool_calls");
        });
    }
}

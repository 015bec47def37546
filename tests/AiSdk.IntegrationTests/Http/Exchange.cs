using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace AiSdk.IntegrationTests;

/// <summary>One request to <see cref="OpenAiServer"/>, and the ways to answer it.</summary>
/// <param name="Context">The HTTP side.</param>
/// <param name="Request">The body.</param>
internal sealed record Exchange(HttpContext Context, JsonElement Request)
{
    /// <summary>Cancelled when the client has gone.</summary>
    public CancellationToken Aborted => Context.RequestAborted;

    /// <summary>The text of the last message.</summary>
    public string Question => Text(Request.GetProperty("messages").EnumerateArray().Last());

    /// <summary>A message's text, whether it was sent as a string or as parts.</summary>
    public static string Text(JsonElement message) => message.GetProperty("content") is { ValueKind: JsonValueKind.Array } parts
        ? string.Concat(parts.EnumerateArray().Select(static part => part.GetProperty("text").GetString()))
        : message.GetProperty("content").GetString()!;

    /// <summary>Answers with a whole completion.</summary>
    public Task ReplyAsync(string? content, string finishReason = "stop", string? refusal = null) => WriteAsync(new JsonObject
    {
        ["id"] = "chatcmpl-1",
        ["object"] = "chat.completion",
        ["created"] = 1_700_000_000,
        ["model"] = "served-model",
        ["choices"] = new JsonArray(new JsonObject
        {
            ["index"] = 0,
            ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = content, ["refusal"] = refusal },
            ["finish_reason"] = finishReason,
        }),
        ["usage"] = new JsonObject { ["prompt_tokens"] = 11, ["completion_tokens"] = 7, ["total_tokens"] = 18 },
    }.ToJsonString());

    /// <summary>Answers with the call of a tool.</summary>
    public Task CallToolAsync(string name, string arguments, string id = "call-1") => WriteAsync(new JsonObject
    {
        ["id"] = "chatcmpl-1",
        ["object"] = "chat.completion",
        ["created"] = 1_700_000_000,
        ["model"] = "served-model",
        ["choices"] = new JsonArray(new JsonObject
        {
            ["index"] = 0,
            ["message"] = new JsonObject
            {
                ["role"] = "assistant",
                ["content"] = null,
                ["tool_calls"] = new JsonArray(new JsonObject
                {
                    ["id"] = id,
                    ["type"] = "function",
                    ["function"] = new JsonObject { ["name"] = name, ["arguments"] = arguments },
                }),
            },
            ["finish_reason"] = "tool_calls",
        }),
        ["usage"] = new JsonObject { ["prompt_tokens"] = 11, ["completion_tokens"] = 7, ["total_tokens"] = 18 },
    }.ToJsonString());

    /// <summary>Answers with any body.</summary>
    public Task WriteAsync(string body, int status = 200)
    {
        Context.Response.StatusCode = status;
        Context.Response.ContentType = "application/json";
        return Context.Response.WriteAsync(body, Aborted);
    }

    /// <summary>Sends one piece of text of a streamed completion.</summary>
    public Task SendAsync(string text) => SendDeltaAsync(new JsonObject { ["content"] = text });

    /// <summary>Sends one change of a streamed completion.</summary>
    public Task SendDeltaAsync(JsonObject delta, string? finishReason = null) => SendEventAsync(new JsonObject
    {
        ["id"] = "chatcmpl-1",
        ["object"] = "chat.completion.chunk",
        ["created"] = 1_700_000_000,
        ["model"] = "served-model",
        ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = finishReason }),
    }.ToJsonString());

    /// <summary>Sends one server-sent event, and flushes it.</summary>
    public async Task SendEventAsync(string data)
    {
        if (!Context.Response.HasStarted)
            Context.Response.ContentType = "text/event-stream";
        await Context.Response.WriteAsync($"data: {data}\n\n", Aborted);
        await Context.Response.Body.FlushAsync(Aborted);
    }

    /// <summary>Ends a streamed completion.</summary>
    public async Task EndAsync(string finishReason = "stop")
    {
        await SendDeltaAsync([], finishReason);
        await SendEventAsync("[DONE]");
    }

    /// <summary>Never answers; returns when the client has gone.</summary>
    public Task HangAsync() => Task.Delay(Timeout.Infinite, Aborted).ContinueWith(static _ => { }, TaskScheduler.Default);
}

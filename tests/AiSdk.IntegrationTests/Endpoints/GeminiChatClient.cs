using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace AiSdk.IntegrationTests;

/// <summary>A chat client for Gemini's REST API, as far as the tests need it: Google's own package is not on every registry.</summary>
internal sealed class GeminiChatClient(HttpClient http, string modelId) : IChatClient
{
    private static readonly Uri _address = new("https://generativelanguage.googleapis.com/v1beta/");

    private readonly ChatClientMetadata _metadata = new("gcp.gemini", _address, modelId);

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        using HttpResponseMessage response = await SendAsync("generateContent", messages, options, cancellationToken);
        JsonElement body = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return new ChatResponse(new ChatMessage(ChatRole.Assistant, Contents(body)))
        {
            FinishReason = FinishReason(body),
            ModelId = body.TryGetProperty("modelVersion", out JsonElement version) ? version.GetString() : modelId,
            Usage = Usage(body),
            RawRepresentation = body,
        };
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using HttpResponseMessage response = await SendAsync("streamGenerateContent?alt=sse", messages, options, cancellationToken);
        await using Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        JsonElement last = default;
        await foreach (SseItem<string> item in SseParser.Create(stream).EnumerateAsync(cancellationToken))
        {
            last = JsonElement.Parse(item.Data);
            yield return new ChatResponseUpdate(ChatRole.Assistant, Contents(last)) { FinishReason = FinishReason(last), ModelId = modelId };
        }
        if (last.ValueKind == JsonValueKind.Object && Usage(last) is { } usage)
            yield return new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(usage)]);
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceKey is null && serviceType == typeof(ChatClientMetadata) ? _metadata : null;

    public void Dispose()
    {
    }

    private async Task<HttpResponseMessage> SendAsync(string method, IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(_address, $"models/{modelId}:{method}")) { Content = JsonContent.Create(Request([.. messages], options)) };
        HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw new HttpRequestException($"status {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellationToken)}", null, response.StatusCode);
    }

    private static JsonObject Request(IReadOnlyList<ChatMessage> messages, ChatOptions? options)
    {
        JsonObject request = new() { ["contents"] = new JsonArray([.. messages.Where(static m => m.Role != ChatRole.System).Select(Content)]) };
        if (messages.Where(static m => m.Role == ChatRole.System).Select(static m => m.Text).ToList() is { Count: > 0 } system)
            request["systemInstruction"] = new JsonObject { ["parts"] = new JsonArray(new JsonObject { ["text"] = string.Join("\n", system) }) };
        JsonObject config = [];
        if (options?.MaxOutputTokens is { } most)
            config["maxOutputTokens"] = most;
        if (options?.ResponseFormat is ChatResponseFormatJson json)
        {
            config["responseMimeType"] = "application/json";
            if (json.Schema is { } schema)
                config["responseJsonSchema"] = JsonNode.Parse(schema.GetRawText());
        }
        request["generationConfig"] = config;
        List<AIFunctionDeclaration> tools = [.. (options?.Tools ?? []).OfType<AIFunctionDeclaration>()];
        if (tools.Count > 0)
        {
            request["tools"] = new JsonArray(new JsonObject
            {
                ["functionDeclarations"] = new JsonArray([.. tools.Select(static tool => new JsonObject
                {
                    ["name"] = tool.Name,
                    ["description"] = tool.Description,
                    ["parametersJsonSchema"] = JsonNode.Parse(tool.JsonSchema.GetRawText()),
                })]),
            });
            if (options!.ToolMode is RequiredChatToolMode required)
            {
                JsonObject calling = new() { ["mode"] = "ANY" };
                if (required.RequiredFunctionName is { } name)
                    calling["allowedFunctionNames"] = new JsonArray(name);
                request["toolConfig"] = new JsonObject { ["functionCallingConfig"] = calling };
            }
        }
        return request;
    }

    private static JsonNode Content(ChatMessage message) => new JsonObject
    {
        ["role"] = message.Role == ChatRole.Assistant ? "model" : "user",
        ["parts"] = new JsonArray([.. message.Contents.Select(Part)]),
    };

    private static JsonNode Part(AIContent content) => content switch
    {
        TextContent text => new JsonObject { ["text"] = text.Text },
        DataContent data => new JsonObject { ["inlineData"] = new JsonObject { ["mimeType"] = data.MediaType, ["data"] = data.Base64Data.ToString() } },
        UriContent link => new JsonObject { ["fileData"] = new JsonObject { ["mimeType"] = link.MediaType, ["fileUri"] = link.Uri.ToString() } },
        FunctionCallContent call => new JsonObject { ["functionCall"] = new JsonObject { ["name"] = call.Name, ["args"] = JsonSerializer.SerializeToNode(call.Arguments) } },
        FunctionResultContent result => new JsonObject { ["functionResponse"] = new JsonObject { ["name"] = result.CallId, ["response"] = new JsonObject { ["result"] = result.Result?.ToString() } } },
        _ => throw new NotSupportedException($"Gemini takes no {content.GetType().Name}"),
    };

    private static List<AIContent> Contents(JsonElement body)
    {
        List<AIContent> contents = [];
        if (!body.TryGetProperty("candidates", out JsonElement candidates) || !candidates[0].TryGetProperty("content", out JsonElement content))
            return contents;
        foreach (JsonElement part in content.GetProperty("parts").EnumerateArray())
        {
            if (part.TryGetProperty("text", out JsonElement text))
                contents.Add(new TextContent(text.GetString()));
            else if (part.TryGetProperty("functionCall", out JsonElement call))
                contents.Add(new FunctionCallContent(call.GetProperty("name").GetString()!, call.GetProperty("name").GetString()!, call.GetProperty("args").Deserialize<Dictionary<string, object?>>()));
        }
        return contents;
    }

    // What Microsoft.Extensions.AI has no name for stays as Gemini calls it.
    private static ChatFinishReason? FinishReason(JsonElement body)
    {
        if (body.TryGetProperty("promptFeedback", out JsonElement feedback) && feedback.TryGetProperty("blockReason", out JsonElement blocked))
            return new ChatFinishReason(blocked.GetString()!);
        return body.GetProperty("candidates")[0].TryGetProperty("finishReason", out JsonElement reason) && reason.GetString() is { } text
            ? text switch { "STOP" => ChatFinishReason.Stop, "MAX_TOKENS" => ChatFinishReason.Length, _ => new ChatFinishReason(text) }
            : null;
    }

    private static UsageDetails? Usage(JsonElement body) => !body.TryGetProperty("usageMetadata", out JsonElement usage) ? null : new UsageDetails
    {
        InputTokenCount = usage.GetProperty("promptTokenCount").GetInt64(),
        CachedInputTokenCount = usage.GetProperty("cachedContentTokenCount").GetInt64(),
        OutputTokenCount = usage.GetProperty("candidatesTokenCount").GetInt64() + usage.GetProperty("thoughtsTokenCount").GetInt64(),
        ReasoningTokenCount = usage.GetProperty("thoughtsTokenCount").GetInt64(),
        TotalTokenCount = usage.GetProperty("totalTokenCount").GetInt64(),
    };
}

using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using OpenAI;

namespace AiSdk.IntegrationTests;

/// <summary>OpenAI with structured outputs: the schema is enforced, and must be one that can be.</summary>
internal class OpenAIStrictDialect : Dialect
{
    // https://platform.openai.com/docs/guides/structured-outputs: what all models take, also fine-tuned ones.
    private static readonly SchemaRules _strict = new()
    {
        Keywords = new HashSet<string> { "type", "description", "properties", "required", "additionalProperties", "items", "enum", "const", "anyOf", "$defs", "$ref", "exclusiveMinimum" },
        RequiresClosed = true,
        RequiresAll = true,
    };

    public override StructuredOutputMode Mode => StructuredOutputMode.JsonSchema;

    protected virtual string ModelId => "gpt-4.1-mini";

    protected virtual Uri Address => new("https://api.openai.com/v1");

    public override IChatClient CreateClient(HttpClient http) => new OpenAIClient(
        new ApiKeyCredential("no-secret"),
        new OpenAIClientOptions { Endpoint = Address, Transport = new HttpClientPipelineTransport(http), RetryPolicy = new ClientRetryPolicy(maxRetries: 0) }).GetChatClient(ModelId).AsIChatClient();

    public override string? Refuses(JsonElement request)
    {
        if (request.TryGetProperty("response_format", out JsonElement format))
        {
            JsonElement sent = format.GetProperty("json_schema");
            if (sent.TryGetProperty("strict", out JsonElement strict) && strict.GetBoolean() && _strict.Check(sent.GetProperty("schema")) is { } wrong)
                return $"Invalid schema for response_format '{sent.GetProperty("name")}': {wrong}";
        }
        foreach (JsonElement tool in request.TryGetProperty("tools", out JsonElement tools) ? tools.EnumerateArray().ToArray() : [])
        {
            JsonElement function = tool.GetProperty("function");
            if (function.TryGetProperty("strict", out JsonElement strict) && strict.GetBoolean() && _strict.Check(function.GetProperty("parameters")) is { } wrong)
                return $"Invalid schema for function '{function.GetProperty("name")}': {wrong}";
        }
        return null;
    }

    public override string Error(string type, string message) =>
        new JsonObject { ["error"] = new JsonObject { ["message"] = message, ["type"] = type, ["param"] = null, ["code"] = null } }.ToJsonString();

    public override string Reply(JsonElement request, Answer answer) => new JsonObject
    {
        ["id"] = "chatcmpl-BX",
        ["object"] = "chat.completion",
        ["created"] = 1_700_000_000,
        ["model"] = ModelId,
        ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["message"] = Message(request, answer), ["logprobs"] = null, ["finish_reason"] = FinishReason(request, answer) }),
        ["usage"] = Usage(),
        ["service_tier"] = "default",
        ["system_fingerprint"] = "fp_1",
    }.ToJsonString();

    public override IEnumerable<string> Stream(JsonElement request, Answer answer)
    {
        yield return Chunk(new JsonObject { ["role"] = "assistant", ["content"] = "", ["refusal"] = null }, null);
        if (CallOf(request, answer) is { } call)
        {
            yield return Chunk(ToolCall(new JsonObject { ["index"] = 0, ["id"] = "call_1", ["type"] = "function", ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = "" } }), null);
            foreach (string piece in Pieces(call.Arguments))
                yield return Chunk(ToolCall(new JsonObject { ["index"] = 0, ["function"] = new JsonObject { ["arguments"] = piece } }), null);
        }
        else
        {
            string name = answer.Ending == Ending.Refused ? "refusal" : "content";
            foreach (string piece in Pieces(TextOf(answer)))
                yield return Chunk(new JsonObject { [name] = piece }, null);
        }
        yield return Chunk([], FinishReason(request, answer));
        yield return $"data: {new JsonObject { ["id"] = "chatcmpl-BX", ["object"] = "chat.completion.chunk", ["created"] = 1_700_000_000, ["model"] = ModelId, ["choices"] = new JsonArray(), ["usage"] = Usage() }.ToJsonString()}\n\n";
        yield return "data: [DONE]\n\n";
    }

    /// <summary>The tool that the model calls, or null: one of the function's, or the one that takes the reply.</summary>
    protected virtual (string Name, string Arguments)? CallOf(JsonElement request, Answer answer) => answer.Call;

    /// <summary>The text of a reply.</summary>
    protected virtual string TextOf(Answer answer) => answer.Value ?? answer.Text ?? "";

    private JsonObject Message(JsonElement request, Answer answer)
    {
        JsonObject message = new() { ["role"] = "assistant", ["content"] = null, ["refusal"] = null, ["annotations"] = new JsonArray() };
        if (CallOf(request, answer) is { } call)
            message["tool_calls"] = new JsonArray(new JsonObject { ["id"] = "call_1", ["type"] = "function", ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = call.Arguments } });
        else
            message[answer.Ending == Ending.Refused ? "refusal" : "content"] = TextOf(answer);
        return message;
    }

    private string FinishReason(JsonElement request, Answer answer) =>
        answer.Ending == Ending.AtTheTokenLimit ? "length" : answer.Ending == Ending.Complete && CallOf(request, answer) is not null ? "tool_calls" : "stop";

    private string Chunk(JsonObject delta, string? finishReason) =>
        $"data: {new JsonObject { ["id"] = "chatcmpl-BX", ["object"] = "chat.completion.chunk", ["created"] = 1_700_000_000, ["model"] = ModelId, ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = finishReason }) }.ToJsonString()}\n\n";

    private static JsonObject ToolCall(JsonObject call) => new() { ["tool_calls"] = new JsonArray(call) };

    private static JsonObject Usage() => new()
    {
        ["prompt_tokens"] = Input,
        ["completion_tokens"] = Output,
        ["total_tokens"] = Input + Output,
        ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = Cached, ["audio_tokens"] = 0 },
        ["completion_tokens_details"] = new JsonObject { ["reasoning_tokens"] = Reasoning, ["audio_tokens"] = 0, ["accepted_prediction_tokens"] = 0, ["rejected_prediction_tokens"] = 0 },
    };
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Anthropic;
using Microsoft.Extensions.AI;

namespace AiSdk.IntegrationTests;

/// <summary>Claude's Messages API, by Anthropic's own client.</summary>
internal sealed class AnthropicDialect : Dialect
{
    private const string ModelId = "claude-sonnet-4-5";

    // https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations
    private static readonly SchemaRules _rules = new()
    {
        Keywords = new HashSet<string> { "type", "description", "title", "properties", "required", "additionalProperties", "items", "enum", "const", "anyOf", "allOf", "$defs", "$ref", "format", "minItems", "pattern" },
        Formats = new HashSet<string> { "date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid" },
        RequiresClosed = true,
        RefusesRecursion = true,
    };

    public override StructuredOutputMode Mode => StructuredOutputMode.JsonSchema;

    public override IChatClient CreateClient(HttpClient http) => new AnthropicClient { ApiKey = "no-secret", HttpClient = http, MaxRetries = 0 }.AsIChatClient(ModelId);

    public override string? Refuses(JsonElement request)
    {
        if (!request.TryGetProperty("max_tokens", out _))
            return "max_tokens: Field required";
        if (request.GetProperty("messages").EnumerateArray().Any(static message => message.GetProperty("role").GetString() == "system"))
            return "messages: Unexpected role \"system\"";
        return request.TryGetProperty("output_config", out JsonElement config) && config.TryGetProperty("format", out JsonElement format) && _rules.Check(format.GetProperty("schema")) is { } wrong
            ? $"output_config.format.schema: {wrong}"
            : null;
    }

    public override string Error(string type, string message) =>
        new JsonObject { ["type"] = "error", ["error"] = new JsonObject { ["type"] = type, ["message"] = message }, ["request_id"] = "req_1" }.ToJsonString();

    public override string Reply(JsonElement request, Answer answer) => Message(new JsonArray(Block(request, answer)), StopReason(request, answer), Output).ToJsonString();

    public override IEnumerable<string> Stream(JsonElement request, Answer answer)
    {
        yield return Event("message_start", new JsonObject { ["message"] = Message([], null, 1) });
        JsonObject block = Block(request, answer);
        bool isCall = block["type"]!.GetValue<string>() == "tool_use";
        string text = isCall ? block["input"]!.ToJsonString() : block["text"]!.GetValue<string>();
        block[isCall ? "input" : "text"] = isCall ? new JsonObject() : "";
        yield return Event("content_block_start", new JsonObject { ["index"] = 0, ["content_block"] = block });
        yield return Event("ping", []);
        foreach (string piece in Pieces(text))
        {
            JsonObject delta = isCall ? new() { ["type"] = "input_json_delta", ["partial_json"] = piece } : new() { ["type"] = "text_delta", ["text"] = piece };
            yield return Event("content_block_delta", new JsonObject { ["index"] = 0, ["delta"] = delta });
        }
        yield return Event("content_block_stop", new JsonObject { ["index"] = 0 });
        yield return Event("message_delta", new JsonObject { ["delta"] = new JsonObject { ["stop_reason"] = StopReason(request, answer), ["stop_sequence"] = null }, ["usage"] = Usage(Output) });
        yield return Event("message_stop", []);
    }

    private static JsonObject Block(JsonElement request, Answer answer)
    {
        (string Name, string Arguments)? call = answer.Call;
        if (call is null && answer.Value is { } value && !request.TryGetProperty("output_config", out _) && request.TryGetProperty("tools", out JsonElement tools))
            call = (tools.EnumerateArray().Last().GetProperty("name").GetString()!, value);
        return call is { } use
            ? new JsonObject { ["type"] = "tool_use", ["id"] = "toolu_1", ["name"] = use.Name, ["input"] = JsonNode.Parse(use.Arguments) }
            : new JsonObject { ["type"] = "text", ["text"] = answer.Value ?? answer.Text ?? "", ["citations"] = null };
    }

    private static string StopReason(JsonElement request, Answer answer) => answer.Ending switch
    {
        Ending.AtTheTokenLimit => "max_tokens",
        Ending.Refused => "refusal",
        _ => Block(request, answer)["type"]!.GetValue<string>() == "tool_use" ? "tool_use" : "end_turn",
    };

    private static JsonObject Message(JsonArray content, string? stopReason, int output) => new()
    {
        ["id"] = "msg_01",
        ["type"] = "message",
        ["role"] = "assistant",
        ["model"] = ModelId,
        ["content"] = content,
        ["stop_reason"] = stopReason,
        ["stop_sequence"] = null,
        ["usage"] = Usage(output),
    };

    // Here the tokens from the cache are not among the others.
    private static JsonObject Usage(int output) => new()
    {
        ["input_tokens"] = Input - Cached,
        ["cache_creation_input_tokens"] = 0,
        ["cache_read_input_tokens"] = Cached,
        ["output_tokens"] = output,
        ["output_tokens_details"] = new JsonObject { ["thinking_tokens"] = Reasoning },
    };

    private static string Event(string type, JsonObject data)
    {
        JsonObject whole = new() { ["type"] = type };
        foreach ((string name, JsonNode? value) in data)
            whole[name] = value?.DeepClone();
        return $"event: {type}\ndata: {whole.ToJsonString()}\n\n";
    }
}

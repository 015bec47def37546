using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace AiSdk.IntegrationTests;

/// <summary>Gemini's generateContent.</summary>
internal sealed class GeminiDialect : Dialect
{
    // https://ai.google.dev/gemini-api/docs/structured-output#json_schema_support
    private static readonly SchemaRules _rules = new()
    {
        Keywords = new HashSet<string>
        {
            "type", "title", "description", "properties", "required", "additionalProperties", "enum", "format", "minimum", "maximum", "items", "prefixItems", "minItems", "maxItems", "anyOf", "$defs", "$ref",
        },
        Formats = new HashSet<string> { "date-time", "date", "time" },
    };

    public override StructuredOutputMode Mode => StructuredOutputMode.JsonSchema;

    public override IChatClient CreateClient(HttpClient http) => new GeminiChatClient(http, "gemini-2.5-flash");

    public override bool IsStream(string path, JsonElement request) => path.EndsWith(":streamGenerateContent", StringComparison.Ordinal);

    public override string? Refuses(JsonElement request)
    {
        // Of the models before Gemini 3.
        if (request.TryGetProperty("tools", out _) && request.GetProperty("generationConfig").TryGetProperty("responseMimeType", out _))
            return "Function calling with a response mime type: 'application/json' is unsupported";
        if (!request.TryGetProperty("generationConfig", out JsonElement config) || !config.TryGetProperty("responseJsonSchema", out JsonElement schema))
            return null;
        return config.GetProperty("responseMimeType").GetString() != "application/json" ? "responseJsonSchema needs the response mime type application/json"
            : _rules.Check(schema) is { } wrong ? $"Invalid JSON payload received. generation_config.response_json_schema: {wrong}"
            : null;
    }

    public override string Error(string type, string message) => new JsonObject { ["error"] = new JsonObject { ["code"] = 400, ["message"] = message, ["status"] = type } }.ToJsonString();

    public override string Reply(JsonElement request, Answer answer) => Body(Part(Asked(request, answer), null), FinishReason(answer)).ToJsonString();

    public override IEnumerable<string> Stream(JsonElement request, Answer answer)
    {
        answer = Asked(request, answer);
        if (answer.Call is null)
        {
            foreach (string piece in Pieces(answer.Value ?? answer.Text ?? ""))
                yield return $"data: {Body(Part(answer, piece), null).ToJsonString()}\r\n\r\n";
        }
        yield return $"data: {Body(answer.Call is null ? new JsonObject { ["text"] = "" } : Part(answer, null), FinishReason(answer)).ToJsonString()}\r\n\r\n";
    }

    /// <summary>A value goes where it was asked for: into the text, or into the last tool.</summary>
    private static Answer Asked(JsonElement request, Answer answer) =>
        answer is { Value: { } value, Call: null } && request.TryGetProperty("tools", out JsonElement tools)
            ? answer with { Value = null, Call = (tools[0].GetProperty("functionDeclarations").EnumerateArray().Last().GetProperty("name").GetString()!, value) }
            : answer;

    private static JsonObject Part(Answer answer, string? piece) => answer.Call is { } call
        ? new JsonObject { ["functionCall"] = new JsonObject { ["name"] = call.Name, ["args"] = JsonNode.Parse(call.Arguments) } }
        : new JsonObject { ["text"] = piece ?? answer.Value ?? answer.Text ?? "" };

    private static string FinishReason(Answer answer) => answer.Ending switch { Ending.AtTheTokenLimit => "MAX_TOKENS", Ending.Refused => "SAFETY", _ => "STOP" };

    private static JsonObject Body(JsonObject part, string? finishReason) => new()
    {
        ["candidates"] = new JsonArray(new JsonObject
        {
            ["content"] = new JsonObject { ["parts"] = new JsonArray(part), ["role"] = "model" },
            ["finishReason"] = finishReason,
            ["index"] = 0,
            ["safetyRatings"] = new JsonArray(new JsonObject { ["category"] = "HARM_CATEGORY_DANGEROUS_CONTENT", ["probability"] = finishReason == "SAFETY" ? "HIGH" : "NEGLIGIBLE" }),
        }),
        ["usageMetadata"] = new JsonObject
        {
            ["promptTokenCount"] = Input,
            ["cachedContentTokenCount"] = Cached,
            ["candidatesTokenCount"] = Output - Reasoning,
            ["thoughtsTokenCount"] = Reasoning,
            ["totalTokenCount"] = Input + Output,
        },
        ["modelVersion"] = "gemini-2.5-flash",
        ["responseId"] = "r-1",
    };
}

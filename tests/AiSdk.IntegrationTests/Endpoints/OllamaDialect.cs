using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using OllamaSharp;

namespace AiSdk.IntegrationTests;

/// <summary>Ollama's own protocol, by OllamaSharp: the schema becomes a grammar, streams are lines of JSON.</summary>
internal sealed class OllamaDialect : Dialect
{
    public override StructuredOutputMode Mode => StructuredOutputMode.JsonSchema;

    public override bool CountsDetails => false;

    public override string StreamType => "application/x-ndjson";

    public override IChatClient CreateClient(HttpClient http)
    {
        http.BaseAddress = new Uri("http://localhost:11434");
        return new OllamaApiClient(http, "llama3.2");
    }

    public override string? Refuses(JsonElement request) =>
        request.TryGetProperty("format", out JsonElement format) && format.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null) && format.ToString() is not ("json" or "") ? "invalid JSON schema in format" : null;

    public override string Error(string type, string message) => new JsonObject { ["error"] = message }.ToJsonString();

    public override string Reply(JsonElement request, Answer answer) => Line(Message(answer, answer.Value ?? answer.Text ?? ""), answer);

    public override IEnumerable<string> Stream(JsonElement request, Answer answer)
    {
        if (answer.Call is null)
        {
            foreach (string piece in Pieces(answer.Value ?? answer.Text ?? ""))
                yield return Line(Message(answer, piece), null) + "\n";
        }
        yield return Line(answer.Call is null ? Message(answer, "") : Message(answer, ""), answer) + "\n";
    }

    private static JsonObject Message(Answer answer, string content)
    {
        JsonObject message = new() { ["role"] = "assistant", ["content"] = content };
        if (answer.Call is { } call)
            message["tool_calls"] = new JsonArray(new JsonObject { ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = JsonNode.Parse(call.Arguments) } });
        return message;
    }

    private static string Line(JsonObject message, Answer? end)
    {
        JsonObject line = new() { ["model"] = "llama3.2", ["created_at"] = "2026-01-01T00:00:00Z", ["message"] = message, ["done"] = end is not null };
        if (end is not null)
        {
            line["done_reason"] = end.Ending == Ending.AtTheTokenLimit ? "length" : "stop";
            line["prompt_eval_count"] = Input;
            line["eval_count"] = Output;
            line["total_duration"] = 5_000_000;
        }
        return line.ToJsonString();
    }
}

using System.Text.Json;

namespace AiSdk.IntegrationTests;

/// <summary>An older model of OpenAI's: a schema as the response format is an error, so that the reply is the call of a tool.</summary>
internal sealed class OpenAIToolsDialect : OpenAIStrictDialect
{
    public override StructuredOutputMode Mode => StructuredOutputMode.ToolCall;

    protected override string ModelId => "gpt-4-turbo";

    public override string? Refuses(JsonElement request)
    {
        if (request.TryGetProperty("response_format", out JsonElement format) && format.GetProperty("type").GetString() == "json_schema")
            return "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.";
        return base.Refuses(request);
    }

    protected override (string Name, string Arguments)? CallOf(JsonElement request, Answer answer) => answer switch
    {
        { Call: { } call } => call,
        { Value: { } value, Ending: not Ending.Refused } => (request.GetProperty("tools").EnumerateArray().Last().GetProperty("function").GetProperty("name").GetString()!, value),
        _ => null,
    };
}

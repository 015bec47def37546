using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AiSdk.IntegrationTests;

/// <summary>A server with a model that can only write: it knows neither formats nor tools, and puts prose around what it is asked for.</summary>
internal sealed class ProseDialect : OpenAIStrictDialect
{
    public override StructuredOutputMode Mode => StructuredOutputMode.Prompt;

    public override bool HasTools => false;

    protected override string ModelId => "old-llama";

    protected override Uri Address => new("http://models.example:8080/v1");

    public override IChatClient CreateClient(HttpClient http) => base.CreateClient(http).AsBuilder().UseModelProfile(ModelProfile.TextOnly).Build();

    public override string? Refuses(JsonElement request) =>
        request.TryGetProperty("response_format", out _) || request.TryGetProperty("tools", out _) ? "this server knows neither response_format nor tools" : null;

    protected override string TextOf(Answer answer) =>
        answer.Value is { } value ? $"Sure! Here is what I found in your message:\n\n```json\n{value}\n```\n\nLet me know if you need {{anything}} else." : base.TextOf(answer);
}

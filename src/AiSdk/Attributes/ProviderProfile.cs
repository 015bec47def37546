namespace AiSdk;

/// <summary>What a provider makes of a JSON Schema: see <see cref="AiSdkProfileAttribute"/>.</summary>
public enum ProviderProfile
{
    /// <summary>OpenAI's strict mode, through Microsoft.Extensions.AI's client.</summary>
    OpenAIStrict,

    /// <summary>The response schema of Gemini.</summary>
    Gemini,

    /// <summary>The structured outputs of Claude.</summary>
    Anthropic,

    /// <summary>Servers that constrain replies with llguidance.</summary>
    LLGuidance,

    /// <summary>A model in the process, by AiSdk.Onnx.</summary>
    Local,
}

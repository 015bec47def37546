using Microsoft.Extensions.AI;

namespace AiSdk;

/// <summary>Tells endpoints apart by their address, which says more than the client's name: many speak OpenAI's protocol.</summary>
internal static class ProfileDetection
{
    private const int OllamaPort = 11434;

    public static ModelProfile Detect(ChatClientMetadata metadata, string modelId)
    {
        string provider = metadata.ProviderName ?? "";
        Uri? address = metadata.ProviderUri;
        bool speaksOpenAI = provider is "openai" or "azure.ai.openai";
        if (address is not null && ByAddress(address, speaksOpenAI, modelId) is { } known)
            return known;
        return provider switch
        {
            "openai" => ModelProfile.OpenAICompatible,
            "azure.ai.openai" => ModelProfile.AzureOpenAI,
            "anthropic" => OfAnthropic(modelId),
            "gemini" or "google" or "google.genai" or "gcp.gemini" or "gcp.gen_ai" or "gcp.vertex_ai" => OfGemini(modelId),
            "ollama" => ModelProfile.Ollama,
            "onnx" => ModelProfile.Local,
            _ => ModelProfile.Unknown,
        };
    }

    private static ModelProfile? ByAddress(Uri address, bool speaksOpenAI, string modelId)
    {
        if (!address.IsAbsoluteUri)
            return null;
        string host = address.Host;
        if (Is(host, "api.openai.com"))
            return OfOpenAI(modelId);
        if (Is(host, "openai.azure.com") || Is(host, "cognitiveservices.azure.com") || Is(host, "services.ai.azure.com"))
            return ModelProfile.AzureOpenAI;
        if (Is(host, "googleapis.com"))
            return speaksOpenAI ? OfGemini(modelId) with { MediaTypes = ModelProfile.OpenAICompatible.MediaTypes, LinkedMediaTypes = ModelProfile.OpenAICompatible.LinkedMediaTypes } : OfGemini(modelId);
        // Claude takes OpenAI's protocol, too, but pays no heed to a response format there.
        if (Is(host, "api.anthropic.com"))
            return speaksOpenAI ? ModelProfile.OpenAICompatible with { Name = "Anthropic", OutputMode = StructuredOutputMode.ToolCall, JsonMode = false } : OfAnthropic(modelId);
        // It refuses a schema as the response format.
        if (Is(host, "api.deepseek.com"))
            return ModelProfile.OpenAICompatible with { Name = "DeepSeek", OutputMode = StructuredOutputMode.ToolCall, Tools = ToolSupport.RequiredUnlessReasoning, MediaTypes = [], LinkedMediaTypes = null };
        return address.Port == OllamaPort ? ModelProfile.Ollama : null;
    }

    // Schemas as the response format came with gpt-4o-2024-08-06; what was there before takes tools.
    private static ModelProfile OfOpenAI(string modelId)
    {
        ModelProfile profile = ModelProfile.OpenAI;
        if (Begins(modelId, "gpt-3.5") || modelId is "gpt-4" || Begins(modelId, "gpt-4-") || modelId is "gpt-4o-2024-05-13")
            profile = profile with { Schema = null, OutputMode = StructuredOutputMode.ToolCall };
        if (Begins(modelId, "gpt-3.5") || modelId is "gpt-4" || Begins(modelId, "gpt-4-0") || Begins(modelId, "o1-mini") || Begins(modelId, "o3-mini"))
            profile = profile with { MediaTypes = [], LinkedMediaTypes = null };
        if (modelId.Contains("audio", StringComparison.OrdinalIgnoreCase))
            profile = profile with { MediaTypes = ["audio/wav", "audio/mpeg"], LinkedMediaTypes = [] };
        return profile;
    }

    // Structured outputs came with Claude Opus 4.1 and Sonnet 4.5.
    private static ModelProfile OfAnthropic(string modelId) =>
        Begins(modelId, "claude-1") || Begins(modelId, "claude-2") || Begins(modelId, "claude-3") || Begins(modelId, "claude-instant")
            || Begins(modelId, "claude-sonnet-4-0") || Begins(modelId, "claude-sonnet-4-2") || Begins(modelId, "claude-opus-4-0") || Begins(modelId, "claude-opus-4-2")
            ? ModelProfile.Anthropic with { OutputMode = StructuredOutputMode.ToolCall }
            : ModelProfile.Anthropic;

    // Before Gemini 3 a request with tools may not ask for JSON.
    private static ModelProfile OfGemini(string modelId) =>
        Begins(modelId, "gemini-1") || Begins(modelId, "gemini-2") || !Begins(modelId, "gemini-") ? ModelProfile.Gemini : ModelProfile.Gemini with { SchemaBesideTools = true };

    private static bool Is(string host, string domain) =>
        host.EndsWith(domain, StringComparison.OrdinalIgnoreCase) && (host.Length == domain.Length || host[host.Length - domain.Length - 1] == '.');

    private static bool Begins(string modelId, string start) => modelId.StartsWith(start, StringComparison.OrdinalIgnoreCase);
}

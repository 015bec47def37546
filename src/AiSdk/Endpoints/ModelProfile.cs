using Microsoft.Extensions.AI;

namespace AiSdk;

/// <summary>What an endpoint and its model can do, so that one declaration asks each in the form that it takes.</summary>
/// <remarks>
/// <para>
/// Found by <see cref="Detect"/> from what the chat client says of itself, unless it is set: for one call by <see cref="ModelProfileExtensions.WithModelProfile"/>, for a client by
/// <see cref="ModelProfileExtensions.UseModelProfile"/> (or the client's own <c>GetService(typeof(ModelProfile))</c>), for a class of functions by <see cref="AiFunctionsOptions.Profile"/>; the first of these counts.
/// </para>
/// <para>Immutable; safe for concurrent use. Change one with <c>with</c>: <c>ModelProfile.OpenAICompatible with { MediaTypes = [] }</c>.</para>
/// </remarks>
public sealed record ModelProfile
{
    private static readonly string[] _refusalReasons =
    [
        "content_filter", "refusal", "safety", "recitation", "blocklist", "prohibited_content", "spii", "image_safety", "sensitive", "guardrail_intervened", "content_filtered",
    ];

    private static readonly string[] _images = ["image/*"];
    private static readonly string[] _ofOpenAI = ["image/*", "application/pdf"];

    /// <summary>The name for people, as it stands in exceptions and logs.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// How schemas are rewritten before they are sent; <see langword="null"/> sends them as they were generated. What the rewriting takes out is said in the property's description, and checked when the reply is read
    /// all the same. With <see cref="ProviderProfile.OpenAIStrict"/> the endpoint is asked to enforce the schema (<c>strict</c>) where the type allows it and no other tools are offered, which it would enforce too.
    /// </summary>
    public ProviderProfile? Schema { get; init; }

    /// <summary>
    /// What <see cref="StructuredOutputMode.Auto"/> means here. Where it is <see cref="StructuredOutputMode.JsonSchema"/> and the endpoint refuses the type's schema, the type is asked for by a tool, or else in the prompt.
    /// </summary>
    public StructuredOutputMode OutputMode { get; init; } = StructuredOutputMode.JsonSchema;

    /// <summary>What the endpoint does with tools.</summary>
    public ToolSupport Tools { get; init; } = ToolSupport.Required;

    /// <summary>Whether one request may ask for a schema and offer tools; where it may not, a function with tools asks for its type by one more tool.</summary>
    public bool SchemaBesideTools { get; init; } = true;

    /// <summary>Whether the endpoint can be told to write JSON of any type; it is told where <see cref="OutputMode"/> is <see cref="StructuredOutputMode.Prompt"/> and the type is an object.</summary>
    public bool JsonMode { get; init; }

    /// <summary>
    /// Whether reasoning always comes apart from the reply, as <see cref="TextReasoningContent"/>. Where it need not, it may stand before the answer (<c>&lt;think&gt;…&lt;/think&gt;</c>): reading a typed reply passes over it, and
    /// a function that gives text takes it out of the text, streamed or not. Either way it is in <see cref="AiResult{T}.Reasoning"/>.
    /// </summary>
    public bool ReasoningContent { get; init; }

    /// <summary>The media types of content that may be sent, <c>image/png</c> or <c>image/*</c>; empty for text only, <see langword="null"/> where nothing is known and nothing is checked.</summary>
    public IReadOnlyList<string>? MediaTypes { get; init; }

    /// <summary>The media types of what may be sent as an address (<see cref="UriContent"/>); <see langword="null"/> for the same as <see cref="MediaTypes"/>.</summary>
    public IReadOnlyList<string>? LinkedMediaTypes { get; init; }

    /// <summary>The finish reasons, in any case, that mean that the model or a filter refused.</summary>
    public IReadOnlyList<string> RefusalReasons { get; init; } = _refusalReasons;

    /// <summary>How many tokens prompt and reply may have together, where that is known; it is told where a reply was cut off because of it.</summary>
    public int? ContextLength { get; init; }

    /// <summary>An endpoint of which nothing is known: schemas as they are, nothing checked.</summary>
    public static ModelProfile Unknown { get; } = new() { Name = "an unknown endpoint" };

    /// <summary>OpenAI's own service.</summary>
    public static ModelProfile OpenAI { get; } = new()
    {
        Name = "OpenAI",
        Schema = ProviderProfile.OpenAIStrict,
        JsonMode = true,
        MediaTypes = _ofOpenAI,
        LinkedMediaTypes = _images,
    };

    /// <summary>Azure OpenAI, whose model ids are names of deployments and tell nothing.</summary>
    public static ModelProfile AzureOpenAI { get; } = OpenAI with { Name = "Azure OpenAI", MediaTypes = ["image/*", "audio/wav", "audio/mpeg", "application/pdf"] };

    /// <summary>Any other server that speaks OpenAI's protocol: the schema as it is, and the media that Microsoft.Extensions.AI's client can send.</summary>
    public static ModelProfile OpenAICompatible { get; } = new()
    {
        Name = "an OpenAI-compatible server",
        JsonMode = true,
        MediaTypes = ["image/*", "audio/wav", "audio/mpeg", "application/pdf"],
        LinkedMediaTypes = _images,
    };

    /// <summary>Claude, by Anthropic's own protocol.</summary>
    public static ModelProfile Anthropic { get; } = new()
    {
        Name = "Anthropic",
        Schema = ProviderProfile.Anthropic,
        Tools = ToolSupport.RequiredUnlessReasoning,
        ReasoningContent = true,
        MediaTypes = ["image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf", "text/*"],
        LinkedMediaTypes = ["image/*", "application/pdf"],
    };

    /// <summary>Gemini, by its own protocol or by OpenAI's.</summary>
    public static ModelProfile Gemini { get; } = new()
    {
        Name = "Gemini",
        Schema = ProviderProfile.Gemini,
        SchemaBesideTools = false,
        JsonMode = true,
        ReasoningContent = true,
        MediaTypes = ["image/*", "audio/*", "video/*", "text/*", "application/pdf"],
    };

    /// <summary>Ollama, by its own protocol or by OpenAI's: the schema becomes a grammar, and no tool can be demanded.</summary>
    public static ModelProfile Ollama { get; } = new()
    {
        Name = "Ollama",
        Tools = ToolSupport.Optional,
        JsonMode = true,
        MediaTypes = _images,
        LinkedMediaTypes = [],
    };

    /// <summary>A model in the process, by AiSdk.Onnx: it says itself what of a schema it cannot enforce.</summary>
    public static ModelProfile Local { get; } = new()
    {
        Name = "a local model",
        MediaTypes = [],
    };

    /// <summary>A model that can only write: the type is described in the prompt.</summary>
    public static ModelProfile TextOnly { get; } = new()
    {
        Name = "a model for text only",
        OutputMode = StructuredOutputMode.Prompt,
        Tools = ToolSupport.None,
        MediaTypes = [],
    };

    /// <summary>The profile of an endpoint and a model.</summary>
    /// <param name="metadata">What the chat client says of itself, or <see langword="null"/> if it says nothing.</param>
    /// <param name="modelId">The model that the call asks for; <see langword="null"/> for the client's own.</param>
    public static ModelProfile Detect(ChatClientMetadata? metadata, string? modelId = null) =>
        metadata is null ? Unknown : ProfileDetection.Detect(metadata, modelId ?? metadata.DefaultModelId ?? "");

    /// <summary>The dialect's rules, or null where schemas are sent as they are.</summary>
    internal SchemaProfile? Rules => Schema is { } dialect ? SchemaProfile.All[(int)dialect] : null;

    /// <summary>Whether a finish reason means that the model or a filter refused.</summary>
    internal bool IsRefusal(ChatFinishReason? finishReason)
    {
        if (finishReason is not { } reason || reason == ChatFinishReason.Stop)
            return false;
        foreach (string refusal in RefusalReasons)
        {
            if (string.Equals(refusal, reason.Value, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }
}

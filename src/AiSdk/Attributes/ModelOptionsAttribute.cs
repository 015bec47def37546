namespace AiSdk;

/// <summary>Which model answers the function, and with which settings.</summary>
/// <remarks>
/// <code>
/// [ModelOptions("fast", Temperature = 0, MaxOutputTokens = 256)]
/// [UserPrompt("{{message}}")]
/// Task&lt;Intent&gt; RouteAsync(string message);
/// </code>
/// Only what is written is sent; all else is the chat client's default. Where the function has a <c>ChatOptions</c> parameter, what the
/// caller sets there wins.
/// </remarks>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class ModelOptionsAttribute : Attribute
{
    /// <summary>Settings for the client that the generated class was made with.</summary>
    public ModelOptionsAttribute()
    {
    }

    /// <summary>Settings, and the key of the client to use.</summary>
    /// <param name="client">The key in <see cref="AiFunctionsOptions.Clients"/>, or of the keyed <c>IChatClient</c> service.</param>
    public ModelOptionsAttribute(string client) => Client = client;

    /// <summary>The key of the chat client, or <see langword="null"/> for the class's own.</summary>
    public string? Client { get; }

    /// <summary>The model's name as the endpoint knows it.</summary>
    public string? ModelId { get; set; }

    /// <summary>
    /// The adapter (LoRA) that a local model makes the reply with: a name that the model was loaded with. It is sent as <c>AdditionalProperties["adapter"]</c>; remote endpoints pay no heed to it.
    /// </summary>
    public string? Adapter { get; set; }

    /// <summary>The sampling temperature; 0 always takes the most probable token.</summary>
    public double Temperature { get; set; }

    /// <summary>Samples only among the most probable tokens that together reach this probability, 0 to 1.</summary>
    public double TopP { get; set; }

    /// <summary>Samples only among this many of the most probable tokens.</summary>
    public int TopK { get; set; }

    /// <summary>The most tokens the reply may have.</summary>
    public int MaxOutputTokens { get; set; }

    /// <summary>
    /// The most tokens that the function's prompts and examples may have as they are written, arguments not counted. It is checked when the interface is compiled (AISDK0111), by an estimate
    /// for models of GPT-4's class, and not sent. The MSBuild property <c>AiSdkMaxPromptTokens</c> sets it for all functions.
    /// </summary>
    public int MaxPromptTokens { get; set; }

    /// <summary>Makes sampling repeatable where the model supports it.</summary>
    public long Seed { get; set; }

    /// <summary>Lowers the probability of tokens the more often they have appeared, -2 to 2.</summary>
    public double FrequencyPenalty { get; set; }

    /// <summary>Lowers the probability of tokens that have appeared at all, -2 to 2.</summary>
    public double PresencePenalty { get; set; }

    /// <summary>Texts at which the reply ends; they are not part of it.</summary>
    public string[]? StopSequences { get; set; }
}

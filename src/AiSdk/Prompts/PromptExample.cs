namespace AiSdk;

/// <summary>A few-shot example as it was written.</summary>
/// <param name="Input">Text, or a JSON object of arguments.</param>
/// <param name="Output">The reply that the model should have given.</param>
public sealed record PromptExample(string Input, string Output)
{
    /// <summary>What the model should have thought before, or <see langword="null"/>.</summary>
    public string? Reasoning { get; init; }
}

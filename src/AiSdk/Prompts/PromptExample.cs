namespace AiSdk;

/// <summary>A few-shot example as it was written.</summary>
/// <param name="Input">Text, or a JSON object of arguments.</param>
/// <param name="Output">The reply that the model should have given.</param>
public sealed record PromptExample(string Input, string Output);

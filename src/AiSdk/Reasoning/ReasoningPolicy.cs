namespace AiSdk;

/// <summary>What <see cref="ReasoningAttribute"/> declares.</summary>
/// <param name="Source">Where the model reasons.</param>
public sealed record ReasoningPolicy(ReasoningSource Source);

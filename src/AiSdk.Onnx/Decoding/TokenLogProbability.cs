namespace AiSdk.Onnx;

/// <summary>How likely a model held a token at its place: the natural logarithm of its probability, before temperature, penalties and response format.</summary>
/// <param name="Token">The token's id.</param>
/// <param name="Text">Its text; U+FFFD for parts of characters.</param>
/// <param name="LogProbability">0 or less.</param>
/// <param name="Alternatives">The most likely tokens at this place, the likeliest first, as many as were asked for.</param>
public sealed record TokenLogProbability(int Token, string Text, double LogProbability, IReadOnlyList<TokenLogProbability> Alternatives);

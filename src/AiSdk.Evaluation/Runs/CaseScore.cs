namespace AiSdk.Evaluation;

/// <summary>A metric's value of a case.</summary>
/// <param name="Value">The value; <see langword="null"/> if it could not be measured.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record CaseScore(double? Value, string? Reason = null);

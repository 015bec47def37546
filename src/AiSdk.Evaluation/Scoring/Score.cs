namespace AiSdk.Evaluation;

/// <summary>One value that a scorer gives a case.</summary>
/// <param name="Name">The metric.</param>
/// <param name="Value">Its value; <see langword="null"/> if it could not be measured, which is not the same as 0.</param>
/// <param name="Reason">Why, for people; what prevented the measurement.</param>
public readonly record struct Score(string Name, double? Value, string? Reason = null);

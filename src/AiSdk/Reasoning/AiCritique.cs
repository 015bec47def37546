namespace AiSdk;

/// <summary>One round of <see cref="SelfCritiqueAttribute"/>.</summary>
/// <param name="Problems">What the critique found, in the model's words; empty if nothing.</param>
/// <param name="IsRevised">Whether the value was revised for it.</param>
/// <param name="Failure">Why the critique or the revision could not be used, so that the value before it stayed; <see langword="null"/> as a rule.</param>
public sealed record AiCritique(IReadOnlyList<string> Problems, bool IsRevised, string? Failure = null);

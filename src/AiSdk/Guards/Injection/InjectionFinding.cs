namespace AiSdk;

/// <summary>What <see cref="InjectionGuard"/> thinks of a text.</summary>
/// <param name="IsAttack">Whether it is taken for an attack.</param>
/// <param name="Rule">The rule that it breaks, for people; <see langword="null"/> if it breaks none.</param>
/// <param name="Score">Log odds of an attack, as the model sees it: above the guard's threshold it is one.</param>
public readonly record struct InjectionFinding(bool IsAttack, string? Rule, double Score);

namespace AiSdk;

/// <summary>What <see cref="SelfCritiqueAttribute"/> declares.</summary>
/// <param name="Rounds">How often the reply is looked at.</param>
/// <param name="TokenBudget">The most tokens that critiques and revisions of a call may take.</param>
/// <param name="Criteria">What to look for, or <see langword="null"/>.</param>
public sealed record CritiquePolicy(int Rounds, int TokenBudget = CritiquePolicy.DefaultTokenBudget, string? Criteria = null)
{
    internal const int DefaultTokenBudget = 8000;
}

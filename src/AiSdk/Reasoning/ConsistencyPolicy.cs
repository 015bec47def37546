namespace AiSdk;

/// <summary>What <see cref="SelfConsistencyAttribute"/> declares.</summary>
/// <param name="Samples">How often the model may be asked.</param>
/// <param name="MaxConcurrency">How many replies are waited for at the same time.</param>
/// <param name="TokenBudget">The most tokens that all samples of a call may take; 0 for no limit.</param>
public sealed record ConsistencyPolicy(int Samples, int MaxConcurrency = ConsistencyPolicy.DefaultConcurrency, int TokenBudget = 0)
{
    internal const int DefaultConcurrency = 5;
}

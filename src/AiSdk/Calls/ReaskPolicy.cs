namespace AiSdk;

/// <summary>What <see cref="ReaskAttribute"/> declares.</summary>
/// <param name="Attempts">How often the model may be asked again.</param>
/// <param name="TokenBudget">The most tokens that all further attempts of a call may take, input and output together.</param>
public sealed record ReaskPolicy(int Attempts, int TokenBudget)
{
    internal const int DefaultTokenBudget = 4000;
}

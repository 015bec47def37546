namespace AiSdk;

/// <summary>Asks the model several times at once and takes the value that most of its replies have. <see cref="AiResult{T}.Vote"/> tells how they voted.</summary>
/// <remarks>
/// <para>
/// It costs up to <see cref="Samples"/> calls, each with its own re-asks; no more are made than decide the vote, three of five where the first three agree. Values are compared as values, part by part; where no two
/// replies are alike as a whole, each property is voted on by itself. Of several with as many votes the earliest asked for wins. A reply that cannot be used is a vote less; only if none can be used the call fails.
/// </para>
/// <para>Output guards and <see cref="SelfCritiqueAttribute"/> see the value that won.</para>
/// </remarks>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class SelfConsistencyAttribute : Attribute
{
    /// <summary>Asks five times.</summary>
    public SelfConsistencyAttribute()
    {
    }

    /// <summary>Asks several times.</summary>
    /// <param name="samples">How often, 2 to 50. An odd number has fewer ties.</param>
    public SelfConsistencyAttribute(int samples) => Samples = samples;

    /// <summary>How often the model may be asked, 2 to 50.</summary>
    public int Samples { get; set; } = 5;

    /// <summary>How many replies are waited for at the same time, 1 to 50.</summary>
    public int MaxConcurrency { get; set; } = ConsistencyPolicy.DefaultConcurrency;

    /// <summary>The most tokens that all samples of a call may take, input and output together; 0 for no limit but their number. A sample that would exceed it is not asked for; the first one always is. No reply may be longer than what is left.</summary>
    public int TokenBudget { get; set; }
}

namespace AiSdk;

/// <summary>Asks the model again when its reply does not fit the type, telling it what was wrong. Without it nothing is asked twice.</summary>
/// <remarks>
/// <para>
/// Each time, the conversation is the original one with the last reply and what was wrong with it, both quoted as JSON, at the end of the last user
/// message; earlier attempts are not in it. Refusals, failures of the endpoint and replies cut off at the token limit are not asked for again.
/// </para>
/// <para>On an interface it holds for all of its functions that have none of their own; <c>[Reask(0)]</c> switches it off for one.</para>
/// </remarks>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Interface, Inherited = false)]
public sealed class ReaskAttribute : Attribute
{
    /// <summary>Asks again once.</summary>
    public ReaskAttribute()
    {
    }

    /// <summary>Asks again.</summary>
    /// <param name="attempts">How often at most, 0 to 10.</param>
    public ReaskAttribute(int attempts) => Attempts = attempts;

    /// <summary>How often the model may be asked again, 0 to 10.</summary>
    public int Attempts { get; set; } = 1;

    /// <summary>
    /// The most tokens that all further attempts of a call may take, input and output together; input is estimated before it is sent where the endpoint
    /// has not counted it. An attempt that would exceed it is not made.
    /// </summary>
    public int TokenBudget { get; set; } = ReaskPolicy.DefaultTokenBudget;
}

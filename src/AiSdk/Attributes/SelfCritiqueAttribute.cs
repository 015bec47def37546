namespace AiSdk;

/// <summary>Lets the model look for mistakes in its reply, and revise it if it finds any. <see cref="AiResult{T}.Critiques"/> tells what it found.</summary>
/// <remarks>
/// It costs up to two calls a round: the critique, which is given the reply as data, and the revision, which is read and checked as the reply was. A critique that finds nothing ends it. If a critique or a revision
/// cannot be used, the value before it stays, and the result and the log say so.
/// </remarks>
/// <param name="criteria">What to look for, beside whether the reply does what the prompt asks.</param>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class SelfCritiqueAttribute(string? criteria = null) : Attribute
{
    /// <summary>What to look for, or <see langword="null"/>.</summary>
    public string? Criteria { get; } = criteria;

    /// <summary>How often the reply is looked at, 1 to 5.</summary>
    public int Rounds { get; set; } = 1;

    /// <summary>The most tokens that critiques and revisions of a call may take, input and output together; input is estimated before it is sent. A step that would exceed it is not made, and no reply may be longer than what is left.</summary>
    public int TokenBudget { get; set; } = CritiquePolicy.DefaultTokenBudget;
}

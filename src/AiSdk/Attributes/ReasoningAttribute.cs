namespace AiSdk;

/// <summary>
/// Lets the model reason before it decides: the reply gets a field of its own for it, before the value and kept out of it. <see cref="AiResult{T}.Reasoning"/> and
/// <see cref="Partial{T}.Reasoning"/> have it.
/// </summary>
/// <remarks>
/// The reply is then <c>{"reasoning": "…", "value": …}</c> in every mode: JSON schema, tool call and prompt. A model that reasons by itself, beside its reply, is not asked to do so twice:
/// <see cref="ReasoningSource"/> says how that is known.
/// </remarks>
/// <param name="instruction">What is to be thought about; the description of the field. Without it the model is asked to think step by step.</param>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class ReasoningAttribute(string? instruction = null) : Attribute
{
    /// <summary>What is to be thought about, or <see langword="null"/> for the default.</summary>
    public string? Instruction { get; } = instruction;

    /// <summary>Where the model reasons.</summary>
    public ReasoningSource Source { get; set; }
}

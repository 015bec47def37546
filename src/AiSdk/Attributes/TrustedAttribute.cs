namespace AiSdk;

/// <summary>Says that a parameter, or every value of a type, is written by the application and not by a stranger: it may stand in a system prompt.</summary>
/// <remarks>
/// Everything else counts as data from outside, which could carry instructions of its own.
/// <code>
/// [SystemPrompt("You route customer messages for {{bank}}.")]
/// [UserPrompt("{{message}}")]
/// Task&lt;Intent&gt; RouteAsync(string message, [Trusted] string bank);
/// </code>
/// </remarks>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Interface)]
public sealed class TrustedAttribute : Attribute;

using Microsoft.Extensions.AI;

namespace AiSdk;

/// <summary>A function's value with all that is known of how it came about: declare <c>Task&lt;AiResult&lt;T&gt;&gt;</c> to get it.</summary>
/// <typeparam name="T">The value's type.</typeparam>
public sealed class AiResult<T>
{
    /// <summary>The value.</summary>
    public required T Value { get; init; }

    /// <summary>The reply as the model wrote it; of a function with output guards, as they left it: empty where a typed stub is the only one, which sees the value and not the text.</summary>
    public required string RawReply { get; init; }

    /// <summary>Why the model stopped, if it said so. A text reply that was cut off has <see cref="ChatFinishReason.Length"/> here.</summary>
    public ChatFinishReason? FinishReason { get; init; }

    /// <summary>
    /// Tokens used, by all attempts together (those of samples that were not waited for are not known), if the chat client counts them; with those that came from a cache
    /// (<see cref="UsageDetails.CachedInputTokenCount"/>) and those that went into reasoning (<see cref="UsageDetails.ReasoningTokenCount"/>).
    /// </summary>
    public UsageDetails? Usage { get; init; }

    /// <summary>
    /// What was done to the reply to make it fit the type, in the order of the value; empty for a well-formed reply. A <see cref="RepairKind.Loss"/> is among them only
    /// where <see cref="AllowLossAttribute"/> allows it.
    /// </summary>
    public IReadOnlyList<Repair> Repairs { get; init; } = [];

    /// <summary>How the model was asked for the type; <see langword="null"/> where the function returns text.</summary>
    public StructuredOutputMode? OutputMode { get; init; }

    /// <summary>How often the model was asked, from 1: by samples, re-asks, critiques and revisions together. Turns in which it used tools are not counted.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>
    /// How sure the model was, 0 to 1: the probability of its reply among all replies of the type, calibrated where the model is. <see langword="null"/> where the endpoint does not tell, as remote ones do not, where the
    /// function returns text, where a guard has put something else in the reply's place, where thoughts are a part of the reply (<see cref="ReasoningAttribute"/>), whose words would count, and where samples
    /// have voted, whose <see cref="AiVote.Agreement"/> says it. With <see cref="SelfCritiqueAttribute"/> it is that of the last revision. <see cref="IConstrainedChatClient.Confidence"/> says what it is exactly.
    /// </summary>
    /// <remarks>It is a product over the whole reply: that of an enum says how sure the choice is; of a large record expect less, as each of its parts takes away from it.</remarks>
    public double? Confidence { get; init; }

    /// <summary>The calls of tools that the model made, in their order, with those that were not run; empty where the function offers none.</summary>
    public IReadOnlyList<AiToolCall> ToolCalls { get; init; } = [];

    /// <summary>
    /// What the model thought before it replied: in the field that <see cref="ReasoningAttribute"/> gives it, or by itself beside the reply. <see langword="null"/> if it did not, or did not tell.
    /// Of a function with output guards only what was in the field, if they have seen that: a typed stub sees the value only.
    /// </summary>
    public string? Reasoning { get; init; }

    /// <summary>How the samples voted; <see langword="null"/> without <see cref="SelfConsistencyAttribute"/>.</summary>
    public AiVote? Vote { get; init; }

    /// <summary>What the model found in its reply, round by round; empty without <see cref="SelfCritiqueAttribute"/>.</summary>
    public IReadOnlyList<AiCritique> Critiques { get; init; } = [];

    /// <summary>The passages that the model was shown, in all parameters together; empty where the function shows none.</summary>
    public Passages Passages { get; init; } = Passages.Empty;

    /// <summary>What guards did in this call: what was rewritten, and which of them failed and were passed over. Empty as a rule.</summary>
    public IReadOnlyList<GuardReport> Guards { get; init; } = [];

    /// <summary>This call's identity: the same in <see cref="AiFunctionException.CallId"/>, logs and spans.</summary>
    public required string CallId { get; init; }

    /// <summary>The model that answered, if it said so.</summary>
    public string? ModelId { get; init; }
}

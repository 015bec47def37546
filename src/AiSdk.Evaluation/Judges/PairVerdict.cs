using System.ComponentModel;

namespace AiSdk.Evaluation;

/// <summary>What a judge says of two answers.</summary>
/// <param name="Reason">Why; it stands first, so that the model thinks before it judges.</param>
/// <param name="Better">Which is better.</param>
/// <param name="Confidence">How sure the judge is.</param>
public sealed record PairVerdict(
    [property: Description("Why, in one or two sentences that name what decides.")] string Reason,
    [property: Description("Which answer is better; Tie only if they are equally good.")] PairChoice Better,
    [property: Description("How sure you are.")] JudgeConfidence Confidence);

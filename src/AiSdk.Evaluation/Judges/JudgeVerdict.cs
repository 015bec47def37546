using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AiSdk.Evaluation;

/// <summary>What a judge says of an answer.</summary>
/// <param name="Reason">Why; it stands first, so that the model thinks before it judges.</param>
/// <param name="Score">The score.</param>
/// <param name="Confidence">How sure the judge is.</param>
public sealed record JudgeVerdict(
    [property: Description("Why, in one or two sentences that name what in the answer decides.")] string Reason,
    [property: Description("The score, from 1, the worst, to 5, the best.")][property: Range(1, 5)] int Score,
    [property: Description("How sure you are.")] JudgeConfidence Confidence)
{
    /// <summary>The score as a value from 0 to 1.</summary>
    internal double Value => (Score - 1) / 4.0;
}

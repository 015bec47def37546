namespace AiSdk.Evaluation;

/// <summary>A pair whose better answer is known, and what a judge says of it.</summary>
/// <param name="Label">Which is better.</param>
/// <param name="InOrder">What the judge says; <see langword="null"/> if that could not be had.</param>
/// <param name="Swapped">What it says when it sees the second one first, named by the pair's own order; <see langword="null"/> if that could not be had.</param>
public sealed record JudgedPair(PairChoice Label, PairChoice? InOrder, PairChoice? Swapped)
{
    /// <summary>Which is longer; <see langword="null"/> if neither, or nobody knows.</summary>
    public PairChoice? Longer { get; init; }

    /// <summary>Which of them the judge's own model wrote, if it wrote one.</summary>
    public PairChoice? Own { get; init; }
}

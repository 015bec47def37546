namespace AiSdk.Evaluation;

/// <summary>One case of a data set: what goes in, and what should come out.</summary>
/// <typeparam name="TInput">What goes in.</typeparam>
/// <typeparam name="TOutput">What comes out.</typeparam>
/// <param name="Id">Names the case; unique in its data set, and the same in all runs that are to be compared.</param>
/// <param name="Input">What goes in.</param>
/// <param name="Expected">What should come out.</param>
public sealed record EvalCase<TInput, TOutput>(string Id, TInput Input, TOutput Expected)
{
    /// <summary>The slices that the case belongs to; each gets figures of its own.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];
}

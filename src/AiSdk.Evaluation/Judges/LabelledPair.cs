namespace AiSdk.Evaluation;

/// <summary>Two answers of which people know the better one.</summary>
/// <param name="Task">What was asked.</param>
/// <param name="First">An answer.</param>
/// <param name="Second">Another answer.</param>
/// <param name="Better">Which is better.</param>
public sealed record LabelledPair(string Task, string First, string Second, PairChoice Better)
{
    /// <summary>Which of them the judge's own model wrote, if it wrote one.</summary>
    public PairChoice? Own { get; init; }
}

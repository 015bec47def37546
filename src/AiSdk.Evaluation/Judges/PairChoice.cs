namespace AiSdk.Evaluation;

/// <summary>Which of two answers is better.</summary>
public enum PairChoice
{
    /// <summary>The first.</summary>
    First,

    /// <summary>The second.</summary>
    Second,

    /// <summary>Neither.</summary>
    Tie,
}

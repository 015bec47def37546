namespace AiSdk.Evaluation;

/// <summary>What a judge must reach to decide a gate.</summary>
public sealed record JudgeThreshold
{
    /// <summary>The share of verdicts that are right.</summary>
    public double Accuracy { get; init; } = 0.8;

    /// <summary>The share of pairs of which both orders say the same.</summary>
    public double OrderAgreement { get; init; } = 0.8;

    /// <summary>Cohen's kappa between verdicts and labels.</summary>
    public double Kappa { get; init; } = 0.6;

    /// <summary>On how many pairs it must have been tried.</summary>
    public int Pairs { get; init; } = 50;
}

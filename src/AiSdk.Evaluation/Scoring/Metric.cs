namespace AiSdk.Evaluation;

/// <summary>What a scorer measures.</summary>
/// <param name="Name">Its name, unique in a run.</param>
/// <param name="HigherIsBetter">Whether more is better.</param>
/// <param name="OnFailure">What a case gets whose function gave no value.</param>
public sealed record Metric(string Name, bool HigherIsBetter = true, double OnFailure = 0)
{
    /// <summary>Why it may not decide a gate, for a judge that is not calibrated well enough; <see langword="null"/> if it may.</summary>
    public string? CannotGate { get; init; }
}

namespace AiSdk.Evaluation;

/// <summary>How much of what came was wanted, and how much of what was wanted came.</summary>
/// <param name="Precision">The share of what came that was wanted.</param>
/// <param name="Recall">The share of what was wanted that came.</param>
public readonly record struct PrecisionRecall(double Precision, double Recall)
{
    /// <summary>The harmonic mean of both; 0 if both are.</summary>
    public double F1 => Precision + Recall > 0 ? 2 * Precision * Recall / (Precision + Recall) : 0;
}

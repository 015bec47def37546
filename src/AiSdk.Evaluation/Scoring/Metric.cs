namespace AiSdk.Evaluation;

/// <summary>What a scorer measures.</summary>
/// <param name="Name">Its name, unique in a run.</param>
/// <param name="HigherIsBetter">Whether more is better.</param>
/// <param name="OnFailure">
/// What a case gets whose function gave no value. <see langword="null"/> is 0 where more is better; where less is, nothing is the worst, and the case is unmeasured by this metric.
/// </param>
public sealed record Metric(string Name, bool HigherIsBetter = true, double? OnFailure = null)
{
    /// <summary>
    /// What a repeat must reach to count as a success in pass@k; of a metric where less is better, must not exceed. <see langword="null"/> is 1, and 0 where less is better, of values from 0 to 1; of others
    /// nobody knows, and there are no pass rates.
    /// </summary>
    public double? SuccessAt { get; init; }

    /// <summary>What else decides about its values: the signature of a text metric, a tolerance. Runs that measure a name otherwise are not compared by it.</summary>
    public string? Settings { get; init; }

    /// <summary>Who gives its values, where that is a model. Runs that were judged by different judges are not compared by it: the difference may be the judges'.</summary>
    public ScoringJudge? Judge { get; init; }

    /// <summary>Why it may not decide a gate, for a judge that is not calibrated well enough; <see langword="null"/> if it may.</summary>
    public string? CannotGate { get; init; }

    /// <summary>Why values under this metric and under another of the same name are not to be compared; <see langword="null"/> if they are.</summary>
    internal string? NotComparableWith(Metric baseline) =>
        baseline.Settings != Settings ? $"it is measured otherwise: {baseline.Settings ?? "no settings"} became {Settings ?? "no settings"}"
        : baseline.HigherIsBetter != HigherIsBetter ? $"it is measured otherwise: {(HigherIsBetter ? "less" : "more")} was better, and {(HigherIsBetter ? "more" : "less")} is"
        : baseline.Judge != Judge ? $"it is judged by another judge ({baseline.Judge?.ToString() ?? "unknown"}; now {Judge?.ToString() ?? "unknown"}), so that a difference may be the judges'. Score the baseline's outputs anew with the judge of today: RescoreAsync"
        : null;

    internal double? FailureValue => OnFailure ?? (HigherIsBetter ? 0 : null);

    internal bool IsSuccess(double value) => HigherIsBetter ? value >= (SuccessAt ?? 1) : value <= (SuccessAt ?? 0);
}

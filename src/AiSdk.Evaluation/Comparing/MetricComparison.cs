using System.Globalization;

namespace AiSdk.Evaluation;

/// <summary>A metric of two runs on the cases that both measured.</summary>
public sealed record MetricComparison
{
    /// <summary>The metric.</summary>
    public required Metric Metric { get; init; }

    /// <summary>The slice, or <see langword="null"/> for all cases.</summary>
    public string? Slice { get; init; }

    /// <summary>On how many cases they are compared.</summary>
    public required int Cases { get; init; }

    /// <summary>The baseline's mean.</summary>
    public required double Baseline { get; init; }

    /// <summary>The new run's mean.</summary>
    public required double Value { get; init; }

    /// <summary>What the new run has more, with its 95 % interval.</summary>
    public required Estimate Difference { get; init; }

    /// <summary>Cases that were right and are wrong, or of a metric where less is better, that went up; 0 for metrics that are not yes or no.</summary>
    public int Lost { get; init; }

    /// <summary>Cases that were wrong and are right; 0 for metrics that are not yes or no.</summary>
    public int Won { get; init; }

    /// <summary>The test: McNemar's, exact, where all values are 0 or 1, else the paired bootstrap.</summary>
    public required string Test { get; init; }

    /// <summary>The test's p-value.</summary>
    public required double PValue { get; init; }

    /// <summary>The p-value of approximate randomisation, as a second opinion.</summary>
    public required double RandomizationPValue { get; init; }

    /// <summary>The test's p-value, corrected for all that may decide, metrics and slices together: see <see cref="RunComparison"/>.</summary>
    public double CorrectedPValue { get; init; }

    /// <summary>The effect's size: Cohen's h of proportions, else Cohen's d of pairs.</summary>
    public required double EffectSize { get; init; }

    /// <summary>What the comparison says.</summary>
    public ComparisonVerdict Verdict { get; init; }

    /// <summary>Why it cannot be compared, where something other than missing cases is the reason.</summary>
    public string? NotComparableBecause { get; init; }

    /// <summary>The same in words.</summary>
    public string Words
    {
        get
        {
            string what = Slice is null ? Metric.Name : $"{Metric.Name} of {Slice}";
            return Verdict switch
            {
                ComparisonVerdict.NotComparable => $"{what}: {NotComparableBecause ?? "the runs have no measured case in common"}.",
                ComparisonVerdict.NoSignificantChange when Baseline == Value && Lost == 0 && (Difference.Margin == 0 || Cases == 1) => string.Create(CultureInfo.InvariantCulture, $"{what}: no change, {Value:0.####} on {Cases} {(Cases == 1 ? "case" : "cases")}."),
                ComparisonVerdict.NoSignificantChange => $"{what}: no significant change. {Figures}",
                ComparisonVerdict.Better => $"{what}: better. {Figures}",
                _ => $"{what}: worse. {Figures}",
            };
        }
    }

    private string Figures => string.Create(
        CultureInfo.InvariantCulture,
        $"{Baseline:0.####} became {Value:0.####} ({Difference.Value:+0.####;-0.####;0}{Interval}; p = {PText(CorrectedPValue)} by {Test}, {Cases} cases{(Lost + Won > 0 ? $", {Lost} lost, {Won} won" : "")}).");

    private string Interval => double.IsNaN(Difference.Margin) ? "" : string.Create(CultureInfo.InvariantCulture, $", 95 % interval {Difference.Low:+0.####;-0.####;0} to {Difference.High:+0.####;-0.####;0}");

    private static string PText(double p) => p < 0.0001 ? "less than 0.0001" : p.ToString("0.####", CultureInfo.InvariantCulture);
}

namespace AiSdk.Evaluation;

/// <summary>A metric's mean.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Slice">The slice, or <see langword="null"/> for all cases.</param>
/// <param name="Estimate">The mean with its 95 % interval: Wilson's where all values are 0 or 1, the bootstrap's else.</param>
/// <param name="Unmeasured">How many scores could not be had.</param>
public sealed record MetricSummary(Metric Metric, string? Slice, Estimate Estimate, int Unmeasured);

using System.Globalization;

namespace AiSdk.Evaluation;

/// <summary>What a run must be for a change to pass.</summary>
public sealed record GatePolicy
{
    private static readonly Dictionary<string, Func<RunSummary, double>> _figures = new(StringComparer.Ordinal)
    {
        ["latency.p50"] = static summary => summary.Latency.P50,
        ["latency.p95"] = static summary => summary.Latency.P95,
        ["latency.p99"] = static summary => summary.Latency.P99,
        ["tokens"] = static summary => summary.InputTokens + summary.OutputTokens,
        ["tokens.input"] = static summary => summary.InputTokens,
        ["tokens.output"] = static summary => summary.OutputTokens,
        ["cost"] = static summary => summary.Cost,
        ["repairs"] = static summary => summary.Repairs,
        ["reasks"] = static summary => summary.Reasks,
    };

    /// <summary>The p-value below which a regression counts: the chance that a run fails by any of its metrics or slices though nothing changed. Thresholds and limits are no tests and add to it.</summary>
    public double Significance { get; init; } = 0.05;

    /// <summary>The metrics that decide; empty for all that may. The others are told, and take nothing from what those that decide can show: see <see cref="RunComparison"/>.</summary>
    public IReadOnlyList<string> Metrics { get; init; } = [];

    /// <summary>Whether a slice that got worse fails the run, though the whole did not. If so, slices and whole share what may be erred, half and half; if not, the whole has it all, and slices are only shown.</summary>
    public bool IncludeSlices { get; init; } = true;

    /// <summary>The share of calls that may be unmeasured, of the run and of the baseline.</summary>
    public double MaxUnmeasured { get; init; } = 0.01;

    /// <summary>What metrics must reach at least; of those where less is better, stay below.</summary>
    public IReadOnlyDictionary<string, double> Thresholds { get; init; } = new Dictionary<string, double>();

    /// <summary>
    /// What figures of the whole run must not exceed: <c>latency.p50</c>, <c>latency.p95</c> and <c>latency.p99</c> in milliseconds of a call, <c>tokens</c>, <c>tokens.input</c> and <c>tokens.output</c>,
    /// <c>cost</c>, <c>repairs</c>, <c>reasks</c>.
    /// </summary>
    public IReadOnlyDictionary<string, double> Limits { get; init; } = new Dictionary<string, double>();

    /// <summary>Checks a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="baseline">The run that it must not be worse than; <see langword="null"/> to look at thresholds only.</param>
    /// <exception cref="EvalRunException">The runs have no case in common.</exception>
    public GateResult Check(EvalRun run, EvalRun? baseline = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        List<string> errors = [];
        List<string> regressions = [];
        List<string> notes = [];
        RunSummary summary = run.Summary;
        if (!summary.IsComplete)
            errors.Add($"The run is not complete: {run.Manifest.Stopped ?? "it was stopped; start it again with the same folder"}");
        if (baseline is { Summary.IsComplete: false })
            errors.Add($"The baseline is not complete: {baseline.Manifest.Stopped ?? "it was stopped; start it again with the same folder"}");
        // Slices that were asked for and are not there would never get worse.
        (IncludeSlices ? errors : notes).AddRange(run.Table.SliceProblems.Values);
        notes.AddRange(summary.SliceNotes.Except(run.Table.SliceProblems.Values, StringComparer.Ordinal));
        if (Calls(summary) == 0)
            errors.Add("The run has no case.");
        HashSet<string> deciding = [];
        foreach (string name in Metrics.Where(name => !run.Table.Has(name)))
            errors.Add($"The run does not measure '{name}', which must decide.");
        foreach (MetricSummary metric in summary.Metrics)
        {
            bool named = Metrics.Contains(metric.Metric.Name, StringComparer.Ordinal);
            if (Metrics.Count > 0 && !named)
                continue;
            if (metric.Metric.CannotGate is { } reason)
            {
                (named ? errors : notes).Add($"{metric.Metric.Name} cannot decide: {reason}");
                continue;
            }
            deciding.Add(metric.Metric.Name);
            RequireMeasured(metric, summary, "");
        }
        if (deciding.Count == 0 && errors.Count == 0)
            errors.Add("No metric may decide.");
        foreach ((string name, double threshold) in Thresholds)
        {
            if (summary.Metrics.FirstOrDefault(metric => metric.Metric.Name == name) is not { } metric)
                errors.Add($"The run does not measure '{name}', which has a threshold.");
            else if (metric.Metric.CannotGate is { } reason)
                errors.Add($"{name} cannot decide: {reason}");
            else if (!deciding.Contains(name) && !RequireMeasured(metric, summary, ""))
                continue;
            else if (metric.Metric.HigherIsBetter ? !(metric.Estimate.Value >= threshold) : !(metric.Estimate.Value <= threshold))
                regressions.Add(string.Create(CultureInfo.InvariantCulture, $"{name} is {metric.Estimate.Value:0.####}; {(metric.Metric.HigherIsBetter ? "at least" : "at most")} {threshold:0.####} is wanted."));
        }
        foreach ((string name, double limit) in Limits)
        {
            if (!_figures.TryGetValue(name, out Func<RunSummary, double>? figure))
                errors.Add($"'{name}' is no figure that has a limit; these are {string.Join(", ", _figures.Keys.Order(StringComparer.Ordinal))}.");
            else if (figure(summary) is var value && double.IsNaN(value))
                errors.Add($"{name} could not be measured.");
            else if (value > limit)
                regressions.Add(string.Create(CultureInfo.InvariantCulture, $"{name} is {value:0.####}; at most {limit:0.####} is wanted."));
        }
        RunComparison? comparison = baseline is null ? null : RunComparison.Of(run, baseline, (metric, isSlice) => deciding.Contains(metric.Name) && (IncludeSlices || !isSlice), Significance);
        if (comparison is not null)
        {
            foreach (MetricSummary metric in baseline!.Summary.Metrics)
            {
                if (deciding.Contains(metric.Metric.Name))
                    RequireMeasured(metric, baseline.Summary, " by the baseline");
                else if (Metrics.Count == 0 && metric.Metric.CannotGate is null && !run.Table.Has(metric.Metric.Name))
                    errors.Add($"The run does not measure '{metric.Metric.Name}' any more, which the baseline does: name the metrics that decide, or make a new baseline.");
            }
            IEnumerable<MetricComparison> all = IncludeSlices ? comparison.Metrics.Concat(comparison.Slices) : comparison.Metrics;
            regressions.AddRange(all.Where(c => c.Verdict == ComparisonVerdict.Worse && deciding.Contains(c.Metric.Name)).Select(static c => c.Words));
            foreach (string name in deciding.Where(name => comparison.Metrics.All(c => c.Metric.Name != name || c.Verdict == ComparisonVerdict.NotComparable)).Order(StringComparer.Ordinal))
                errors.Add($"{name} cannot be compared: {comparison.Metrics.FirstOrDefault(c => c.Metric.Name == name)?.NotComparableBecause ?? "the baseline did not measure it"}.");
            if (IncludeSlices)
                errors.AddRange(Lost(run, baseline, deciding));
            if (comparison.CommonCases < baseline.Summary.Cases)
                errors.Add(string.Create(CultureInfo.InvariantCulture, $"The run lacks {baseline.Summary.Cases - comparison.CommonCases} of the baseline's {baseline.Summary.Cases} cases."));
            notes.AddRange(comparison.Metrics.Where(static c => c.Verdict != ComparisonVerdict.Worse).Select(static c => c.Words));
        }
        return new GateResult(errors.Count > 0 ? GateOutcome.Error : regressions.Count > 0 ? GateOutcome.Regression : GateOutcome.Passed, regressions, errors, notes, comparison);

        bool RequireMeasured(MetricSummary metric, RunSummary measured, string by)
        {
            int all = Calls(measured);
            if (all == 0 || metric.Unmeasured <= MaxUnmeasured * all)
                return true;
            errors.Add(string.Create(CultureInfo.InvariantCulture, $"{metric.Metric.Name} could not be measured{by} in {metric.Unmeasured} of {all} calls; {MaxUnmeasured:0.##%} are allowed. The first: {Listed(measured)}"));
            return false;
        }
    }

    /// <summary>The slices of which most cases could be measured in the baseline and cannot be any more: what is left of them says nothing, and of the whole they are few.</summary>
    private static IEnumerable<string> Lost(EvalRun run, EvalRun baseline, HashSet<string> deciding)
    {
        foreach ((string slice, List<int> places) in run.Table.Slices)
        {
            foreach (string name in deciding.Where(baseline.Table.Has).Order(StringComparer.Ordinal))
            {
                double[] now = run.Table.Column(name);
                double[] before = baseline.Table.Column(name);
                int[] measured = [.. places.Where(place => run.Table.Ids[place] is { } id && baseline.Table.Place(id) is >= 0 and int old && !double.IsNaN(before[old]))];
                int lost = measured.Count(place => double.IsNaN(now[place]));
                if (measured.Length >= FieldSlices.SmallestSlice && 2 * lost > measured.Length)
                    yield return string.Create(CultureInfo.InvariantCulture, $"{name} could not be measured in {lost} of the {measured.Length} cases of the slice '{slice}' that the baseline has measured.");
            }
        }
    }

    private static int Calls(RunSummary summary) => summary.Measured + summary.Failed + summary.Unmeasured;

    private static string Listed(RunSummary summary) => summary.NotMeasured is [(string id, _, string reason), ..] ? $"{id}, {reason}" : "";
}

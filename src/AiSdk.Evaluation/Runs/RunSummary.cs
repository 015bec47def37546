namespace AiSdk.Evaluation;

/// <summary>A run's figures.</summary>
public sealed record RunSummary
{
    /// <summary>How many cases were run.</summary>
    public required int Cases { get; init; }

    /// <summary>How many calls gave a value.</summary>
    public required int Measured { get; init; }

    /// <summary>How many calls gave a reply that does not fit its type: they count as wrong.</summary>
    public required int Failed { get; init; }

    /// <summary>How many calls could not be measured: they are in no mean.</summary>
    public required int Unmeasured { get; init; }

    /// <summary>Whether all cases are done.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>The metrics, over all cases.</summary>
    public required IReadOnlyList<MetricSummary> Metrics { get; init; }

    /// <summary>The metrics, slice by slice: of each tag, and of each value of the fields that the run is sliced by, <c>expected.intent = refund</c>.</summary>
    public required IReadOnlyList<MetricSummary> Slices { get; init; }

    /// <summary>What is to be known about slices by fields: which values are taken together, which field gives none and why.</summary>
    public IReadOnlyList<string> SliceNotes { get; init; } = [];

    /// <summary>What came for what was expected, where both are of a small vocabulary.</summary>
    public ConfusionMatrix? Confusion { get; init; }

    /// <summary>How often at least one of k repeats succeeds (pass@k) and how often all do (pass^k), by the first metric; empty without repeats, and where nobody knows what a success is: <see cref="Metric.SuccessAt"/>.</summary>
    public IReadOnlyList<PassRate> PassRates { get; init; } = [];

    /// <summary>Milliseconds of a call.</summary>
    public required Percentiles Latency { get; init; }

    /// <summary>Tokens that went in.</summary>
    public required long InputTokens { get; init; }

    /// <summary>Tokens that came out.</summary>
    public required long OutputTokens { get; init; }

    /// <summary>What the run cost.</summary>
    public required double Cost { get; init; }

    /// <summary>Of how many calls the tokens were not told, but estimated from their length: for a run under a budget.</summary>
    public int EstimatedUsages { get; init; }

    /// <summary>How many repairs replies needed, in all.</summary>
    public required int Repairs { get; init; }

    /// <summary>How many replies needed a repair.</summary>
    public required int RepairedReplies { get; init; }

    /// <summary>How often the model was asked again, in all.</summary>
    public required int Reasks { get; init; }

    /// <summary>The first cases that could not be measured, wholly or by a metric, and why.</summary>
    public required IReadOnlyList<(string Id, int Repeat, string Reason)> NotMeasured { get; init; }

    internal static RunSummary Of(EvalRun run)
    {
        RunTable table = run.Table;
        RunManifest manifest = run.Manifest;
        return new RunSummary
        {
            Cases = table.Ids.Count(static id => id is not null),
            Measured = table.Measured,
            Failed = table.Failed,
            Unmeasured = table.Unmeasured,
            IsComplete = manifest.Completed is not null,
            Metrics = [.. manifest.Metrics.Select(metric => new MetricSummary(metric, null, Estimated(metric, null), table.UnmeasuredBy.GetValueOrDefault(metric.Name)))],
            Slices = [.. table.Slices.SelectMany(slice => manifest.Metrics.Select(metric => new MetricSummary(metric, slice.Key, Estimated(metric, slice.Value), 0)))],
            SliceNotes = table.SliceNotes,
            Confusion = table.Confusion,
            PassRates = manifest.Repeats > 1 && (table.IsFirstMetricShare || manifest.Metrics[0].SuccessAt is not null) ? PassRate.Of(table.Repeats, manifest.Repeats) : [],
            Latency = Percentiles.Of(table.Latencies),
            InputTokens = table.InputTokens,
            OutputTokens = table.OutputTokens,
            Cost = table.Cost,
            EstimatedUsages = table.EstimatedUsages,
            Repairs = table.Repairs,
            RepairedReplies = table.RepairedCases,
            Reasks = table.Reasks,
            NotMeasured = table.Listed,
        };

        Estimate Estimated(Metric metric, List<int>? places)
        {
            double[] column = table.Column(metric.Name);
            double[] values = places is null ? [.. column.Where(static value => !double.IsNaN(value))] : [.. places.Select(place => column[place]).Where(static value => !double.IsNaN(value))];
            return Intervals.Mean(values, seed: manifest.Seed);
        }
    }
}

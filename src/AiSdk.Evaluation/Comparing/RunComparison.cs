namespace AiSdk.Evaluation;

/// <summary>Two runs on the same cases.</summary>
/// <remarks>
/// <para>
/// All differences that may decide, of metrics over all cases and of slices alike, are one family: the chance that any of them is called significant though nothing changed is at most
/// <see cref="Significance"/> (Holm's step-down correction, which needs no independence: slices are parts of the whole, and of each other). Were metrics and slices corrected apart, it would be twice that.
/// </para>
/// <para>
/// Half of what may be erred goes to the metrics over all cases, in equal parts, the other half to the slices, in equal parts (Holm's weights); what is found significant leaves its part to the others.
/// With equal parts for all, a regression of the whole would have to be the stronger the more slices one looks at. Without slices the metrics have it all. What is only shown, metrics that may not decide
/// and slices that are said not to, is corrected apart in the same way, so that it takes nothing from what decides.
/// </para>
/// </remarks>
public sealed class RunComparison
{
    private const int FewestResamples = 2_000;
    private const int MostResamples = 200_000;
    // So many resamples are to be as extreme where a p-value is just small enough: with fewer it is told too roughly.
    private const int ResamplesPerLeast = 10;
    // A second or so.
    private const long MostDraws = 200_000_000;

    private RunComparison(EvalRun run, EvalRun baseline, IReadOnlyList<MetricComparison> metrics, IReadOnlyList<MetricComparison> slices, int common, double significance)
    {
        Run = run;
        Baseline = baseline;
        Metrics = metrics;
        Slices = slices;
        CommonCases = common;
        Significance = significance;
    }

    /// <summary>The new run.</summary>
    public EvalRun Run { get; }

    /// <summary>The run that it is compared with.</summary>
    public EvalRun Baseline { get; }

    /// <summary>The metrics that both measure, over all cases; corrected together with the slices.</summary>
    public IReadOnlyList<MetricComparison> Metrics { get; }

    /// <summary>The same for slices of five cases and more, of tags and of the new run's fields (<see cref="EvalOptions.SliceBy"/>); corrected together with the metrics. A slice of all cases is none.</summary>
    public IReadOnlyList<MetricComparison> Slices { get; }

    /// <summary>How many cases both have.</summary>
    public int CommonCases { get; }

    /// <summary>The p-value below which a difference counts.</summary>
    public double Significance { get; }

    /// <summary>What is different in what was evaluated: prompts, model, settings.</summary>
    public IReadOnlyList<string> Changes => RunChanges.Of(Run.Manifest, Baseline.Manifest);

    /// <summary>Compares.</summary>
    /// <param name="run">The new run.</param>
    /// <param name="baseline">The run that it is compared with.</param>
    /// <param name="significance">The p-value below which a difference counts.</param>
    /// <exception cref="EvalRunException">They have no case in common, or cases of the same name that differ.</exception>
    public static RunComparison Of(EvalRun run, EvalRun baseline, double significance = 0.05) => Of(run, baseline, static (metric, _) => metric.CannotGate is null, significance);

    /// <summary>The same where only some metrics decide, over all cases or of slices, too: what is only looked at must not make a regression of these harder to see.</summary>
    internal static RunComparison Of(EvalRun run, EvalRun baseline, Func<Metric, bool, bool> decides, double significance)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(baseline);
        List<(int New, int Old)> common = [];
        for (int i = 0; i < run.Table.Ids.Length; i++)
        {
            if (run.Table.Ids[i] is { } id && baseline.Table.Place(id) is >= 0 and int place)
            {
                if (run.Table.Hashes[i] != baseline.Table.Hashes[place])
                    throw new EvalRunException($"The case '{id}' is not the same in {run.Folder} and {baseline.Folder}: its input or what is expected differs. Cases that changed need ids of their own.");
                common.Add((i, place));
            }
        }
        if (common.Count == 0)
            throw new EvalRunException($"{run.Folder} and {baseline.Folder} have no case in common, so that there is nothing to compare.");
        Metric[] metrics = [.. run.Manifest.Metrics.Where(metric => baseline.Table.Has(metric.Name))];
        List<(string Name, List<(int New, int Old)> Pairs)> parts = [];
        foreach ((string slice, List<int> places) in run.Table.Slices)
        {
            HashSet<int> own = [.. places];
            List<(int New, int Old)> pairs = [.. common.Where(pair => own.Contains(pair.New))];
            if (pairs.Count >= FieldSlices.SmallestSlice && pairs.Count < common.Count)
                parts.Add((slice, pairs));
        }
        // The correction multiplies a p-value by twice the number of slices at most, so that the smallest that resampling can give must be the smaller for it.
        int resamples = (int)Math.Clamp(ResamplesPerLeast * 2.0 * metrics.Length * Math.Max(1, parts.Count) / significance, FewestResamples, MostResamples);
        List<MetricComparison> overall = [.. metrics.Select(metric => Compare(metric, null, common))];
        List<MetricComparison> slices = [.. parts.SelectMany(part => metrics.Select(metric => Compare(metric, part.Name, part.Pairs)))];
        IReadOnlyList<MetricComparison> judged = Judge([.. overall, .. slices], decides, significance);
        return new RunComparison(run, baseline, [.. judged.Take(overall.Count)], [.. judged.Skip(overall.Count)], common.Count, significance);

        MetricComparison Compare(Metric metric, string? slice, List<(int New, int Old)> pairs)
        {
            if (metric.NotComparableWith(baseline.Manifest.Metrics.First(other => other.Name == metric.Name)) is { } otherwise)
                return Comparison(metric, slice, [], [], run.Manifest.Seed, resamples, otherwise);
            double[] newColumn = run.Table.Column(metric.Name);
            double[] oldColumn = baseline.Table.Column(metric.Name);
            (int New, int Old)[] measured = [.. pairs.Where(pair => !double.IsNaN(newColumn[pair.New]) && !double.IsNaN(oldColumn[pair.Old]))];
            return Comparison(metric, slice, [.. measured.Select(pair => oldColumn[pair.Old])], [.. measured.Select(pair => newColumn[pair.New])], run.Manifest.Seed, resamples);
        }
    }

    private static MetricComparison Comparison(Metric metric, string? slice, double[] before, double[] now, ulong seed, int resamples, string? otherwise = null)
    {
        if (now.Length == 0)
        {
            return new MetricComparison
            {
                Metric = metric,
                Slice = slice,
                Cases = 0,
                Baseline = double.NaN,
                Value = double.NaN,
                Difference = new Estimate(double.NaN, double.NaN, double.NaN, 0),
                Test = "none",
                PValue = 1,
                RandomizationPValue = 1,
                EffectSize = 0,
                Verdict = ComparisonVerdict.NotComparable,
                NotComparableBecause = otherwise,
            };
        }
        bool isBinary = Array.TrueForAll(before, static value => value is 0 or 1) && Array.TrueForAll(now, static value => value is 0 or 1);
        int down = isBinary ? before.Zip(now).Count(static pair => pair.First > pair.Second) : 0;
        int up = isBinary ? before.Zip(now).Count(static pair => pair.First < pair.Second) : 0;
        double mean = now.Average();
        double baseline = before.Average();
        return new MetricComparison
        {
            Metric = metric,
            Slice = slice,
            Cases = now.Length,
            Baseline = baseline,
            Value = mean,
            Difference = isBinary ? PairedTests.DifferenceOfProportions(down, up, now.Length) : PairedTests.Difference(before, now, seed: seed),
            Lost = metric.HigherIsBetter ? down : up,
            Won = metric.HigherIsBetter ? up : down,
            Test = isBinary ? "McNemar's test" : "the paired bootstrap",
            PValue = isBinary ? PairedTests.McNemar(down, up) : Bootstrap(before, now, seed, resamples),
            RandomizationPValue = PairedTests.ApproximateRandomization(before, now, seed),
            EffectSize = isBinary ? PairedTests.EffectSizeOfProportions(baseline, mean) : PairedTests.EffectSize(before, now),
        };
    }

    /// <summary>The test's p-value; where none of the usual number of resamples is as extreme, of as many as tell how small it is.</summary>
    private static double Bootstrap(double[] before, double[] now, ulong seed, int resamples)
    {
        double p = PairedTests.Bootstrap(before, now, seed, FewestResamples);
        int more = (int)Math.Min(resamples, MostDraws / now.Length);
        return p > 1.5 / FewestResamples || more <= FewestResamples ? p : PairedTests.Bootstrap(before, now, seed, more);
    }

    private static IReadOnlyList<MetricComparison> Judge(List<MetricComparison> comparisons, Func<Metric, bool, bool> decides, double significance)
    {
        Dictionary<MetricComparison, double> byComparison = new(ReferenceEqualityComparer.Instance);
        foreach (IGrouping<bool, MetricComparison> family in comparisons.Where(static comparison => comparison.Verdict != ComparisonVerdict.NotComparable).GroupBy(comparison => decides(comparison.Metric, comparison.Slice is not null)))
        {
            int slices = family.Count(static comparison => comparison.Slice is not null);
            int metrics = family.Count() - slices;
            double[] weights = [.. family.Select(comparison => 1.0 / (comparison.Slice is null ? metrics : slices))];
            foreach ((MetricComparison comparison, double corrected) in family.Zip(PairedTests.Holm([.. family.Select(static comparison => comparison.PValue)], weights)))
                byComparison.Add(comparison, corrected);
        }
        return [.. comparisons.Select(comparison => byComparison.TryGetValue(comparison, out double p)
            ? comparison with
            {
                CorrectedPValue = p,
                Verdict = p >= significance || comparison.Difference.Value == 0 ? ComparisonVerdict.NoSignificantChange
                    : comparison.Difference.Value > 0 == comparison.Metric.HigherIsBetter ? ComparisonVerdict.Better
                    : ComparisonVerdict.Worse,
            }
            : comparison)];
    }
}

namespace AiSdk.Evaluation;

/// <summary>Tests whether two systems' corpus scores differ, as sacrebleu does: where a score is no mean of its segments' scores, segments are resampled and the score is computed anew.</summary>
public static class CorpusTests
{
    /// <summary>The paired bootstrap (P. Koehn, 2004), with sacrebleu's p-value.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="baseline">The baseline's segments, from <see cref="CorpusMetric.Segments"/>.</param>
    /// <param name="system">The other system's segments.</param>
    /// <param name="seed">Fixes the resamples; the one that sacrebleu takes unless said.</param>
    /// <param name="resamples">How many.</param>
    /// <returns>The p-value.</returns>
    /// <exception cref="ArgumentException">The systems have different numbers of segments.</exception>
    public static double Bootstrap(CorpusMetric metric, IReadOnlyList<double[]> baseline, IReadOnlyList<double[]> system, ulong seed = 12345, int resamples = 10_000)
    {
        Check(metric, baseline, system);
        double difference = Math.Abs(Score(metric, baseline) - Score(metric, system));
        RandomSource random = new(seed);
        double[] differences = new double[resamples];
        for (int r = 0; r < resamples; r++)
        {
            double[] first = new double[baseline[0].Length];
            double[] second = new double[first.Length];
            for (int i = 0; i < baseline.Count; i++)
            {
                int at = random.Next(baseline.Count);
                CorpusMetric.Add(first, baseline[at]);
                CorpusMetric.Add(second, system[at]);
            }
            differences[r] = Math.Abs(metric.Score(first) - metric.Score(second));
        }
        double mean = differences.Average();
        return (differences.Count(d => d - mean >= difference) + 1.0) / (resamples + 1);
    }

    /// <summary>Approximate randomisation (S. Riezler and J. Maxwell, 2005): the systems' segments are swapped by chance.</summary>
    /// <inheritdoc cref="Bootstrap"/>
    /// <param name="trials">How often.</param>
#pragma warning disable CS1573 // The other parameters are inherited.
    public static double ApproximateRandomization(CorpusMetric metric, IReadOnlyList<double[]> baseline, IReadOnlyList<double[]> system, ulong seed = 12345, int trials = 10_000)
#pragma warning restore CS1573
    {
        Check(metric, baseline, system);
        double difference = Math.Abs(Score(metric, baseline) - Score(metric, system));
        RandomSource random = new(seed);
        int extreme = 0;
        for (int trial = 0; trial < trials; trial++)
        {
            double[] first = new double[baseline[0].Length];
            double[] second = new double[first.Length];
            ulong signs = 0;
            for (int i = 0; i < baseline.Count; i++, signs >>= 1)
            {
                if (i % 64 == 0)
                    signs = random.NextUInt64();
                bool swap = (signs & 1) != 0;
                CorpusMetric.Add(first, swap ? system[i] : baseline[i]);
                CorpusMetric.Add(second, swap ? baseline[i] : system[i]);
            }
            if (Math.Abs(metric.Score(first) - metric.Score(second)) >= difference)
                extreme++;
        }
        return (extreme + 1.0) / (trials + 1);
    }

    private static double Score(CorpusMetric metric, IReadOnlyList<double[]> segments)
    {
        double[] sums = new double[segments[0].Length];
        foreach (double[] segment in segments)
            CorpusMetric.Add(sums, segment);
        return metric.Score(sums);
    }

    private static void Check(CorpusMetric metric, IReadOnlyList<double[]> baseline, IReadOnlyList<double[]> system)
    {
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(baseline);
        ArgumentNullException.ThrowIfNull(system);
        if (baseline.Count != system.Count || baseline.Count == 0)
            throw new ArgumentException($"The baseline has {baseline.Count} segments, the other system {system.Count}: both want the same, and at least one.", nameof(system));
    }
}

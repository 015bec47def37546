namespace AiSdk.Evaluation;

/// <summary>Confidence intervals. All are functions of their arguments alone: the same values and seed give the same interval everywhere.</summary>
public static class Intervals
{
    private const double MaxConfidence = 0.9999;

    // Beyond it the mean is normal for all purposes, and resampling takes seconds.
    private const int ResampledUpTo = 20_000;

    /// <summary>The interval of a proportion (E. B. Wilson, 1927), which holds near 0 and 1 and for few cases too.</summary>
    /// <param name="successes">How many cases were right.</param>
    /// <param name="count">Of how many.</param>
    /// <param name="confidence">The share of intervals that hold the truth, above 0 and below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static Estimate Wilson(int successes, int count, double confidence = 0.95)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, count);
        RequireConfidence(confidence);
        if (count == 0)
            return new Estimate(double.NaN, 0, 1, 0);
        double z = Normal.Quantile((1 + confidence) / 2);
        double share = (double)successes / count;
        double scale = 1 + (z * z / count);
        double center = (share + (z * z / (2 * count))) / scale;
        double half = z / scale * Math.Sqrt((share * (1 - share) / count) + (z * z / (4.0 * count * count)));
        return new Estimate(share, successes == 0 ? 0 : Math.Max(0, center - half), successes == count ? 1 : Math.Min(1, center + half), count);
    }

    /// <summary>
    /// The interval of a mean by the bootstrap, t-statistics resampled (bootstrap-t, P. Hall, 1988): unlike percentiles of resampled means it covers as often as it says with few and skewed values too.
    /// </summary>
    /// <param name="values">The values, one for each case.</param>
    /// <param name="confidence">The share of intervals that hold the truth, above 0 and below 1.</param>
    /// <param name="seed">Fixes the resamples.</param>
    /// <param name="resamples">How many.</param>
    /// <remarks>The ends are kept within the smallest and largest value. Of one value there is no interval: its ends are not a number. Beyond 20,000 values the interval is the normal distribution's.</remarks>
    public static Estimate Bootstrap(ReadOnlySpan<double> values, double confidence = 0.95, ulong seed = 1, int resamples = 2000) => Resample(values, confidence, seed, resamples, withinRange: true);

    internal static Estimate Resample(ReadOnlySpan<double> values, double confidence, ulong seed, int resamples, bool withinRange)
    {
        RequireConfidence(confidence);
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 100);
        int count = values.Length;
        if (count == 0)
            return new Estimate(double.NaN, double.NaN, double.NaN, 0);
        (double mean, double deviation) = Moments.Of(values);
        // Of one value nobody knows how far others would lie from it: an interval without width would say that all do.
        if (count == 1)
            return new Estimate(mean, double.NaN, double.NaN, count);
        if (deviation == 0)
            return new Estimate(mean, mean, mean, count);
        (double smallest, double largest) = withinRange ? Moments.Range(values) : (double.NegativeInfinity, double.PositiveInfinity);
        // The mean of equal values may be a rounding beside them.
        mean = Math.Clamp(mean, smallest, largest);
        if (count > ResampledUpTo)
        {
            double half = Normal.Quantile((1 + confidence) / 2) * deviation / Math.Sqrt(count);
            return new Estimate(mean, Math.Max(smallest, mean - half), Math.Min(largest, mean + half), count);
        }
        RandomSource random = new(seed);
        double[] statistics = new double[resamples];
        double[] sample = new double[count];
        for (int r = 0; r < resamples; r++)
        {
            for (int i = 0; i < count; i++)
                sample[i] = values[random.Next(count)];
            (double resampledMean, double resampledDeviation) = Moments.Of(sample);
            // A resample of equal values has no t-statistic; it lies beyond all others on its side.
            statistics[r] = resampledDeviation > 0 ? (resampledMean - mean) / resampledDeviation : resampledMean == mean ? 0 : resampledMean > mean ? double.MaxValue : double.MinValue;
        }
        Array.Sort(statistics);
        double low = mean - (Percentiles.OfSorted(statistics, (1 + confidence) / 2) * deviation);
        double high = mean - (Percentiles.OfSorted(statistics, (1 - confidence) / 2) * deviation);
        return new Estimate(mean, Math.Clamp(low, smallest, mean), Math.Clamp(high, mean, largest), count);
    }

    /// <summary>The interval of a mean: <see cref="Wilson"/> where all values are 0 or 1, <see cref="Bootstrap"/> else.</summary>
    /// <inheritdoc cref="Bootstrap"/>
    public static Estimate Mean(ReadOnlySpan<double> values, double confidence = 0.95, ulong seed = 1, int resamples = 2000)
    {
        int ones = 0;
        foreach (double value in values)
        {
            if (value is not (0 or 1))
                return Bootstrap(values, confidence, seed, resamples);
            if (value == 1)
                ones++;
        }
        return Wilson(ones, values.Length, confidence);
    }

    private static void RequireConfidence(double confidence)
    {
        if (confidence is not (> 0 and <= MaxConfidence))
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, $"A confidence lies above 0 and is at most {MaxConfidence}.");
    }
}

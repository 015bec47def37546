namespace AiSdk.Evaluation;

/// <summary>Tests whether two runs over the same cases differ. All are two-sided, and functions of their arguments alone.</summary>
public static class PairedTests
{
    private const double Normal95 = 1.959963984540054;
    private const double Rounding = 1e-12;

    // Beyond it the sums that are resampled are normal for all purposes, and resampling takes seconds.
    private const int ResampledUpTo = 20_000;

    /// <summary>McNemar's test (1947), exact: whether more cases were lost than won, of those that changed between right and wrong.</summary>
    /// <param name="lost">Cases that only the baseline had right.</param>
    /// <param name="won">Cases that only the new run has right.</param>
    /// <returns>The p-value: how likely at least so uneven a change is if nothing changed.</returns>
    public static double McNemar(int lost, int won)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lost);
        ArgumentOutOfRangeException.ThrowIfNegative(won);
        int changed = lost + won;
        if (changed == 0)
            return 1;
        // The binomial distribution's tail, its terms from the largest down so that none overflows.
        int fewer = Math.Min(lost, won);
        double term = Math.Exp(LogChoose(changed, fewer) - (changed * Math.Log(2)));
        double tail = 0;
        for (int k = fewer; k >= 0 && term > 0; k--)
        {
            tail += term;
            term *= (double)k / (changed - k + 1);
        }
        return Math.Min(1, 2 * tail);
    }

    /// <summary>The paired bootstrap of the mean difference, t-statistics resampled.</summary>
    /// <param name="baseline">The baseline's values, one for each case.</param>
    /// <param name="values">The new run's values of the same cases.</param>
    /// <param name="seed">Fixes the resamples.</param>
    /// <param name="resamples">How many.</param>
    /// <returns>The p-value.</returns>
    /// <exception cref="ArgumentException">The runs have different numbers of cases.</exception>
    public static double Bootstrap(ReadOnlySpan<double> baseline, ReadOnlySpan<double> values, ulong seed = 1, int resamples = 2000)
    {
        double[] differences = Differences(baseline, values);
        if (differences.Length == 0)
            return 1;
        (double mean, double deviation) = Moments.Of(differences);
        if (mean == 0)
            return 1;
        // All differences are one and the same: what is left is the chance that all signs agree.
        if (deviation <= Rounding * Math.Abs(mean))
            return Math.Min(1, 2 * Math.Pow(0.5, differences.Length));
        double statistic = Math.Abs(mean) / deviation;
        if (differences.Length > ResampledUpTo)
            return 2 * Normal.Cumulative(-statistic * Math.Sqrt(differences.Length));
        RandomSource random = new(seed);
        double[] sample = new double[differences.Length];
        int extreme = 0;
        for (int r = 0; r < resamples; r++)
        {
            for (int i = 0; i < sample.Length; i++)
                sample[i] = differences[random.Next(sample.Length)];
            (double resampledMean, double resampledDeviation) = Moments.Of(sample);
            double distance = Math.Abs(resampledMean - mean);
            if (resampledDeviation > 0 ? distance / resampledDeviation >= statistic : distance > 0)
                extreme++;
        }
        return (extreme + 1.0) / (resamples + 1);
    }

    /// <summary>Approximate randomisation (E. Noreen, 1989): how often a mean difference as large comes about where each case's two values are swapped by chance.</summary>
    /// <inheritdoc cref="Bootstrap"/>
    /// <param name="trials">How often all are swapped.</param>
#pragma warning disable CS1573 // The other parameters are inherited.
    public static double ApproximateRandomization(ReadOnlySpan<double> baseline, ReadOnlySpan<double> values, ulong seed = 1, int trials = 10_000)
#pragma warning restore CS1573
    {
        double[] differences = [.. Differences(baseline, values).Where(static difference => difference != 0)];
        if (differences.Length == 0)
            return 1;
        double sum = Math.Abs(differences.Sum());
        double squares = differences.Sum(static difference => difference * difference);
        if (differences.Length > ResampledUpTo)
            return 2 * Normal.Cumulative(-sum / Math.Sqrt(squares));
        // Sums of the same differences in another order differ in their last digits.
        double atLeast = sum - (1e-9 * Math.Sqrt(squares));
        RandomSource random = new(seed);
        int extreme = 0;
        for (int trial = 0; trial < trials; trial++)
        {
            double swapped = 0;
            for (int i = 0; i < differences.Length;)
            {
                ulong signs = random.NextUInt64();
                for (int end = Math.Min(i + 64, differences.Length); i < end; i++, signs >>= 1)
                    swapped += (signs & 1) == 0 ? differences[i] : -differences[i];
            }
            if (Math.Abs(swapped) >= atLeast)
                extreme++;
        }
        return (extreme + 1.0) / (trials + 1);
    }

    /// <summary>The difference of two shares of the same cases with its 95 % interval (A. Agresti, Y. Min, 2005), which holds for few changes, too.</summary>
    /// <param name="lost">The cases that only the baseline has right.</param>
    /// <param name="won">The cases that only the new run has right.</param>
    /// <param name="cases">The cases.</param>
    /// <returns>What the new run has more than the baseline.</returns>
    public static Estimate DifferenceOfProportions(int lost, int won, int cases)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lost);
        ArgumentOutOfRangeException.ThrowIfNegative(won);
        ArgumentOutOfRangeException.ThrowIfLessThan(cases, Math.Max(1, lost + won));
        // Half a case is added to each cell of the table.
        double n = cases + 2.0;
        double difference = (won - lost) / n;
        double half = Normal95 * Math.Sqrt(lost + won + 1 - (n * difference * difference)) / n;
        return new Estimate((double)(won - lost) / cases, Math.Max(-1, difference - half), Math.Min(1, difference + half), cases);
    }

    /// <summary>The mean difference with its interval.</summary>
    /// <inheritdoc cref="Bootstrap"/>
    /// <param name="confidence">The share of intervals that hold the truth.</param>
    /// <returns>What the new run has more than the baseline.</returns>
#pragma warning disable CS1573 // The other parameters are inherited.
    public static Estimate Difference(ReadOnlySpan<double> baseline, ReadOnlySpan<double> values, double confidence = 0.95, ulong seed = 1, int resamples = 2000) =>
#pragma warning restore CS1573
        Intervals.Resample(Differences(baseline, values), confidence, seed, resamples, withinRange: false);

    /// <summary>Corrects p-values for the number of tests (S. Holm, 1979): the chance of one false alarm among all of them stays what it says.</summary>
    /// <param name="pValues">The p-values.</param>
    /// <returns>The corrected ones, in the same order.</returns>
    public static double[] Holm(params IReadOnlyList<double> pValues)
    {
        ArgumentNullException.ThrowIfNull(pValues);
        return Holm(pValues, [.. Enumerable.Repeat(1.0, pValues.Count)]);
    }

    /// <summary>The same with weights (S. Holm, 1979): a test of twice the weight may err twice as often, and what a rejected one leaves goes to the others by their weights. All of them together still err as often as it says.</summary>
    /// <param name="pValues">The p-values.</param>
    /// <param name="weights">How much each counts, a number above 0; only their ratios matter.</param>
    /// <returns>The corrected ones, in the same order.</returns>
    /// <exception cref="ArgumentException">There are not as many weights as p-values, or one is not above 0.</exception>
    public static double[] Holm(IReadOnlyList<double> pValues, IReadOnlyList<double> weights)
    {
        ArgumentNullException.ThrowIfNull(pValues);
        ArgumentNullException.ThrowIfNull(weights);
        if (pValues.Count != weights.Count)
            throw new ArgumentException($"There are {pValues.Count} p-values and {weights.Count} weights: each wants one.", nameof(weights));
        if (weights.Any(static weight => !(weight > 0 && double.IsFinite(weight))))
            throw new ArgumentException("A weight is a number above 0.", nameof(weights));
        double[] corrected = new double[pValues.Count];
        double largest = 0;
        int[] order = [.. Enumerable.Range(0, pValues.Count).OrderBy(i => pValues[i] / weights[i])];
        double[] left = new double[order.Length + 1];
        for (int i = order.Length - 1; i >= 0; i--)
            left[i] = left[i + 1] + weights[order[i]];
        for (int i = 0; i < order.Length; i++)
        {
            largest = Math.Max(largest, Math.Min(1, left[i] / weights[order[i]] * pValues[order[i]]));
            corrected[order[i]] = largest;
        }
        return corrected;
    }

    /// <summary>The effect's size: the mean difference in standard deviations of the differences (Cohen's d for pairs). 0.2 is small, 0.5 medium, 0.8 large.</summary>
    /// <inheritdoc cref="Bootstrap"/>
    /// <returns>The size; 0 if all differences are the same.</returns>
    public static double EffectSize(ReadOnlySpan<double> baseline, ReadOnlySpan<double> values)
    {
        (double mean, double deviation) = Moments.Of(Differences(baseline, values));
        return deviation > 0 ? mean / deviation : 0;
    }

    /// <summary>The effect's size for proportions (Cohen's h): the difference of their arcsines. 0.2 is small, 0.5 medium, 0.8 large.</summary>
    /// <param name="baseline">The baseline's proportion.</param>
    /// <param name="value">The new one.</param>
    public static double EffectSizeOfProportions(double baseline, double value) => (2 * Math.Asin(Math.Sqrt(value))) - (2 * Math.Asin(Math.Sqrt(baseline)));

    private static double[] Differences(ReadOnlySpan<double> baseline, ReadOnlySpan<double> values)
    {
        if (baseline.Length != values.Length)
            throw new ArgumentException($"The baseline has {baseline.Length} values, the new run {values.Length}: paired tests want the same cases.", nameof(values));
        double[] differences = new double[values.Length];
        for (int i = 0; i < differences.Length; i++)
            differences[i] = values[i] - baseline[i];
        return differences;
    }

    private static double LogChoose(int n, int k)
    {
        double sum = 0;
        for (int i = 1; i <= k; i++)
            sum += Math.Log((double)(n - k + i) / i);
        return sum;
    }
}

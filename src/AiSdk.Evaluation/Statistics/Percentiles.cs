namespace AiSdk.Evaluation;

/// <summary>The middle, the slow and the slowest: percentiles of a measure such as latency.</summary>
/// <param name="P50">Half of the values are at most this.</param>
/// <param name="P95">95 % of the values are at most this.</param>
/// <param name="P99">99 % of the values are at most this.</param>
public readonly record struct Percentiles(double P50, double P95, double P99)
{
    /// <summary>The percentiles of values, interpolated as NumPy and Excel do.</summary>
    /// <param name="values">The values, in any order.</param>
    /// <returns>The percentiles; not a number if there is no value.</returns>
    public static Percentiles Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return new Percentiles(OfSorted(sorted, 0.5), OfSorted(sorted, 0.95), OfSorted(sorted, 0.99));
    }

    internal static double OfSorted(ReadOnlySpan<double> sorted, double share)
    {
        if (sorted.Length == 0)
            return double.NaN;
        double at = share * (sorted.Length - 1);
        int below = (int)at;
        return below + 1 == sorted.Length ? sorted[below] : sorted[below] + ((at - below) * (sorted[below + 1] - sorted[below]));
    }
}

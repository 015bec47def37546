namespace AiSdk.Evaluation;

/// <summary>Means and deviations.</summary>
internal static class Moments
{
    /// <summary>The mean and the sample's standard deviation; 0 for fewer than two values.</summary>
    public static (double Mean, double Deviation) Of(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
            sum += value;
        double mean = sum / values.Length;
        double squares = 0;
        foreach (double value in values)
            squares += (value - mean) * (value - mean);
        return (mean, values.Length < 2 ? 0 : Math.Sqrt(squares / (values.Length - 1)));
    }

    /// <summary>The smallest and the largest value.</summary>
    public static (double Smallest, double Largest) Range(ReadOnlySpan<double> values)
    {
        double smallest = double.PositiveInfinity;
        double largest = double.NegativeInfinity;
        foreach (double value in values)
        {
            smallest = Math.Min(smallest, value);
            largest = Math.Max(largest, value);
        }
        return (smallest, largest);
    }
}

using System.Globalization;

namespace AiSdk.Evaluation;

/// <summary>A mean with its confidence interval.</summary>
/// <param name="Value">The mean.</param>
/// <param name="Low">The interval's lower end; not a number where there is no interval: of one value that is neither 0 nor 1.</param>
/// <param name="High">The interval's upper end; not a number where there is no interval.</param>
/// <param name="Count">Over how many cases.</param>
public readonly record struct Estimate(double Value, double Low, double High, int Count)
{
    /// <summary>Half of the interval's width.</summary>
    public double Margin => (High - Low) / 2;

    /// <inheritdoc/>
    public override string ToString() => Count == 0 ? "not measured" : double.IsNaN(Margin) ? string.Create(CultureInfo.InvariantCulture, $"{Value:0.####} on {Count} {(Count == 1 ? "case" : "cases")}") : string.Create(CultureInfo.InvariantCulture, $"{Value:0.####} [{Low:0.####}, {High:0.####}] on {Count} cases");
}

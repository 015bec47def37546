using System.Globalization;

namespace Quickstart;

/// <summary>A share with its 95 % confidence interval (E. B. Wilson, 1927), which holds near 0 and 1 and for few cases too.</summary>
/// <param name="Right">How many cases were right.</param>
/// <param name="Count">Of how many.</param>
public readonly record struct WilsonInterval(int Right, int Count)
{
    private const double Z = 1.959963984540054;

    /// <summary>The share that was right.</summary>
    public double Share => Count == 0 ? 0 : (double)Right / Count;

    /// <summary>The interval's lower end.</summary>
    public double Low => Count == 0 ? 0 : Math.Max(0, Center - Half);

    /// <summary>The interval's upper end.</summary>
    public double High => Count == 0 ? 1 : Math.Min(1, Center + Half);

    private double Center => (Share + (Z * Z / (2 * Count))) / (1 + (Z * Z / Count));

    private double Half => Z / (1 + (Z * Z / Count)) * Math.Sqrt((Share * (1 - Share) / Count) + (Z * Z / (4.0 * Count * Count)));

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Share:0.0000} (95 % interval {Low:0.0000} to {High:0.0000}, {Right} of {Count})");
}

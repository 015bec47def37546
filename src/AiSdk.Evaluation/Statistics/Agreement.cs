using System.Runtime.InteropServices;

namespace AiSdk.Evaluation;

/// <summary>How far two raters agree.</summary>
public static class Agreement
{
    /// <summary>Cohen's kappa (1960): agreement beyond what chance gives. 1 is full agreement, 0 that of chance.</summary>
    /// <typeparam name="T">What they say.</typeparam>
    /// <param name="first">What one says of each item.</param>
    /// <param name="second">What the other says of the same items.</param>
    /// <returns>The kappa; 1 if both always say the same one thing.</returns>
    /// <exception cref="ArgumentException">They rate different numbers of items, or none.</exception>
    public static double Kappa<T>(IReadOnlyList<T> first, IReadOnlyList<T> second)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Count != second.Count || first.Count == 0)
            throw new ArgumentException($"One rates {first.Count} items, the other {second.Count}: both want the same, and at least one.", nameof(second));
        Dictionary<T, (int First, int Second)> counts = [];
        int agreed = 0;
        for (int i = 0; i < first.Count; i++)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(counts, first[i], out _).First++;
            CollectionsMarshal.GetValueRefOrAddDefault(counts, second[i], out _).Second++;
            if (EqualityComparer<T>.Default.Equals(first[i], second[i]))
                agreed++;
        }
        double n = first.Count;
        double observed = agreed / n;
        double expected = counts.Values.Sum(count => count.First / n * (count.Second / n));
        return expected < 1 ? (observed - expected) / (1 - expected) : 1;
    }
}

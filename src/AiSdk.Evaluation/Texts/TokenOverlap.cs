using System.Runtime.InteropServices;
using System.Text;

namespace AiSdk.Evaluation;

/// <summary>Token F1 and normalisation as SQuAD's evaluation has them (P. Rajpurkar et al., 2016).</summary>
public static class TokenOverlap
{
    private static readonly string[] _articles = ["a", "an", "the"];

    /// <summary>A text in lower case without punctuation, English articles and superfluous white space.</summary>
    /// <param name="text">The text.</param>
    public static string Normalize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        StringBuilder kept = new(text.Length);
        foreach (char c in text.ToLowerInvariant())
        {
            if (!char.IsAscii(c) ? !char.IsPunctuation(c) : !char.IsPunctuation(c) && !char.IsSymbol(c))
                kept.Append(c);
        }
        return string.Join(' ', ReferenceText.Split(kept.ToString()).Where(static word => !_articles.Contains(word, StringComparer.Ordinal)));
    }

    /// <summary>The F1 of the words of two texts, each word as often as it occurs; 1 if both have none.</summary>
    /// <param name="prediction">The text.</param>
    /// <param name="reference">What it should be like.</param>
    /// <returns>0 to 1.</returns>
    public static double F1(string prediction, string reference) =>
        OfBags(Normalize(prediction).Split(' ', StringSplitOptions.RemoveEmptyEntries), Normalize(reference).Split(' ', StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal);

    /// <summary>The F1 of two lists whose order does not matter; 1 if both are empty.</summary>
    internal static double OfBags<T>(IReadOnlyCollection<T> prediction, IReadOnlyCollection<T> reference, IEqualityComparer<T>? comparer)
        where T : notnull
    {
        if (prediction.Count == 0 || reference.Count == 0)
            return prediction.Count == reference.Count ? 1 : 0;
        Dictionary<T, int> left = new(comparer);
        foreach (T item in reference)
            CollectionsMarshal.GetValueRefOrAddDefault(left, item, out _)++;
        int common = 0;
        foreach (T item in prediction)
        {
            ref int count = ref CollectionsMarshal.GetValueRefOrNullRef(left, item);
            if (!System.Runtime.CompilerServices.Unsafe.IsNullRef(ref count) && count > 0)
            {
                count--;
                common++;
            }
        }
        return 2.0 * common / (prediction.Count + reference.Count);
    }
}

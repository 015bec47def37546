using System.Globalization;
using System.Runtime.InteropServices;

namespace AiSdk.Evaluation;

/// <summary>ChrF (M. Popović, 2015) and, with <see cref="WordOrder"/> 2, chrF++: an F-score of character n-grams, equal to sacrebleu's.</summary>
public sealed class ChrF : CorpusMetric
{
    private const double Epsilon = 1e-16;
    private const string Punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    /// <summary>The longest n-grams of characters.</summary>
    public int CharacterOrder { get; init; } = 6;

    /// <summary>The longest n-grams of words; 0 for none.</summary>
    public int WordOrder { get; init; }

    /// <summary>How many times recall weighs what precision weighs.</summary>
    public double Beta { get; init; } = 2;

    /// <summary>Whether upper and lower case are the same.</summary>
    public bool Lowercase { get; init; }

    /// <summary>Whether white space is a character.</summary>
    public bool IncludeWhiteSpace { get; init; }

    /// <summary>Whether orders without n-grams get a tiny score instead of being left out, as chrF++.py, Moses and NLTK do.</summary>
    public bool EpsilonSmoothing { get; init; }

    /// <inheritdoc/>
    public override string Signature => string.Create(CultureInfo.InvariantCulture, $"chrF{Beta:0.###}|case:{(Lowercase ? "lc" : "mixed")}|eff:{(EpsilonSmoothing ? "no" : "yes")}|nc:{CharacterOrder}|nw:{WordOrder}|space:{(IncludeWhiteSpace ? "yes" : "no")}");

    // Layout: for each order n-grams of the text, of the reference, matches.
    /// <inheritdoc/>
    public override double[] Segment(string hypothesis, params ReadOnlySpan<string> references)
    {
        ArgumentNullException.ThrowIfNull(hypothesis);
        RequireReferences(references);
        Dictionary<string, int>[] own = Count(hypothesis);
        double best = -1;
        double[] bestSums = [];
        foreach (string reference in references)
        {
            Dictionary<string, int>[] other = Count(reference);
            double[] sums = new double[3 * own.Length];
            for (int i = 0; i < own.Length; i++)
            {
                foreach ((string gram, int count) in own[i])
                {
                    if (other[i].Count > 0)
                        sums[3 * i] += count;
                    sums[(3 * i) + 2] += Math.Min(count, other[i].GetValueOrDefault(gram));
                }
                sums[(3 * i) + 1] = other[i].Values.Sum();
            }
            double score = Score(sums);
            if (score > best)
                (best, bestSums) = (score, sums);
        }
        return bestSums;
    }

    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<double> sums)
    {
        int orders = CharacterOrder + WordOrder;
        double factor = Beta * Beta;
        double score = 0;
        double precisions = 0;
        double recalls = 0;
        int effective = 0;
        for (int i = 0; i < orders; i++)
        {
            double own = sums[3 * i];
            double other = sums[(3 * i) + 1];
            double matches = sums[(3 * i) + 2];
            double precision = own > 0 ? matches / own : Epsilon;
            double recall = other > 0 ? matches / other : Epsilon;
            double denominator = (factor * precision) + recall;
            score += denominator > 0 ? (1 + factor) * precision * recall / denominator : Epsilon;
            if (own > 0 && other > 0)
            {
                precisions += precision;
                recalls += recall;
                effective++;
            }
        }
        if (EpsilonSmoothing)
            return 100 * score / orders;
        if (effective == 0 || precisions + recalls == 0)
            return 0;
        double p = precisions / effective;
        double r = recalls / effective;
        return 100 * (1 + factor) * p * r / ((factor * p) + r);
    }

    private Dictionary<string, int>[] Count(string text)
    {
        if (Lowercase)
            text = ReferenceText.Lower(text);
        Dictionary<string, int>[] counts = new Dictionary<string, int>[CharacterOrder + WordOrder];
        List<string> points = ReferenceText.CodePoints(IncludeWhiteSpace ? text : string.Concat(ReferenceText.Split(text)));
        for (int order = 1; order <= CharacterOrder; order++)
            counts[order - 1] = Grams(points, order, "");
        if (WordOrder > 0)
        {
            List<string> words = SplitPunctuation(text);
            for (int order = 1; order <= WordOrder; order++)
                counts[CharacterOrder + order - 1] = Grams(words, order, " ");
        }
        return counts;
    }

    private static Dictionary<string, int> Grams(List<string> items, int order, string separator)
    {
        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        for (int start = 0; start + order <= items.Count; start++)
            CollectionsMarshal.GetValueRefOrAddDefault(counts, string.Join(separator, items.GetRange(start, order)), out _)++;
        return counts;
    }

    private static List<string> SplitPunctuation(string text)
    {
        List<string> words = [];
        foreach (string word in ReferenceText.Split(text))
        {
            if (word.Length > 1 && Punctuation.Contains(word[^1], StringComparison.Ordinal))
                words.AddRange([word[..^1], word[^1..]]);
            else if (word.Length > 1 && Punctuation.Contains(word[0], StringComparison.Ordinal))
                words.AddRange([word[..1], word[1..]]);
            else
                words.Add(word);
        }
        return words;
    }
}

using System.Globalization;
using System.Runtime.InteropServices;

namespace AiSdk.Evaluation;

/// <summary>BLEU (K. Papineni et al., 2002), equal to sacrebleu's.</summary>
public sealed class Bleu : CorpusMetric
{
    /// <summary>How texts are cut into words.</summary>
    public BleuTokenizer Tokenizer { get; init; }

    /// <summary>What is taken where no n-gram matches.</summary>
    public BleuSmoothing Smoothing { get; init; }

    /// <summary>The value that <see cref="BleuSmoothing.Floor"/> and <see cref="BleuSmoothing.AddK"/> take; <see langword="null"/> for their usual one.</summary>
    public double? SmoothingValue { get; init; }

    /// <summary>Whether upper and lower case are the same.</summary>
    public bool Lowercase { get; init; }

    /// <summary>The longest n-grams that count.</summary>
    public int MaxOrder { get; init; } = 4;

    /// <summary>Whether n-grams longer than the text are left out, as is usual for single sentences; <see cref="ScoreSentence"/> does so in any case.</summary>
    public bool EffectiveOrder { get; init; }

    /// <inheritdoc/>
    public override string Signature => string.Create(CultureInfo.InvariantCulture, $"BLEU|case:{(Lowercase ? "lc" : "mixed")}|eff:{(EffectiveOrder ? "yes" : "no")}|tok:{Tokenizer}|smooth:{Smoothing}{SmoothingValue:'['0.###']'}|order:{MaxOrder}");

    // Layout: length, reference length, matches for each order, n-grams for each order.
    /// <inheritdoc/>
    public override double[] Segment(string hypothesis, params ReadOnlySpan<string> references)
    {
        ArgumentNullException.ThrowIfNull(hypothesis);
        RequireReferences(references);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxOrder, 1);
        string[] words = Words(hypothesis);
        Dictionary<string, int> allowed = new(StringComparer.Ordinal);
        int closest = -1;
        foreach (string reference in references)
        {
            string[] other = Words(reference);
            foreach ((string gram, int count) in Count(other))
            {
                ref int most = ref CollectionsMarshal.GetValueRefOrAddDefault(allowed, gram, out _);
                most = Math.Max(most, count);
            }
            int difference = Math.Abs(words.Length - other.Length);
            if (closest < 0 || difference < Math.Abs(words.Length - closest) || (difference == Math.Abs(words.Length - closest) && other.Length < closest))
                closest = other.Length;
        }
        double[] sums = new double[2 + (2 * MaxOrder)];
        sums[0] = words.Length;
        sums[1] = closest;
        for (int order = 1; order <= MaxOrder; order++)
            sums[1 + MaxOrder + order] = Math.Max(0, words.Length - order + 1);
        foreach ((string gram, int count) in Count(words))
            sums[1 + Order(gram)] += Math.Min(count, allowed.GetValueOrDefault(gram));
        return sums;
    }

    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<double> sums) => Score(sums, EffectiveOrder);

    /// <inheritdoc/>
    public override double ScoreSentence(string hypothesis, params ReadOnlySpan<string> references) => Score(Segment(hypothesis, references), effectiveOrder: true);

    private double Score(ReadOnlySpan<double> sums, bool effectiveOrder)
    {
        double length = sums[0];
        double referenceLength = sums[1];
        ReadOnlySpan<double> matches = sums.Slice(2, MaxOrder);
        ReadOnlySpan<double> totals = sums.Slice(2 + MaxOrder, MaxOrder);
        if (!matches.ContainsAnyExcept(0))
            return 0;
        double penalty = length >= referenceLength ? 1 : length > 0 ? Math.Exp(1 - (referenceLength / length)) : 0;
        double smoothing = SmoothingValue ?? (Smoothing == BleuSmoothing.Floor ? 0.1 : 1);
        double halved = 1;
        double logarithms = 0;
        int orders = 0;
        for (int order = 0; order < MaxOrder; order++)
        {
            double extra = Smoothing == BleuSmoothing.AddK && order > 0 ? smoothing : 0;
            double total = totals[order] + extra;
            if (total == 0)
                break;
            orders++;
            double match = matches[order] + extra;
            double precision = match / total;
            if (match == 0)
            {
                precision = Smoothing switch
                {
                    BleuSmoothing.Exponential => 1 / ((halved *= 2) * total),
                    BleuSmoothing.Floor => smoothing / total,
                    _ => 0,
                };
            }
            if (precision == 0)
                return 0;
            logarithms += Math.Log(100 * precision);
        }
        if (!effectiveOrder && orders < MaxOrder)
            return 0;
        return penalty * Math.Exp(logarithms / orders);
    }

    private string[] Words(string text)
    {
        string trimmed = ReferenceText.TrimEnd(Lowercase ? ReferenceText.Lower(text) : text);
        return BleuTokenization.Words(trimmed, Tokenizer);
    }

    // White space is in no word, so that n-grams joined by it are told apart.
    private Dictionary<string, int> Count(string[] words)
    {
        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        for (int order = 1; order <= MaxOrder; order++)
        {
            for (int start = 0; start + order <= words.Length; start++)
                CollectionsMarshal.GetValueRefOrAddDefault(counts, string.Join(' ', words, start, order), out _)++;
        }
        return counts;
    }

    private static int Order(string gram) => gram.AsSpan().Count(' ') + 1;
}

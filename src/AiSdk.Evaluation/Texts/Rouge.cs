using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace AiSdk.Evaluation;

/// <summary>ROUGE (C.-Y. Lin, 2004), equal to Google's rouge-score, which works on English: words are runs of a–z and 0–9.</summary>
/// <remarks>Safe for concurrent use.</remarks>
public sealed partial class Rouge
{
    /// <summary>Whether words of more than three letters are reduced to their stems (M. Porter, 1980, with NLTK's changes).</summary>
    public bool UseStemmer { get; init; }

    /// <summary>The overlap of n-grams.</summary>
    /// <param name="order">The number of words of an n-gram.</param>
    /// <param name="prediction">The text.</param>
    /// <param name="reference">What it should be like.</param>
    public PrecisionRecall N(int order, string prediction, string reference)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1);
        Dictionary<string, int> own = Grams(Words(prediction), order);
        Dictionary<string, int> other = Grams(Words(reference), order);
        double common = own.Sum(gram => Math.Min(gram.Value, other.GetValueOrDefault(gram.Key)));
        return new PrecisionRecall(common / Math.Max(1, own.Values.Sum()), common / Math.Max(1, other.Values.Sum()));
    }

    /// <summary>ROUGE-L: the longest common subsequence.</summary>
    /// <inheritdoc cref="N"/>
    public PrecisionRecall L(string prediction, string reference)
    {
        string[] own = Words(prediction);
        string[] other = Words(reference);
        if (own.Length == 0 || other.Length == 0)
            return default;
        double common = Table(other, own)[other.Length, own.Length];
        return new PrecisionRecall(common / own.Length, common / other.Length);
    }

    /// <summary>ROUGE-Lsum: for each line of the reference the union of its longest common subsequences with the text's lines.</summary>
    /// <inheritdoc cref="N"/>
    public PrecisionRecall LSum(string prediction, string reference)
    {
        string[][] own = Lines(prediction);
        string[][] other = Lines(reference);
        int ownWords = own.Sum(static line => line.Length);
        int otherWords = other.Sum(static line => line.Length);
        if (ownWords == 0 || otherWords == 0)
            return default;
        // Each word counts once, as in ROUGE 1.5.5.
        Dictionary<string, int> ownLeft = Grams([.. own.SelectMany(static line => line)], 1);
        Dictionary<string, int> otherLeft = Grams([.. other.SelectMany(static line => line)], 1);
        double hits = 0;
        foreach (string[] line in other)
        {
            foreach (int at in own.SelectMany(candidate => Common(line, candidate)).Distinct().Order())
            {
                string word = line[at];
                if (ownLeft.GetValueOrDefault(word) <= 0 || otherLeft[word] <= 0)
                    continue;
                hits++;
                ownLeft[word]--;
                otherLeft[word]--;
            }
        }
        return new PrecisionRecall(hits / ownWords, hits / otherWords);
    }

    internal string[] Words(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] words = Separators().Replace(ReferenceText.Lower(text), " ").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return UseStemmer ? [.. words.Select(static word => word.Length > 3 ? PorterStemmer.Stem(word) : word)] : words;
    }

    private string[][] Lines(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Words)];
    }

    private static Dictionary<string, int> Grams(string[] words, int order)
    {
        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        for (int start = 0; start + order <= words.Length; start++)
            CollectionsMarshal.GetValueRefOrAddDefault(counts, string.Join(' ', words, start, order), out _)++;
        return counts;
    }

    private static int[,] Table(string[] reference, string[] candidate)
    {
        int[,] table = new int[reference.Length + 1, candidate.Length + 1];
        for (int i = 1; i <= reference.Length; i++)
        {
            for (int j = 1; j <= candidate.Length; j++)
                table[i, j] = reference[i - 1] == candidate[j - 1] ? table[i - 1, j - 1] + 1 : Math.Max(table[i - 1, j], table[i, j - 1]);
        }
        return table;
    }

    // Of several subsequences of the same length it must be rouge-score's.
    private static List<int> Common(string[] reference, string[] candidate)
    {
        int[,] table = Table(reference, candidate);
        List<int> positions = [];
        int i = reference.Length;
        int j = candidate.Length;
        while (i > 0 && j > 0)
        {
            if (reference[i - 1] == candidate[j - 1])
            {
                positions.Add(--i);
                j--;
            }
            else if (table[i, j - 1] > table[i - 1, j])
            {
                j--;
            }
            else
            {
                i--;
            }
        }
        return positions;
    }

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex Separators();
}

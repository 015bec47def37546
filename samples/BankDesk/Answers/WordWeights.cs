namespace BankDesk.Answers;

/// <summary>How much a word says: the rarer it is among the sentences of a text, the more.</summary>
/// <remarks>Immutable; safe for concurrent use.</remarks>
internal sealed class WordWeights
{
    private const int LeastPrefix = 4;

    private readonly Dictionary<string, int> _sentences = new(StringComparer.Ordinal);
    private readonly int _count;

    /// <summary>Counts the words of sentences.</summary>
    public WordWeights(IEnumerable<string> sentences)
    {
        foreach (string sentence in sentences)
        {
            _count++;
            foreach (string word in Of(sentence).Distinct())
                _sentences[word] = _sentences.GetValueOrDefault(word) + 1;
        }
    }

    /// <summary>How well a sentence goes with a question: what the question's words that it has weigh, together.</summary>
    public double Score(IReadOnlyCollection<string> question, string sentence)
    {
        string[] words = [.. Of(sentence)];
        return question.Where(asked => words.Any(word => IsSame(asked, word))).Sum(Weight) / (1 + words.Length / 60.0);
    }

    /// <summary>The words of a text, in lower case.</summary>
    public static IEnumerable<string> Of(string text)
    {
        int start = -1;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && char.IsLetterOrDigit(text[i]))
            {
                start = start < 0 ? i : start;
                continue;
            }
            if (start >= 0)
                yield return text[start..i].ToLowerInvariant();
            start = -1;
        }
    }

    private double Weight(string word) => Math.Log((_count + 1.0) / (_sentences.GetValueOrDefault(word) + 1));

    /// <summary>Whether two are forms of one word: they begin alike for most of their length.</summary>
    private static bool IsSame(string a, string b)
    {
        int shared = a.AsSpan().CommonPrefixLength(b);
        return shared == a.Length && shared == b.Length || shared >= LeastPrefix && shared * 10 >= Math.Max(a.Length, b.Length) * 7;
    }
}

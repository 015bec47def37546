namespace AiSdk;

/// <summary>Finds the one value of an enum that prose names.</summary>
internal static class EnumText
{
    // "Billing is not it" takes back what it names; further on a negation is about something else.
    private const int WordsBehind = 3;

    /// <summary>The value that a text names as whole words; where several are named, the one named most often, which is not sure.</summary>
    public static int Find(ShapeNames names, ReadOnlySpan<char> text, out bool sure)
    {
        sure = true;
        if (text.IsWhiteSpace())
            return -1;
        string words = ShapeNames.Words(text);
        int length = names.Written.Length;
        List<(string Words, int Index)> wanted = [];
        for (int i = 0; i < length; i++)
        {
            string value = ShapeNames.Words(names.Written[i]);
            wanted.Add((value, i));
            // BillingTeam is written as two words in prose.
            if (ShapeNames.Words(ShapeNames.Split(names.Written[i])) is { } split && split != value)
                wanted.Add((split, i));
        }
        int[] counts = new int[length];
        bool negated = false;
        // Longest first: what a longer value covers does not name a shorter one.
        bool[] covered = new bool[words.Length];
        foreach ((string value, int i) in wanted.OrderByDescending(static w => w.Words.Length))
        {
            // What has no letters is named by no word.
            if (names.Written[i].Length == 0)
                continue;
            if (value.Length <= 3 && (value.Length < 3 || char.IsAsciiLetter(value[1])))
            {
                CountLetters(names.Written[i], text, ref counts[i]);
                continue;
            }
            for (int at = words.IndexOf(value, StringComparison.Ordinal); at >= 0; at = words.IndexOf(value, at + value.Length - 1, StringComparison.Ordinal))
            {
                if (covered[at + 1])
                    continue;
                Array.Fill(covered, true, at + 1, value.Length - 2);
                counts[i]++;
                // The words have no points, so that a negation of the sentence before counts as well.
                ReadOnlySpan<char> behind = words.AsSpan(at + value.Length - 1);
                negated |= Negates(words.AsSpan(0, at + 1)) || Negates(behind[..NextWords(behind)]);
            }
        }
        int best = -1;
        bool tie = false;
        for (int i = 0; i < length; i++)
        {
            if (counts[i] == 0)
                continue;
            if (best >= 0)
                sure = false;
            if (best < 0 || counts[i] > counts[best])
            {
                best = i;
                tie = false;
            }
            else if (counts[i] == counts[best])
            {
                tie = true;
            }
        }
        return tie || negated ? -1 : best;
    }

    /// <summary>Whether one of some words takes back what the others say: then which value is meant is not sure.</summary>
    private static bool Negates(ReadOnlySpan<char> words)
    {
        foreach (Range range in words.Split(' '))
        {
            if (words[range] is "not" or "never" or "no" or "neither" or "nor" or "cannot" or "without" or "except" or "unlike" or "nothing" or "rather" or "instead" or "wrong" or "incorrect"
                or "isnt" or "arent" or "wasnt" or "werent" or "dont" or "cant" or "doesnt" or "didnt" or "shouldnt" or "wouldnt" or "couldnt" or "hasnt" or "havent" or "wont" or "aint")
                return true;
        }
        return false;
    }

    /// <summary>The length of the next few words.</summary>
    private static int NextWords(ReadOnlySpan<char> words)
    {
        int at = 0;
        for (int count = 0; count <= WordsBehind && at < words.Length; count++)
        {
            int space = words[(at + 1)..].IndexOf(' ');
            at = space < 0 ? words.Length : at + 1 + space;
        }
        return at;
    }

    // "A" is also an article: only the letter alone, as it is written.
    private static void CountLetters(string value, ReadOnlySpan<char> text, ref int count)
    {
        for (int i = 0; i < text.Length;)
        {
            int at = text[i..].IndexOf(value, StringComparison.Ordinal);
            if (at < 0)
                return;
            i += at;
            int end = i + value.Length;
            bool marked = (i == 0 || text[i - 1] is '*' or '"' or '(' or '`' or '\'' || text[..i].TrimEnd() is [.., ':' or ',' or '/' or '&']) && (end >= text.Length || !char.IsLetterOrDigit(text[end]) && text[end] is not ('+' or '#'));
            if (marked && (value is not ("A" or "I" or "a") || end >= text.Length || text[end] != ' '))
                count++;
            i = end;
        }
    }
}

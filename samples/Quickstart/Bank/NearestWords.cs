namespace Quickstart;

/// <summary>Finds in a message what a model copied from it with a slip.</summary>
internal static class NearestWords
{
    private const int MostWords = 5;

    // Of ten letters three may be other ones; with more, another name is as near.
    private const double MostDifferent = 0.4;

    // What is copied letter by letter goes wrong on the way, not at the beginning.
    private const int RightBeginning = 4;

    private static readonly char[] s_around = ['.', ',', ';', ':', '!', '?', '(', ')', '"', '\''];

    /// <summary>The words of a message that a text is or is nearest to, as the message spells them; <see langword="null"/> where none are near.</summary>
    public static string? Find(string message, string text)
    {
        if (text.Length > 0 && message.Contains(text, StringComparison.OrdinalIgnoreCase))
            return InWhole(message, text);
        string[] words = message.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string? nearest = null;
        double least = MostDifferent;
        for (int start = 0; start < words.Length; start++)
        {
            for (int count = 1; count <= MostWords && start + count <= words.Length; count++)
            {
                string candidate = string.Join(' ', words[start..(start + count)]).Trim(s_around);
                int longer = Math.Max(candidate.Length, text.Length);
                // Lengths alone tell that it is too far, and another number is no slip.
                if (candidate.Length == 0 || !Digits(candidate).SequenceEqual(Digits(text)) || Math.Abs(candidate.Length - text.Length) > least * longer)
                    continue;
                double difference = (double)Distance(candidate, text) / longer;
                if (difference < least)
                    (nearest, least) = (candidate, difference);
            }
        }
        // A name has a capital, unless its writer does without any.
        return nearest ?? WithBeginning(words.Where(word => char.IsUpper(word.TrimStart(s_around).FirstOrDefault()) || !message.Any(char.IsUpper)), text);
    }

    /// <summary>The only word that begins as the text does.</summary>
    private static string? WithBeginning(IEnumerable<string> words, string text)
    {
        if (text.Length < RightBeginning || text.Any(char.IsAsciiDigit))
            return null;
        string[] alike =
        [
            .. words.Select(static word => word.Trim(s_around)).Where(word => word.StartsWith(text[..RightBeginning], StringComparison.OrdinalIgnoreCase) && !word.Contains('@', StringComparison.Ordinal)).Distinct(StringComparer.OrdinalIgnoreCase),
        ];
        return alike is [var only] ? only : null;
    }

    /// <summary>A text where it stands in a message as whole words, or else, with what is missing of them, where it stands in words.</summary>
    private static string InWhole(string message, string text)
    {
        string? part = null;
        for (int at = message.IndexOf(text, StringComparison.OrdinalIgnoreCase); at >= 0; at = message.IndexOf(text, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            int start = at;
            int end = at + text.Length;
            while (start > 0 && char.IsLetterOrDigit(message[start]) && char.IsLetterOrDigit(message[start - 1]))
                start--;
            while (end < message.Length && char.IsLetterOrDigit(message[end - 1]) && char.IsLetterOrDigit(message[end]))
                end++;
            if (end - start == text.Length)
                return message[start..end];
            part ??= message[start..end];
        }
        return part!;
    }

    private static IEnumerable<char> Digits(string text) => text.Where(char.IsAsciiDigit);

    /// <summary>How many letters must be changed, added or left out (V. Levenshtein, 1965), in whatever case.</summary>
    public static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int changed = diagonal + (char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, 1 + Math.Min(row[j], row[j - 1]));
            }
        }
        return row[^1];
    }
}

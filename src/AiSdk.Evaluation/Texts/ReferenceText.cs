using System.Text;

namespace AiSdk.Evaluation;

/// <summary>Texts as Python, in which the reference implementations are written, sees them: code points, its white space, its lower case.</summary>
internal static class ReferenceText
{
    /// <summary>Whether <c>str.split()</c> splits here; .NET's white space lacks the four separators of ASCII.</summary>
    public static bool IsWhiteSpace(char c) => char.IsWhiteSpace(c) || c is >= '\x1c' and <= '\x1f';

    /// <summary>The words between white space.</summary>
    public static string[] Split(string text)
    {
        List<string> words = [];
        int start = -1;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || IsWhiteSpace(text[i]))
            {
                if (start >= 0)
                    words.Add(text[start..i]);
                start = -1;
            }
            else if (start < 0)
            {
                start = i;
            }
        }
        return [.. words];
    }

    /// <summary>The text without white space at its end.</summary>
    public static string TrimEnd(string text)
    {
        int end = text.Length;
        while (end > 0 && IsWhiteSpace(text[end - 1]))
            end--;
        return text[..end];
    }

    /// <summary>Lower case with Unicode's two special cases: a dotted capital I becomes two characters, a sigma at a word's end its final form.</summary>
    public static string Lower(string text)
    {
        string lower = text.ToLowerInvariant();
        if (text.AsSpan().IndexOfAny('\u0130', '\u03A3') < 0)
            return lower;
        StringBuilder result = new(text.Length + 1);
        for (int i = 0; i < text.Length; i++)
        {
            result.Append(text[i] switch
            {
                '\u0130' => "i\u0307",
                '\u03A3' => IsCased(text, i - 1, -1) && !IsCased(text, i + 1, 1) ? "\u03C2" : "\u03C3",
                _ => lower[i].ToString(),
            });
        }
        return result.ToString();
    }

    /// <summary>The code points, each as a text.</summary>
    public static List<string> CodePoints(string text)
    {
        List<string> points = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            bool pair = char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]);
            points.Add(text.Substring(i, pair ? 2 : 1));
            if (pair)
                i++;
        }
        return points;
    }

    // Marks and apostrophes between letters do not end a word.
    private static bool IsCased(string text, int at, int step)
    {
        for (; at >= 0 && at < text.Length; at += step)
        {
            if (char.IsLetter(text[at]))
                return char.IsUpper(text[at]) || char.IsLower(text[at]);
            if (text[at] is not ('\'' or '.' or ':' or '\u00B7' or '\u2019' or '\u00AD') && char.GetUnicodeCategory(text[at]) is not (System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.ModifierLetter))
                return false;
        }
        return false;
    }
}

using System.Globalization;
using System.Text;

namespace AiSdk;

/// <summary>
/// Text as the guards' classifiers see it: compatibility characters resolved, letters that look like Latin ones made Latin in words that mix scripts, accents kept,
/// what is invisible taken out, lower case. Made in one pass, in linear time.
/// </summary>
internal readonly struct FoldedText
{
    private const string Cyrillic = "авсеһіјкӏмпогѕтухуԁԛԝ";
    private const string CyrillicAs = "abcehijklmnorstyxydqw";
    private const string Greek = "αβεζηικμνορτυχγω";
    private const string GreekAs = "abezhikmvoptuxyw";

    // More over one letter than any language writes, and as many as Unicode has texts keep to that are to be normalised piece by piece: the time for a run of marks grows as its square.
    private const int MaxMarks = 30;

    // Greek and Cyrillic.
    private const char FirstLookalike = '\u0370';
    private const char LastLookalike = '\u052F';

    private const string SmallCapitals = "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢıøłđħŧ";
    private const string SmallCapitalsAs = "abcdefghijklmnoprstuvwyzioldht";

    private FoldedText(string text, int invisible, string hidden)
    {
        Text = text;
        InvisibleCount = invisible;
        Hidden = hidden;
    }

    /// <summary>The folded text.</summary>
    public string Text { get; }

    /// <summary>How many characters were taken out of the inside of words: nobody writes such.</summary>
    public int InvisibleCount { get; }

    /// <summary>What was written in tag characters, which are shown nowhere and read by models, and a mark for each variation selector behind another, which stand for bytes; empty as a rule.</summary>
    public string Hidden { get; }

    /// <summary>Folds a text.</summary>
    public static FoldedText Of(string text)
    {
        if (InvisibleCharacters.ShownAscii(text) == text.Length)
            return new FoldedText(text.ToLowerInvariant(), 0, "");
        StringBuilder visible = new(text.Length);
        StringBuilder? hidden = null;
        int invisible = 0;
        int marks = 0;
        bool isSelector = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            bool isBehindSelector = isSelector;
            isSelector = c is >= '\uFE00' and <= '\uFE0F' || (c == '\uDB40' && i + 1 < text.Length && text[i + 1] is >= '\uDD00' and <= '\uDDEF');
            if (isSelector && isBehindSelector)
                (hidden ??= new StringBuilder()).Append('\uFFFD');
            if (c < 0x80 && InvisibleCharacters.ShownAscii(text.AsSpan(i)) is > 0 and var ascii)
            {
                visible.Append(text, i, ascii);
                i += ascii - 1;
                marks = 0;
                continue;
            }
            if (c == '\uDB40' && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                // Tag characters: U+E0000 to U+E007F mirror ASCII. Flags of regions use them behind a black flag.
                int tag = char.ConvertToUtf32(c, text[i + 1]) - 0xE0000;
                if (tag is >= 0x20 and < 0x7F)
                    (hidden ??= new StringBuilder()).Append((char)tag);
                i++;
                continue;
            }
            if (InvisibleCharacters.Has(c))
            {
                bool isInside = i > 0 && i + 1 < text.Length && char.IsAsciiLetter(text[i - 1]) && char.IsAsciiLetter(text[i + 1]);
                // Soft hyphens are the web's, marks of direction those of keyboards and address books; nobody turns letters round.
                if ((isInside && c != '\u00AD') || c is '\u202D' or '\u202E')
                    invisible++;
                continue;
            }
            bool isPaired = char.IsSurrogate(c) && IsPaired(text, i);
            if (!(isPaired && char.IsLowSurrogate(c)))
                marks = IsMark(text, i) ? marks + 1 : 0;
            // A surrogate alone has no normal form.
            if (marks <= MaxMarks)
                visible.Append(char.IsSurrogate(c) && !isPaired ? '\uFFFD' : c);
        }
        return new FoldedText(WithoutLookalikes(NormalForms.Composed(visible.ToString()).ToLowerInvariant()), invisible, hidden?.ToString() ?? "");
    }

    /// <summary>A folded text without the accents of words that have several, as hardly a word of any language does, and with small capitals as plain letters. The same string where there is no such word.</summary>
    public static string WithoutAccents(string folded)
    {
        StringBuilder? plain = null;
        int copied = 0;
        for (int start = 0; start < folded.Length;)
        {
            int next = folded.AsSpan(start).IndexOfAnyExceptInRange('\0', '\x7F');
            if (next < 0)
                break;
            int from = start + next;
            int end = from;
            while (end < folded.Length && IsOfWord(folded[end]))
                end++;
            if (end == from)
            {
                start = from + 1;
                continue;
            }
            while (from > start && IsOfWord(folded[from - 1]))
                from--;
            if (Plain(folded[from..end]) is { } word)
            {
                plain ??= new StringBuilder(folded.Length);
                plain.Append(folded, copied, from - copied).Append(word);
                copied = end;
            }
            start = end;
        }
        return plain is null ? folded : plain.Append(folded, copied, folded.Length - copied).ToString();
    }

    private static bool IsOfWord(char c) => c < 0x80 ? char.IsAsciiLetter(c) : char.IsLetter(c) || CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark;

    /// <summary>The word in plain letters, or <see langword="null"/> where it has not enough that is odd.</summary>
    private static string? Plain(string word)
    {
        StringBuilder plain = new(word.Length);
        int odd = 0;
        foreach (char c in NormalForms.Decomposed(word))
        {
            bool isMark = c >= 0x80 && CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark;
            int small = c < 0x80 ? -1 : SmallCapitals.IndexOf(c, StringComparison.Ordinal);
            odd += isMark || small >= 0 ? 1 : 0;
            if (!isMark)
                plain.Append(small >= 0 ? SmallCapitalsAs[small] : c);
        }
        return odd > 1 ? plain.ToString() : null;
    }

    /// <summary>Whether normalisation makes a mark of a character, which it sorts among those beside it.</summary>
    private static bool IsMark(string text, int at) =>
        text[at] is '\uFF9E' or '\uFF9F' || CharUnicodeInfo.GetUnicodeCategory(text, at) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    private static bool IsPaired(string text, int at) =>
        char.IsHighSurrogate(text[at]) ? at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) : at > 0 && char.IsHighSurrogate(text[at - 1]);

    /// <summary>Makes Latin what looks Latin, in words that have Latin letters too: a Russian word stays Russian.</summary>
    private static string WithoutLookalikes(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange(FirstLookalike, LastLookalike))
            return text;
        char[]? changed = null;
        for (int start = 0; start < text.Length;)
        {
            if (!char.IsLetter(text[start]))
            {
                start++;
                continue;
            }
            int end = start;
            bool hasLatin = false;
            bool hasLookalike = false;
            for (; end < text.Length && (char.IsLetter(text[end]) || CharUnicodeInfo.GetUnicodeCategory(text[end]) == UnicodeCategory.NonSpacingMark); end++)
            {
                hasLatin |= text[end] is >= 'a' and <= 'z';
                hasLookalike |= text[end] is >= FirstLookalike and <= LastLookalike;
            }
            if (hasLatin && hasLookalike)
            {
                changed ??= text.ToCharArray();
                for (int i = start; i < end; i++)
                    changed[i] = Latin(changed[i]);
            }
            start = end;
        }
        return changed is null ? text : new string(changed);
    }

    private static char Latin(char c) => Cyrillic.IndexOf(c, StringComparison.Ordinal) is >= 0 and int cyrillic ? CyrillicAs[cyrillic]
        : Greek.IndexOf(c, StringComparison.Ordinal) is >= 0 and int greek ? GreekAs[greek]
        : c;
}

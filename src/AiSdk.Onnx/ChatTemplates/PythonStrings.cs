using System.Globalization;
using System.Text;

namespace AiSdk.Onnx;

/// <summary>Python's strings: lengths and positions count code points, not UTF-16 units.</summary>
internal static partial class PythonStrings
{
    /// <summary><c>len(text)</c></summary>
    public static int Length(string text) => text.Length - Pairs(text);

    /// <summary><c>text[index]</c>, or null beyond the ends.</summary>
    public static string? At(string text, long index)
    {
        int pairs = Pairs(text);
        int length = text.Length - pairs;
        if (index < 0)
            index += length;
        if (index < 0 || index >= length)
            return null;
        int at = pairs == 0 ? (int)index : Offset(text, (int)index);
        return text.Substring(at, IsPair(text, at) ? 2 : 1);
    }

    /// <summary>The code points <c>start, start + step, …</c>, <paramref name="count"/> of them.</summary>
    public static string Slice(string text, int start, long step, int count)
    {
        if (count == 0)
            return "";
        if (step == 1)
        {
            int from = Offset(text, start);
            return text[from..Offset(text, count, from)];
        }
        StringBuilder result = new(count);
        if (Pairs(text) == 0)
        {
            for (int i = 0; i < count; i++)
                result.Append(text[(int)(start + (i * step))]);
            return result.ToString();
        }
        int[] offsets = new int[Length(text)];
        for (int i = 0, at = 0; i < offsets.Length; i++)
        {
            offsets[i] = at;
            at += IsPair(text, at) ? 2 : 1;
        }
        for (int i = 0; i < count; i++)
        {
            int at = offsets[(int)(start + (i * step))];
            result.Append(text, at, IsPair(text, at) ? 2 : 1);
        }
        return result.ToString();
    }

    /// <summary>Compares by code points, which is not the order of UTF-16 units where surrogates meet the last characters of the BMP.</summary>
    public static int Compare(string a, string b)
    {
        int common = a.AsSpan().CommonPrefixLength(b);
        if (common == a.Length || common == b.Length)
            return a.Length.CompareTo(b.Length);
        char x = a[common], y = b[common];
        bool xIsSurrogate = char.IsSurrogate(x), yIsSurrogate = char.IsSurrogate(y);
        return xIsSurrogate == yIsSurrogate ? x.CompareTo(y) : xIsSurrogate ? 1 : -1;
    }

    /// <summary><c>strip</c>, <c>lstrip</c> and <c>rstrip</c>: of white space, or of any of the characters.</summary>
    public static string Strip(string text, string? characters, bool start, bool end)
    {
        int from = 0, to = text.Length;
        if (characters is null)
        {
            while (start && from < to && PythonCharacters.IsWhiteSpace(text[from]))
                from++;
            while (end && to > from && PythonCharacters.IsWhiteSpace(text[to - 1]))
                to--;
        }
        else
        {
            HashSet<int> set = [.. characters.EnumerateRunes().Select(rune => rune.Value)];
            while (start && from < to && Rune.DecodeFromUtf16(text.AsSpan(from, to - from), out Rune rune, out int length) == System.Buffers.OperationStatus.Done && set.Contains(rune.Value))
                from += length;
            while (end && to > from && Rune.DecodeLastFromUtf16(text.AsSpan(from, to - from), out Rune rune, out int length) == System.Buffers.OperationStatus.Done && set.Contains(rune.Value))
                to -= length;
        }
        return text[from..to];
    }

    /// <summary><c>splitlines</c></summary>
    public static List<object?> SplitLines(string text, bool keepEnds = false)
    {
        List<object?> lines = [];
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (!PythonCharacters.IsLineBreak(text[i]))
                continue;
            int end = i;
            if (text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n')
                i++;
            lines.Add(text[start..(keepEnds ? i + 1 : end)]);
            start = i + 1;
        }
        if (start < text.Length)
            lines.Add(text[start..]);
        return lines;
    }

    /// <summary><c>text * count</c></summary>
    public static string Repeat(RenderState state, string text, long count)
    {
        if (count <= 0 || text.Length == 0)
            return "";
        state.ChargeText(count > RenderLimits.TextLength ? long.MaxValue : text.Length * count);
        return new StringBuilder(text.Length * (int)count).Insert(0, text, (int)count).ToString();
    }

    /// <summary><c>replace</c>; a negative count replaces all.</summary>
    public static string Replace(RenderState state, string text, string old, string replacement, long count)
    {
        state.ChargeSearch(text.Length, old.Length);
        if (count == 0 || (old.Length > text.Length))
            return text;
        StringBuilder result = new();
        int from = 0;
        if (old.Length == 0)
        {
            // Python puts the replacement between all characters and at both ends.
            while (count-- != 0)
            {
                result.Append(replacement);
                state.Charge(replacement.Length >> 2);
                if (result.Length > RenderLimits.TextLength || from >= text.Length)
                    break;
                int length = IsPair(text, from) ? 2 : 1;
                result.Append(text, from, length);
                from += length;
            }
        }
        else
        {
            for (int at; count-- != 0 && (at = text.IndexOf(old, from, StringComparison.Ordinal)) >= 0; from = at + old.Length)
            {
                state.Charge(1 + (replacement.Length >> 2));
                result.Append(text, from, at - from).Append(replacement);
                if (result.Length > RenderLimits.TextLength)
                    break;
            }
        }
        state.ChargeText(result.Length + (text.Length - from));
        return result.Append(text, from, text.Length - from).ToString();
    }

    /// <summary><c>upper</c>, with the mappings that make one character several.</summary>
    public static string Upper(string text) => PythonCasing.Upper(text);

    /// <summary><c>lower</c>, with the final sigma.</summary>
    public static string Lower(string text) => PythonCasing.Lower(text);

    /// <summary><c>capitalize</c>: the first character in title case, the rest in lower case.</summary>
    public static string Capitalize(string text)
    {
        if (text.Length == 0)
            return text;
        int first = IsPair(text, 0) ? 2 : 1;
        // The whole is lowered, as the context of a final sigma includes the first character.
        string lower = PythonCasing.Lower(text);
        return PythonCasing.Title(text[..first]) + lower[PythonCasing.Lower(text[..first]).Length..];
    }

    /// <summary>How many UTF-16 units the first code points take.</summary>
    public static int Offset(string text, int codePoints, int from = 0)
    {
        if (!text.AsSpan(from).ContainsAnyInRange('\uD800', '\uDFFF'))
            return from + codePoints;
        for (; codePoints > 0; codePoints--)
            from += IsPair(text, from) ? 2 : 1;
        return from;
    }

    public static bool IsPair(string text, int at) => at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]);

    private static int Pairs(string text)
    {
        int at = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF');
        if (at < 0)
            return 0;
        int pairs = 0;
        for (; at < text.Length; at++)
        {
            if (IsPair(text, at))
            {
                pairs++;
                at++;
            }
        }
        return pairs;
    }
}

using System.Buffers;
using System.Text;

namespace AiSdk.Onnx;

/// <summary>Unicode's normal forms in n log n time on any text.</summary>
/// <remarks>The platform sorts a run of combining marks by insertion: a megabyte of two marks in turn would take it minutes.</remarks>
internal static class CombiningMarks
{
    // Far longer than runs in any language; so long it does not matter how they are sorted.
    private const int LongRun = 128;

    // Marks of the lowest and of the highest combining class.
    private const string Lowest = "\u0334";
    private const string Highest = "\u0345";

    // The marks that are several.
    private const string ComposedMarks = "\u0340\u0341\u0343\u0344\u0F73\u0F75\u0F81";

    private static readonly SearchValues<char> s_composedMarks = SearchValues.Create(ComposedMarks);

    /// <summary>The text in a normal form.</summary>
    public static string Normalize(string text, NormalizationForm form)
    {
        if (Ascii.IsValid(text))
            return text;
        return (text.Length > LongRun ? SortRuns(Decompose(text)) : text).Normalize(form);
    }

    private static string Decompose(string text)
    {
        if (text.AsSpan().ContainsAny(s_composedMarks))
        {
            foreach (char mark in ComposedMarks)
                text = text.Replace(mark.ToString(), mark.ToString().Normalize(NormalizationForm.FormD), StringComparison.Ordinal);
        }
        return text;
    }

    private static string SortRuns(string text)
    {
        StringBuilder? sorted = null;
        int copied = 0;
        int start = 0;
        int count = 0;
        Dictionary<Rune, bool> canMove = [];
        for (int at = 0; at <= text.Length;)
        {
            Rune rune = at < text.Length ? Rune.GetRuneAt(text, at) : default;
            if (at < text.Length && UnicodeCharacters.IsMark(rune) && CanMove(rune, canMove))
            {
                count++;
                at += rune.Utf16SequenceLength;
                continue;
            }
            if (count > LongRun)
            {
                (sorted ??= new StringBuilder(text.Length)).Append(text.AsSpan(copied, start - copied));
                AppendSorted(sorted, text.AsSpan(start, at - start));
                copied = at;
            }
            at += at < text.Length ? rune.Utf16SequenceLength : 1;
            start = at;
            count = 0;
        }
        return sorted?.Append(text.AsSpan(copied)).ToString() ?? text;
    }

    // Only marks that stand for themselves: others become several, of which each has its own class.
    private static bool CanMove(Rune mark, Dictionary<Rune, bool> known)
    {
        if (!known.TryGetValue(mark, out bool canMove))
        {
            string text = mark.ToString();
            canMove = text.IsNormalized(NormalizationForm.FormKD) && (IsSwapped(text, Lowest) || IsSwapped(Highest, text));
            known.Add(mark, canMove);
        }
        return canMove;
    }

    // There is no property for a mark's class, but two marks that change places tell which one has the higher.
    private static bool IsSwapped(string first, string second) => !(first + second).IsNormalized(NormalizationForm.FormD);

    private static void AppendSorted(StringBuilder sorted, ReadOnlySpan<char> run)
    {
        Dictionary<Rune, int> classOf = [];
        List<List<Rune>> buckets = [];
        foreach (Rune mark in run.EnumerateRunes())
        {
            if (!classOf.TryGetValue(mark, out int index))
            {
                string text = mark.ToString();
                index = buckets.FindIndex(bucket => !IsSwapped(bucket[0].ToString(), text) && !IsSwapped(text, bucket[0].ToString()));
                if (index < 0)
                {
                    index = buckets.Count;
                    buckets.Add([]);
                }
                classOf.Add(mark, index);
            }
            buckets[index].Add(mark);
        }
        // Within a class the order of the text stays.
        buckets.Sort(static (left, right) => left[0] == right[0] ? 0 : IsSwapped(left[0].ToString(), right[0].ToString()) ? 1 : -1);
        foreach (List<Rune> bucket in buckets)
        {
            foreach (Rune mark in bucket)
                sorted.Append(mark.ToString());
        }
    }
}

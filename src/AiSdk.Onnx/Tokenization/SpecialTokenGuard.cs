using System.Buffers;
using System.Globalization;
using System.Text;

namespace AiSdk.Onnx;

/// <summary>Keeps text from outside from being read as special tokens. Immutable.</summary>
/// <remarks>
/// <para>
/// A template joins such text with its own special tokens to one string. Here, before that, a break goes behind the first
/// character of each special token in the text, so that only what the template writes itself is one; <see cref="Restore"/> takes
/// the breaks out again before the text is encoded, which then is as it was written.
/// </para>
/// <para>
/// The beginning of a special token at a text's end, and the end of one at its beginning, are broken as well: two texts that stand
/// side by side must not make a token together. What a template makes of a text between brackets of its own, such as a role, is
/// the template's doing.
/// </para>
/// </remarks>
internal sealed class SpecialTokenGuard
{
    /// <summary>The break: a noncharacter, which is never part of a text that is meant for others to read.</summary>
    public const char Break = '\uFDD1';

    // Goes before a Break or an Escape that the text holds itself. Doubling the break would not do: those of two joined texts may stand side by side.
    private const char Escape = '\uFDD0';

    private static readonly SearchValues<char> s_marks = SearchValues.Create(Escape, Break);

    private readonly TextNormalizer _normalizer;
    private readonly AddedTokens? _normalizedTokens;
    private readonly string[] _special;
    private readonly SearchValues<string> _contents;
    private readonly SearchValues<char> _ends;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _beginnings;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _endings;
    private readonly int _longest;

    /// <summary>Prepares the search.</summary>
    /// <param name="tokens">The tokenizer's added tokens, as its file has them.</param>
    /// <param name="normalizer">The normalizer, behind which some of the tokens are looked for.</param>
    public SpecialTokenGuard(IEnumerable<AddedToken> tokens, TextNormalizer normalizer)
    {
        AddedToken[] special = [.. tokens.Where(static t => t.IsSpecial && t.Content.Length > 0)];
        _normalizer = normalizer;
        if (!normalizer.IsEmpty && special.Any(static t => t.IsNormalized))
            _normalizedTokens = new AddedTokens(special.Where(static t => t.IsNormalized).Select(t => t with { Content = normalizer.Normalize(t.Content) }));
        string[] contents = [.. special.Select(static t => t.Content).Distinct()];
        _special = contents;
        _contents = SearchValues.Create(contents, StringComparison.Ordinal);
        _ends = SearchValues.Create([Escape, Break, .. contents.Select(static c => c[0]), .. contents.Select(static c => c[^1])]);
        _longest = contents.Select(static c => c.Length).DefaultIfEmpty(0).Max();
        _beginnings = contents.SelectMany(static c => Enumerable.Range(1, c.Length - 1).Select(length => c[..length])).ToHashSet(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        _endings = contents.SelectMany(static c => Enumerable.Range(1, c.Length - 1).Select(length => c[^length..])).ToHashSet(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Whether a text holds marks of this class, or characters that look like them.</summary>
    public static bool HasMarks(string text) => text.AsSpan().ContainsAny(s_marks);

    /// <summary>The text with breaks in its special tokens; the same string where there are none.</summary>
    public string Protect(string text)
    {
        string guarded = text.AsSpan().ContainsAny(_ends) || BeginsWithMark(text, 0) || BeginsWithMark(text, text.Length - text.AsSpan().TrimStart().Length) ? Mark(text, Breaks(text)) : text;
        // A normalizer can make a token of other characters; which ones does not show in its result.
        return _normalizedTokens?.HasSpecial(_normalizer.Normalize(guarded)) == true ? Mark(text, [.. Enumerable.Range(0, text.Length).Select(at => AfterFirst(text, at))]) : guarded;
    }

    /// <summary>The first special token that a text spells, the longest of those that begin there; <see langword="null"/> if there is none.</summary>
    public string? FirstIn(string text)
    {
        int at = text.AsSpan().IndexOfAny(_contents);
        string? found = at < 0 ? null : _special.Where(content => text.AsSpan(at).StartsWith(content, StringComparison.Ordinal)).MaxBy(static content => content.Length);
        if (found is null)
            _normalizedTokens?.Split(_normalizer.Normalize(text), static (_, _) => { }, token => found ??= token.Content);
        return found;
    }

    /// <summary>The text as it was before <see cref="Protect"/>.</summary>
    public static string Restore(string text)
    {
        if (!HasMarks(text))
            return text;
        StringBuilder restored = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == Break)
                continue;
            if (IsEscape(text, i))
                i++;
            restored.Append(text[i]);
        }
        return restored.ToString();
    }

    /// <summary>Whether the character here only says that the next one is the text's own.</summary>
    public static bool IsEscape(string text, int at) => text[at] == Escape && at + 1 < text.Length && s_marks.Contains(text[at + 1]);

    private HashSet<int> Breaks(string text)
    {
        HashSet<int> breaks = [];
        for (int from = 0; from < text.Length;)
        {
            int found = text.AsSpan(from).IndexOfAny(_contents);
            if (found < 0)
                break;
            breaks.Add(AfterFirst(text, from + found));
            from += found + 1;
        }
        // Templates trim, so the ends without white space count too.
        foreach (int end in (ReadOnlySpan<int>)[text.Length, text.AsSpan().TrimEnd().Length])
        {
            for (int at = Math.Max(0, end - _longest + 1); at < end; at++)
            {
                if (_beginnings.Contains(text.AsSpan(at..end)))
                    breaks.Add(AfterFirst(text, at));
            }
        }
        foreach (int start in (ReadOnlySpan<int>)[0, text.Length - text.AsSpan().TrimStart().Length])
        {
            for (int end = start + 1; end <= Math.Min(text.Length, start + _longest - 1); end++)
            {
                if (_endings.Contains(text.AsSpan(start..end)))
                    breaks.Add(start);
            }
            if (BeginsWithMark(text, start))
                breaks.Add(start);
        }
        return breaks;
    }

    // A combining mark would become one character with the end of a token that the template wrote before it, which then is none.
    private bool BeginsWithMark(string text, int start) =>
        _normalizedTokens is not null && start < text.Length && CharUnicodeInfo.GetUnicodeCategory(text, start) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private static string Mark(string text, HashSet<int> breaks)
    {
        if (breaks.Count == 0 && !HasMarks(text))
            return text;
        StringBuilder marked = new(text.Length + breaks.Count);
        for (int i = 0; i <= text.Length; i++)
        {
            if (breaks.Contains(i))
                marked.Append(Break);
            if (i == text.Length)
                break;
            if (s_marks.Contains(text[i]))
                marked.Append(Escape);
            marked.Append(text[i]);
        }
        return marked.ToString();
    }

    // Between the halves of a surrogate pair a break would destroy the character.
    private static int AfterFirst(string text, int at) =>
        char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? at + 2 : at + 1;
}

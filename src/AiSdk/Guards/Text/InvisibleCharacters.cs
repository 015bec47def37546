using System.Buffers;

namespace AiSdk;

/// <summary>What nobody sees in a text, and a model reads past: control characters, marks of direction and joining, fillers, selectors of variations, and code points that are no characters.</summary>
internal static class InvisibleCharacters
{
    // Of ASCII, what is printed, and blanks and ends of lines.
    private static readonly SearchValues<char> _shownAscii = SearchValues.Create([.. Enumerable.Range(0, 0x80).Select(static c => (char)c).Where(static c => !Has(c))]);

    /// <summary>Whether a character is one of them.</summary>
    public static bool Has(char c) => c switch
    {
        < ' ' => c is not (>= '\t' and <= '\r'),
        < '\x7F' => false,
        <= '\u009F' => c != '\u0085',
        '\u00AD' or '\u034F' or '\u061C' or '\u115F' or '\u1160' or '\u17B4' or '\u17B5' or (>= '\u180B' and <= '\u180F') => true,
        (>= '\u200B' and <= '\u200F') or (>= '\u202A' and <= '\u202E') or (>= '\u2060' and <= '\u206F') => true,
        '\u3164' or '\uFFA0' or (>= '\uFE00' and <= '\uFE0F') or '\uFEFF' or (>= '\uFFF9' and <= '\uFFFB') => true,
        // No characters at all: normalisation throws at some of them.
        (>= '\uFDD0' and <= '\uFDEF') or '\uFFFE' or '\uFFFF' => true,
        _ => false,
    };

    /// <summary>How much of a text, from its beginning, is ASCII that is seen.</summary>
    public static int ShownAscii(ReadOnlySpan<char> text)
    {
        int other = text.IndexOfAnyExcept(_shownAscii);
        return other < 0 ? text.Length : other;
    }
}

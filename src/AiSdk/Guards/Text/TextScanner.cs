namespace AiSdk;

/// <summary>
/// Finds things in text from left to right, so that a text which comes in pieces gives the same as the whole: whether something begins at a place hangs on
/// <see cref="LookBehind"/> characters before it and on what follows, and a scanner that runs into the end of a piece says so.
/// </summary>
/// <typeparam name="TKind">What it can find.</typeparam>
internal abstract class TextScanner<TKind>
{
    /// <summary>How many characters before a place a scanner may look at.</summary>
    public const int LookBehind = 64;

    /// <summary>More of the text must come before this place can be judged.</summary>
    public const int NeedsMore = -1;

    /// <summary>What begins at a place.</summary>
    /// <param name="text">The text as far as it is there.</param>
    /// <param name="at">The place.</param>
    /// <param name="isLast">Whether the text ends there.</param>
    /// <param name="kind">What was found.</param>
    /// <returns>Its length, 0 for nothing, or <see cref="NeedsMore"/>.</returns>
    public abstract int Match(ReadOnlySpan<char> text, int at, bool isLast, out TKind kind);

    /// <summary>The character before a place, of which a word may be the rest; a blank at the beginning, and behind an escape of JSON: in <c>\nAnna</c> the name begins at A.</summary>
    protected static char Before(ReadOnlySpan<char> text, int at) => at == 0 || IsEscape(text, at - 1) ? ' ' : text[at - 1];

    /// <summary>Whether a letter is the rest of an escape like <c>\n</c>.</summary>
    internal static bool IsEscape(ReadOnlySpan<char> text, int at) => at > 0 && text[at - 1] == '\\' && text[at] is 'n' or 'r' or 't' or 'b' or 'f';

    /// <summary>A text as this scanner reads it.</summary>
    /// <param name="text">The text as far as it is there.</param>
    /// <param name="isLast">Whether it ends there.</param>
    public virtual ScannedText Prepare(string text, bool isLast) => ScannedText.AsWritten(text);

    /// <summary>All that is in a text.</summary>
    public IEnumerable<(int Start, int Length, TKind Kind)> Find(string text)
    {
        ScannedText scanned = Prepare(text, isLast: true);
        for (int at = 0; at < scanned.Text.Length;)
        {
            int length = Match(scanned.Text, at, isLast: true, out TKind kind);
            if (length > 0)
                yield return (scanned.Start(at), scanned.End(at + length) - scanned.Start(at), kind);
            at += Math.Max(1, length);
        }
    }
}

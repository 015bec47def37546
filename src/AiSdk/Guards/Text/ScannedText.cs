using System.Globalization;
using System.Text;

namespace AiSdk;

/// <summary>
/// Text as a scanner of formats sees it: digits of whatever script and width as ASCII, full-width characters and odd blanks as plain ones, nothing invisible. It knows where each of its characters stands in the text
/// as it was written. Made character by character, so that pieces of a text give the same as the whole; what it gives stays as it is when it is scanned again.
/// </summary>
internal readonly struct ScannedText
{
    private readonly string _written;

    // Where each character was; null where nothing was changed.
    private readonly int[]? _starts;

    private ScannedText(string written, string text, int[]? starts, int length)
    {
        _written = written;
        Text = text;
        _starts = starts;
        WrittenLength = length;
    }

    /// <summary>What is scanned.</summary>
    public string Text { get; }

    /// <summary>How much of the text as it was written this is: half of a character at the end is left for the next piece.</summary>
    public int WrittenLength { get; }

    /// <summary>The text as it was written.</summary>
    public static ScannedText AsWritten(string text) => new(text, text, null, text.Length);

    /// <summary>The text made plain.</summary>
    /// <param name="written">The text.</param>
    /// <param name="isLast">Whether it ends there.</param>
    public static ScannedText Plain(string written, bool isLast)
    {
        if (InvisibleCharacters.ShownAscii(written) == written.Length)
            return AsWritten(written);
        int end = !isLast && char.IsHighSurrogate(written[^1]) ? written.Length - 1 : written.Length;
        StringBuilder? plain = null;
        int[] starts = new int[end];
        int count = 0;
        for (int i = 0; i < end; i++)
        {
            char c = written[i];
            int start = i;
            if (InvisibleCharacters.Has(c))
            {
                plain ??= new StringBuilder(end).Append(written, 0, start);
                continue;
            }
            if (c >= 0x80)
            {
                if (char.IsHighSurrogate(c) && i + 1 < end && char.IsLowSurrogate(written[i + 1]) && CharUnicodeInfo.GetDecimalDigitValue(written, i) is >= 0 and var digit)
                {
                    c = (char)('0' + digit);
                    i++;
                }
                else
                {
                    c = PlainOf(c);
                }
            }
            if (c != written[start])
                plain ??= new StringBuilder(end).Append(written, 0, start);
            plain?.Append(c);
            starts[count++] = start;
        }
        return plain is null ? new ScannedText(written, end == written.Length ? written : written[..end], null, end) : new ScannedText(written, plain.ToString(), starts, end);
    }

    /// <summary>Where a character begins in the text as it was written; of the one behind the last, where the text ends.</summary>
    public int Start(int at) => at == Text.Length ? WrittenLength : _starts is null ? at : _starts[at];

    /// <summary>Where a stretch ends in the text as it was written, without what is invisible behind it.</summary>
    /// <param name="end">The place behind it, which is not the first.</param>
    public int End(int end)
    {
        if (_starts is null)
            return end;
        int last = _starts[end - 1];
        return last + (char.IsHighSurrogate(_written[last]) && !char.IsSurrogate(Text[end - 1]) ? 2 : 1);
    }

    /// <summary>The first character at or behind a place of the text as it was written.</summary>
    public int At(int written)
    {
        if (_starts is null)
            return written;
        int at = Array.BinarySearch(_starts, 0, Text.Length, written);
        return at < 0 ? ~at : at;
    }

    private static char PlainOf(char c) => c switch
    {
        >= '\uFF01' and <= '\uFF5E' => (char)(c - 0xFEE0),
        '\u00A0' or (>= '\u2000' and <= '\u200A') or '\u202F' or '\u205F' or '\u3000' => ' ',
        '\u2010' or '\u2011' or '\u2212' or '\uFE63' => '-',
        '\uFE6B' => '@',
        _ when char.IsDigit(c) => (char)('0' + CharUnicodeInfo.GetDecimalDigitValue(c)),
        _ => c,
    };
}

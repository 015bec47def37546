using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace AiSdk;

/// <summary>Finds text that was encoded so as not to be read on the way: Base64, hexadecimal, percent and numeric entities, and letters turned by thirteen.</summary>
internal static class EncodedText
{
    private const int MinRun = 20;
    private const int MaxRun = 8_192;

    // Of a run that is cut, what stands at the cut is in both pieces. Groups of Base64 have four characters, so that each piece begins with one.
    private const int Overlap = 512;

    private static readonly SearchValues<char> _base64 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-");

    // Base64's that also join a path or a name to what follows.
    private static readonly char[] _joints = ['/', '+', '-', '_'];

    /// <summary>What readable texts are encoded in a text.</summary>
    public static IEnumerable<string> Decoded(string text)
    {
        for (int i = 0; text.Length - i >= MinRun;)
        {
            // No run that is long enough begins before the last character of these that is none of Base64's.
            int last = text.AsSpan(i, MinRun).LastIndexOfAnyExcept(_base64);
            if (last >= 0)
            {
                i += last + 1;
                continue;
            }
            int start = i;
            int length = text.AsSpan(start).IndexOfAnyExcept(_base64);
            int end = length < 0 ? text.Length : start + length;
            i = end;
            for (; end - start >= MinRun; start += MaxRun - Overlap)
            {
                string run = text[start..Math.Min(end, start + MaxRun)];
                string? whole = Hex(run) ?? Base64(run);
                if (whole is not null)
                    yield return whole;
                foreach (string part in whole is null ? run.Split(_joints) : [])
                {
                    if (part.Length >= MinRun && part.Length < run.Length && (Hex(part) ?? Base64(part)) is { } decoded)
                        yield return decoded;
                }
                if (start + MaxRun >= end)
                    break;
            }
        }
        if (text.Contains('%', StringComparison.Ordinal) && Percent(text) is { } percent)
            yield return percent;
        if (text.Contains("&#", StringComparison.Ordinal))
            yield return System.Net.WebUtility.HtmlDecode(text);
    }

    /// <summary>The letters of a text turned by thirteen.</summary>
    public static string Rot13(string text) => string.Create(text.Length, text, static (target, source) =>
    {
        for (int i = 0; i < source.Length; i++)
        {
            char c = source[i];
            target[i] = c is >= 'a' and <= 'z' ? (char)('a' + ((c - 'a' + 13) % 26)) : c is >= 'A' and <= 'Z' ? (char)('A' + ((c - 'A' + 13) % 26)) : c;
        }
    });

    private static string? Base64(string run)
    {
        string standard = run.Replace('-', '+').Replace('_', '/');
        byte[] bytes = new byte[run.Length];
        // Letters before it move its groups of four.
        for (int shift = 0; shift < 4 && run.Length - shift >= MinRun; shift++)
        {
            int length = run.Length - shift;
            string padded = (length % 4) switch { 0 => standard[shift..], 1 => standard[shift..^1], 2 => $"{standard.AsSpan(shift)}==", _ => $"{standard.AsSpan(shift)}=" };
            if (Convert.TryFromBase64String(padded, bytes, out int written) && Readable(bytes.AsSpan(0, written)) is { } readable)
                return readable;
        }
        return null;
    }

    private static string? Hex(string run)
    {
        foreach (char c in run)
        {
            if (!char.IsAsciiHexDigit(c))
                return null;
        }
        return Readable(Convert.FromHexString(run.AsSpan(0, run.Length & ~1)));
    }

    private static string? Percent(string text)
    {
        int escapes = 0;
        for (int i = 0; i + 2 < text.Length; i++)
        {
            if (text[i] == '%' && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
                escapes++;
        }
        return escapes < 4 ? null : Uri.UnescapeDataString(text);
    }

    /// <summary>The text that the bytes are, if it is text of words.</summary>
    private static string? Readable(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 8 || !bytes.Contains((byte)' '))
            return null;
        foreach (byte b in bytes)
        {
            if (b is < 0x20 and not (0x0A or 0x0D or 0x09) or 0x7F)
                return null;
        }
        // A piece of a long run may begin and end inside of a character.
        while (bytes.Length > 0 && (bytes[0] & 0xC0) == 0x80)
            bytes = bytes[1..];
        for (int cut = 0; cut < 4 && cut < bytes.Length; cut++)
        {
            if (Utf8.IsValid(bytes[..^cut]))
                return Encoding.UTF8.GetString(bytes[..^cut]);
        }
        return null;
    }
}

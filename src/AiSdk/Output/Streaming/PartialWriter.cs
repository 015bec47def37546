using System.Buffers;
using System.Text;

namespace AiSdk;

/// <summary>Writes text into JSON strings.</summary>
internal static class PartialWriter
{
    private const int Vectored = 24;
    private static readonly SearchValues<char> _plain = SearchValues.Create([.. Enumerable.Range(' ', 95).Select(static c => (char)c).Where(static c => c is not ('"' or '\\'))]);

    /// <summary>False if there is half a surrogate pair in it, which is no character.</summary>
    public static bool TryAppend(PartialDocument document, ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (text.Length >= Vectored)
            {
                int plain = text.IndexOfAnyExcept(_plain);
                plain = plain < 0 ? text.Length : plain;
                Ascii.FromUtf16(text[..plain], document.Room(plain), out int ascii);
                document.Length += ascii;
                text = text[plain..];
                if (text.IsEmpty)
                    return true;
            }
            // An escape takes six bytes.
            Span<byte> room = document.Room(6 * Vectored);
            int written = 0;
            int read = 0;
            while (read < text.Length && read < Vectored)
            {
                char c = text[read];
                if (c is >= ' ' and < '\u007F' and not '"' and not '\\')
                {
                    room[written++] = (byte)c;
                    read++;
                    continue;
                }
                if (c is < ' ' or '"' or '\\')
                {
                    written += Escape(c, room[written..]);
                    read++;
                    continue;
                }
                if (Rune.DecodeFromUtf16(text[read..], out Rune rune, out int units) != OperationStatus.Done)
                    return false;
                written += rune.EncodeToUtf8(room[written..]);
                read += units;
            }
            document.Length += written;
            text = text[read..];
        }
        return true;
    }

    private static int Escape(char c, Span<byte> room)
    {
        room[0] = (byte)'\\';
        byte letter = c switch
        {
            '\n' => (byte)'n',
            '\r' => (byte)'r',
            '\t' => (byte)'t',
            '\b' => (byte)'b',
            '\f' => (byte)'f',
            '"' or '\\' => (byte)c,
            _ => 0,
        };
        if (letter != 0)
        {
            room[1] = letter;
            return 2;
        }
        "u00"u8.CopyTo(room[1..]);
        room[4] = (byte)(c < 16 ? '0' : '1');
        room[5] = (byte)"0123456789abcdef"[c & 15];
        return 6;
    }
}

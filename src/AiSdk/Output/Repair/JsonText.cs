using System.Buffers;
using System.Globalization;

namespace AiSdk;

/// <summary>Canonical JSON in a pooled buffer; can be cut back to an earlier length.</summary>
internal sealed class JsonText(int capacity) : IDisposable
{
    private static readonly SearchValues<char> _special =
        SearchValues.Create("\"\\\0\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000B\f\r\u000E\u000F\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001A\u001B\u001C\u001D\u001E\u001F");

    private char[] _buffer = ArrayPool<char>.Shared.Rent(Math.Max(256, capacity));

    public int Length { get; set; }

    public ReadOnlySpan<char> Written => _buffer.AsSpan(0, Length);

    public void Dispose() => ArrayPool<char>.Shared.Return(_buffer);

    public void Append(char c)
    {
        Reserve(1);
        _buffer[Length++] = c;
    }

    public void Append(ReadOnlySpan<char> json)
    {
        Reserve(json.Length);
        json.CopyTo(_buffer.AsSpan(Length));
        Length += json.Length;
    }

    /// <summary>Appends text as a JSON string; false if it had half a surrogate pair, which is replaced.</summary>
    public bool AppendString(ReadOnlySpan<char> text)
    {
        Reserve(text.Length + 2);
        _buffer[Length++] = '"';
        bool whole = true;
        while (true)
        {
            int special = text.IndexOfAny(_special);
            ReadOnlySpan<char> run = special < 0 ? text : text[..special];
            whole &= AppendRun(run);
            if (special < 0)
                break;
            char c = text[special];
            text = text[(special + 1)..];
            Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                _ => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
            });
        }
        Append('"');
        return whole;
    }

    private bool AppendRun(ReadOnlySpan<char> run)
    {
        Append(run);
        if (run.IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
            return true;
        bool whole = true;
        Span<char> written = _buffer.AsSpan(Length - run.Length, run.Length);
        for (int i = 0; i < written.Length; i++)
        {
            if (!char.IsSurrogate(written[i]))
                continue;
            if (i + 1 < written.Length && char.IsSurrogatePair(written[i], written[i + 1]))
            {
                i++;
            }
            else
            {
                written[i] = '\uFFFD';
                whole = false;
            }
        }
        return whole;
    }

    private void Reserve(int count)
    {
        if (Length + count <= _buffer.Length)
            return;
        char[] larger = ArrayPool<char>.Shared.Rent(Math.Max(_buffer.Length * 2, Length + count));
        Written.CopyTo(larger);
        ArrayPool<char>.Shared.Return(_buffer);
        _buffer = larger;
    }
}

using System.Globalization;
using System.Text;

namespace AiSdk;

/// <summary>
/// Writes the escapes of a JSON reply in one way, so that guards see what its reader will: <c>\u0040</c> becomes <c>@</c>, <c>\ud83d\ude00</c> the character that it is, and <c>\u000a</c> becomes <c>\n</c>, <c>\u0022</c> <c>\"</c>.
/// What JSON must escape stays escaped, so that the reply says the same.
/// </summary>
internal sealed class PlainEscapes : ReplyWindow
{
    private const int Length = 6;
    private string _rest = "";

    /// <inheritdoc/>
    public override GuardVerdict Append(string piece, bool isLast)
    {
        string text = _rest.Length == 0 ? piece : _rest + piece;
        _rest = "";
        int next = text.IndexOf('\\', StringComparison.Ordinal);
        if (next < 0)
            return GuardVerdict.Rewrite(text);
        StringBuilder plain = new(text.Length);
        int copied = 0;
        while (next >= 0)
        {
            int end = End(text, next);
            if (end > text.Length && !isLast)
            {
                _rest = text[next..];
                text = text[..next];
                break;
            }
            if (end <= text.Length && Plain(text.AsSpan(next, end - next)) is { } written)
            {
                plain.Append(text, copied, next - copied).Append(written);
                copied = end;
                HasRewritten = true;
            }
            else
            {
                end = next + 2;
            }
            next = end < text.Length ? text.IndexOf('\\', end) : -1;
        }
        return GuardVerdict.Rewrite(plain.Append(text, copied, text.Length - copied).ToString());
    }

    private static int End(string text, int at)
    {
        if (at + 1 >= text.Length || text[at + 1] != 'u')
            return at + 2;
        // Half a character waits for its other half.
        return at + Length <= text.Length && Code(text.AsSpan(at, Length)) is { } code && char.IsHighSurrogate(code) ? at + (2 * Length) : at + Length;
    }

    private static string? Plain(ReadOnlySpan<char> escape)
    {
        if (escape is "\\/")
            return "/";
        if (escape.Length == 2 * Length)
            return Code(escape[..Length]) is { } high && Code(escape[Length..]) is { } low && char.IsSurrogatePair(high, low) ? new string([high, low]) : null;
        return Code(escape) switch
        {
            null => null,
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '"' => "\\\"",
            '\\' => "\\\\",
            char c when char.IsControl(c) || char.IsSurrogate(c) => null,
            char c => c.ToString(),
        };
    }

    private static char? Code(ReadOnlySpan<char> escape) =>
        escape.Length == Length && escape.StartsWith("\\u") && ushort.TryParse(escape[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code) ? (char)code : null;
}

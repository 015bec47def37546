using System.Globalization;
using System.Text;

namespace AiSdk;

/// <summary>
/// Writes the escapes of a JSON reply in one way, so that guards see what its reader will: <c>\u0040</c> becomes <c>@</c> and <c>\u000a</c> becomes <c>\n</c>. What JSON must escape stays escaped, so that the
/// reply says the same.
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

    private static int End(string text, int at) => at + 1 < text.Length && text[at + 1] == 'u' ? at + Length : at + 2;

    private static string? Plain(ReadOnlySpan<char> escape)
    {
        if (escape is "\\/")
            return "/";
        if (escape.Length < Length || !ushort.TryParse(escape[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code))
            return null;
        return (char)code switch
        {
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '"' or '\\' => null,
            char c when char.IsControl(c) || char.IsSurrogate(c) => null,
            char c => c.ToString(),
        };
    }
}

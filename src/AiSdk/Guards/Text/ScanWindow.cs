using System.Text;

namespace AiSdk;

/// <summary>Runs a scanner over a reply that comes in pieces.</summary>
/// <typeparam name="TKind">What the scanner finds.</typeparam>
/// <param name="scanner">The scanner.</param>
internal abstract class ScanWindow<TKind>(TextScanner<TKind> scanner) : ReplyWindow
{
    // What may still be looked back at, and what is not judged yet.
    private readonly StringBuilder _text = new();
    private int _at;

    /// <inheritdoc/>
    public sealed override GuardVerdict Append(string piece, bool isLast)
    {
        string text;
        if (_text.Length == 0 && isLast)
        {
            text = piece;
        }
        else
        {
            _text.Append(piece);
            text = _text.ToString();
        }
        StringBuilder released = new(piece.Length);
        int copied = _at;
        while (_at < text.Length)
        {
            int length = scanner.Match(text, _at, isLast, out TKind kind);
            if (length == TextScanner<TKind>.NeedsMore)
                break;
            if (length > 0 && Replace(text.AsSpan(_at, length), kind, out string? replacement))
            {
                if (replacement is null)
                    return GuardVerdict.Block(Reason(kind));
                released.Append(text, copied, _at - copied).Append(replacement);
                copied = _at + length;
                HasRewritten = true;
            }
            _at += Math.Max(1, length);
        }
        released.Append(text, copied, _at - copied);
        if (!isLast)
        {
            int dropped = Math.Max(0, _at - TextScanner<TKind>.LookBehind);
            _text.Remove(0, dropped);
            _at -= dropped;
        }
        return GuardVerdict.Rewrite(released.ToString());
    }

    /// <summary>What to do with a finding: false leaves it as it is; else it is replaced, or, by <see langword="null"/>, ends the reply.</summary>
    protected abstract bool Replace(ReadOnlySpan<char> found, TKind kind, out string? replacement);

    /// <summary>Why a finding ends the reply.</summary>
    protected abstract string Reason(TKind kind);
}

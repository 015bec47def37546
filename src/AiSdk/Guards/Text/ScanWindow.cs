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
        ScannedText scanned = scanner.Prepare(text, isLast);
        int copied = _at;
        int at = scanned.At(_at);
        while (at < scanned.Text.Length)
        {
            int length = scanner.Match(scanned.Text, at, isLast, out TKind kind);
            if (length == TextScanner<TKind>.NeedsMore)
                break;
            int start = scanned.Start(at);
            if (length > 0 && scanned.End(at + length) is var end && Replace(text.AsSpan(start, end - start), kind, out string? replacement))
            {
                if (replacement is null)
                    return GuardVerdict.Block(Reason(kind));
                released.Append(text, copied, start - copied).Append(replacement);
                copied = end;
                HasRewritten = true;
            }
            at += Math.Max(1, length);
        }
        int judged = scanned.Start(at);
        released.Append(text, copied, judged - copied);
        if (!isLast)
        {
            // Only what a scanner sees is looked back at.
            int before = Math.Max(0, at - TextScanner<TKind>.LookBehind);
            _text.Clear().Append(scanned.Text, before, at - before);
            // Half of a character that stands alone must not be taken for the beginning of what comes.
            if (_text.Length > 0 && char.IsHighSurrogate(_text[^1]))
                _text[^1] = '\uFFFD';
            _at = _text.Length;
            _text.Append(text, judged, text.Length - judged);
        }
        return GuardVerdict.Rewrite(released.ToString());
    }

    /// <summary>What to do with a finding: false leaves it as it is; else it is replaced, or, by <see langword="null"/>, ends the reply.</summary>
    protected abstract bool Replace(ReadOnlySpan<char> found, TKind kind, out string? replacement);

    /// <summary>Why a finding ends the reply.</summary>
    protected abstract string Reason(TKind kind);
}

namespace AiSdk;

/// <summary>Keeps texts within a length, counted in UTF-16 code units.</summary>
/// <remarks>Safe for concurrent use.</remarks>
public class LengthGuard : IInputGuard, IStreamingOutputGuard
{
    private const int DefaultMax = 20_000;
    private readonly int _min;
    private readonly int _max;
    private readonly bool _cuts;

    /// <summary>A guard that ends calls with texts of more than 20,000 characters.</summary>
    public LengthGuard()
        : this(0, DefaultMax)
    {
    }

    /// <summary>A guard of a length.</summary>
    /// <param name="min">How long a text must be.</param>
    /// <param name="max">How long it may be.</param>
    /// <param name="cuts">Whether a text that is too long is cut instead of ending the call.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limits are negative, or the lower is above the upper.</exception>
    public LengthGuard(int min, int max, bool cuts = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(min);
        ArgumentOutOfRangeException.ThrowIfLessThan(max, min);
        _min = min;
        _max = max;
        _cuts = cuts;
    }

    /// <inheritdoc/>
    public ValueTask<GuardVerdict> CheckInputAsync(string text, GuardContext context, CancellationToken cancellationToken) => CheckOutputAsync(text, context, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<GuardVerdict> CheckOutputAsync(string reply, GuardContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reply);
        return new(OpenWindow(context).Check(reply));
    }

    /// <inheritdoc/>
    public ReplyWindow OpenWindow(GuardContext context) => new Window(_min, _max, _cuts);

    private sealed class Window(int min, int max, bool cuts) : ReplyWindow
    {
        private string _held = "";
        private int _length;

        public override GuardVerdict Append(string piece, bool isLast)
        {
            string text = _held + piece;
            _held = "";
            int total = _length + text.Length;
            if (total > max && !cuts)
                return GuardVerdict.Block(FormattableString.Invariant($"it is longer than {max} characters"));
            if (isLast && total < min)
                return GuardVerdict.Block(FormattableString.Invariant($"it is shorter than {min} characters"));
            // Shown only when it is long enough. What fills the limit waits too: half of a character must not end a text that is cut.
            if (!isLast && (total < min || (cuts && total <= max && text.Length > 0 && char.IsHighSurrogate(text[^1]))))
            {
                _held = text;
                return GuardVerdict.Rewrite("");
            }
            if (total > max)
            {
                HasRewritten = true;
                int rest = Math.Max(0, max - _length);
                if (rest > 0 && char.IsHighSurrogate(text[rest - 1]) && rest < text.Length && char.IsLowSurrogate(text[rest]))
                    rest--;
                text = text[..rest];
                // Nothing more may come.
                _length = max;
                return GuardVerdict.Rewrite(text);
            }
            _length = total;
            return GuardVerdict.Rewrite(text);
        }
    }
}

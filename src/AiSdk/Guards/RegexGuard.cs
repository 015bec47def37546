using System.Text.RegularExpressions;

namespace AiSdk;

/// <summary>Looks for a pattern, and ends the call where it is, or where it is not, or replaces what matches.</summary>
/// <remarks>
/// Text is matched line by line, so that a stream is held back by a line only. The pattern is run without backtracking, in linear time; look-arounds and back-references, which need backtracking, are
/// refused. Derive from it to name a pattern: <c>sealed class NoLinks() : RegexGuard("https?://", "it holds a link")</c>. Safe for concurrent use.
/// </remarks>
public class RegexGuard : IInputGuard, IStreamingOutputGuard
{
    private readonly Regex _regex;
    private readonly string _reason;
    private readonly string? _replacement;
    private readonly bool _isRequired;

    /// <summary>A guard of a pattern.</summary>
    /// <param name="pattern">The pattern, for one line.</param>
    /// <param name="reason">Why the call ends, for people.</param>
    /// <param name="replacement">What takes the place of what matches, as in <see cref="Regex.Replace(string, string)"/>; <see langword="null"/> ends the call.</param>
    /// <param name="isRequired">Whether, the other way round, some line must match.</param>
    /// <param name="ignoreCase">Whether upper and lower case are the same.</param>
    /// <exception cref="ArgumentException">The pattern is no regular expression, or a replacement is given for a pattern that must be there.</exception>
    /// <exception cref="NotSupportedException">The pattern needs backtracking.</exception>
    public RegexGuard(string pattern, string reason, string? replacement = null, bool isRequired = false, bool ignoreCase = false)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentException.ThrowIfNullOrEmpty(reason);
        if (isRequired && replacement is not null)
            throw new ArgumentException("A pattern that must be there cannot be replaced: give either a replacement or isRequired.", nameof(replacement));
        _regex = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None));
        _reason = reason;
        _replacement = replacement;
        _isRequired = isRequired;
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
    public ReplyWindow OpenWindow(GuardContext context) => new Window(this);

    private sealed class Window(RegexGuard guard) : ReplyWindow
    {
        // What is not judged: the last line, or, until the pattern is met that must be there, everything.
        private readonly System.Text.StringBuilder _held = new();
        private int _line;
        private bool _isMet = !guard._isRequired;

        public override GuardVerdict Append(string piece, bool isLast)
        {
            int searched = _held.Length;
            _held.Append(piece);
            if (!isLast && !piece.Contains('\n'))
                return GuardVerdict.Rewrite("");
            // Only the open line, so that a pattern that does not come is not looked for in the beginning again and again.
            string text = _held.ToString(_line, _held.Length - _line);
            System.Text.StringBuilder released = new(text.Length);
            int start = 0;
            while (true)
            {
                int end = text.IndexOf('\n', Math.Max(start, searched - _line));
                if (end < 0 && !isLast)
                    break;
                // A pattern's $ must not see a \r that only ends the line.
                int stop = end < 0 ? text.Length : end > start && text[end - 1] == '\r' ? end - 1 : end;
                int next = end < 0 ? text.Length : end + 1;
                string line = text[start..stop];
                if (guard._isRequired)
                {
                    _isMet |= guard._regex.IsMatch(line);
                }
                else if (guard._regex.IsMatch(line))
                {
                    if (guard._replacement is null)
                        return GuardVerdict.Block(guard._reason);
                    string replaced = guard._regex.Replace(line, guard._replacement);
                    HasRewritten |= replaced != line;
                    line = replaced;
                }
                if (!guard._isRequired)
                    released.Append(line).Append(text, stop, next - stop);
                start = next;
                if (end < 0)
                    break;
            }
            if (!_isMet)
            {
                _line += start;
                return isLast ? GuardVerdict.Block(guard._reason) : GuardVerdict.Rewrite("");
            }
            if (guard._isRequired)
            {
                string all = _held.ToString();
                _held.Clear();
                _line = 0;
                // Whatever comes now may be shown: the line that is open has been met or does not matter.
                return GuardVerdict.Rewrite(all);
            }
            _held.Clear().Append(text, start, text.Length - start);
            _line = 0;
            return GuardVerdict.Rewrite(released.ToString());
        }
    }
}

using System.ComponentModel;
using System.Text.RegularExpressions;

namespace AiSdk.CompilerServices;

/// <summary>A regular expression that a whole text must match. Called by generated code only.</summary>
/// <remarks>
/// As <c>RegularExpressionAttribute</c> has it, the first match must be the whole text. Matching takes linear time unless the pattern looks around or back;
/// then it is limited. Thread-safe.
/// </remarks>
/// <param name="pattern">The pattern; made on first use.</param>
/// <param name="timeout">The limit in milliseconds; -1 for none.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class OutputPattern(string pattern, int timeout = OutputPattern.DefaultTimeout)
{
    /// <summary>The limit in milliseconds where an annotation says none: that of <c>RegularExpressionAttribute</c>.</summary>
    public const int DefaultTimeout = 2000;

    private const int MaxTimeouts = 3;

    private readonly Lazy<Regex?> _regex = new(() => Create(pattern, timeout));

    /// <summary>What is wrong with a text, as the end of a sentence that begins with it; <see langword="null"/> if it matches.</summary>
    /// <param name="text">The text.</param>
    /// <param name="timeouts">How many texts took too long before; after some no more are tried, so that a long list does not take hours.</param>
    internal string? Problem(string text, ref int timeouts)
    {
        if (_regex.Value is not { } regex)
            return $"cannot be checked: {pattern} is no regular expression";
        if (timeouts >= MaxTimeouts && (regex.Options & RegexOptions.NonBacktracking) == 0)
            return "was not checked: others took too long to match";
        try
        {
            foreach (ValueMatch match in regex.EnumerateMatches(text))
                return match.Index == 0 && match.Length == text.Length ? null : $"does not match {pattern}";
            return $"does not match {pattern}";
        }
        catch (RegexMatchTimeoutException)
        {
            timeouts++;
            return $"takes too long to match {pattern}";
        }
    }

    private static Regex? Create(string pattern, int timeout)
    {
        TimeSpan limit = timeout > 0 ? TimeSpan.FromMilliseconds(timeout) : Regex.InfiniteMatchTimeout;
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, limit);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, limit);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}

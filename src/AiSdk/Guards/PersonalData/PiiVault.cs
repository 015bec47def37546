using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace AiSdk;

/// <summary>What was hidden behind placeholders, so that it can be shown again: <c>[EMAIL_1]</c> stands for the first e-mail address, wherever it occurs.</summary>
/// <remarks>Belongs to one conversation; not safe for concurrent use.</remarks>
public sealed class PiiVault
{
    // "[DOCUMENT_2147483647]"
    internal const int MaxPlaceholder = 21;

    private readonly Dictionary<(PiiKinds, string), string> _placeholders = [];
    private readonly ConcurrentDictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, HiddenSource> _sources = new(StringComparer.Ordinal);
    private readonly Dictionary<PiiKinds, int> _counts = [];
    private readonly Dictionary<string, string> _byValue = new(StringComparer.Ordinal);
    private readonly HashSet<char> _firstCharacters = [];

    // The longest first.
    private readonly SortedSet<int> _lengths = new(Comparer<int>.Create(static (one, other) => other.CompareTo(one)));

    /// <summary>The placeholders and what they stand for.</summary>
    public IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>The placeholder of a value: the same for the same value.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="value">The value.</param>
    /// <param name="source">Whose it is, unless it has been met before.</param>
    internal string Placeholder(PiiKinds kind, string value, HiddenSource source)
    {
        // A guard that took too long may still be hiding things while the call goes on.
        lock (_placeholders)
        {
            if (_placeholders.TryGetValue((kind, value), out string? known))
                return known;
            int number = _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
            string placeholder = string.Create(CultureInfo.InvariantCulture, $"[{Label(kind)}_{number}]");
            _placeholders.Add((kind, value), placeholder);
            _byValue.TryAdd(value, placeholder);
            _firstCharacters.Add(value[0]);
            _lengths.Add(value.Length);
            _sources[placeholder] = source;
            _values[placeholder] = value;
            return placeholder;
        }
    }

    /// <summary>Where a text has values of this vault that are no part of a longer word or number, from left to right, the longest at each place; and their placeholders.</summary>
    internal List<(int Start, int Length, string Placeholder)> Known(string text)
    {
        List<(int, int, string)> known = [];
        lock (_placeholders)
        {
            Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> lookup = _byValue.GetAlternateLookup<ReadOnlySpan<char>>();
            for (int at = 0; at < text.Length && _byValue.Count > 0; at++)
            {
                if (!_firstCharacters.Contains(text[at]))
                    continue;
                foreach (int length in _lengths)
                {
                    if (at + length <= text.Length && IsWhole(text, at, length) && lookup.TryGetValue(text.AsSpan(at, length), out string? placeholder))
                    {
                        known.Add((at, length, placeholder));
                        at += length - 1;
                        break;
                    }
                }
            }
        }
        return known;
    }

    private static bool IsWhole(ReadOnlySpan<char> text, int at, int length) =>
        (at == 0 || !char.IsLetterOrDigit(text[at - 1]) || !char.IsLetterOrDigit(text[at]) || TextScanner<PiiKinds>.IsEscape(text, at - 1))
        && (at + length == text.Length || !char.IsLetterOrDigit(text[at + length]) || !char.IsLetterOrDigit(text[at + length - 1]));

    /// <summary>Puts what was hidden in the place of its placeholders. Placeholders that are not of this vault stay.</summary>
    /// <param name="text">A text in which the model used placeholders.</param>
    public string Restore(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        GuardVerdict restored = new RestoringWindow(this).Append(text, isLast: true);
        return restored.Text!;
    }

    /// <summary>The word for a kind in placeholders; of none, for text that looked like a placeholder before anything was hidden.</summary>
    internal static string Label(PiiKinds kind) => kind switch
    {
        PiiKinds.Email => "EMAIL",
        PiiKinds.Phone => "PHONE",
        PiiKinds.Card => "CARD",
        PiiKinds.Iban => "IBAN",
        PiiKinds.SocialSecurityNumber => "SSN",
        PiiKinds.IpAddress => "IP",
        PiiKinds.Document => "DOCUMENT",
        _ => "TEXT",
    };

    /// <summary>How long the placeholder is that begins at a place; 0 if none does, less if more of the text must come.</summary>
    internal static int PlaceholderLength(ReadOnlySpan<char> text, int at, bool isLast)
    {
        if (text[at] != '[')
            return 0;
        int i = at + 1;
        while (i < text.Length && i - at < MaxPlaceholder && char.IsAsciiLetterUpper(text[i]))
            i++;
        if (i < text.Length && i > at + 1 && text[i] == '_')
        {
            int digits = ++i;
            while (i < text.Length && i - at < MaxPlaceholder && char.IsAsciiDigit(text[i]))
                i++;
            if (i < text.Length && i > digits && text[i] == ']')
                return i + 1 - at;
        }
        return i == text.Length && !isLast && i - at < MaxPlaceholder ? -1 : 0;
    }

    /// <summary>Shows again, in a reply that comes in pieces, what was hidden.</summary>
    /// <param name="vault">What was hidden.</param>
    /// <param name="source">Whose words are shown; <see langword="null"/>: all.</param>
    internal sealed class RestoringWindow(PiiVault vault, HiddenSource? source = null) : ReplyWindow
    {
        private string _rest = "";

        public override GuardVerdict Append(string piece, bool isLast)
        {
            string text = _rest.Length == 0 ? piece : _rest + piece;
            _rest = "";
            int next = text.IndexOf('[', StringComparison.Ordinal);
            if (next < 0 || vault._values.IsEmpty)
                return GuardVerdict.Rewrite(text);
            StringBuilder released = new(text.Length);
            int copied = 0;
            while (next >= 0)
            {
                int length = PlaceholderLength(text, next, isLast);
                if (length < 0)
                {
                    _rest = text[next..];
                    text = text[..next];
                    break;
                }
                if (length > 0 && text.Substring(next, length) is var placeholder && vault._values.TryGetValue(placeholder, out string? value) && (source is null || vault._sources[placeholder] == source))
                {
                    released.Append(text, copied, next - copied).Append(value);
                    copied = next + length;
                    HasRewritten = true;
                }
                next = text.IndexOf('[', next + Math.Max(1, length));
            }
            return GuardVerdict.Rewrite(released.Append(text, copied, text.Length - copied).ToString());
        }
    }
}

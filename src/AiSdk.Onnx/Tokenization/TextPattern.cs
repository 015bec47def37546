using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace AiSdk.Onnx;

/// <summary>A pattern of a tokenizer.json, found in text as Oniguruma finds it: over characters instead of UTF-16 code units.</summary>
internal sealed partial class TextPattern
{
    private const string Gpt2Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
    private const string Llama3Pattern = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Qwen2Pattern = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private static readonly Dictionary<string, Func<Regex>> s_compiled = new(StringComparer.Ordinal)
    {
        [Gpt2Pattern] = Gpt2,
        [Llama3Pattern] = Llama3,
        [Qwen2Pattern] = Qwen2,
    };

    // What real patterns take is some nanoseconds for each character. More than this only a pattern takes that backtracks exponentially.
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(2);

    private readonly Regex? _regex;
    private readonly string _literal;
    private readonly StandIns? _standIns;

    private TextPattern(Regex? regex, string literal = "", StandIns? standIns = null)
    {
        _regex = regex;
        _literal = literal;
        _standIns = standIns;
    }

    /// <summary>The words of GPT-2, which the pre-tokenizer ByteLevel cuts at.</summary>
    public static TextPattern Gpt2Words { get; } = new(Gpt2());

    /// <summary>Reads an object with a field String or Regex.</summary>
    public static TextPattern Read(JsonFile json)
    {
        // Nothing is found between all characters, which is what an empty expression finds.
        string expression = "";
        if (json.OptionalString("String") is { } literal)
        {
            if (literal.Length > 0)
                return new TextPattern(null, literal);
        }
        else
        {
            expression = json.String("Regex");
        }
        if (s_compiled.TryGetValue(expression, out Func<Regex>? compiled))
            return new TextPattern(compiled());
        string? translated = OnigurumaSyntax.ToDotNet(expression, out StandIns? standIns, out string? problem);
        if (translated is null)
            throw json.Error("Regex", $"is '{expression}', which is not supported: {problem}");
        try
        {
            return new TextPattern(new Regex(translated, RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.Compiled, s_longest), standIns: standIns);
        }
        catch (ArgumentException exception)
        {
            throw json.Error($"the regular expression '{expression}' is not one that .NET understands: {exception.Message}", exception);
        }
    }

    /// <summary>The places where the pattern is found, from the first to the last; they do not overlap, and some may be empty.</summary>
    /// <exception cref="OnnxModelException">The pattern takes too long on the text.</exception>
    public List<(int Start, int End)> Matches(string text)
    {
        List<(int, int)> found = [];
        if (_regex is null)
        {
            for (int at = 0; (at = text.IndexOf(_literal, at, StringComparison.Ordinal)) >= 0; at += _literal.Length)
                found.Add((at, at + _literal.Length));
            return found;
        }
        string searched = ToBasicPlane(text, _standIns, out int[]? offsets);
        int last = -1;
        // The regular expression's own limit is one for each match.
        long latest = Environment.TickCount64 + (long)s_longest.TotalMilliseconds + (text.Length >> 10);
        try
        {
            foreach (ValueMatch match in _regex.EnumerateMatches(searched))
            {
                // Nothing is not found directly behind something.
                if (match.Length == 0 && match.Index == last)
                    continue;
                last = match.Index + match.Length;
                found.Add(offsets is null ? (match.Index, last) : (offsets[match.Index], offsets[last]));
                if (Environment.TickCount64 > latest)
                    throw new RegexMatchTimeoutException();
            }
        }
        catch (RegexMatchTimeoutException exception)
        {
            throw new OnnxModelException(string.Create(CultureInfo.InvariantCulture, $"{ModelTokenizer.FileName} has the regular expression '{_regex}', which takes more than {s_longest.TotalSeconds} s on a text of {text.Length} characters: it backtracks too much. Write it so that a text can match it in one way only, without repetitions within repetitions."), exception);
        }
        return found;
    }

    /// <summary>The text with something else in place of what the pattern finds.</summary>
    public string Replace(string text, string content) => Replace(text, content, out _);

    /// <summary>The same; says whether nothing is left of what the text begins with.</summary>
    public string Replace(string text, string content, out bool isStartRemoved)
    {
        isStartRemoved = false;
        StringBuilder? replaced = null;
        int position = 0;
        foreach ((int start, int end) in Matches(text))
        {
            isStartRemoved |= content.Length == 0 && start == 0 && end > 0;
            (replaced ??= new StringBuilder(text.Length)).Append(text.AsSpan(position, start - position)).Append(content);
            position = end;
        }
        return replaced is null ? text : replaced.Append(text.AsSpan(position)).ToString();
    }

    /// <summary>Puts a character of the basic plane and of the same category in place of each character beyond it.</summary>
    /// <remarks>
    /// .NET's regular expressions see UTF-16 code units, in which a letter such as 𝒜 is two surrogates and no letter; tokenizers mean
    /// characters. The stand-ins are rare, so that no pattern names them, or those made for the pattern.
    /// </remarks>
    private static string ToBasicPlane(string text, StandIns? standIns, out int[]? offsets)
    {
        offsets = null;
        // Stand-ins of the pattern's own come directly behind the surrogates.
        if (text.AsSpan().IndexOfAnyInRange('\uD800', standIns is null ? '\uDFFF' : StandIns.Last) < 0)
            return text;
        var mapped = new StringBuilder(text.Length);
        offsets = new int[text.Length + 1];
        int at = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            offsets[mapped.Length] = at;
            at += rune.Utf16SequenceLength;
            bool isKept = rune.IsBmp && (standIns is null || rune.Value is < StandIns.First or > StandIns.Last);
            mapped.Append(isKept ? (char)rune.Value : standIns?.Of(rune.Value) ?? StandIn(Rune.GetUnicodeCategory(rune)));
        }
        offsets[mapped.Length] = at;
        return mapped.ToString();
    }

    private static char StandIn(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter => '\u023A',
        UnicodeCategory.LowercaseLetter => '\u2C65',
        UnicodeCategory.TitlecaseLetter => '\u1F88',
        UnicodeCategory.ModifierLetter => '\u02B0',
        UnicodeCategory.OtherLetter => '\u01BB',
        UnicodeCategory.NonSpacingMark => '\u0300',
        UnicodeCategory.SpacingCombiningMark => '\u0903',
        UnicodeCategory.EnclosingMark => '\u0488',
        UnicodeCategory.DecimalDigitNumber => '\u0660',
        UnicodeCategory.LetterNumber => '\u2160',
        UnicodeCategory.OtherNumber => '\u00B2',
        UnicodeCategory.ConnectorPunctuation => '\u203F',
        UnicodeCategory.DashPunctuation => '\u2010',
        UnicodeCategory.OpenPunctuation => '\u2045',
        UnicodeCategory.ClosePunctuation => '\u2046',
        UnicodeCategory.InitialQuotePunctuation => '\u00AB',
        UnicodeCategory.FinalQuotePunctuation => '\u00BB',
        UnicodeCategory.OtherPunctuation => '\u00A7',
        UnicodeCategory.MathSymbol => '\u00AC',
        UnicodeCategory.CurrencySymbol => '\u00A4',
        UnicodeCategory.ModifierSymbol => '\u02C2',
        UnicodeCategory.OtherSymbol => '\u00A6',
        UnicodeCategory.Format => '\u00AD',
        UnicodeCategory.PrivateUse => '\uE000',
        _ => '\u0378',
    };

    [GeneratedRegex(Gpt2Pattern, RegexOptions.CultureInvariant)]
    private static partial Regex Gpt2();

    [GeneratedRegex(Llama3Pattern, RegexOptions.CultureInvariant)]
    private static partial Regex Llama3();

    [GeneratedRegex(Qwen2Pattern, RegexOptions.CultureInvariant)]
    private static partial Regex Qwen2();
}

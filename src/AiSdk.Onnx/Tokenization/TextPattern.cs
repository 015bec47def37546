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

    private readonly Regex? _regex;
    private readonly string _literal;

    private TextPattern(Regex? regex, string literal = "")
    {
        _regex = regex;
        _literal = literal;
    }

    /// <summary>The words of GPT-2, which the pre-tokenizer ByteLevel cuts at.</summary>
    public static TextPattern Gpt2Words { get; } = new(Gpt2());

    /// <summary>Reads an object with a field String or Regex.</summary>
    public static TextPattern Read(JsonFile json)
    {
        if (json.OptionalString("String") is { } literal)
            return new TextPattern(null, literal);
        string expression = json.String("Regex");
        if (s_compiled.TryGetValue(expression, out Func<Regex>? compiled))
            return new TextPattern(compiled());
        string? translated = OnigurumaSyntax.ToDotNet(expression, out string? problem);
        if (translated is null)
            throw json.Error("Regex", $"is '{expression}', which is not supported: {problem}");
        try
        {
            return new TextPattern(new Regex(translated, RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.Compiled));
        }
        catch (ArgumentException exception)
        {
            throw json.Error($"the regular expression '{expression}' is not one that .NET understands: {exception.Message}", exception);
        }
    }

    /// <summary>The places where the pattern is found, from the first to the last; they do not overlap, and some may be empty.</summary>
    public List<(int Start, int End)> Matches(string text)
    {
        List<(int, int)> found = [];
        if (_regex is null)
        {
            for (int at = 0; _literal.Length > 0 && (at = text.IndexOf(_literal, at, StringComparison.Ordinal)) >= 0; at += _literal.Length)
                found.Add((at, at + _literal.Length));
            return found;
        }
        string searched = ToBasicPlane(text, out int[]? offsets);
        int last = -1;
        foreach (ValueMatch match in _regex.EnumerateMatches(searched))
        {
            // Nothing is not found directly behind something.
            if (match.Length == 0 && match.Index == last)
                continue;
            last = match.Index + match.Length;
            found.Add(offsets is null ? (match.Index, last) : (offsets[match.Index], offsets[last]));
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
    /// characters. The stand-ins are rare, so that no pattern names them.
    /// </remarks>
    private static string ToBasicPlane(string text, out int[]? offsets)
    {
        offsets = null;
        if (text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
            return text;
        var mapped = new StringBuilder(text.Length);
        offsets = new int[text.Length + 1];
        int at = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            offsets[mapped.Length] = at;
            at += rune.Utf16SequenceLength;
            mapped.Append(rune.IsBmp ? (char)rune.Value : StandIn(Rune.GetUnicodeCategory(rune)));
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

using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace AiSdk.Onnx;

/// <summary>The pre_tokenizer of a tokenizer.json: cuts text into the pieces that are tokenized each for itself.</summary>
internal sealed partial class TextSplitter
{
    private const char Metaspace = '▁';

    private readonly List<Action<List<string>, bool>> _steps = [];

    /// <summary>Whether pieces are turned into the printable stand-ins of their UTF-8 bytes before they are looked up.</summary>
    public bool IsByteLevel { get; private set; }

    /// <summary>Reads the field; a tokenizer without one cuts nothing.</summary>
    public static TextSplitter Read(JsonFile? json)
    {
        var splitter = new TextSplitter();
        if (json is not null)
            splitter.Add(json.Value);
        return splitter;
    }

    /// <summary>Cuts text.</summary>
    /// <param name="text">The normalized text between two added tokens.</param>
    /// <param name="isFirst">Whether nothing precedes it.</param>
    public List<string> Split(string text, bool isFirst)
    {
        List<string> pieces = [text];
        foreach (Action<List<string>, bool> step in _steps)
            step(pieces, isFirst);
        return pieces;
    }

    /// <summary>Compiles a pattern's field Regex.</summary>
    public static Regex CompileRegex(JsonFile pattern)
    {
        string expression = pattern.String("Regex");
        try
        {
            return new Regex(expression, RegexOptions.CultureInvariant);
        }
        catch (ArgumentException exception)
        {
            throw pattern.Error($"the regular expression '{expression}' is not one that .NET understands: {exception.Message}", exception);
        }
    }

    private void Add(JsonFile json)
    {
        string type = json.String("type");
        switch (type)
        {
            case "Sequence":
                foreach (JsonFile part in json.Objects("pretokenizers"))
                    Add(part);
                break;
            case "ByteLevel":
                IsByteLevel = true;
                if (json.OptionalBool("add_prefix_space") ?? true)
                    _steps.Add(static (pieces, _) => Replace(pieces, static (piece, results) => results.Add(piece.StartsWith(' ') ? piece : " " + piece)));
                if (json.OptionalBool("use_regex") ?? true)
                    AddSplit(Gpt2Words(), isInverted: false, keepMatches: true);
                break;
            case "Split":
                AddSplit(json);
                break;
            case "Digits":
                AddSplit(json.OptionalBool("individual_digits") ?? false ? Digit() : Digits(), isInverted: false, keepMatches: true);
                break;
            case "Metaspace":
                AddMetaspace(json);
                break;
            default:
                throw json.Error("type", $"is '{type}', a pre-tokenizer that is not supported; Sequence, ByteLevel, Split, Digits and Metaspace are.");
        }
    }

    private void AddSplit(JsonFile json)
    {
        JsonFile pattern = json.Object("pattern");
        Regex regex = pattern.OptionalString("String") is { } literal ? new Regex(Regex.Escape(literal), RegexOptions.CultureInvariant) : CompileRegex(pattern);
        string behavior = json.String("behavior");
        if (behavior is not ("Isolated" or "Removed"))
            throw json.Error("behavior", $"is '{behavior}', which is not supported; Isolated and Removed are.");
        AddSplit(regex, json.OptionalBool("invert") ?? false, behavior == "Isolated");
    }

    private void AddSplit(Regex regex, bool isInverted, bool keepMatches)
    {
        bool keepGaps = keepMatches || !isInverted;
        bool keepFound = keepMatches || isInverted;
        _steps.Add((pieces, _) => Replace(pieces, (piece, results) =>
        {
            string text = ToBasicPlane(piece, out int[]? offsets);
            int position = 0;
            foreach (ValueMatch match in regex.EnumerateMatches(text))
            {
                if (match.Length == 0)
                    continue;
                int start = offsets?[match.Index] ?? match.Index;
                int end = offsets?[match.Index + match.Length] ?? match.Index + match.Length;
                if (keepGaps && start > position)
                    results.Add(piece[position..start]);
                if (keepFound)
                    results.Add(piece[start..end]);
                position = end;
            }
            if (keepGaps && position < piece.Length)
                results.Add(piece[position..]);
        }));
    }

    private void AddMetaspace(JsonFile json)
    {
        if (json.OptionalString("replacement") is { } replacement && replacement != Metaspace.ToString())
            throw json.Error("replacement", $"is '{replacement}'; only '{Metaspace}' is supported.");
        string scheme = json.OptionalString("prepend_scheme") ?? (json.OptionalBool("add_prefix_space") ?? true ? "always" : "never");
        bool split = json.OptionalBool("split") ?? true;
        _steps.Add((pieces, isFirst) => Replace(pieces, (piece, results) =>
        {
            string text = piece.Replace(' ', Metaspace);
            if ((scheme == "always" || (scheme == "first" && isFirst)) && !text.StartsWith(Metaspace))
                text = Metaspace + text;
            // Each piece begins with its space.
            int start = 0;
            for (int i = 1; split && i < text.Length; i++)
            {
                if (text[i] == Metaspace)
                {
                    results.Add(text[start..i]);
                    start = i;
                }
            }
            results.Add(text[start..]);
        }));
    }

    private static void Replace(List<string> pieces, Action<string, List<string>> step)
    {
        List<string> results = [];
        foreach (string piece in pieces)
        {
            if (piece.Length > 0)
                step(piece, results);
        }
        pieces.Clear();
        pieces.AddRange(results);
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

    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Gpt2Words();

    [GeneratedRegex(@"\p{N}", RegexOptions.CultureInvariant)]
    private static partial Regex Digit();

    [GeneratedRegex(@"\p{N}+", RegexOptions.CultureInvariant)]
    private static partial Regex Digits();
}

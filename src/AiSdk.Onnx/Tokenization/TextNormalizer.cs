using System.Globalization;
using System.Text;

namespace AiSdk.Onnx;

/// <summary>The normalizer of a tokenizer.json: what is done to text before it is cut.</summary>
internal sealed class TextNormalizer
{
    private readonly List<Step> _steps = [];

    /// <summary>One change of a text; it says if nothing is left of what the text begins with.</summary>
    private delegate string Step(string text, ref bool isStartRemoved);

    /// <summary>Whether it changes nothing.</summary>
    public bool IsEmpty => _steps.Count == 0;

    /// <summary>Reads the field; a tokenizer without one changes nothing.</summary>
    public static TextNormalizer Read(JsonFile? json)
    {
        var normalizer = new TextNormalizer();
        if (json is not null)
            normalizer.Add(json.Value);
        return normalizer;
    }

    public string Normalize(string text) => Normalize(text, out _);

    /// <summary>Normalizes.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isStartRemoved">Whether the result's first character was not the text's first.</param>
    public string Normalize(string text, out bool isStartRemoved)
    {
        isStartRemoved = false;
        foreach (Step step in _steps)
            text = step(text, ref isStartRemoved);
        return text;
    }

    private void Add(JsonFile json)
    {
        string type = json.String("type");
        switch (type)
        {
            case "Sequence":
                foreach (JsonFile part in json.Objects("normalizers"))
                    Add(part);
                break;
            case "Prepend":
                string prefix = json.String("prepend");
                _steps.Add((string text, ref bool _) => text.Length == 0 ? text : prefix + text);
                break;
            case "Replace":
                AddReplace(json);
                break;
            case "NFC":
                Add(static text => CombiningMarks.Normalize(text, NormalizationForm.FormC));
                break;
            case "NFD":
                Add(static text => CombiningMarks.Normalize(text, NormalizationForm.FormD));
                break;
            case "NFKC":
                Add(static text => CombiningMarks.Normalize(text, NormalizationForm.FormKC));
                break;
            case "NFKD":
                Add(static text => CombiningMarks.Normalize(text, NormalizationForm.FormKD));
                break;
            case "Lowercase":
                Add(Lower);
                break;
            case "StripAccents":
                AddFilter(static rune => !UnicodeCharacters.IsMark(rune));
                break;
            case "Strip":
                AddStrip(json.OptionalBool("strip_left") ?? true, json.OptionalBool("strip_right") ?? true);
                break;
            case "Nmt":
                AddFilter(static rune => rune.Value is not ((>= 0x01 and <= 0x08) or 0x0B or (>= 0x0E and <= 0x1F) or 0x7F or 0x8F or 0x9F));
                Add(static text => MapToSpace(text, static rune => rune.Value is 0x09 or 0x0A or 0x0C or 0x0D or 0x1680 or (>= 0x200B and <= 0x200F) or 0x2028 or 0x2029 or 0x2581 or 0xFEFF or 0xFFFD));
                break;
            case "ByteLevel":
                Add(ByteLevelAlphabet.Encode);
                break;
            case "Precompiled":
                var map = PrecompiledCharsMap.Read(json, "precompiled_charsmap");
                _steps.Add((string text, ref bool isStartRemoved) =>
                {
                    string normalized = map.Normalize(text, out bool isRemoved);
                    isStartRemoved |= isRemoved;
                    return normalized;
                });
                break;
            case "BertNormalizer":
                AddBert(json);
                break;
            default:
                throw json.Error("type", $"is '{type}', a normalizer that is not supported; Sequence, Prepend, Replace, NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, Strip, Nmt, ByteLevel, Precompiled and BertNormalizer are.");
        }
    }

    private void Add(Func<string, string> step) => _steps.Add((string text, ref bool _) => step(text));

    private void AddBert(JsonFile json)
    {
        bool isLowercase = json.OptionalBool("lowercase") ?? true;
        if (json.OptionalBool("clean_text") ?? true)
        {
            AddFilter(static rune => rune.Value is not (0 or 0xFFFD) && !UnicodeCharacters.IsControl(rune));
            Add(static text => MapToSpace(text, Rune.IsWhiteSpace));
        }
        if (json.OptionalBool("handle_chinese_chars") ?? true)
            Add(SpaceIdeographs);
        if (json.OptionalBool("strip_accents") ?? isLowercase)
        {
            Add(static text => CombiningMarks.Normalize(text, NormalizationForm.FormD));
            AddFilter(static rune => Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark);
        }
        if (isLowercase)
            Add(Lower);
    }

    private void AddReplace(JsonFile json)
    {
        var pattern = TextPattern.Read(json.Object("pattern"));
        string content = json.String("content");
        _steps.Add((string text, ref bool isStartRemoved) =>
        {
            string replaced = pattern.Replace(text, content, out bool isRemoved);
            isStartRemoved |= isRemoved;
            return replaced;
        });
    }

    private void AddStrip(bool left, bool right) => _steps.Add((string text, ref bool isStartRemoved) =>
    {
        ReadOnlySpan<char> stripped = left ? text.AsSpan().TrimStart() : text;
        isStartRemoved |= stripped.Length < text.Length;
        return (right ? stripped.TrimEnd() : stripped).ToString();
    });

    private void AddFilter(Func<Rune, bool> isKept) => _steps.Add((string text, ref bool isStartRemoved) =>
    {
        StringBuilder? kept = null;
        int at = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (!isKept(rune))
            {
                isStartRemoved |= at == 0;
                kept ??= new StringBuilder(text.Length).Append(text.AsSpan(0, at));
            }
            else
            {
                kept?.Append(text.AsSpan(at, rune.Utf16SequenceLength));
            }
            at += rune.Utf16SequenceLength;
        }
        return kept?.ToString() ?? text;
    });

    private static string MapToSpace(string text, Func<Rune, bool> isMapped)
    {
        var mapped = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (isMapped(rune))
                mapped.Append(' ');
            else
                Append(mapped, rune);
        }
        return mapped.ToString();
    }

    private static string SpaceIdeographs(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\u3400', '\uFAFF') < 0)
            return text;
        var spaced = new StringBuilder(text.Length * 2);
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool isIdeograph = UnicodeCharacters.IsIdeograph(rune);
            if (isIdeograph)
                spaced.Append(' ');
            Append(spaced, rune);
            if (isIdeograph)
                spaced.Append(' ');
        }
        return spaced.ToString();
    }

    // Unlike .NET, the reference implementation maps the one letter that becomes two.
    private static string Lower(string text) => text.ToLowerInvariant().Replace("\u0130", "i\u0307", StringComparison.Ordinal);

    private static void Append(StringBuilder builder, Rune rune)
    {
        if (rune.IsBmp)
            builder.Append((char)rune.Value);
        else
            builder.Append(rune.ToString());
    }
}

using System.Globalization;
using System.Text;

namespace AiSdk.Onnx;

/// <summary>Case mapping as Python does it: Unicode's full mapping, independent of the culture.</summary>
/// <remarks>
/// .NET maps one character to one; the mappings of one to several are listed here, those of polytonic Greek (which adds a second
/// letter for an iota below) left out.
/// </remarks>
internal static class PythonCasing
{
    public static string Upper(string text)
    {
        if (Ascii.IsValid(text))
            return text.ToUpperInvariant();
        StringBuilder result = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
            result.Append(UpperOf(rune));
        return result.ToString();
    }

    public static string Title(string character)
    {
        if (character.Length == 1 && character[0] is >= '\u01C4' and <= '\u01CC' or >= '\u01F1' and <= '\u01F3')
        {
            // The digraphs DŽ, LJ, NJ and DZ have a title case of their own.
            return character[0] switch { <= '\u01C6' => "\u01C5", <= '\u01C9' => "\u01C8", <= '\u01CC' => "\u01CB", _ => "\u01F2" };
        }
        // Georgian has capitals, but no title case.
        if (character is [>= '\u10D0' and <= '\u10FF'])
            return character;
        string upper = Upper(character);
        return character is ['ß' or 'և' or (>= '\uFB00' and <= '\uFB06')] ? upper[..1] + Lower(upper[1..]) : upper;
    }

    public static string Lower(string text)
    {
        if (Ascii.IsValid(text))
            return text.ToLowerInvariant();
        StringBuilder result = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case 'İ':
                    result.Append("i\u0307");
                    break;
                case 'Σ':
                    result.Append(IsFinal(text, i) ? 'ς' : 'σ');
                    break;
                default:
                    int length = PythonStrings.IsPair(text, i) ? 2 : 1;
                    if (length == 1)
                        result.Append(char.ToLowerInvariant(text[i]));
                    else
                        result.Append(Rune.ToLowerInvariant(new Rune(text[i], text[i + 1])));
                    i += length - 1;
                    break;
            }
        }
        return result.ToString();
    }

    /// <summary>Whether a character has case: is a letter that upper or lower changes, or is one by itself.</summary>
    public static bool IsCased(char c) => char.GetUnicodeCategory(c) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter;

    private static string UpperOf(Rune rune) => rune.Value switch
    {
        'ß' => "SS",
        'ı' => "I",
        'ſ' => "S",
        'ŉ' => "ʼN",
        'ǰ' => "J\u030C",
        'ΐ' => "Ι\u0308\u0301",
        'ΰ' => "Υ\u0308\u0301",
        'և' => "ԵՒ",
        0x1E96 => "H\u0331",
        0x1E97 => "T\u0308",
        0x1E98 => "W\u030A",
        0x1E99 => "Y\u030A",
        0x1E9A => "Aʾ",
        0xFB00 => "FF",
        0xFB01 => "FI",
        0xFB02 => "FL",
        0xFB03 => "FFI",
        0xFB04 => "FFL",
        0xFB05 or 0xFB06 => "ST",
        _ => Rune.ToUpperInvariant(rune).ToString(),
    };

    // Unicode's rule Final_Sigma: a cased letter before it and none behind it, marks and apostrophes aside.
    private static bool IsFinal(string text, int at)
    {
        int before = at - 1;
        while (before >= 0 && IsIgnored(text[before]))
            before--;
        if (before < 0 || !IsCased(text[before]))
            return false;
        int after = at + 1;
        while (after < text.Length && IsIgnored(text[after]))
            after++;
        return after >= text.Length || !IsCased(text[after]);
    }

    private static bool IsIgnored(char c) => c is '\'' or '.' or ':' or '·' or '\u2019'
        || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.Format or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol or UnicodeCategory.EnclosingMark;
}

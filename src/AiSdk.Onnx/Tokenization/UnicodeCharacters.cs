using System.Globalization;
using System.Text;

namespace AiSdk.Onnx;

/// <summary>The classes of characters that tokenizers cut at, as the reference implementation draws them.</summary>
internal static class UnicodeCharacters
{
    /// <summary>General category P, or one of ASCII's symbols.</summary>
    public static bool IsPunctuation(Rune character) => character.IsAscii
        ? char.IsPunctuation((char)character.Value) || char.IsSymbol((char)character.Value)
        : Rune.IsPunctuation(character);

    /// <summary>General category N.</summary>
    public static bool IsNumeric(Rune character) => Rune.IsNumber(character);

    /// <summary>A regular expression's \w: letters, marks, digits, connectors and joiners.</summary>
    public static bool IsWord(Rune character) => Rune.GetUnicodeCategory(character) switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter
            or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark
            or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation => true,
        // Letters in circles and squares are symbols that count as alphabetic.
        UnicodeCategory.OtherSymbol => character.Value is (>= 0x24B6 and <= 0x24E9) or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189),
        _ => character.Value is 0x200C or 0x200D,
    };

    /// <summary>A control, format, private or unassigned character, except for tab and the ends of lines.</summary>
    public static bool IsControl(Rune character) => character.Value is not ('\t' or '\n' or '\r') && Rune.GetUnicodeCategory(character) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned;

    /// <summary>A mark of any kind.</summary>
    public static bool IsMark(Rune character) => Rune.GetUnicodeCategory(character) is
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    /// <summary>An ideograph, of the blocks that BERT cuts around.</summary>
    public static bool IsIdeograph(Rune character) => character.Value is
        (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F)
        or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);
}

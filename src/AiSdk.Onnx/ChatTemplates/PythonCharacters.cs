using System.Globalization;

namespace AiSdk.Onnx;

/// <summary>Character classes as Python defines them.</summary>
internal static class PythonCharacters
{
    /// <summary><c>str.isspace</c>: Unicode white space and the four separators of ASCII.</summary>
    public static bool IsWhiteSpace(char c) => char.IsWhiteSpace(c) || c is >= '\x1c' and <= '\x1f';

    /// <summary>Where <c>str.splitlines</c> breaks.</summary>
    public static bool IsLineBreak(char c) => c is '\n' or '\r' or '\v' or '\f' or (>= '\x1c' and <= '\x1e') or '\x85' or '\u2028' or '\u2029';

    /// <summary>Whether an identifier can start here.</summary>
    public static bool IsIdentifierStart(string text, int index) =>
        text[index] == '_' || char.IsAsciiLetter(text[index]) || (text[index] > 127 && char.IsLetter(text, index));

    /// <summary>Whether an identifier can go on here.</summary>
    public static bool IsIdentifierPart(string text, int index)
    {
        char c = text[index];
        if (c <= 127)
            return c == '_' || char.IsAsciiLetterOrDigit(c);
        return CharUnicodeInfo.GetUnicodeCategory(text, index) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter
            or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.LetterNumber
            or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
            or UnicodeCategory.ConnectorPunctuation;
    }
}

using System.Globalization;

namespace AiSdk.Onnx;

/// <summary>A set of Unicode code points, surrogates excluded: sorted ranges that do not touch.</summary>
internal sealed class CodePointSet
{
    private CodePointSet(List<(int First, int Last)> ranges) => Ranges = ranges;

    /// <summary>The ranges, ends included.</summary>
    public IReadOnlyList<(int First, int Last)> Ranges { get; }

    /// <summary>All code points.</summary>
    public static CodePointSet All { get; } = Of((0, 0x10FFFF));

    /// <summary>ECMA-262's <c>\d</c>.</summary>
    public static CodePointSet Digits { get; } = Of(('0', '9'));

    /// <summary>ECMA-262's <c>\w</c>.</summary>
    public static CodePointSet WordCharacters { get; } = Of(('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z'));

    /// <summary>ECMA-262's <c>\s</c>.</summary>
    public static CodePointSet Spaces { get; } = Of((9, 13), (32, 32), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF));

    /// <summary>ECMA-262's <c>.</c>: all but line terminators.</summary>
    public static CodePointSet Dot { get; } = Of((10, 10), (13, 13), (0x2028, 0x2029)).Complement();

    /// <summary>The union of ranges.</summary>
    public static CodePointSet Of(params IEnumerable<(int First, int Last)> ranges)
    {
        List<(int First, int Last)> merged = [];
        foreach ((int first, int last) in ranges.SelectMany(WithoutSurrogates).OrderBy(static range => range.First))
        {
            if (merged.Count > 0 && first <= merged[^1].Last + 1)
                merged[^1] = (merged[^1].First, Math.Max(merged[^1].Last, last));
            else
                merged.Add((first, last));
        }
        return new CodePointSet(merged);
    }

    /// <summary>The code points of a general category such as <c>Lu</c> or of a group such as <c>L</c>; null when there is no such.</summary>
    public static CodePointSet? OfCategory(string name)
    {
        Func<UnicodeCategory, bool>? belongs = name switch
        {
            "L" or "Letter" => static c => c <= UnicodeCategory.OtherLetter,
            "Lu" or "Uppercase_Letter" => static c => c == UnicodeCategory.UppercaseLetter,
            "Ll" or "Lowercase_Letter" => static c => c == UnicodeCategory.LowercaseLetter,
            "Lt" or "Titlecase_Letter" => static c => c == UnicodeCategory.TitlecaseLetter,
            "Lm" or "Modifier_Letter" => static c => c == UnicodeCategory.ModifierLetter,
            "Lo" or "Other_Letter" => static c => c == UnicodeCategory.OtherLetter,
            "M" or "Mark" => static c => c is >= UnicodeCategory.NonSpacingMark and <= UnicodeCategory.EnclosingMark,
            "Mn" or "Nonspacing_Mark" => static c => c == UnicodeCategory.NonSpacingMark,
            "N" or "Number" => static c => c is >= UnicodeCategory.DecimalDigitNumber and <= UnicodeCategory.OtherNumber,
            "Nd" or "Decimal_Number" or "digit" => static c => c == UnicodeCategory.DecimalDigitNumber,
            "Nl" or "Letter_Number" => static c => c == UnicodeCategory.LetterNumber,
            "Z" or "Separator" => static c => c is >= UnicodeCategory.SpaceSeparator and <= UnicodeCategory.ParagraphSeparator,
            "Zs" or "Space_Separator" => static c => c == UnicodeCategory.SpaceSeparator,
            "P" or "Punctuation" or "punct" => static c => c is >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation,
            "Pd" or "Dash_Punctuation" => static c => c == UnicodeCategory.DashPunctuation,
            "Pc" or "Connector_Punctuation" => static c => c == UnicodeCategory.ConnectorPunctuation,
            "S" or "Symbol" => static c => c is >= UnicodeCategory.MathSymbol and <= UnicodeCategory.OtherSymbol,
            "Sc" or "Currency_Symbol" => static c => c == UnicodeCategory.CurrencySymbol,
            "Cc" or "Control" or "cntrl" => static c => c == UnicodeCategory.Control,
            _ => null,
        };
        if (belongs is null)
            return name == "ASCII" ? Of((0, 127)) : null;
        List<(int, int)> ranges = [];
        for (int value = 0, first = -1; value <= 0x110000; value++)
        {
            bool inside = value <= 0x10FFFF && belongs(CharUnicodeInfo.GetUnicodeCategory(value));
            if (inside && first < 0)
                first = value;
            if (!inside && first >= 0)
            {
                ranges.Add((first, value - 1));
                first = -1;
            }
        }
        return Of(ranges);
    }

    /// <summary>All code points that are not in the set.</summary>
    public CodePointSet Complement()
    {
        List<(int, int)> ranges = [];
        int next = 0;
        foreach ((int first, int last) in Ranges)
        {
            if (first > next)
                ranges.Add((next, first - 1));
            next = last + 1;
        }
        if (next <= 0x10FFFF)
            ranges.Add((next, 0x10FFFF));
        return Of(ranges);
    }

    private static IEnumerable<(int First, int Last)> WithoutSurrogates((int First, int Last) range)
    {
        if (range.First < 0xD800)
            yield return (range.First, Math.Min(range.Last, 0xD7FF));
        if (range.Last > 0xDFFF)
            yield return (Math.Max(range.First, 0xE000), range.Last);
    }
}

using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace AiSdk.Evaluation;

/// <summary>Sacrebleu's tokenizers.</summary>
internal static partial class BleuTokenization
{
    /// <summary>A text's words.</summary>
    public static string[] Words(string text, BleuTokenizer tokenizer) => tokenizer switch
    {
        BleuTokenizer.V13a => ReferenceText.Split(Western($" {Unescape(text)} ")),
        BleuTokenizer.International => ReferenceText.Split(International(text)),
        BleuTokenizer.Chinese => ReferenceText.Split(Western(SpaceChinese(text))),
        BleuTokenizer.Character => [.. ReferenceText.CodePoints(text).Where(static point => !ReferenceText.IsWhiteSpace(point[0]))],
        BleuTokenizer.None => ReferenceText.Split(text),
        _ => throw new ArgumentOutOfRangeException(nameof(tokenizer), tokenizer, "There is no such tokenizer."),
    };

    /// <summary>Punctuation of Western languages apart.</summary>
    public static string Western(string text)
    {
        text = Symbols().Replace(text, " $1 ");
        text = PointAfterNonDigit().Replace(text, "$1 $2 ");
        text = PointBeforeNonDigit().Replace(text, " $1 $2");
        return DashAfterDigit().Replace(text, "$1 $2 ");
    }

    private static string Unescape(string text)
    {
        text = text.Replace("<skipped>", "", StringComparison.Ordinal).Replace("-\n", "", StringComparison.Ordinal).Replace('\n', ' ');
        return text.Contains('&', StringComparison.Ordinal)
            ? text.Replace("&quot;", "\"", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal).Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal)
            : text;
    }

    // By hand: .NET's classes of characters do not reach beyond the first plane, where emoji are symbols too.
    private static string International(string text)
    {
        List<string> points = ReferenceText.CodePoints(text);
        points = Pairs(points, static p => !IsNumber(p), IsPunctuation, static (a, b) => [a, " ", b, " "]);
        points = Pairs(points, IsPunctuation, static p => !IsNumber(p), static (a, b) => [" ", a, " ", b]);
        StringBuilder result = new();
        foreach (string point in points)
            result.Append(IsSymbol(point) ? $" {point} " : point);
        return result.ToString();
    }

    private static List<string> Pairs(List<string> points, Func<string, bool> isFirst, Func<string, bool> isSecond, Func<string, string, string[]> replacement)
    {
        List<string> result = new(points.Count * 2);
        for (int i = 0; i < points.Count; i++)
        {
            if (i + 1 < points.Count && isFirst(points[i]) && isSecond(points[i + 1]))
            {
                result.AddRange(replacement(points[i], points[i + 1]));
                i++;
            }
            else
            {
                result.Add(points[i]);
            }
        }
        return result;
    }

    private static UnicodeCategory Category(string point) => CharUnicodeInfo.GetUnicodeCategory(point, 0);

    private static bool IsNumber(string point) => Category(point) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    private static bool IsPunctuation(string point) => Category(point) is >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation;

    private static bool IsSymbol(string point) => Category(point) is >= UnicodeCategory.MathSymbol and <= UnicodeCategory.OtherSymbol;

    private static string SpaceChinese(string text)
    {
        StringBuilder result = new();
        foreach (string point in ReferenceText.CodePoints(text.Trim()))
            result.Append(IsChinese(point) ? $" {point} " : point);
        return result.ToString();
    }

    // The first line is how sacrebleu's two ranges beyond the first plane come out: it writes them with four digits and one letter behind, and compares texts.
    private static bool IsChinese(string point) => point.Length == 1 && point[0] is
        (>= '\u2001' and <= '\u2a6d') or (>= '\u2f81' and <= '\u2fa1')
        or (>= '\u3400' and <= '\u4db5') or (>= '\u4e00' and <= '\u9fbb') or (>= '\uf900' and <= '\ufa2d') or (>= '\ufa30' and <= '\ufa6a') or (>= '\ufa70' and <= '\ufad9')
        or (>= '\uff00' and <= '\uffef') or (>= '\u2e80' and <= '\u2eff') or (>= '\u3000' and <= '\u303f') or (>= '\u31c0' and <= '\u31ef') or (>= '\u2f00' and <= '\u2fdf')
        or (>= '\u2ff0' and <= '\u2fff') or (>= '\u3100' and <= '\u312f') or (>= '\u31a0' and <= '\u31bf') or (>= '\ufe10' and <= '\ufe1f') or (>= '\ufe30' and <= '\ufe4f')
        or (>= '\u2600' and <= '\u27bf') or (>= '\u3200' and <= '\u33ff');

    [GeneratedRegex(@"([{-~\[-` -&(-+:-@/])")]
    private static partial Regex Symbols();

    [GeneratedRegex(@"([^0-9])([.,])")]
    private static partial Regex PointAfterNonDigit();

    [GeneratedRegex(@"([.,])([^0-9])")]
    private static partial Regex PointBeforeNonDigit();

    [GeneratedRegex(@"([0-9])(-)")]
    private static partial Regex DashAfterDigit();
}

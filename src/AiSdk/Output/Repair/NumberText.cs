using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Numerics;

namespace AiSdk;

/// <summary>Finds the one number that a text states.</summary>
internal static class NumberText
{
    private const int MaxLength = 200;
    private const string VulgarFractions = "½¼¾⅛⅜⅝⅞";
    private static readonly SearchValues<char> _vulgar = SearchValues.Create(VulgarFractions);
    private static readonly string[] _vulgarFractions = ["1/2", "1/4", "3/4", "1/8", "3/8", "5/8", "7/8"];

    private static readonly string[] _negations = ["not ", "n't ", "n’t ", "never ", "unknown", "below zero", "neither ", "no longer "];

    // A number beside one of these is a limit of what is meant.
    private static readonly string[] _boundsBefore = ["<", "≤", "≥", "than", "at least", "at most", "up to", "over", "under", "above", "below", "min.", "max."];
    private static readonly string[] _boundsBehind = ["+", "or more", "or less", "or fewer", "or above", "or below", "and up", "and above", "plus"];

    // Words that multiply, which are not read: with one of them the number is another.
    private static readonly FrozenSet<string> _multipliers = new[]
    {
        "k", "m", "b", "hundred", "hundreds", "dozen", "dozens", "bps", "basis", "mn", "mm", "tn", "cr", "lac", "lacs", "grand", "cent", "cents", "thousands", "millions", "billions", "trillions", "lakh", "lakhs", "crore", "crores", "mrd", "tsd", "tausend", "millionen",
        "milliarde", "milliarden", "milliard", "milliards", "mil", "mille", "millón", "millones", "milhão", "milhões", "mln", "mld", "tys", "тыс", "млн", "млрд", "百", "千", "万", "萬", "億", "亿", "兆", "만", "억",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _multiplies = _multipliers.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether a text is a JSON number as it stands.</summary>
    public static bool IsJson(ReadOnlySpan<char> text, out bool isWhole)
    {
        isWhole = true;
        int i = 0;
        if (i < text.Length && text[i] == '-')
            i++;
        int first = i;
        while (i < text.Length && char.IsAsciiDigit(text[i]))
            i++;
        if (i == first || text[first] == '0' && i > first + 1)
            return false;
        if (i == text.Length)
            return true;
        isWhole = false;
        if (text[i] == '.')
        {
            int digits = ++i;
            while (i < text.Length && char.IsAsciiDigit(text[i]))
                i++;
            if (i == digits)
                return false;
        }
        if (i < text.Length && text[i] is 'e' or 'E')
        {
            i++;
            if (i < text.Length && text[i] is '+' or '-')
                i++;
            int digits = i;
            while (i < text.Length && char.IsAsciiDigit(text[i]))
                i++;
            if (i == digits)
                return false;
        }
        return i == text.Length;
    }

    /// <summary>The number as JSON, or null and why there is none. <paramref name="inProse"/>: words stand beside it.</summary>
    public static string? Find(ReadOnlySpan<char> text, out bool inProse, out string problem)
    {
        inProse = false;
        problem = "no number";
        text = text.Trim().Trim("*_`\"'").Trim();
        if (text.IsEmpty)
            return null;
        if (text.IndexOfAny(_vulgar) is >= 0 and int vulgar && text.Length <= MaxLength)
            text = $"{text[..vulgar]} {_vulgarFractions[VulgarFractions.IndexOf(text[vulgar], StringComparison.Ordinal)]}{text[(vulgar + 1)..]}".Trim();
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && long.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long hex))
            return hex.ToString(CultureInfo.InvariantCulture);
        string? found = null;
        int i = 0;
        while (i < text.Length)
        {
            if (!char.IsAsciiDigit(text[i]))
            {
                if (char.IsNumber(text[i]))
                {
                    problem = $"a digit that is none of 0 to 9: {text[i]}";
                    return null;
                }
                i++;
                continue;
            }
            int start = i;
            while (start > 0 && (text[start - 1] is '.' or '-' or '+' or '−' or '–' or '$' or '€' or '£' or '¥' || text[start - 1] == ' ' && start > 1 && text[start - 2] is '-' or '−' or '$' or '€' or '£'))
                start--;
            if (start > 0 && (char.IsLetterOrDigit(text[start - 1]) || text[start - 1] is '_' or '#'))
            {
                problem = "a number that is part of a word";
                return null;
            }
            int end = Extent(text, i);
            if (found is not null)
            {
                problem = "more than one number";
                return null;
            }
            if (end - start > MaxLength)
            {
                problem = "a number too long to read";
                return null;
            }
            found = Value(text[start..end], out problem);
            if (found is null)
                return null;
            ReadOnlySpan<char> before = text[..start].TrimEnd();
            if (IsBound(before, text[end..].TrimStart()))
            {
                problem = "a limit, not a number";
                return null;
            }
            if (EndsWith(before, "minus") || EndsWith(before, "negative"))
                found = found[0] == '-' ? found[1..] : $"-{found}";
            int rest = end;
            if (rest + 1 < text.Length && text[rest] is '-' or '/' && char.IsLetter(text[rest + 1]))
            {
                problem = "a number that is part of a word";
                return null;
            }
            if (!Tail(text, ref rest, ref found, out problem))
                return null;
            inProse = !text[..start].IsWhiteSpace() || !text[rest..].TrimEnd('.').IsWhiteSpace();
            // (5) and 5- are minus five to an accountant.
            if (start > 0 && text[start - 1] == '(' && rest < text.Length && text[rest] == ')')
            {
                problem = "a number in parentheses";
                return null;
            }
            if (rest < text.Length && text[rest] is '-' or '−' && text[(rest + 1)..].IsWhiteSpace() || text[start..i].Count('-') + text[start..i].Count('−') > 1)
            {
                problem = "a number with a sign behind it, or with two";
                return null;
            }
            i = rest;
        }
        if (found is not null && inProse && IsNegated(text))
        {
            problem = "a number beside a negation";
            return null;
        }
        return found;
    }

    private static bool IsNegated(ReadOnlySpan<char> text)
    {
        foreach (string word in _negations)
        {
            if (text.Contains(word, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }

    private static bool IsBound(ReadOnlySpan<char> before, ReadOnlySpan<char> behind)
    {
        // In <answer>5</answer> it is a tag that ends.
        if (before is [.., '>'] && !before.Contains('<'))
            return true;
        foreach (string word in _boundsBefore)
        {
            if (EndsWith(before, word))
                return true;
        }
        foreach (string word in _boundsBehind)
        {
            if (behind.StartsWith(word, StringComparison.OrdinalIgnoreCase) && !(behind.Length > word.Length && char.IsLetterOrDigit(behind[word.Length])))
                return true;
        }
        return false;
    }

    private static bool EndsWith(ReadOnlySpan<char> text, string word) =>
        text.EndsWith(word, StringComparison.OrdinalIgnoreCase) && !(char.IsLetter(word[0]) && text.Length > word.Length && char.IsLetterOrDigit(text[^(word.Length + 1)]));

    private static int Extent(ReadOnlySpan<char> text, int i)
    {
        while (i < text.Length)
        {
            char c = text[i];
            bool digitAfter = i + 1 < text.Length && char.IsAsciiDigit(text[i + 1]);
            if (char.IsAsciiDigit(c) || c is '.' or ',' or '_' or '\'' or '’' or '/' or '⁄' && digitAfter)
                i++;
            else if (c is ' ' or '\u00A0' or '\u202F' && digitAfter && (Group(text, i + 1) || Fraction(text, i + 1)))
                i++;
            else if (c is 'e' or 'E' && (digitAfter || i + 2 < text.Length && text[i + 1] is '+' or '-' && char.IsAsciiDigit(text[i + 2])))
                i += 2;
            else
                break;
        }
        while (i > 0 && text[i - 1] is ',' or '.' or '\'' or '’' or '_')
            i--;
        return i;
    }

    private static bool Group(ReadOnlySpan<char> text, int i)
    {
        int digits = 0;
        while (i < text.Length && char.IsAsciiDigit(text[i]))
        {
            i++;
            digits++;
        }
        return digits == 3;
    }

    private static bool Fraction(ReadOnlySpan<char> text, int i)
    {
        while (i < text.Length && char.IsAsciiDigit(text[i]))
            i++;
        return i + 1 < text.Length && text[i] is '/' or '⁄' && char.IsAsciiDigit(text[i + 1]);
    }

    private static bool Tail(ReadOnlySpan<char> text, ref int i, ref string found, out string problem)
    {
        problem = "";
        if (i < text.Length && text[i] is '%' or '$' or '€' or '£' or '¥' or '°')
        {
            i++;
            return true;
        }
        int word = i;
        while (word < text.Length && text[word] is ' ' or '\u00A0')
            word++;
        if (word < text.Length && text[word] is '‰' or '¢' or '‱')
        {
            problem = $"a number with '{text[word]}' attached";
            return false;
        }
        if (word < text.Length && text[word] is '%' or '€' or '$' or '£')
        {
            i = word + 1;
            return true;
        }
        int end = word;
        while (end < text.Length && char.IsLetterOrDigit(text[end]))
            end++;
        if (end == word)
            return true;
        ReadOnlySpan<char> unit = text[word..end];
        int zeros = unit.Equals("thousand", StringComparison.OrdinalIgnoreCase) ? 3
            : unit.Equals("million", StringComparison.OrdinalIgnoreCase) || unit.Equals("mio", StringComparison.OrdinalIgnoreCase) ? 6
            : unit.Equals("billion", StringComparison.OrdinalIgnoreCase) || unit.Equals("bn", StringComparison.OrdinalIgnoreCase) ? 9
            : unit.Equals("trillion", StringComparison.OrdinalIgnoreCase) ? 12
            : 0;
        if (zeros > 0)
        {
            if (!decimal.TryParse(found, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal value) || Math.Abs(value) > 1_000_000_000)
            {
                problem = "a number too large to read";
                return false;
            }
            decimal factor = 1;
            for (int n = 0; n < zeros; n++)
                factor *= 10;
            found = Plain(value * factor);
            i = end;
            int following = i;
            while (following < text.Length && text[following] == ' ')
                following++;
            int last = following;
            while (last < text.Length && char.IsLetter(text[last]))
                last++;
            if (text[following..last] is { Length: > 0 } next && (_multiplies.Contains(next) || next.EndsWith("illion", StringComparison.OrdinalIgnoreCase)))
            {
                problem = $"a number with '{unit} {next}' attached";
                return false;
            }
            return true;
        }
        string[] currencies = ["USD", "EUR", "GBP", "JPY", "CHF", "percent", "dollars", "euros"];
        foreach (string currency in currencies)
        {
            if (unit.Equals(currency, StringComparison.OrdinalIgnoreCase))
            {
                i = end;
                return true;
            }
        }
        if (word == i || _multiplies.Contains(unit))
        {
            problem = $"a number with '{unit}' attached";
            return false;
        }
        return true;
    }

    private static string Plain(decimal value)
    {
        string text = value.ToString(CultureInfo.InvariantCulture);
        return text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;
    }

    private static string? Value(ReadOnlySpan<char> text, out string problem)
    {
        problem = "";
        bool negative = false;
        while (!text.IsEmpty && !char.IsAsciiDigit(text[0]) && !(text[0] == '.' && text.Length > 1 && char.IsAsciiDigit(text[1])))
        {
            negative ^= text[0] is '-' or '−' or '–';
            text = text[1..];
        }
        int slash = text.IndexOfAny('/', '⁄');
        if (slash >= 0)
        {
            ReadOnlySpan<char> over = text[..slash];
            int space = over.LastIndexOf(' ');
            decimal whole = 0;
            if (space >= 0 && !decimal.TryParse(over[..space], NumberStyles.None, CultureInfo.InvariantCulture, out whole)
                || !decimal.TryParse(over[(space + 1)..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal numerator)
                || !decimal.TryParse(text[(slash + 1)..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal denominator)
                || denominator == 0 || numerator > 1_000_000_000_000 || whole > 1_000_000_000_000)
            {
                problem = "no fraction that can be read";
                return null;
            }
            decimal value = whole + (numerator / denominator);
            return Plain(negative ? -value : value);
        }
        int exponent = text.IndexOfAny('e', 'E');
        ReadOnlySpan<char> tail = exponent >= 0 ? text[exponent..] : default;
        ReadOnlySpan<char> mantissa = exponent >= 0 ? text[..exponent] : text;
        int lastDot = mantissa.LastIndexOf('.');
        int lastComma = mantissa.LastIndexOf(',');
        int dots = mantissa.Count('.');
        int commas = mantissa.Count(',');
        char point = '\0';
        if (dots > 0 && commas > 0)
            point = lastDot > lastComma ? '.' : ',';
        else if (dots == 1)
            point = '.';
        else if (commas == 1 && (mantissa.Length - lastComma != 4 || lastComma is 0 or > 3 || mantissa[0] == '0'))
            point = ',';
        if (point == '.' && dots > 1 || point == ',' && commas > 1)
        {
            problem = "no number that can be read";
            return null;
        }
        Span<char> digits = stackalloc char[MaxLength + 2];
        int length = 0;
        int group = -1;
        if (negative)
            digits[length++] = '-';
        bool pointed = false;
        foreach (char c in mantissa)
        {
            if (char.IsAsciiDigit(c))
            {
                digits[length++] = c;
                group = group >= 0 ? group + 1 : group;
            }
            else
            {
                // Thousands come in threes (or, in India, twos); anything else is no separator.
                if (group >= 0 && group is not (2 or 3) || pointed)
                {
                    problem = "no number that can be read";
                    return null;
                }
                group = 0;
                if (c == point)
                {
                    if (length == (negative ? 1 : 0))
                        digits[length++] = '0';
                    digits[length++] = '.';
                    pointed = true;
                    group = -1;
                }
            }
        }
        if (group >= 0 && group != 3 && !mantissa.Contains('_'))
        {
            problem = "no number that can be read";
            return null;
        }
        ReadOnlySpan<char> made = digits[..length];
        int zeros = negative ? 1 : 0;
        int first = zeros;
        while (first + 1 < made.Length && made[first] == '0' && char.IsAsciiDigit(made[first + 1]))
            first++;
        string result = string.Concat(negative ? "-" : "", made[first..], tail);
        return IsJson(result, out _) ? result : null;
    }

    /// <summary>A number with a fraction or exponent as a whole number; <paramref name="exact"/> is false if it had to be rounded.</summary>
    public static string? ToWhole(ReadOnlySpan<char> json, out bool exact)
    {
        exact = true;
        if (decimal.TryParse(json, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal value))
        {
            decimal rounded = Math.Round(value, MidpointRounding.AwayFromZero);
            // A decimal has 28 digits: beyond them it would round on its own.
            exact = rounded == value && json.Length < 28;
            return rounded.ToString("0", CultureInfo.InvariantCulture);
        }
        exact = false;
        return double.TryParse(json, NumberStyles.Float, CultureInfo.InvariantCulture, out double large) && double.IsFinite(large)
            ? new BigInteger(large).ToString(CultureInfo.InvariantCulture)
            : null;
    }
}

using System.Buffers;

namespace AiSdk;

internal sealed partial class PiiScanner
{
    private const int MaxPhoneGroups = 8;
    private const int MaxPhoneDigits = 16;

    private static readonly SearchValues<string> _phoneWords = SearchValues.Create(
        ["phone", "tel.", "tel:", "tel ", "mobile", "cell", "fax", "call", "dial", "whatsapp", "sms", "text me", "contact", "reach", "ring ", "hotline", "telefon", "handy", "rufnummer", "téléphone", "teléfono", "telefone", "cellulare", "portable", "answering at", "pager"],
        StringComparison.OrdinalIgnoreCase);

    // Between such a word and the number, these say that the number is another thing's.
    private static readonly SearchValues<string> _otherNumberWords = SearchValues.Create(
        ["order", "invoice", "ticket", "case", "ref", "account", "version", "release", ".net", "serial", "sku", "isbn", "part ", "model", "batch", "tracking", "customer", "transaction", "amount", "price", "cost", "total", "balance", "guid", "uuid", "build", "article", "postcode", "zip", "policy", "year", "room", "page", "license", "licence", " id ", " id:", "#"],
        StringComparison.OrdinalIgnoreCase);

    private static readonly string[] _phoneLabels = ["office", "fax", "mobile", "cell", "phone", "home", "work", "landline", "tel"];

    private static readonly string[] _units = ["eur", "usd", "gbp", "chf", "kg", "km", "mb", "gb", "kb", "ms", "dollars", "euros", "pounds", "percent", "units", "points"];

    private static int Phone(ReadOnlySpan<char> text, int at, bool isLast)
    {
        Span<int> ends = stackalloc int[MaxPhoneGroups];
        Span<int> lengths = stackalloc int[MaxPhoneGroups];
        Span<char> separators = stackalloc char[MaxPhoneGroups];
        bool isInternational = text[at] == '+';
        int i = isInternational ? at + 1 : at;
        int groups = 0;
        int digits = 0;
        int open = -1;
        bool isFirstInParentheses = false;
        while (groups < MaxPhoneGroups)
        {
            if (i == text.Length)
            {
                if (!isLast)
                    return NeedsMore;
                break;
            }
            if (text[i] == '(' && open < 0 && groups <= 1)
            {
                open = i++;
                continue;
            }
            int start = i;
            while (i < text.Length && char.IsAsciiDigit(text[i]) && i - start <= MaxPhoneDigits)
                i++;
            if (i == text.Length && !isLast)
                return NeedsMore;
            if (i == start)
                break;
            digits += i - start;
            lengths[groups] = i - start;
            if (open >= 0 && open == start - 1)
            {
                if (i == text.Length || text[i] != ')')
                    break;
                isFirstInParentheses |= groups == 0;
                i++;
            }
            ends[groups++] = i;
            if (digits > MaxPhoneDigits)
                break;
            int next = i;
            while (next < text.Length && next - i < 3 && IsPhoneSeparator(text[next]))
                next++;
            if (next == text.Length)
            {
                if (!isLast)
                    return NeedsMore;
                break;
            }
            if (!(char.IsAsciiDigit(text[next]) || (text[next] == '(' && open < 0)) || next == i && text[next] != '(' && text[i - 1] != ')')
                break;
            separators[groups - 1] = next > i ? text[i] : ' ';
            i = next;
        }
        // Numbers in a row look like one: the longest that reads as a telephone number is one, if a blank follows it.
        for (int count = groups; count > 0; count--)
        {
            if (count < groups && !char.IsWhiteSpace(text[ends[count - 1]]))
                continue;
            if (!IsPhone(text, at, lengths[..count], separators[..count], isInternational, isFirstInParentheses, ends[count - 1], out bool needsWord))
                continue;
            int end = Extension(text, ends[count - 1], isLast);
            if (end < 0)
                return end;
            int isWhole = count < groups ? 1 : EndsPhone(text, end, isLast, out bool hasLabel) is var ended && ended != 0 ? ended : hasLabel ? 1 : 0;
            if (isWhole < 0)
                return isWhole;
            if (isWhole == 0)
                continue;
            int context = needsWord ? IsNamedPhone(text, at, end, isLast) : IsPrice(text, at, end, isLast, isInternational) switch { < 0 => NeedsMore, 1 => 0, _ => 1 };
            if (context < 0)
                return context;
            if (context == 1)
                return end - at;
        }
        return 0;
    }

    private static bool IsPhoneSeparator(char c) => c is ' ' or '-' or '.' or '/' or '\u00A0' or '\u2012' or '\u2013' or '\u202F';

    /// <summary>Whether the groups of digits are those of a telephone number, alone or only where a word says so.</summary>
    private static bool IsPhone(ReadOnlySpan<char> text, int at, ReadOnlySpan<int> groups, ReadOnlySpan<char> separators, bool isInternational, bool isInParentheses, int end, out bool needsWord)
    {
        needsWord = false;
        int digits = 0;
        foreach (int group in groups)
            digits += group;
        ReadOnlySpan<char> number = text[at..end];
        if (isInternational)
            return digits is >= 8 and <= 15 && number.IndexOfAnyInRange('1', '9') is 1 or 2;
        if (digits is < 7 or > 15 || (groups.Length > 1 && IsDateLike(groups, separators)))
            return false;
        char first = number[isInParentheses ? 1 : 0];
        bool isAllZero = number.IndexOfAnyInRange('1', '9') < 0;
        if (isAllZero)
            return false;
        // Behind another group of digits it would be the rest of a longer number.
        bool isRest = at >= 2 && text[at - 1] is ' ' or '\u00A0' && char.IsAsciiDigit(text[at - 2]) && !isInParentheses;
        if (!isRest && groups.Length >= 3 && number.StartsWith("00", StringComparison.Ordinal) && digits >= 10)
            return true;
        bool isNorthAmerican = groups is [3, 3, 4] && (first is >= '2' || isInParentheses) || (groups is [1, 3, 3, 4] && first == '1');
        // One separator throughout, or an area code in parentheses: 3.3-4 is none.
        if (isNorthAmerican && (isInParentheses || (groups.Length == 4 ? separators[0] != '.' : separators[0] == separators[1])))
            return true;
        if (isRest)
            return false;
        // "0." begins a version, or a share.
        if (first == '0' && number[isInParentheses ? 2 : 1] != '0' && groups.Length >= 2 && digits is >= 9 and <= 12 && groups[0] <= 6 && !(separators[0] == '.' && (groups.Length == 2 || groups[0] == 1)))
            return true;
        if (isInParentheses && groups.Length >= 2 && groups[0] is >= 2 and <= 5 && digits >= 8 && number.Contains('-'))
            return !(groups[0] == 4 && number[1] is '1' or '2');
        needsWord = true;
        // Without a country's or an area's mark the words around decide; dots would be a version's or a sum's.
        return groups.Length == 1 ? digits is >= 7 and <= 12 : groups.Length <= 6 && separators[0] != '.' || groups is [3, 3, 4] or [2, 2, 2, 2, 2] or [3, 4] or [1, 3, 3, 4];
    }

    private static bool IsDateLike(ReadOnlySpan<int> groups, ReadOnlySpan<char> separators) => groups.Length >= 3
        && separators[0] == separators[1]
        && separators[0] is '-' or '/' or '.'
        && (groups[..3] is [4, <= 2, <= 2] || groups[..3] is [<= 2, <= 2, 4]);

    /// <summary>Where the number ends with its extension, or more is needed.</summary>
    private static int Extension(ReadOnlySpan<char> text, int end, bool isLast)
    {
        const int MaxMark = 12;
        int i = end;
        while (i < text.Length && i - end < 2 && text[i] is ' ' or ',')
            i++;
        int mark = i;
        while (i < text.Length && i - mark < MaxMark && (char.IsAsciiLetter(text[i]) || text[i] is '.'))
            i++;
        if (i == text.Length && !isLast)
            return NeedsMore;
        ReadOnlySpan<char> word = text[mark..i];
        if (!(word.Equals("x", StringComparison.OrdinalIgnoreCase) || word.Equals("ext", StringComparison.OrdinalIgnoreCase) || word.Equals("ext.", StringComparison.OrdinalIgnoreCase) || word.Equals("extension", StringComparison.OrdinalIgnoreCase)))
            return end;
        if (i < text.Length && text[i] == ' ')
            i++;
        int start = i;
        while (i < text.Length && char.IsAsciiDigit(text[i]) && i - start < 7)
            i++;
        return i == text.Length && !isLast ? NeedsMore : i > start && i - start < 7 ? i : end;
    }

    /// <summary>As <see cref="EndsNumber"/>; behind a hyphen a word may say what the number is: "555-123-4567-Office".</summary>
    private static int EndsPhone(ReadOnlySpan<char> text, int end, bool isLast, out bool hasLabel)
    {
        hasLabel = false;
        int ends = EndsNumber(text, end, isLast);
        if (ends != 0 || text[end] != '-')
            return ends;
        int label = StartsWithAny(text, end + 1, _phoneLabels, isLast);
        hasLabel = label == 1;
        return label < 0 ? label : 0;
    }

    private static int IsNamedPhone(ReadOnlySpan<char> text, int at, int end, bool isLast)
    {
        int priced = IsPrice(text, at, end, isLast, isInternational: false);
        if (priced != 0)
            return priced < 0 ? priced : 0;
        ReadOnlySpan<char> before = text[Math.Max(0, at - 40)..at];
        int word = before.IndexOfAny(_phoneWords);
        if (word >= 0 && !before[word..].ContainsAny(_otherNumberWords))
            return 1;
        int i = end;
        while (i < text.Length && i - end < 2 && text[i] is ' ' or '-' or '(' or '\t')
            i++;
        return i == end ? (i < text.Length || isLast ? 0 : NeedsMore) : StartsWithAny(text, i, _phoneLabels, isLast);
    }

    /// <summary>Whether money or a measure stands before or behind the number: 1 yes, 0 no, or more is needed.</summary>
    private static int IsPrice(ReadOnlySpan<char> text, int at, int end, bool isLast, bool isInternational)
    {
        if (isInternational)
            return 0;
        int before = at - 1;
        while (before > 0 && at - before < 3 && text[before] == ' ')
            before--;
        if (before >= 0 && text[before] is '$' or '€' or '£' or '¥' or '₹')
            return 1;
        if (before >= 2 && before - 2 >= 0 && StartsWithAny(text, before - 2, ["eur", "usd", "gbp", "chf"], isLast: true) == 1)
            return 1;
        if (end >= text.Length)
            return isLast ? 0 : NeedsMore;
        if (text[end] is '€' or '$' or '£' or '%' or '¥')
            return 1;
        if (text[end] is not (' ' or '\u00A0'))
            return 0;
        if (end + 1 >= text.Length)
            return isLast ? 0 : NeedsMore;
        return text[end + 1] is '€' or '$' or '£' or '%' or '¥' ? 1 : StartsWithAny(text, end + 1, _units, isLast);
    }

    /// <summary>Whether one of the words stands at a place, and ends there: 1 yes, 0 no, or more is needed.</summary>
    private static int StartsWithAny(ReadOnlySpan<char> text, int at, ReadOnlySpan<string> words, bool isLast)
    {
        ReadOnlySpan<char> rest = text[at..];
        bool needsMore = false;
        foreach (string word in words)
        {
            if (rest.Length <= word.Length && !isLast && word.AsSpan().StartsWith(rest, StringComparison.OrdinalIgnoreCase))
                needsMore = true;
            else if (rest.StartsWith(word, StringComparison.OrdinalIgnoreCase) && (rest.Length == word.Length || !char.IsLetterOrDigit(rest[word.Length])))
                return 1;
        }
        return needsMore ? NeedsMore : 0;
    }
}

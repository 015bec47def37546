using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace AiSdk;

/// <summary>Finds personal data by format, check digits and the words around. Hand-written: each place is looked at a bounded number of times.</summary>
/// <param name="kinds">What to look for.</param>
internal sealed partial class PiiScanner(PiiKinds kinds) : TextScanner<PiiKinds>
{
    private const int MaxDocument = 17;

    private static readonly SearchValues<string> _socialSecurityWords = SearchValues.Create(["ssn", "social security", "soc sec", "social-security", "itin"], StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<string> _documentWords = SearchValues.Create(
        [
            "passport", "licence", "license", "identity card", "id card", "id number", "national id", "identification number", "tax id", "taxpayer", "national insurance", "permit number", "visa number", "personal number",
            "personalausweis", "reisepass", "führerschein", "ausweisnummer", "passnummer", "steuer-id", "passeport", "permis de conduire", "carte d'identité", "pasaporte", "carnet de conducir", "passaporto", "patente", "carta d'identità", "rijbewijs", "paspoort",
        ],
        StringComparison.OrdinalIgnoreCase);

    // What makes a number behind one of these words no document's.
    private static readonly SearchValues<string> _softwareWords = SearchValues.Create(["software", "product key", "mit license", "apache license", "license plate", "licence plate", "gpl"], StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<string> _versionWords = SearchValues.Create(["version", "ver.", "release", "build", "firmware", "section", "chapter", "kernel", "driver"], StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override ScannedText Prepare(string text, bool isLast) => ScannedText.Plain(text, isLast);

    /// <inheritdoc/>
    public override int Match(ReadOnlySpan<char> text, int at, bool isLast, out PiiKinds kind)
    {
        char c = text[at];
        kind = PiiKinds.None;
        bool isWord = char.IsLetterOrDigit(c);
        if (!isWord && c is not ('+' or '(' or ':' or '_'))
            return 0;
        if (IsEscape(text, at))
            return 0;
        char before = Before(text, at);
        int length;
        if ((kinds & PiiKinds.Email) != 0 && c is not ('+' or '(' or ':') && !ContinuesLocal(text, at) && (length = Email(text, at, isLast)) != 0)
            return Found(PiiKinds.Email, length, out kind);
        if (char.IsLetterOrDigit(before) || before == '_')
            return 0;
        if ((kinds & PiiKinds.IpAddress) != 0 && (char.IsAsciiHexDigit(c) || c == ':') && before != ':' && (length = IpV6(text, at, isLast)) != 0)
            return Found(PiiKinds.IpAddress, length, out kind);
        if ((kinds & PiiKinds.Iban) != 0 && char.IsAsciiLetter(c) && (length = Iban(text, at, isLast)) != 0)
            return Found(PiiKinds.Iban, length, out kind);
        if (char.IsAsciiDigit(c) || c is '+' or '(')
        {
            bool isDigit = char.IsAsciiDigit(c);
            if (isDigit && !ContinuesNumber(text, at, isRecord: true))
            {
                if ((kinds & PiiKinds.Card) != 0 && (length = Card(text, at, isLast)) != 0)
                    return Found(PiiKinds.Card, length, out kind);
                if ((kinds & PiiKinds.SocialSecurityNumber) != 0 && (length = SocialSecurityNumber(text, at, isLast)) != 0)
                    return Found(PiiKinds.SocialSecurityNumber, length, out kind);
            }
            if (!ContinuesNumber(text, at, isRecord: false))
            {
                if (isDigit && (kinds & PiiKinds.IpAddress) != 0 && (length = IpV4(text, at, isLast)) != 0)
                    return Found(PiiKinds.IpAddress, length, out kind);
                if ((kinds & PiiKinds.Document) != 0 && isDigit && (length = Document(text, at, isLast)) != 0)
                    return Found(PiiKinds.Document, length, out kind);
                if ((kinds & PiiKinds.Phone) != 0 && (length = Phone(text, at, isLast)) != 0)
                    return Found(PiiKinds.Phone, length, out kind);
            }
        }
        else if ((kinds & PiiKinds.Document) != 0 && char.IsAsciiLetter(c) && (length = Document(text, at, isLast)) != 0)
        {
            return Found(PiiKinds.Document, length, out kind);
        }
        return 0;
    }

    private static int Found(PiiKinds found, int length, out PiiKinds kind)
    {
        kind = found;
        return length;
    }

    /// <summary>Whether what stands before says that the number is the rest of a longer one, of a GUID or of a version.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">Where the number begins.</param>
    /// <param name="isRecord">Whether the signs that stand between the fields of records begin another number: so they do before one with check digits or a form of its own.</param>
    private static bool ContinuesNumber(ReadOnlySpan<char> text, int at, bool isRecord)
    {
        if (at < 2 || text[at] is '+' or '(')
            return false;
        char other = text[at - 2];
        return text[at - 1] switch
        {
            ',' or ':' or '/' => !isRecord && char.IsAsciiDigit(other),
            '.' or '\\' => char.IsAsciiDigit(other),
            '-' or '\u2013' => char.IsLetterOrDigit(other),
            '+' => true,
            _ => false,
        };
    }

    /// <summary>Whether a number can end before a place: 1 yes, 0 no, or more is needed. As <see cref="ContinuesNumber"/>.</summary>
    private static int EndsNumber(ReadOnlySpan<char> text, int end, bool isLast, bool isRecord = false)
    {
        if (end >= text.Length)
            return isLast ? 1 : NeedsMore;
        char c = text[end];
        if (char.IsLetterOrDigit(c) || c == '_')
            return 0;
        if (c is not ('.' or '-' or '\u2013') && (isRecord || c is not (',' or ':' or '/')))
            return 1;
        if (end + 1 >= text.Length)
            return isLast ? 1 : NeedsMore;
        return (c == '-' ? char.IsLetterOrDigit(text[end + 1]) : char.IsAsciiDigit(text[end + 1])) ? 0 : 1;
    }

    // What word processors write for a hyphen. It stays apart from one, as it may also set off what follows.
    private static bool IsDash(char c) => c is '-' or (>= '\u2012' and <= '\u2015');

    /// <summary>Whether one of the words stands before a place.</summary>
    private static bool IsAfter(ReadOnlySpan<char> text, int at, SearchValues<string> words, int distance) =>
        text[Math.Max(0, at - distance)..at].ContainsAny(words);

    /// <summary>Whether what stands before belongs to the same address: a letter, digit or underscore, or signs behind one. Signs alone, such as a quotation mark, do not.</summary>
    private static bool ContinuesLocal(ReadOnlySpan<char> text, int at)
    {
        for (int i = at - 1; i >= 0 && at - i <= LookBehind && IsLocal(text[i]); i--)
        {
            if (char.IsLetterOrDigit(text[i]) || text[i] == '_')
                return !IsEscape(text, i);
        }
        return false;
    }

    private static bool IsLocal(char c) => char.IsLetterOrDigit(c) || c is '.' or '_' or '%' or '+' or '-' or '\'';

    private static int Email(ReadOnlySpan<char> text, int at, bool isLast)
    {
        const int MaxLocal = 64;
        const int MaxDomain = 253;
        int i = at;
        while (i < text.Length && i - at <= MaxLocal && IsLocal(text[i]))
        {
            if (text[i] is '.' or '\'' && i > at && text[i - 1] == text[i])
                return 0;
            i++;
        }
        if (i - at > MaxLocal)
            return 0;
        if (i == text.Length)
            return isLast ? 0 : NeedsMore;
        if (text[i] != '@' || text[i - 1] is '.' or '\'')
            return 0;
        int domain = i + 1;
        int label = domain;
        int end = 0;
        for (int j = domain; ; j++)
        {
            if (j - domain > MaxDomain)
                return end;
            if (j == text.Length && !isLast)
                return NeedsMore;
            char c = j < text.Length ? text[j] : '\0';
            if (char.IsLetterOrDigit(c) || c == '-' && j > label)
                continue;
            if (label > domain && TopLevelEnd(text, label, j) is > 0 and int here)
            {
                end = here - at;
                // Behind a hyphen something else has begun: "a@b.com-office".
                if (here < j)
                    return end;
            }
            if (c != '.' || j == label)
                return end;
            label = j + 1;
        }
    }

    /// <summary>Where the top-level domain ends that a label begins with, or 0.</summary>
    private static int TopLevelEnd(ReadOnlySpan<char> text, int start, int end)
    {
        if (text[start..end].StartsWith("xn--", StringComparison.OrdinalIgnoreCase))
            return end;
        int letters = start;
        while (letters < end && char.IsLetter(text[letters]))
            letters++;
        bool isWhole = letters == end || text[letters] == '-';
        return isWhole && letters - start is >= 2 and <= 24 ? letters : 0;
    }

    private static int Iban(ReadOnlySpan<char> text, int at, bool isLast)
    {
        if (at + 4 > text.Length)
            return isLast || !IsPrefix(text[at..], "LLDD") ? 0 : NeedsMore;
        if (!IsPrefix(text.Slice(at, 4), "LLDD") || IbanLength(text[at], text[at + 1]) is not (> 0 and int wanted))
            return 0;
        // From the fifth character on, and the first four last.
        Span<char> number = stackalloc char[wanted];
        int count = 0;
        int i = at;
        for (; count < wanted; i++)
        {
            if (i == text.Length)
                return isLast ? 0 : NeedsMore;
            char c = text[i];
            if (char.IsAsciiLetterOrDigit(c))
                number[count++] = char.ToUpperInvariant(c);
            else if (c is not (' ' or '\u00A0') || text[i - 1] is ' ' or '\u00A0')
                return 0;
        }
        if (i == text.Length && !isLast)
            return NeedsMore;
        if (i < text.Length && (char.IsLetterOrDigit(text[i]) || text[i] == '_'))
            return 0;
        int rest = 0;
        for (int k = 0; k < wanted; k++)
        {
            char c = number[(k + 4) % wanted];
            rest = (char.IsAsciiDigit(c) ? (rest * 10) + (c - '0') : (rest * 100) + (c - 'A' + 10)) % 97;
        }
        return rest == 1 ? i - at : 0;
    }

    private static bool IsPrefix(ReadOnlySpan<char> text, string pattern)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (pattern[i] == 'L' ? !char.IsAsciiLetter(text[i]) : !char.IsAsciiDigit(text[i]))
                return false;
        }
        return true;
    }

    private static int IbanLength(char first, char second) => (char.ToUpperInvariant(first), char.ToUpperInvariant(second)) switch
    {
        ('N', 'O') => 15,
        ('B', 'E') => 16,
        ('D', 'K') or ('F', 'I') or ('F', 'O') or ('G', 'L') or ('N', 'L') or ('F', 'K') or ('S', 'D') => 18,
        ('M', 'K') or ('S', 'I') => 19,
        ('A', 'T') or ('B', 'A') or ('E', 'E') or ('K', 'Z') or ('L', 'T') or ('L', 'U') or ('M', 'N') or ('X', 'K') => 20,
        ('C', 'H') or ('H', 'R') or ('L', 'I') or ('L', 'V') => 21,
        ('B', 'G') or ('B', 'H') or ('C', 'R') or ('D', 'E') or ('G', 'B') or ('G', 'E') or ('I', 'E') or ('M', 'E') or ('R', 'S') or ('V', 'A') => 22,
        ('A', 'E') or ('G', 'I') or ('I', 'L') or ('I', 'Q') or ('T', 'L') or ('O', 'M') or ('S', 'O') => 23,
        ('A', 'D') or ('C', 'Z') or ('E', 'S') or ('M', 'D') or ('P', 'K') or ('R', 'O') or ('S', 'A') or ('S', 'E') or ('S', 'K') or ('T', 'N') or ('V', 'G') => 24,
        ('L', 'Y') or ('P', 'T') or ('S', 'T') => 25,
        ('I', 'S') or ('T', 'R') => 26,
        ('F', 'R') or ('G', 'R') or ('I', 'T') or ('M', 'C') or ('M', 'R') or ('S', 'M') or ('B', 'I') or ('D', 'J') => 27,
        ('A', 'L') or ('A', 'Z') or ('B', 'Y') or ('C', 'Y') or ('D', 'O') or ('G', 'T') or ('H', 'U') or ('L', 'B') or ('N', 'I') or ('P', 'L') or ('S', 'V') => 28,
        ('B', 'R') or ('E', 'G') or ('P', 'S') or ('Q', 'A') or ('U', 'A') => 29,
        ('J', 'O') or ('K', 'W') or ('M', 'U') or ('Y', 'E') => 30,
        ('M', 'T') or ('S', 'C') => 31,
        ('L', 'C') => 32,
        ('R', 'U') => 33,
        _ => 0,
    };

    private static int Card(ReadOnlySpan<char> text, int at, bool isLast)
    {
        const int MaxDigits = 19;
        Span<char> digits = stackalloc char[MaxDigits];
        Span<int> groups = stackalloc int[6];
        int count = 0;
        int group = 0;
        int i = at;
        char separator = '\0';
        while (true)
        {
            if (i == text.Length && !isLast)
                return NeedsMore;
            char c = i < text.Length ? text[i] : '\0';
            if (char.IsAsciiDigit(c))
            {
                // More digits than a card has, in one piece: none of them is one.
                if (count == MaxDigits)
                    return 0;
                digits[count++] = c;
                groups[group]++;
                i++;
                continue;
            }
            if (IsCardLayout(groups[..(group + 1)], count))
            {
                int ends = EndsNumber(text, i, isLast, isRecord: true);
                if (ends != 0)
                    return ends < 0 ? ends : HasIssuer(digits[..count]) && HasLuhnDigit(digits[..count]) ? i - at : 0;
                // The number may go on behind the separator.
            }
            if ((c is not (' ' or '\u00A0') && !IsDash(c)) || (separator != '\0' && c != separator) || group == groups.Length - 1 || groups[group] > 6)
                return 0;
            if (i + 1 == text.Length && !isLast)
                return NeedsMore;
            if (i + 1 >= text.Length || !char.IsAsciiDigit(text[i + 1]))
                return 0;
            separator = c;
            group++;
            i++;
        }
    }

    private static bool IsCardLayout(ReadOnlySpan<int> groups, int count) => groups.Length == 1
        ? count is >= 13 and <= 19
        : groups is [4, 4, 4, 4] or [4, 6, 5] or [4, 6, 4] or [4, 4, 4, 4, 3] or [4, 4, 4, 1] or [4, 4, 4, 4, 2] or [6, 13];

    private static bool HasIssuer(ReadOnlySpan<char> digits)
    {
        int first = digits[0] - '0';
        int two = (first * 10) + (digits[1] - '0');
        int four = (two * 100) + ((digits[2] - '0') * 10) + (digits[3] - '0');
        int length = digits.Length;
        return first switch
        {
            4 => length is 13 or 16 or 19,
            5 => two is >= 51 and <= 55 ? length == 16 : two is 50 or >= 56 && length is >= 13 and <= 19,
            2 => four is >= 2221 and <= 2720 or >= 2200 and <= 2204 && length == 16,
            3 => two is 34 or 37 ? length == 15 : two is 35 ? length is >= 16 and <= 19 : two is 30 or 36 or 38 or 39 && length is >= 14 and <= 19,
            6 => length is >= 16 and <= 19 && (four is 6011 || two is 62 or 64 or 65 or 60 or 63 or 67),
            _ => false,
        };
    }

    private static bool HasLuhnDigit(ReadOnlySpan<char> digits)
    {
        int sum = 0;
        for (int i = 0; i < digits.Length; i++)
        {
            int digit = digits[^(i + 1)] - '0';
            if ((i & 1) == 1)
                digit = digit > 4 ? (digit * 2) - 9 : digit * 2;
            sum += digit;
        }
        return sum % 10 == 0;
    }

    private static int SocialSecurityNumber(ReadOnlySpan<char> text, int at, bool isLast)
    {
        Span<int> digits = stackalloc int[9];
        int count = 0;
        int i = at;
        char separator = '\0';
        while (count < 9)
        {
            if (i == text.Length)
                return isLast ? 0 : NeedsMore;
            char c = text[i];
            bool isBetween = count is 3 or 5 && i > at && char.IsAsciiDigit(text[i - 1]);
            if (char.IsAsciiDigit(c) && !(isBetween && separator != '\0'))
                digits[count++] = c - '0';
            else if (isBetween && (c == ' ' || IsDash(c)) && (count == 3 ? digits[0] >= 0 : separator == c))
                separator = c;
            else
                return 0;
            if (count == 5 && separator == '\0' && i + 1 < text.Length && (text[i + 1] == ' ' || IsDash(text[i + 1])))
                return 0;
            i++;
        }
        bool isDashed = IsDash(separator);
        // Nine digits without dashes may be any number's; nor may they be what is left of one.
        if (!isDashed && ContinuesNumber(text, at, isRecord: false))
            return 0;
        int ends = EndsNumber(text, i, isLast, isDashed);
        if (ends <= 0)
            return ends;
        int area = (digits[0] * 100) + (digits[1] * 10) + digits[2];
        if (area is 0 or 666 or >= 900 || digits[3] + digits[4] == 0 || digits[5] + digits[6] + digits[7] + digits[8] == 0)
            return 0;
        return isDashed || IsAfter(text, at, _socialSecurityWords, 48) ? i - at : 0;
    }

    private static int IpV4(ReadOnlySpan<char> text, int at, bool isLast)
    {
        int i = at;
        for (int part = 0; part < 4; part++)
        {
            int start = i;
            int value = 0;
            while (i < text.Length && char.IsAsciiDigit(text[i]) && i - start < 4)
                value = (value * 10) + (text[i++] - '0');
            if (i == text.Length && !isLast)
                return NeedsMore;
            if (i == start || i - start > 3 || value > 255 || (text[start] == '0' && i - start > 1))
                return 0;
            if (part == 3)
                break;
            if (i == text.Length || text[i] != '.')
                return 0;
            i++;
        }
        // A mask or a port may follow.
        int ends = i < text.Length && text[i] is '/' or ':' ? 1 : EndsNumber(text, i, isLast);
        return ends < 0 ? ends : ends == 1 && !IsAfter(text, at, _versionWords, 16) ? i - at : 0;
    }

    private static int IpV6(ReadOnlySpan<char> text, int at, bool isLast)
    {
        const int MaxLength = 45;
        int i = at;
        int colons = 0;
        bool hasPair = false;
        for (; i < text.Length && i - at <= MaxLength && (char.IsAsciiHexDigit(text[i]) || text[i] is ':' or '.'); i++)
        {
            if (text[i] != ':')
            {
                // A group has four digits at most; most words end here.
                if (colons == 0 && i - at > 4)
                    return 0;
                continue;
            }
            colons++;
            hasPair |= i > at && text[i - 1] == ':';
        }
        if (i == text.Length && !isLast)
            return NeedsMore;
        if (i - at > MaxLength || (i < text.Length && (char.IsLetterOrDigit(text[i]) || text[i] == '_')))
            return 0;
        while (i > at && (text[i - 1] == '.' || (text[i - 1] == ':' && !(i - at >= 2 && text[i - 2] == ':'))))
            i--;
        // "abc::def" is a name in C++.
        return (hasPair ? colons >= 2 && i - at > 4 && text[at..i].ContainsAnyInRange('0', '9') : colons is 6 or 7) && IPAddress.TryParse(text[at..i], out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetworkV6 ? i - at : 0;
    }

    private static int Document(ReadOnlySpan<char> text, int at, bool isLast)
    {
        int i = at;
        int digits = 0;
        while (i < text.Length && char.IsAsciiLetterOrDigit(text[i]) && i - at <= MaxDocument)
        {
            if (char.IsAsciiDigit(text[i]))
                digits++;
            i++;
        }
        if (i == text.Length && !isLast)
            return NeedsMore;
        if (i - at is < 6 or > MaxDocument || digits < 4)
            return 0;
        if (i < text.Length && (char.IsLetterOrDigit(text[i]) || text[i] is '_' or '@'))
            return 0;
        ReadOnlySpan<char> before = text[Math.Max(0, at - 48)..at];
        return before.ContainsAny(_documentWords) && !before.ContainsAny(_softwareWords) ? i - at : 0;
    }
}

using System.Buffers;

namespace AiSdk;

/// <summary>Finds keys, tokens and passwords by their formats, and what is assigned to a name that says so and looks random. Each place is looked at a bounded number of times.</summary>
internal sealed class SecretScanner : TextScanner<string>
{
    private const int MaxValue = 256;
    private const int MaxPrivateKey = 20_000;
    private const double MinEntropy = 2.8;
    private const string KeyBegin = "-----BEGIN ";

    private static readonly SearchValues<char> _valueCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./+=!@#$%^&*~?:");

    private static readonly SearchValues<char> _signs = SearchValues.Create("!@#$%^&*~?+/=");

    private static readonly SearchValues<string> _names = SearchValues.Create(
        ["password", "passwd", "pwd", "passphrase", "secret", "token", "api_key", "apikey", "api-key", "api key", "access_key", "accesskey", "access key", "accountkey", "private_key", "client_secret", "authorization", "bearer", "auth_key", "credential", "sharedaccesskey", "connectionstring"],
        StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override ScannedText Prepare(string text, bool isLast) => ScannedText.Plain(text, isLast);

    /// <inheritdoc/>
    public override int Match(ReadOnlySpan<char> text, int at, bool isLast, out string kind)
    {
        char c = text[at];
        char before = Before(text, at);
        kind = "";
        if (c == '-' && PrivateKey(text, at, isLast, out kind) is not 0 and int privateKey)
            return privateKey;
        if (IsEscape(text, at) || !(char.IsAsciiLetterOrDigit(c) || _valueCharacters.Contains(c)) || char.IsAsciiLetterOrDigit(before) || before == '_')
            return 0;
        if (SecretFormat.Firsts.Contains(c) && Format(text, at, isLast, out kind) is not 0 and int known)
            return known;
        if (char.IsAsciiLetter(c) && Url(text, at, isLast) is not 0 and int url)
        {
            kind = "password in a URL";
            return url;
        }
        kind = "password or key";
        return Assigned(text, at, isLast);
    }

    private static int PrivateKey(ReadOnlySpan<char> text, int at, bool isLast, out string kind)
    {
        const int MaxLabel = 40;
        kind = "private key";
        ReadOnlySpan<char> rest = text[at..];
        if (rest.Length < KeyBegin.Length)
            return !isLast && KeyBegin.AsSpan().StartsWith(rest, StringComparison.Ordinal) ? NeedsMore : 0;
        if (!rest.StartsWith(KeyBegin, StringComparison.Ordinal))
            return 0;
        ReadOnlySpan<char> label = rest[KeyBegin.Length..Math.Min(rest.Length, KeyBegin.Length + MaxLabel)];
        int end = label.IndexOf("-----", StringComparison.Ordinal);
        if (end < 0)
            return label.Length < MaxLabel && !isLast ? NeedsMore : 0;
        if (!label[..end].Contains("PRIVATE KEY", StringComparison.Ordinal))
            return 0;
        ReadOnlySpan<char> body = rest[..Math.Min(rest.Length, MaxPrivateKey)];
        int header = KeyBegin.Length + end + 5;
        int close = body[header..].IndexOf("-----END ", StringComparison.Ordinal);
        if (close < 0)
            return body.Length == MaxPrivateKey || isLast ? body.Length : NeedsMore;
        int label2 = header + close + "-----END ".Length;
        int closed = rest[label2..Math.Min(rest.Length, label2 + MaxLabel)].IndexOf("-----", StringComparison.Ordinal);
        if (closed < 0)
            return rest.Length < label2 + MaxLabel && !isLast ? NeedsMore : Math.Min(rest.Length, label2 + MaxLabel);
        return label2 + closed + 5;
    }

    private static int Format(ReadOnlySpan<char> text, int at, bool isLast, out string kind)
    {
        kind = "";
        ReadOnlySpan<char> rest = text[at..];
        bool needsMore = false;
        foreach (SecretFormat format in SecretFormat.All)
        {
            if (rest.Length < format.Prefix.Length)
            {
                needsMore |= !isLast && format.Prefix.AsSpan().StartsWith(rest, StringComparison.Ordinal);
                continue;
            }
            if (!rest.StartsWith(format.Prefix, StringComparison.Ordinal))
                continue;
            ReadOnlySpan<char> body = rest[format.Prefix.Length..];
            int length = body[..Math.Min(body.Length, format.Max + 1)].IndexOfAnyExcept(format.Characters);
            if (length < 0)
            {
                if (body.Length <= format.Max && !isLast)
                    return NeedsMore;
                length = Math.Min(body.Length, format.Max + 1);
            }
            if (length < format.Min || length > format.Max)
                continue;
            ReadOnlySpan<char> key = body[..length].TrimEnd("-.");
            // "sk-this-is-only-an-example" and words of that kind are no keys.
            if (key.Length < format.Min || Entropy(key) < MinEntropy || (format.Prefix == "eyJ" && key.Count('.') != 2))
                continue;
            kind = format.Kind;
            return format.Prefix.Length + key.Length;
        }
        return needsMore ? NeedsMore : 0;
    }

    /// <summary>The password in <c>scheme://user:password@host</c>; the match begins at the scheme.</summary>
    private static int Url(ReadOnlySpan<char> text, int at, bool isLast)
    {
        const int MaxScheme = 20;
        const int MaxPart = 128;
        int i = at;
        while (i < text.Length && i - at <= MaxScheme && (char.IsAsciiLetterOrDigit(text[i]) || text[i] is '+' or '-' or '.'))
            i++;
        if (i - at > MaxScheme)
            return 0;
        ReadOnlySpan<char> mark = text[i..];
        if (mark.Length < 3)
            return !isLast && "://".AsSpan().StartsWith(mark, StringComparison.Ordinal) ? NeedsMore : 0;
        if (!mark.StartsWith("://", StringComparison.Ordinal))
            return 0;
        int user = i + 3;
        int colon = user;
        while (colon < text.Length && colon - user <= MaxPart && (char.IsAsciiLetterOrDigit(text[colon]) || text[colon] is '_' or '-' or '.' or '%' or '+'))
            colon++;
        if (colon == text.Length)
            return isLast ? 0 : NeedsMore;
        if (text[colon] != ':')
            return 0;
        int end = colon + 1;
        while (end < text.Length && end - colon <= MaxPart && !char.IsWhiteSpace(text[end]) && text[end] is not ('@' or '/' or '"' or '\'' or '<' or '>'))
            end++;
        if (end == text.Length)
            return isLast ? 0 : NeedsMore;
        return text[end] == '@' && end - colon > 3 && text[colon + 1] is not ('$' or '{' or '<' or '*') ? end - at : 0;
    }

    /// <summary>A value behind a name and a colon or equals sign, or behind "Bearer", that looks random.</summary>
    private static int Assigned(ReadOnlySpan<char> text, int at, bool isLast)
    {
        // Back over a quote and blanks to the sign, and to the name before it.
        int sign = at - 1;
        while (sign >= 0 && at - sign <= 4 && text[sign] is ' ' or '"' or '\'' or '`' or '\t')
            sign--;
        if (sign < 0 || at - sign > 4)
            return 0;
        bool isBearer = sign == at - 2 && EndsWith(text[..(sign + 1)], "bearer") || EndsWith(text[..(sign + 1)], " is");
        if (!isBearer && text[sign] is not ('=' or ':' or '>'))
            return 0;
        int nameEnd = isBearer ? sign + 1 : sign;
        ReadOnlySpan<char> name = text[Math.Max(0, Math.Max(nameEnd - 32, at - LookBehind))..nameEnd];
        if (name.LastIndexOfAny("\n,;{") is >= 0 and int last)
            name = name[(last + 1)..];
        if (!name.ContainsAny(_names))
            return 0;
        int i = at;
        while (i < text.Length && i - at <= MaxValue && _valueCharacters.Contains(text[i]))
            i++;
        if (i == text.Length && !isLast && i - at <= MaxValue)
            return NeedsMore;
        ReadOnlySpan<char> value = text[at..Math.Min(i, at + MaxValue)].TrimEnd(".!?:");
        return LooksRandom(value) ? value.Length : 0;
    }

    private static bool EndsWith(ReadOnlySpan<char> text, string word) => text.EndsWith(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it is no word, no name of a variable and no placeholder.</summary>
    private static bool LooksRandom(ReadOnlySpan<char> value)
    {
        if (value.Length < 8 || value[0] is '$' or '%' or '<' or '{' || value.StartsWith("process.env", StringComparison.Ordinal) || value.StartsWith("http", StringComparison.OrdinalIgnoreCase))
            return false;
        bool hasDigit = value.ContainsAnyInRange('0', '9');
        bool hasLower = value.ContainsAnyInRange('a', 'z');
        bool hasUpper = value.ContainsAnyInRange('A', 'Z');
        bool hasSign = value.ContainsAny(_signs);
        int classes = (hasDigit ? 1 : 0) + (hasLower ? 1 : 0) + (hasUpper ? 1 : 0) + (hasSign ? 1 : 0);
        // Numbers alone are amounts, dates and counts; words joined by underscores are names.
        return (hasDigit || (hasSign && classes >= 3)) && (hasLower || hasUpper) && classes >= 2 && Entropy(value) >= (value.Length < 12 ? 2.5 : MinEntropy);
    }

    /// <summary>Bits for each character, by how often each occurs.</summary>
    internal static double Entropy(ReadOnlySpan<char> text)
    {
        Span<int> counts = stackalloc int[128];
        counts.Clear();
        foreach (char c in text)
            counts[c & 127]++;
        double bits = 0;
        foreach (int count in counts)
        {
            if (count > 0)
                bits -= count * Math.Log2(count / (double)text.Length);
        }
        return bits / text.Length;
    }
}

using System.Collections.Concurrent;

namespace AiSdk.Onnx;

/// <summary>The formats of strings that regular expressions describe.</summary>
/// <remarks>
/// Every text they match is of the format. Some texts of the format are left out: what .NET's types do not hold (leap seconds, the year 0000, more than seven decimals of a second,
/// offsets of more than 14 hours), the small letters t and z of date-time,
/// mail addresses with quoted or non-ASCII parts or with an address literal, host names with "--" in the third place
/// of a label (they are encoded names with rules of their own), with more than seven labels, and with more than three of which one has more than 31 characters;
/// URIs with nothing behind the scheme, which some validators refuse;
/// regular expressions with groups more than three deep, named groups, lookbehinds, back references, properties, code points by number, upper bounds of repetition,
/// and ranges of characters but the usual ones.
/// </remarks>
internal static class StringFormats
{
    private const string Date = @"(?!0000)(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)";
    private const string Time = @"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,7})?(?:Z|[+\-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))";
    private const string IPv4 = @"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])){3}";
    private const string IPv6 = @"(?:(?:[0-9a-fA-F]{1,4}:){6}(?:[0-9a-fA-F]{1,4}:[0-9a-fA-F]{1,4}|" + IPv4 + @")|::(?:[0-9a-fA-F]{1,4}:){5}(?:[0-9a-fA-F]{1,4}:[0-9a-fA-F]{1,4}|" + IPv4 + @")|(?:[0-9a-fA-F]{1,4})?::(?:[0-9a-fA-F]{1,4}:){4}(?:[0-9a-fA-F]{1,4}:[0-9a-fA-F]{1,4}|" + IPv4 + @")|(?:(?:[0-9a-fA-F]{1,4}:){0,1}[0-9a-fA-F]{1,4})?::(?:[0-9a-fA-F]{1,4}:){3}(?:[0-9a-fA-F]{1,4}:[0-9a-fA-F]{1,4}|" + IPv4 + @")|(?:(?:[0-9a-fA-F]{1,4}:){0,2}[0-9a-fA-F]{1,4})?::(?:[0-9a-fA-F]{1,4}:){2}(?:[0-9a-fA-F]{1,4}:[0-9a-fA-F]{1,4}|" + IPv4 + @")|(?:(?:[0-9a-fA-F]{1,4}:){0,3}[0-9a-fA-F]{1,4})?::(?:[0-9a-fA-F]{1,4}:){1}(?:[0-9a-fA-F]{1,4}:[0-9a-fA-F]{1,4}|" + IPv4 + @")|(?:(?:[0-9a-fA-F]{1,4}:){0,4}[0-9a-fA-F]{1,4})?::(?:[0-9a-fA-F]{1,4}:[0-9a-fA-F]{1,4}|" + IPv4 + @")|(?:(?:[0-9a-fA-F]{1,4}:){0,5}[0-9a-fA-F]{1,4})?::[0-9a-fA-F]{1,4}|(?:(?:[0-9a-fA-F]{1,4}:){0,6}[0-9a-fA-F]{1,4})?::)";
    private const string Host = @"(?:[a-zA-Z0-9](?:[a-zA-Z0-9\-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9\-]{0,61}[a-zA-Z0-9])?){0,2}|[a-zA-Z0-9](?:[a-zA-Z0-9\-]{0,29}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9\-]{0,29}[a-zA-Z0-9])?){0,6})";
    private const string Email = @"[a-zA-Z0-9!#$%&'*+/=?^_`{|}~\-]+(?:\.[a-zA-Z0-9!#$%&'*+/=?^_`{|}~\-]+)*@" + Host;
    private const string PathCharacter = @"(?:[a-zA-Z0-9\-._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})";
    private const string Segments = "(?:/" + PathCharacter + "*)*";
    private const string Authority = @"//(?:(?:[a-zA-Z0-9\-._~!$&'()*+,;=:]|%[0-9a-fA-F]{2})*@)?(?:\[(?:" + IPv6 + @"|[vV][0-9a-fA-F]+\.[a-zA-Z0-9\-._~!$&'()*+,;=:]+)\]|(?:[a-zA-Z0-9\-._~!$&'()*+,;=]|%[0-9a-fA-F]{2})*)(?::[0-9]*)?";
    private const string QueryAndFragment = @"(?:\?(?:" + PathCharacter + @"|[/?])*)?(?:#(?:" + PathCharacter + "|[/?])*)?";
    private const string Uri = @"[a-zA-Z][a-zA-Z0-9+\-.]*:(?:" + Authority + Segments + @"|/(?:" + PathCharacter + @"+" + Segments + @")?|" + PathCharacter + @"+" + Segments + @")" + QueryAndFragment;
    private const string UriReference = @"(?:" + Uri + @"|(?:" + Authority + Segments + @"|/(?:" + PathCharacter + @"+" + Segments + @")?|(?:[a-zA-Z0-9\-._~!$&'()*+,;=@]|%[0-9a-fA-F]{2})+" + Segments + @"|)" + QueryAndFragment + @")";
    private const string Duration = @"P(?:(?:[0-9]+D|[0-9]+M(?:[0-9]+D)?|[0-9]+Y(?:[0-9]+M(?:[0-9]+D)?)?)(?:T(?:[0-9]+S|[0-9]+M(?:[0-9]+S)?|[0-9]+H(?:[0-9]+M(?:[0-9]+S)?)?))?|T(?:[0-9]+S|[0-9]+M(?:[0-9]+S)?|[0-9]+H(?:[0-9]+M(?:[0-9]+S)?)?)|[0-9]+W)";

    // RFC 3987 and RFC 6570.
    private const string BeyondAscii = @"\u00A0-\uD7FF\uF900-\uFDCF\uFDF0-\uFFEF\u{10000}-\u{1FFFD}\u{20000}-\u{2FFFD}\u{30000}-\u{3FFFD}\u{40000}-\u{4FFFD}\u{50000}-\u{5FFFD}\u{60000}-\u{6FFFD}\u{70000}-\u{7FFFD}\u{80000}-\u{8FFFD}\u{90000}-\u{9FFFD}\u{A0000}-\u{AFFFD}\u{B0000}-\u{BFFFD}\u{C0000}-\u{CFFFD}\u{D0000}-\u{DFFFD}\u{E1000}-\u{EFFFD}";
    private const string Variable = @"(?:[a-zA-Z0-9_]|%[0-9a-fA-F]{2})(?:\.?(?:[a-zA-Z0-9_]|%[0-9a-fA-F]{2}))*(?::[1-9][0-9]{0,3}|\*)?";
    private const string UriTemplate = @"(?:[!#$&-;=?-\[\]_a-z~" + BeyondAscii + @"\uE000-\uF8FF\u{F0000}-\u{FFFFD}\u{100000}-\u{10FFFD}]|%[0-9a-fA-F]{2}|\{[+#./;?&=,!@|]?" + Variable + "(?:," + Variable + @")*\})*";

    // ECMA-262, in Unicode mode and without.
    private const string RegexClass = @"\[\^?(?:[^\]\[\\^\-\u0000-\u001F]|\\[dDwWsStnrfv\\\]\[^\-/.$*+?(){}|]|a-z|A-Z|0-9|a-f|A-F)+-?\]";
    private const string RegexAtom = @"(?:[^\^$\\.*+?()\[\]{}|\u0000-\u001F]|\.|\\[dDwWsStnrfv^$\\.*+?()\[\]{}|/]|" + RegexClass + ")";
    private const string RegexQuantifier = @"(?:[*+?]\??|\{[0-9]{1,3},?\}\??)?";

    private static readonly ConcurrentDictionary<string, Dfa> s_languages = new(StringComparer.Ordinal);

    /// <summary>The formats that are described.</summary>
    public static IReadOnlyList<string> Names { get; } = ["date", "time", "date-time", "duration", "uuid", "ipv4", "ipv6", "hostname", "email", "uri", "uri-reference", "iri", "iri-reference", "uri-template", "json-pointer", "relative-json-pointer", "regex"];

    /// <summary>The strings of a format, in canonical form; null when it is not described.</summary>
    public static Dfa? Language(string format) => Pattern(format) is { } pattern ? s_languages.GetOrAdd(format, static (_, described) => CompileBudget.Outside(() => RegexCompiler.Search(described)), pattern) : null;

    /// <summary>Strings among which are all of a format, whoever judges; the others certainly are not of it. Null when the format is not described.</summary>
    public static Dfa? Wider(string format) => WiderPattern(format) is { } pattern ? s_languages.GetOrAdd($"not {format}", static (_, described) => CompileBudget.Outside(() => RegexCompiler.Search(described)), pattern) : null;

    private static string? WiderPattern(string format) => format switch
    {
        "date" => "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        "time" => "^[0-9]{2}:[0-9]{2}:[0-9]{2}",
        "date-time" => "^[0-9]{4}-[0-9]{2}-[0-9]{2}[^0-9][0-9]{2}:",
        "duration" => "^P",
        "uuid" => "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$",
        "ipv4" => "^[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+$",
        "ipv6" => ":",
        "hostname" => "^[a-zA-Z0-9._\\-]*$",
        "idn-hostname" => "^[^ /:@]*$",
        "email" or "idn-email" => "@",
        "uri" or "iri" => "^[a-zA-Z][a-zA-Z0-9+.\\-]*:",
        "uri-reference" or "iri-reference" => "^[^ <>\"{}|^`\\\\]*$",
        "json-pointer" => "^(?:/|$)",
        "relative-json-pointer" => "^[0-9]",
        "uri-template" => "^[^ <>\"]*$",
        "regex" => "",
        _ => null,
    };

    /// <summary>The pattern of a format; null when there is none.</summary>
    public static string? Pattern(string format) => format switch
    {
        "date" => $"^{Date}$",
        "time" => $"^{Time}$",
        "date-time" => $"^{Date}T{Time}$",
        "duration" => $"^{Duration}$",
        "uuid" => "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$",
        "ipv4" => $"^{IPv4}$",
        "ipv6" => $"^{IPv6}$",
        "hostname" => $@"^(?!(?:.*\.)?..--){Host}$",
        "email" => $"^{Email}$",
        "uri" => $"^{Uri}$",
        "uri-reference" => $"^{UriReference}$",
        "iri" => $"^{International(Uri)}$",
        "iri-reference" => $"^{International(UriReference)}$",
        "uri-template" => $"^{UriTemplate}$",
        "json-pointer" => "^(?:/(?:[^~/]|~[01])*)*$",
        "relative-json-pointer" => "^(?:0|[1-9][0-9]*)(?:#|(?:/(?:[^~/]|~[01])*)*)$",
        "regex" => $"^{RegexOf(3)}$",
        _ => null,
    };

    private static string RegexOf(int depth)
    {
        string part = $@"{RegexAtom}{RegexQuantifier}|\^|\$|\\b";
        if (depth > 0)
            part += $@"|\((?:\?:)?{RegexOf(depth - 1)}\){RegexQuantifier}|\(\?[=!]{RegexOf(depth - 1)}\)";
        return $@"(?:{part}|\|)*";
    }

    /// <summary>Whether a format is one that JSON Schema defines; others are notes for people.</summary>
    public static bool IsDefined(string format) => Pattern(format) is not null || format is "idn-email" or "idn-hostname";

    private static string International(string pattern)
    {
        const string Characters = @"a-zA-Z0-9\-._~!$&'()*+,;=";
        const string Future = @"[vV][0-9a-fA-F]+\.[";
        // An address literal stays in ASCII.
        return pattern.Replace(@"(?:\?(?:", @"(?:\?(?:[\uE000-\uF8FF\u{F0000}-\u{FFFFD}\u{100000}-\u{10FFFD}]|", StringComparison.Ordinal)
            .Replace(Characters, Characters + BeyondAscii, StringComparison.Ordinal)
            .Replace(Future + Characters + BeyondAscii, Future + Characters, StringComparison.Ordinal);
    }
}

using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace AiSdk.Onnx;

/// <summary>The sets of code points that \p{…} of Oniguruma names: general categories, scripts, binary properties and POSIX classes.</summary>
/// <remarks>Categories are .NET's; scripts and binary properties, which .NET has not, are in the resource UnicodeSets.txt.</remarks>
internal static class UnicodeProperties
{
    private static readonly string[] s_categories = ["Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Cn"];

    // Names as they compare: in lower case, without spaces, hyphens and underscores.
    private static readonly Dictionary<string, string> s_aliases = new(StringComparer.Ordinal)
    {
        ["letter"] = "l",
        ["uppercaseletter"] = "lu",
        ["lowercaseletter"] = "ll",
        ["titlecaseletter"] = "lt",
        ["modifierletter"] = "lm",
        ["otherletter"] = "lo",
        ["mark"] = "m",
        ["combiningmark"] = "m",
        ["nonspacingmark"] = "mn",
        ["spacingmark"] = "mc",
        ["enclosingmark"] = "me",
        ["number"] = "n",
        ["decimalnumber"] = "nd",
        ["letternumber"] = "nl",
        ["othernumber"] = "no",
        ["punctuation"] = "p",
        ["connectorpunctuation"] = "pc",
        ["dashpunctuation"] = "pd",
        ["openpunctuation"] = "ps",
        ["closepunctuation"] = "pe",
        ["initialpunctuation"] = "pi",
        ["finalpunctuation"] = "pf",
        ["otherpunctuation"] = "po",
        ["symbol"] = "s",
        ["mathsymbol"] = "sm",
        ["currencysymbol"] = "sc",
        ["modifiersymbol"] = "sk",
        ["othersymbol"] = "so",
        ["separator"] = "z",
        ["spaceseparator"] = "zs",
        ["lineseparator"] = "zl",
        ["paragraphseparator"] = "zp",
        ["other"] = "c",
        ["control"] = "cc",
        ["format"] = "cf",
        ["surrogate"] = "cs",
        ["privateuse"] = "co",
        ["unassigned"] = "cn",
        ["alpha"] = "alphabetic",
        ["upper"] = "uppercase",
        ["lower"] = "lowercase",
        ["digit"] = "nd",
        ["space"] = "whitespace",
        ["hani"] = "han",
        ["hira"] = "hiragana",
        ["kana"] = "katakana",
        ["latn"] = "latin",
        ["cyrl"] = "cyrillic",
        ["arab"] = "arabic",
        ["grek"] = "greek",
        ["hang"] = "hangul",
        ["hebr"] = "hebrew",
        ["deva"] = "devanagari",
        ["zyyy"] = "common",
        ["zinh"] = "inherited",
    };

    private static readonly ConcurrentDictionary<string, CodePointSet?> s_sets = new(StringComparer.Ordinal);
    private static readonly Lazy<OrderedDictionary<string, string>> s_listed = new(ReadListed);
    private static readonly Lazy<byte[]> s_scripts = new(ReadScripts);

    /// <summary>The set of a name; null where there is none.</summary>
    public static CodePointSet? Find(string name) => s_sets.GetOrAdd(Fold(name), Create);

    /// <summary>The number of a code point's script; 0 where it has none.</summary>
    public static int Script(Rune character) => s_scripts.Value[character.Value];

    /// <summary>The number that <see cref="Script(Rune)"/> gives the members of a script.</summary>
    public static int Script(string name) => s_listed.Value.IndexOf(name) + 1;

    private static CodePointSet? Create(string name)
    {
        if (s_aliases.TryGetValue(name, out string? alias))
            return Find(alias);
        switch (name)
        {
            case "any":
                return CodePointSet.Empty.Complement();
            case "assigned":
                return Find("cn")!.Complement();
            case "ascii":
                return CodePointSet.Of((0, 0x7F));
            case "whitespace":
                return CodePointSet.Where(static point => point <= char.MaxValue && char.IsWhiteSpace((char)point));
            case "blank":
                return Find("zs")!.Union(CodePointSet.Of(('\t', '\t')));
            case "cntrl":
                return Find("cc");
            case "xdigit":
                return CodePointSet.Parse("30-39 41-46 61-66");
            case "alnum":
                return Find("alphabetic")!.Union(Find("nd")!);
            case "word":
                return Find("alphabetic")!.Union(Find("m")!).Union(Find("nd")!).Union(Find("pc")!);
            case "punct":
                // POSIX counts ASCII's symbols among them.
                return Find("p")!.Union(CodePointSet.Parse("24 2B 3C-3E 5E 60 7C 7E"));
            case "graph":
                return Find("whitespace")!.Union(Find("cc")!).Union(Find("cn")!).Union(Find("cs")!).Complement();
            case "print":
                return Find("graph")!.Union(Find("zs")!);
        }
        if (s_listed.Value.TryGetValue(name, out string? ranges))
            return CodePointSet.Parse(ranges);
        HashSet<UnicodeCategory> categories = [.. Enum.GetValues<UnicodeCategory>().Where(category => s_categories[(int)category].ToLowerInvariant() is string code && (code == name || code[..1] == name))];
        return categories.Count > 0 ? CodePointSet.Where(point => categories.Contains(CharUnicodeInfo.GetUnicodeCategory(point))) : null;
    }

    private static string Fold(string name) => string.Concat(name.Where(static c => c is not (' ' or '-' or '_'))).ToLowerInvariant();

    private static OrderedDictionary<string, string> ReadListed()
    {
        using Stream stream = typeof(UnicodeProperties).Assembly.GetManifestResourceStream("AiSdk.Onnx.UnicodeSets.txt")!;
        using StreamReader reader = new(stream);
        OrderedDictionary<string, string> listed = new(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            int end = line.IndexOf(' ');
            if (end > 0 && line[0] != '#')
                listed.Add(Fold(line[..end]), line[(end + 1)..]);
        }
        return listed;
    }

    private static byte[] ReadScripts()
    {
        byte[] scripts = new byte[0x110000];
        byte number = 0;
        foreach ((string name, string ranges) in s_listed.Value)
        {
            if (name == "alphabetic")
                break;
            number++;
            foreach ((int first, int last) in CodePointSet.Parse(ranges).Ranges)
                scripts.AsSpan(first..(last + 1)).Fill(number);
        }
        return scripts;
    }
}

using System.Globalization;
using System.Text;

namespace AiSdk.Onnx;

/// <content>The methods of strings.</content>
internal static partial class PythonStrings
{
    private static readonly HashSet<string> s_methods = new(StringComparer.Ordinal)
    {
        "capitalize", "casefold", "center", "count", "endswith", "expandtabs", "find", "format", "index", "isalnum", "isalpha", "isascii", "isdecimal",
        "isdigit", "islower", "isnumeric", "isspace", "istitle", "isupper", "join", "ljust", "lower", "lstrip", "partition",
        "removeprefix", "removesuffix", "replace", "rfind", "rindex", "rjust", "rpartition", "rsplit", "rstrip", "split", "splitlines",
        "startswith", "strip", "swapcase", "title", "upper", "zfill",
    };

    public static bool HasMethod(string name) => s_methods.Contains(name);

    /// <summary>Calls a method of which <see cref="HasMethod"/> is true.</summary>
    public static object? Call(RenderState state, string text, string name, CallArguments arguments)
    {
        state.Charge(text.Length >> 3);
        switch (name)
        {
            case "strip" or "lstrip" or "rstrip":
                return Strip(text, arguments.Bind(state, name, "chars").OptionalText(0, "chars"), start: name != "rstrip", end: name != "lstrip");
            case "split" or "rsplit":
                BoundArguments split = arguments.Bind(state, name, "sep", "maxsplit");
                return Split(state, text, split.OptionalText(0, "sep"), split.Integer(1, "maxsplit", -1), fromRight: name == "rsplit");
            case "splitlines":
                List<object?> lines = SplitLines(text, arguments.Bind(state, name, "keepends").Truth(0, false));
                state.ChargeItems(lines.Count);
                return lines;
            case "startswith" or "endswith":
                return HasAffix(state, text, name, arguments);
            case "replace":
                BoundArguments replace = arguments.Bind(state, name, "old", "new", "count");
                return Replace(state, text, replace.Text(0, "old"), replace.Text(1, "new"), replace.Integer(2, "count", -1));
            case "removeprefix":
                string prefix = arguments.Bind(state, name, "prefix").Text(0, "prefix");
                return text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : text;
            case "removesuffix":
                string suffix = arguments.Bind(state, name, "suffix").Text(0, "suffix");
                return text.EndsWith(suffix, StringComparison.Ordinal) ? text[..^suffix.Length] : text;
            case "join":
                return Join(state, text, PythonValue.ToList(state, arguments.Bind(state, name, "iterable").Required(0, "iterable")));
            case "find" or "rfind" or "index" or "rindex" or "count":
                return Search(state, text, name, arguments);
            case "partition" or "rpartition":
                return Partition(state, text, arguments.Bind(state, name, "sep").Text(0, "sep"), fromRight: name == "rpartition");
            case "center" or "ljust" or "rjust":
                BoundArguments justify = arguments.Bind(state, name, "width", "fillchar");
                return Justify(state, text, name, justify.Integer(0, "width"), justify.Text(1, "fillchar", " "));
            case "zfill":
                int sign = text.StartsWith('+') || text.StartsWith('-') ? 1 : 0;
                long zeros = arguments.Bind(state, name, "width").Integer(0, "width") - Length(text);
                return text[..sign] + Repeat(state, "0", zeros) + text[sign..];
            case "expandtabs":
                return ExpandTabs(state, text, arguments.Bind(state, name, "tabsize").Integer(0, "tabsize", 8));
            case "format":
                return PythonFormat.Format(state, text, arguments);
        }
        arguments.Bind(state, name);
        return name switch
        {
            "upper" => Upper(text),
            "lower" => Lower(text),
            "casefold" => Lower(text.Replace("ß", "ss", StringComparison.Ordinal)).Replace('ς', 'σ'),
            "capitalize" => Capitalize(text),
            "title" => TitleWords(text),
            "swapcase" => string.Concat(text.EnumerateRunes().Select(rune => Rune.IsUpper(rune) ? Lower(rune.ToString()) : Upper(rune.ToString()))),
            "isascii" => PythonValue.Box(Ascii.IsValid(text)),
            "isspace" => PythonValue.Box(text.Length > 0 && text.All(PythonCharacters.IsWhiteSpace)),
            "isalpha" => All(text, Rune.IsLetter),
            "isalnum" => All(text, rune => Rune.IsLetter(rune) || Rune.IsNumber(rune)),
            "isdecimal" => All(text, Rune.IsDigit),
            "isdigit" => All(text, rune => Rune.IsDigit(rune) || CharUnicodeInfo.GetDigitValue(rune.ToString(), 0) >= 0),
            "isnumeric" => All(text, Rune.IsNumber),
            "isupper" => PythonValue.Box(IsCase(text, upper: true)),
            "islower" => PythonValue.Box(IsCase(text, upper: false)),
            "istitle" => PythonValue.Box(text.Any(PythonCasing.IsCased) && TitleWords(text) == text),
            _ => throw state.Fail($"'str' has no method '{name}'"),
        };
    }

    /// <summary>Whether all cased characters, and at least one, are of the case.</summary>
    public static bool IsCase(string text, bool upper)
    {
        bool found = false;
        foreach (char c in text)
        {
            if (!PythonCasing.IsCased(c))
                continue;
            if (upper ? !char.IsUpper(c) : !char.IsLower(c))
                return false;
            found = true;
        }
        return found;
    }

    private static string ExpandTabs(RenderState state, string text, long size)
    {
        StringBuilder result = new(text.Length);
        long column = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.Value == '\t')
            {
                long spaces = size > 0 ? size - (column % size) : 0;
                result.Append(Repeat(state, " ", spaces));
                column += spaces;
                continue;
            }
            result.Append(rune);
            column = rune.Value is '\n' or '\r' ? 0 : column + 1;
        }
        state.ChargeText(result.Length);
        return result.ToString();
    }

    /// <summary>Joins strings; anything else among them is an error, as in Python.</summary>
    private static string Join(RenderState state, string separator, List<object?> items)
    {
        long length = 0;
        foreach (object? item in items)
        {
            if (item is not string part)
                throw state.Fail($"'join' needs strings, found '{PythonValue.TypeName(item)}'");
            length += part.Length + separator.Length;
        }
        state.ChargeText(length);
        return string.Join(separator, items);
    }

    private static object All(string text, Func<Rune, bool> condition) =>
        PythonValue.Box(text.Length > 0 && text.EnumerateRunes().All(condition));

    private static object Search(RenderState state, string text, string name, CallArguments arguments)
    {
        BoundArguments bound = arguments.Bind(state, name, "sub", "start", "end");
        string sought = bound.Text(0, "sub");
        int length = Length(text);
        int start = Position(bound.Value(1) is null ? 0 : bound.Integer(1, "start"), length);
        int end = Position(bound.Value(2) is null ? length : bound.Integer(2, "end"), length);
        bool isEmpty = start > end || (bound.Value(1) is long beyond && beyond > length);
        int from = Offset(text, start);
        ReadOnlySpan<char> part = isEmpty ? [] : text.AsSpan(from, Offset(text, end - start, from) - from);
        state.ChargeSearch(part.Length, sought.Length);
        if (name == "count")
            return isEmpty ? 0L : sought.Length == 0 ? end - start + 1L : part.Count(sought);
        int at = isEmpty ? -1 : name[0] == 'r' ? part.LastIndexOf(sought) : part.IndexOf(sought);
        if (at >= 0)
            return (long)(start + Length(part[..at].ToString()));
        return name.EndsWith("find", StringComparison.Ordinal) ? -1L : throw state.Fail($"the text '{sought}' was not found");
    }

    private static int Position(long index, int length) => (int)Math.Clamp(index < 0 ? index + length : index, 0, length);

    private static object HasAffix(RenderState state, string text, string name, CallArguments arguments)
    {
        BoundArguments bound = arguments.Bind(state, name, "affix", "start", "end");
        object? affix = bound.Required(0, "affix");
        if (bound.Has(1))
        {
            int length = Length(text);
            long given = bound.Value(1) is null ? 0 : bound.Integer(1, "start");
            int start = Position(given, length);
            int end = Position(bound.Value(2) is null ? length : bound.Integer(2, "end"), length);
            if (start > end || given > length)
                return PythonValue.False;
            text = Slice(text, start, 1, end - start);
        }
        foreach (object? candidate in affix is PythonTuple several ? several : new PythonTuple(affix))
        {
            state.Charge();
            if (candidate is not string part)
                throw state.Fail(candidate is Undefined undefined ? undefined.Message : $"'{name}' needs a string or a tuple of strings, not '{PythonValue.TypeName(candidate)}'");
            if (name == "startswith" ? text.StartsWith(part, StringComparison.Ordinal) : text.EndsWith(part, StringComparison.Ordinal))
                return PythonValue.True;
        }
        return PythonValue.False;
    }

    private static List<object?> Split(RenderState state, string text, string? separator, long limit, bool fromRight)
    {
        if (separator?.Length == 0)
            throw state.Fail("the separator of 'split' is empty");
        state.ChargeSearch(text.Length, separator?.Length ?? 0);
        List<object?> parts = [];
        if (separator is null)
            SplitWords(state, text, limit, fromRight, parts);
        else if (fromRight)
            SplitFromRight(state, text, separator, limit, parts);
        else
            SplitFromLeft(state, text, separator, limit, parts);
        if (fromRight)
            parts.Reverse();
        return parts;
    }

    private static void SplitFromLeft(RenderState state, string text, string separator, long limit, List<object?> parts)
    {
        int from = 0;
        for (int at; limit != 0 && (at = text.IndexOf(separator, from, StringComparison.Ordinal)) >= 0; from = at + separator.Length, limit--)
        {
            state.ChargeItems(2);
            parts.Add(text[from..at]);
        }
        parts.Add(text[from..]);
    }

    private static void SplitFromRight(RenderState state, string text, string separator, long limit, List<object?> parts)
    {
        int to = text.Length;
        for (int at; limit != 0 && (at = text.AsSpan(0, to).LastIndexOf(separator)) >= 0; to = at, limit--)
        {
            state.ChargeItems(2);
            parts.Add(text[(at + separator.Length)..to]);
        }
        parts.Add(text[..to]);
    }

    private static void SplitWords(RenderState state, string text, long limit, bool fromRight, List<object?> parts)
    {
        // From the right the same is done on the way back; start and end are then swapped.
        int step = fromRight ? -1 : 1;
        int at = fromRight ? text.Length - 1 : 0;
        while (true)
        {
            while (at >= 0 && at < text.Length && PythonCharacters.IsWhiteSpace(text[at]))
                at += step;
            if (at < 0 || at >= text.Length)
                return;
            state.ChargeItems(2);
            if (limit-- == 0)
            {
                parts.Add(fromRight ? text[..(at + 1)] : text[at..]);
                return;
            }
            int first = at;
            while (at >= 0 && at < text.Length && !PythonCharacters.IsWhiteSpace(text[at]))
                at += step;
            parts.Add(fromRight ? text[(at + 1)..(first + 1)] : text[first..at]);
        }
    }

    private static PythonTuple Partition(RenderState state, string text, string separator, bool fromRight)
    {
        if (separator.Length == 0)
            throw state.Fail("the separator of 'partition' is empty");
        state.ChargeSearch(text.Length, separator.Length);
        int at = fromRight ? text.AsSpan().LastIndexOf(separator) : text.IndexOf(separator, StringComparison.Ordinal);
        if (at < 0)
            return fromRight ? new PythonTuple("", "", text) : new PythonTuple(text, "", "");
        return new PythonTuple(text[..at], separator, text[(at + separator.Length)..]);
    }

    /// <summary><c>center</c>, <c>ljust</c> and <c>rjust</c></summary>
    public static string Justify(RenderState state, string text, string name, long width, string fill)
    {
        if (Length(fill) != 1)
            throw state.Fail($"the fill character of '{name}' must be one character");
        int length = Length(text);
        long margin = width - length;
        if (margin <= 0)
            return text;
        long left = name switch { "ljust" => 0, "rjust" => margin, _ => (margin / 2) + (margin & width & 1) };
        return Repeat(state, fill, left) + text + Repeat(state, fill, margin - left);
    }

    /// <summary>The method <c>title</c>: each run of cased letters begins with one in title case.</summary>
    private static string TitleWords(string text)
    {
        StringBuilder result = new(text.Length);
        bool afterCased = false;
        for (int i = 0; i < text.Length;)
        {
            int length = IsPair(text, i) ? 2 : 1;
            string character = text.Substring(i, length);
            result.Append(afterCased ? Lower(character) : PythonCasing.Title(character));
            afterCased = PythonCasing.IsCased(text[i]);
            i += length;
        }
        return result.ToString();
    }
}

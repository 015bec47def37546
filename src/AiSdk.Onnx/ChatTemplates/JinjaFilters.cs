using System.Collections.Frozen;
using System.Text;

namespace AiSdk.Onnx;

/// <summary>A filter: <c>value | name(arguments)</c>.</summary>
internal delegate object? JinjaFilter(RenderState state, object? value, CallArguments arguments);

/// <summary>Jinja2's filters; the table, and those of single values. Those of sequences are in the other part.</summary>
internal static partial class JinjaFilters
{
    private static readonly FrozenDictionary<string, JinjaFilter> s_filters = new Dictionary<string, JinjaFilter>(StringComparer.Ordinal)
    {
        ["abs"] = Abs,
        ["attr"] = Attr,
        ["batch"] = Batch,
        ["capitalize"] = (state, value, arguments) => OfText(state, value, arguments, "capitalize", PythonStrings.Capitalize),
        ["center"] = Center,
        ["count"] = Length,
        ["d"] = Default,
        ["default"] = Default,
        ["dictsort"] = DictSort,
        ["e"] = Escape,
        ["escape"] = Escape,
        ["first"] = First,
        ["float"] = Float,
        ["forceescape"] = Escape,
        ["format"] = Format,
        ["groupby"] = GroupBy,
        ["indent"] = Indent,
        ["int"] = Int,
        ["items"] = Items,
        ["join"] = Join,
        ["last"] = Last,
        ["length"] = Length,
        ["list"] = List,
        ["lower"] = (state, value, arguments) => OfText(state, value, arguments, "lower", PythonStrings.Lower),
        ["map"] = Map,
        ["max"] = (state, value, arguments) => Extreme(state, value, arguments, "max"),
        ["min"] = (state, value, arguments) => Extreme(state, value, arguments, "min"),
        ["pprint"] = (state, value, arguments) => PythonText.Repr(state, value),
        ["reject"] = (state, value, arguments) => Select(state, value, arguments, "reject", byAttribute: false, keeps: false),
        ["rejectattr"] = (state, value, arguments) => Select(state, value, arguments, "rejectattr", byAttribute: true, keeps: false),
        ["replace"] = Replace,
        ["reverse"] = Reverse,
        ["round"] = Round,
        ["safe"] = String,
        ["select"] = (state, value, arguments) => Select(state, value, arguments, "select", byAttribute: false, keeps: true),
        ["selectattr"] = (state, value, arguments) => Select(state, value, arguments, "selectattr", byAttribute: true, keeps: true),
        ["slice"] = Slice,
        ["sort"] = Sort,
        ["string"] = String,
        ["sum"] = Sum,
        ["title"] = (state, value, arguments) => OfText(state, value, arguments, "title", Title),
        ["tojson"] = PythonJson.Filter,
        ["trim"] = Trim,
        ["truncate"] = Truncate,
        ["unique"] = Unique,
        ["upper"] = (state, value, arguments) => OfText(state, value, arguments, "upper", PythonStrings.Upper),
        ["urlencode"] = UrlEncode,
        ["wordcount"] = (state, value, arguments) => WordCount(state, value, arguments),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static JinjaFilter? Find(string name) => s_filters.GetValueOrDefault(name);

    /// <summary>The message for a name that is not a filter.</summary>
    public static string Unknown(string name) => $"unknown filter '{name}'; supported are {string.Join(", ", s_filters.Keys.Order(StringComparer.Ordinal))}";

    private static string OfText(RenderState state, object? value, CallArguments arguments, string name, Func<string, string> filter)
    {
        arguments.Bind(state, name);
        string text = PythonText.Str(state, value);
        state.ChargeText(text.Length);
        return filter(text);
    }

    private static object? Default(RenderState state, object? value, CallArguments arguments)
    {
        BoundArguments bound = arguments.Bind(state, "default", "default_value", "boolean");
        return value is Undefined || (bound.Truth(1, false) && !PythonValue.IsTrue(value)) ? bound.Value(0, "") : value;
    }

    private static string String(RenderState state, object? value, CallArguments arguments)
    {
        arguments.Bind(state, "string");
        return PythonText.Str(state, value);
    }

    private static string Trim(RenderState state, object? value, CallArguments arguments)
    {
        string? characters = arguments.Bind(state, "trim", "chars").OptionalText(0, "chars");
        string text = PythonText.Str(state, value);
        state.ChargeText(text.Length);
        return PythonStrings.Strip(text, characters, start: true, end: true);
    }

    private static string Replace(RenderState state, object? value, CallArguments arguments)
    {
        BoundArguments bound = arguments.Bind(state, "replace", "old", "new", "count");
        string old = PythonText.Str(state, bound.Required(0, "old"));
        string replacement = PythonText.Str(state, bound.Required(1, "new"));
        long count = bound.Value(2) is null ? -1 : bound.Integer(2, "count");
        return PythonStrings.Replace(state, PythonText.Str(state, value), old, replacement, count);
    }

    private static string Indent(RenderState state, object? value, CallArguments arguments)
    {
        BoundArguments bound = arguments.Bind(state, "indent", "width", "first", "blank");
        string indentation = bound.Value(0, 4L) is string text ? text : PythonStrings.Repeat(state, " ", bound.Integer(0, "width", 4));
        bool blank = bound.Truth(2, false);
        string source = NeedText(state, value, "indent");
        List<object?> lines = PythonStrings.SplitLines(source + "\n");
        StringBuilder result = new();
        if (bound.Truth(1, false))
            result.Append(indentation);
        for (int i = 0; i < lines.Count; i++)
        {
            string line = (string)lines[i]!;
            if (i > 0)
                result.Append('\n');
            if (i > 0 && (blank || line.Length > 0))
                result.Append(indentation);
            result.Append(line);
            state.Charge(indentation.Length >> 2);
            if (result.Length > RenderLimits.TextLength)
                break;
        }
        state.ChargeText(result.Length);
        return result.ToString();
    }

    /// <summary>The filter <c>title</c>, which unlike the method begins words only behind white space, hyphens and opening brackets.</summary>
    private static string Title(string text)
    {
        StringBuilder result = new(text.Length);
        int start = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && !IsBoundary(text[i]))
                continue;
            if (i > start)
            {
                int first = PythonStrings.IsPair(text, start) ? 2 : 1;
                result.Append(PythonStrings.Upper(text.Substring(start, first))).Append(PythonStrings.Lower(text[(start + first)..i]));
            }
            if (i < text.Length)
                result.Append(text[i]);
            start = i + 1;
        }
        return result.ToString();

        static bool IsBoundary(char c) => c is '-' or '(' or '{' or '[' or '<' || PythonCharacters.IsWhiteSpace(c);
    }

    private static string Center(RenderState state, object? value, CallArguments arguments) =>
        PythonStrings.Justify(state, PythonText.Str(state, value), "center", arguments.Bind(state, "center", "width").Integer(0, "width", 80), " ");

    private static object? Truncate(RenderState state, object? value, CallArguments arguments)
    {
        BoundArguments bound = arguments.Bind(state, "truncate", "length", "killwords", "end", "leeway");
        string end = bound.Text(2, "end", "...");
        long length = bound.Integer(0, "length", 255), leeway = bound.Value(3) is null ? 5 : bound.Integer(3, "leeway");
        int endLength = PythonStrings.Length(end);
        if (length < endLength || leeway < 0)
            throw state.Fail($"'truncate' needs a length of at least {endLength} and a leeway of at least 0");
        if (PythonValue.Length(value) <= length + leeway)
            return value;
        string text = NeedText(state, value, "truncate");
        string cut = text[..PythonStrings.Offset(text, (int)length - endLength)];
        if (!bound.Truth(1, false) && cut.LastIndexOf(' ') is >= 0 and int space)
            cut = cut[..space];
        return cut + end;
    }

    private static long WordCount(RenderState state, object? value, CallArguments arguments)
    {
        arguments.Bind(state, "wordcount");
        long count = 0;
        bool inWord = false;
        foreach (Rune rune in PythonText.Str(state, value).EnumerateRunes())
        {
            bool isWord = Rune.IsLetterOrDigit(rune) || Rune.IsNumber(rune) || rune.Value == '_';
            if (isWord && !inWord)
                count++;
            inWord = isWord;
        }
        return count;
    }

    private static string Escape(RenderState state, object? value, CallArguments arguments)
    {
        arguments.Bind(state, "escape");
        string text = PythonText.Str(state, value);
        state.ChargeText(6L * text.Length);
        return text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal)
            .Replace("'", "&#39;", StringComparison.Ordinal).Replace("\"", "&#34;", StringComparison.Ordinal);
    }

    private static string UrlEncode(RenderState state, object? value, CallArguments arguments)
    {
        arguments.Bind(state, "urlencode");
        if (value is not string && PythonValue.IsIterable(value))
        {
            List<object?> pairs = PythonDictionaries.IsDictionary(value) ? PythonDictionaries.Pairs(state, value!) : PythonValue.ToList(state, value);
            return string.Join('&', pairs.Select(pair => PythonValue.ToList(state, pair) is [var key, var item]
                ? $"{Quote(key, "")}={Quote(item, "")}"
                : throw state.Fail("'urlencode' needs pairs of a key and a value")));
        }
        return Quote(value, "/");

        string Quote(object? part, string alsoSafe)
        {
            string text = PythonText.Str(state, part);
            state.ChargeText(9L * text.Length);
            string escaped = Uri.EscapeDataString(text);
            return alsoSafe.Length > 0 ? escaped.Replace("%2F", "/", StringComparison.Ordinal) : escaped.Replace("%20", "+", StringComparison.Ordinal);
        }
    }

    private static string Format(RenderState state, object? value, CallArguments arguments)
    {
        if (arguments is { Named.Length: > 0, Positional.Length: > 0 })
            throw state.Fail("'format' takes arguments either with names or without");
        string format = PythonText.Str(state, value);
        if (arguments.Named.Length == 0)
            return PythonFormat.Percent(state, format, new PythonTuple(arguments.Positional));
        PythonDictionary named = new();
        foreach ((string key, object? item) in arguments.Named)
            named.Set(state, key, item);
        return PythonFormat.Percent(state, format, named);
    }

    private static object? Int(RenderState state, object? value, CallArguments arguments)
    {
        BoundArguments bound = arguments.Bind(state, "int", "default", "base");
        object? fallback = bound.Value(0, 0L);
        switch (value)
        {
            case string text:
                if (PythonNumbers.TryParseInteger(text, (int)Math.Clamp(bound.Integer(1, "base", 10), -1, 99), out long parsed))
                    return parsed;
                return PythonNumbers.TryParseFloat(text, out double real) && double.IsFinite(real) ? PythonNumbers.Truncate(state, real) : fallback;
            case double number:
                return double.IsFinite(number) ? PythonNumbers.Truncate(state, number) : fallback;
            case Undefined undefined:
                throw state.Fail(undefined.Message);
            default:
                return PythonNumbers.TryGet(value, out PythonNumber integer) ? integer.Integer : fallback;
        }
    }

    private static object? Float(RenderState state, object? value, CallArguments arguments)
    {
        object? fallback = arguments.Bind(state, "float", "default").Value(0, 0.0);
        if (value is Undefined undefined)
            throw state.Fail(undefined.Message);
        if (value is string text)
            return PythonNumbers.TryParseFloat(text, out double parsed) ? parsed : fallback;
        return PythonNumbers.TryGet(value, out PythonNumber number) ? number.AsDouble : fallback;
    }

    private static object? Abs(RenderState state, object? value, CallArguments arguments)
    {
        arguments.Bind(state, "abs");
        PythonNumber number = Number(state, value, "abs");
        return !number.IsInteger ? Math.Abs(number.Float) : number.Integer < 0 ? PythonNumbers.Negate(state, number) : number.Boxed;
    }

    private static object? Round(RenderState state, object? value, CallArguments arguments)
    {
        BoundArguments bound = arguments.Bind(state, "round", "precision", "method");
        int precision = (int)Math.Clamp(bound.Integer(0, "precision", 0), -400, 400);
        PythonNumber number = Number(state, value, "round");
        switch (bound.Text(1, "method", "common"))
        {
            case "common":
                return number.IsInteger && precision >= 0 ? (object)number.Integer
                    : number.IsInteger ? (object)PythonNumbers.Truncate(state, PythonNumbers.Round(number.AsDouble, precision))
                    : PythonNumbers.Round(number.Float, precision);
            case "ceil":
                return Math.Ceiling(number.AsDouble * Math.Pow(10, precision)) / Math.Pow(10, precision);
            case "floor":
                return Math.Floor(number.AsDouble * Math.Pow(10, precision)) / Math.Pow(10, precision);
            default:
                throw state.Fail("the method of 'round' must be 'common', 'ceil' or 'floor'");
        }
    }

    private static object? Attr(RenderState state, object? value, CallArguments arguments)
    {
        string name = arguments.Bind(state, "attr", "name").Text(0, "name");
        // The filter sees attributes only, never items.
        return PythonDictionaries.IsDictionary(value) && PythonMethods.OfDictionary(value!, name) is null
            ? new Undefined($"'dict object' has no attribute '{name}'")
            : PythonAccess.GetAttribute(state, value, name);
    }

    private static string NeedText(RenderState state, object? value, string filter) =>
        value as string ?? throw state.Fail(value is Undefined undefined ? undefined.Message : $"'{filter}' needs a string, not '{PythonValue.TypeName(value)}'");

    private static PythonNumber Number(RenderState state, object? value, string filter) =>
        PythonNumbers.TryGet(value, out PythonNumber number) ? number
        : throw state.Fail(value is Undefined undefined ? undefined.Message : $"'{filter}' needs a number, not '{PythonValue.TypeName(value)}'");
}

using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AiSdk.Benchmarks;

/// <summary>One way in which models damage JSON.</summary>
/// <param name="Name">What it does.</param>
/// <param name="Slot">Two damages of one slot exclude each other.</param>
/// <param name="Style">Changes how the value is written.</param>
/// <param name="Wrap">Changes the text afterwards; wrappers apply in the order in which they are listed.</param>
internal sealed record ReplyDamage(string Name, string Slot, Action<JsonStyle>? Style = null, Func<string, string>? Wrap = null);

/// <summary>How JSON is written: as the standard says unless damage changes it.</summary>
internal sealed class JsonStyle
{
    public (string Open, string Close) Quotes { get; set; } = ("\"", "\"");
    public (string Open, string Close)? KeyQuotes { get; set; }
    public Func<string, string> Key { get; set; } = static k => k;
    public string Colon { get; set; } = ": ";
    public string Comma { get; set; } = ",";
    public string Break { get; set; } = " ";
    public bool TrailingComma { get; set; }
    public string Comment { get; set; } = "";
    public (string True, string False, string Null) Literals { get; set; } = ("true", "false", "null");
    public Func<string, string> Number { get; set; } = static n => n;
    public Func<DateOnly, string> Date { get; set; } = static d => d.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    public Func<string, string> Enum { get; set; } = static e => e;
    public bool RawBreaks { get; set; }
    public bool RawQuotes { get; set; }
    public bool EscapeAll { get; set; }
    public bool OmitNull { get; set; }
    public bool BareSingles { get; set; }
}

/// <summary>Random shapes with values, written as JSON with damage.</summary>
internal sealed class DamagedReplies
{
    private static readonly string[] _names = ["name", "orderId", "totalAmount", "is_open", "prénom", "note", "createdAt", "x", "lineItems", "due_date", "größe", "unitPrice", "tags", "shippingAddress"];
    private static readonly string[] _enums = ["open", "BillingTeam", "very large", "in_transit", "Café", "on-hold"];
    private static readonly string[] _mapKeys = ["a", "b c", "k-1", "été", "Zed", "n_2"];
    private static readonly string[] _texts =
    [
        "hello", "two words", "it's", "a, b", "x: y", "1,000", "true", "", "naïve ☕", "say \"hi\" now", "c:\\dir\\new", "line\nbreak", "[1]", "{x}", "https://a.b/c?d=e#f", "a // b", "# c", "😀 ok",
        "tab\there", "end.", "a; b", "k = v", "50%", "\"quoted\"", "first\n\nsecond", "日本語", "null and void", "/* no */", "a {b: c}, d", "“smart”", "back`tick", "(see below)", "- dash", "<b>bold</b>",
    ];

    private readonly Value _root;
    private ulong _state;

    /// <summary>The shape and value that a seed stands for.</summary>
    public DamagedReplies(ulong seed)
    {
        _state = seed;
        JsonObject schema;
        if (Next(5) == 0)
        {
            (JsonObject items, Value first) = Object(1);
            schema = new JsonObject { ["type"] = "array", ["items"] = items };
            _root = new Value("list") { Children = [("", first)] };
        }
        else
        {
            (schema, _root) = Object(2);
        }
        Shape = OutputShape.FromJsonSchema(JsonSerializer.SerializeToElement(schema));
        Json = Write(_root, new JsonStyle());
        Expected = JsonElement.Parse(Json);
    }

    /// <summary>What each damage is; the text ones in the order in which they apply.</summary>
    public static IReadOnlyList<ReplyDamage> All { get; } =
    [
        new("single quotes", "quotes", static s => s.Quotes = ("'", "'")),
        new("smart quotes", "quotes", static s => s.Quotes = ("“", "”")),
        new("backticks", "quotes", static s => s.Quotes = ("`", "`")),
        new("single-quoted keys", "key quotes", static s => s.KeyQuotes = ("'", "'")),
        new("smart-quoted keys", "key quotes", static s => s.KeyQuotes = ("“", "”")),
        new("unquoted keys", "key quotes", static s => s.KeyQuotes = ("", "")),
        new("snake case", "key", static s => s.Key = static k => string.Join('_', Words(k)).ToLowerInvariant()),
        new("camel case", "key", static s => s.Key = static k => Camel(k, false)),
        new("pascal case", "key", static s => s.Key = static k => Camel(k, true)),
        new("kebab case", "key", static s => s.Key = static k => string.Join('-', Words(k)).ToLowerInvariant()),
        new("words as names", "key", static s => s.Key = static k => string.Join(' ', Words(k))),
        new("capital names", "key", static s => s.Key = static k => k.ToUpperInvariant()),
        new("accents dropped", "key", static s => s.Key = static k => new string([.. k.Normalize(NormalizationForm.FormD).Where(static c => CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark)])),
        new("equals sign", "colon", static s => s.Colon = " = "),
        new("arrow", "colon", static s => s.Colon = " => "),
        new("no spaces", "colon", static s => s.Colon = ":"),
        new("semicolons", "comma", static s => s.Comma = ";"),
        new("double commas", "comma", static s => s.Comma = ",,"),
        new("missing commas between lines", "comma", static s => (s.Comma, s.Break) = ("", "\n  ")),
        new("trailing commas", "trailing", static s => s.TrailingComma = true),
        new("line comments", "comment", static s => s.Comment = " // it's a note: {\"x\"}\n"),
        new("block comments", "comment", static s => s.Comment = " /* a note, } */ "),
        new("hash comments", "comment", static s => s.Comment = " # it's a note\n"),
        new("python literals", "literals", static s => s.Literals = ("True", "False", "None")),
        new("yes and no", "literals", static s => s.Literals = ("\"yes\"", "\"no\"", "null")),
        new("literals in quotes", "literals", static s => s.Literals = ("\"true\"", "\"false\"", "null")),
        new("capital literals", "literals", static s => s.Literals = ("TRUE", "FALSE", "NULL")),
        new("numbers in quotes", "number", static s => s.Number = static n => $"\"{n}\""),
        new("thousands separators", "number", static s => s.Number = static n => $"\"{Thousands(n)}\""),
        new("bare thousands separators", "number", static s => s.Number = Thousands),
        new("currency", "number", static s => s.Number = static n => n[0] == '-' ? n : $"\"${Thousands(n)}\""),
        new("currency after", "number", static s => s.Number = static n => $"\"{n} €\""),
        new("unicode minus", "number", static s => s.Number = static n => n.Replace('-', '−')),
        new("leading plus", "number", static s => s.Number = static n => n[0] == '-' ? n : $"+{n}"),
        new("leading zeros", "number", static s => s.Number = static n => n[0] == '-' ? n : $"0{n}"),
        new("capital enums", "enum", static s => s.Enum = static e => e.ToUpperInvariant()),
        new("enums as words", "enum", static s => s.Enum = static e => string.Join(' ', Words(e))),
        new("enums in snake case", "enum", static s => s.Enum = static e => string.Join('_', Words(e)).ToLowerInvariant()),
        new("date in words", "date", static s => s.Date = static d => d.ToString("MMMM d, yyyy", CultureInfo.InvariantCulture)),
        new("date with slashes", "date", static s => s.Date = static d => d.ToString("yyyy/MM/dd", CultureInfo.InvariantCulture)),
        new("date with points", "date", static s => s.Date = static d => d.ToString("d.M.yyyy", CultureInfo.InvariantCulture)),
        new("date with midnight", "date", static s => s.Date = static d => d.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + "T00:00:00Z"),
        new("raw line breaks", "text", static s => s.RawBreaks = true),
        new("inner quotes", "text", static s => s.RawQuotes = true),
        new("escaped characters", "text", static s => s.EscapeAll = true),
        new("nulls left out", "null", static s => s.OmitNull = true),
        new("one element for a list", "list", static s => s.BareSingles = true),
        new("indented, CRLF", "break", static s => s.Break = "\r\n    "),
        new("cut end", "end", null, static t => t.TrimEnd().TrimEnd('}', ']', ' ', '\r', '\n')),
        new("closing brace twice", "end", null, static t => t + (t[0] == '{' ? "}" : "]")),
        new("envelope", "around", null, static t => $"{{\"result\": {t}}}"),
        new("tool call", "around", null, static t => $"<tool_call>\n{{\"name\": \"answer\", \"arguments\": {t}}}\n</tool_call>"),
        new("list of one", "around", null, static t => t[0] == '[' ? t : $"[{t}]"),
        new("JSON in a string", "string", null, static t => JsonValue.Create(t).ToJsonString(_plainEscapes)),
        new("escaped JSON", "string", null, static t => t.Contains('"') ? JsonValue.Create(t).ToJsonString(_plainEscapes)[1..^1] : t),
        new("json fence", "fence", null, static t => $"```json\n{t}\n```"),
        new("bare fence", "fence", null, static t => $"```\n{t}\n```"),
        new("fence without an end", "fence", null, static t => $"```json\n{t}"),
        new("tags", "fence", null, static t => $"<answer>\n{t}\n</answer>"),
        new("json as a word", "fence", null, static t => $"json\n{t}"),
        new("prose before", "before", null, static t => $"Sure! Here's the JSON you asked for:\n\n{t}"),
        new("prose after", "after", null, static t => $"{t}\n\nLet me know if you'd like anything else (I'm happy to help)."),
        new("thinking", "thinking", null, static t => $"<think>Perhaps {{\"name\": 1}}? No.</think>\n{t}"),
        new("harmony", "thinking", null, static t => $"<|channel|>analysis<|message|>hm {{}}<|end|><|start|>assistant<|channel|>final<|message|>{t}<|return|>"),
        new("byte order mark", "mark", null, static t => "\uFEFF" + t),
        new("zero-width characters", "mark", null, static t => $"\u200B{t}\u200B"),
    ];

    private static readonly JsonSerializerOptions _plainEscapes = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public OutputShape Shape { get; }

    public string Json { get; }

    public JsonElement Expected { get; }

    /// <summary>The value with damage, or null where that changes nothing or the two exclude each other.</summary>
    public string? Damaged(ReplyDamage first, ReplyDamage? second = null)
    {
        if (second is not null && (first.Slot == second.Slot || !Compatible(first, second)))
            return null;
        string text = Write(first, null);
        if (text == Json)
            return null;
        if (second is null)
            return text;
        string both = Write(first, second);
        return both == text || both == Write(second, null) ? null : both;
    }

    /// <summary>How many replies are recovered, and how many of the others are wrong without saying so.</summary>
    public static (int All, int Right, int Silent) Count(int seeds, bool pairs, Action<string, string, string>? failed = null)
    {
        int all = 0;
        int right = 0;
        int silent = 0;
        for (int seed = 0; seed < seeds; seed++)
        {
            DamagedReplies replies = new((ulong)seed);
            for (int i = 0; i < All.Count; i++)
            {
                for (int j = pairs ? i + 1 : All.Count; j <= (pairs ? All.Count - 1 : All.Count); j++)
                {
                    ReplyDamage? second = pairs ? All[j] : null;
                    if (replies.Damaged(All[i], second) is not { } reply)
                        continue;
                    all++;
                    StructuredOutputResult result = StructuredOutput.Parse(reply, replies.Shape);
                    bool same = result.Json is { } json && ReplyCases.Same(JsonElement.Parse(json), replies.Expected);
                    right += same ? 1 : 0;
                    silent += !same && result.Success ? 1 : 0;
                    if (!same)
                        failed?.Invoke($"{All[i].Name}{(second is null ? "" : " + " + second.Name)}", reply, result.Json ?? "ERROR " + string.Join("; ", result.Errors));
                }
            }
        }
        return (all, right, silent);
    }

    // What leaves nothing by which the value could be told is no damage but another value.
    private static bool Compatible(ReplyDamage a, ReplyDamage b)
    {
        bool Are(string x, string y) => a.Name == x && b.Name == y || a.Name == y && b.Name == x;
        if (a.Name == "cut end" || b.Name == "cut end")
        {
            ReplyDamage other = a.Name == "cut end" ? b : a;
            if (other.Slot is "around" or "string" or "after" or "comment" || other.Name is "tags")
                return false;
        }
        // Where the value's own quotes are others, nothing tells that it is escaped.
        if ((a.Name == "escaped JSON" || b.Name == "escaped JSON") && (a.Slot.EndsWith("quotes", StringComparison.Ordinal) && a.Name != "unquoted keys" || b.Slot.EndsWith("quotes", StringComparison.Ordinal) && b.Name != "unquoted keys"))
            return false;
        return !(Are("missing commas between lines", "indented, CRLF") || Are("inner quotes", "smart quotes") || Are("inner quotes", "single quotes") || Are("inner quotes", "backticks")
            || Are("tool call", "JSON in a string") || Are("tool call", "escaped JSON") || Are("fence without an end", "prose after") || Are("missing commas between lines", "trailing commas"));
    }

    private string Write(ReplyDamage first, ReplyDamage? second)
    {
        JsonStyle style = new();
        first.Style?.Invoke(style);
        second?.Style?.Invoke(style);
        string text = Write(_root, style);
        text = first.Wrap?.Invoke(text) ?? text;
        return second?.Wrap?.Invoke(text) ?? text;
    }

    private ulong Next(int bound)
    {
        _state += 0x9E3779B97F4A7C15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (z ^ (z >> 31)) % (ulong)bound;
    }

    private T Pick<T>(IReadOnlyList<T> from) => from[(int)Next(from.Count)];

    private (JsonObject Schema, Value Value) Object(int depth, string? kind = null)
    {
        JsonObject properties = [];
        JsonArray required = [];
        List<(string, Value)> values = [];
        if (kind is not null)
        {
            properties["kind"] = new JsonObject { ["const"] = kind };
            required.Add("kind");
            values.Add(("kind", new Value("enum", kind)));
        }
        int count = 1 + (int)Next(6);
        foreach (string name in _names.OrderBy(_ => Next(1 << 30)).Take(count))
        {
            (JsonObject schema, Value value) = Any(depth);
            switch (Next(6))
            {
                case 0:
                    properties[name] = new JsonObject { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "null" }) };
                    required.Add(name);
                    values.Add((name, Next(2) == 0 ? value : new Value("null")));
                    break;
                case 1 when values.Count > 0:
                    properties[name] = schema;
                    if (Next(2) == 0)
                        values.Add((name, value));
                    break;
                default:
                    properties[name] = schema;
                    required.Add(name);
                    values.Add((name, value));
                    break;
            }
        }
        return (new JsonObject { ["type"] = "object", ["properties"] = properties, ["required"] = required, ["additionalProperties"] = false }, new Value("object") { Children = values });
    }

    private (JsonObject Schema, Value Value) Any(int depth)
    {
        switch (Next(depth > 0 ? 12 : 7))
        {
            case 0 or 1:
                return (new JsonObject { ["type"] = "string" }, Text());
            case 2:
                return (new JsonObject { ["type"] = "integer" }, Integer());
            case 3:
                return (new JsonObject { ["type"] = "number" }, new Value("number", (((long)Next(20_000_000) - 10_000_000) / 100m).ToString("0.##", CultureInfo.InvariantCulture)));
            case 4:
                return (new JsonObject { ["type"] = "boolean" }, new Value("boolean", Next(2) == 0 ? "true" : "false"));
            case 5:
                return (new JsonObject { ["enum"] = new JsonArray([.. _enums.Select(static e => (JsonNode)e)]) }, new Value("enum", Pick(_enums)));
            case 6:
                return (new JsonObject { ["type"] = "string", ["format"] = "date" }, new Value("date", $"{700_000 + Next(50_000)}"));
            case 7:
                return Object(depth - 1);
            case 8:
                (JsonObject items, Value first) = Next(2) == 0 ? Object(0) : (new JsonObject { ["type"] = "string" }, Text());
                bool texts = first.Kind == "text";
                List<(string, Value)> elements = [.. Enumerable.Range(0, (int)Next(4)).Select(_ => ("", texts ? Text() : first))];
                return (new JsonObject { ["type"] = "array", ["items"] = items }, new Value("list") { Children = elements });
            case 9:
                return (new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "integer" } }, new Value("list") { Children = [.. Enumerable.Range(0, (int)Next(4)).Select(_ => ("", Integer()))] });
            case 10:
                return (new JsonObject { ["type"] = "object", ["additionalProperties"] = new JsonObject { ["type"] = "integer" } },
                    new Value("dictionary") { Children = [.. _mapKeys.Where(_ => Next(2) == 0).Select(k => (k, Integer()))] });
            default:
                (JsonObject circle, Value one) = Object(0, "circle");
                (JsonObject square, Value other) = Object(0, "square");
                return (new JsonObject { ["anyOf"] = new JsonArray(circle, square) }, Next(2) == 0 ? one : other);
        }
    }

    private Value Text() => new("text", Next(4) == 0 ? $"{Pick(_texts)} {Pick(_texts)}" : Pick(_texts));

    private Value Integer() => new("number", $"{(long)Next(3) switch { 0 => (long)Next(10), 1 => (long)Next(2_000_000), _ => -(long)Next(5_000) - 1 }}");

    private static string Write(Value root, JsonStyle style)
    {
        StringBuilder text = new();
        Append(text, root, style);
        return text.ToString();
    }

    private static void Append(StringBuilder text, Value value, JsonStyle style, bool inList = false)
    {
        switch (value.Kind)
        {
            case "object" or "dictionary":
                text.Append('{').Append(style.Comment);
                Children(text, value, style);
                text.Append('}');
                break;
            case "list" when style.BareSingles && value.Children is [(_, { Kind: "number" or "object" } or { Kind: "text", Text: not ("" or "null" or "[1]" or "{x}") }) only] && !only.Item2.Text.StartsWith('['):
                Append(text, only.Item2, style);
                break;
            case "list":
                text.Append('[');
                Children(text, value, style);
                text.Append(']');
                break;
            case "text":
                Quote(text, value.Text, style.Quotes, style, isText: true);
                break;
            case "enum":
                Quote(text, style.Enum(value.Text), style.Quotes, style, isText: false);
                break;
            case "date":
                Quote(text, style.Date(DateOnly.FromDayNumber(int.Parse(value.Text, CultureInfo.InvariantCulture))), style.Quotes, style, isText: false);
                break;
            case "number":
                // Commas between and within numbers could not be told apart.
                text.Append(inList && style.Number(value.Text) is [not '"', ..] bare && bare.Contains(',') ? value.Text : style.Number(value.Text));
                break;
            case "boolean":
                text.Append(value.Text == "true" ? style.Literals.True : style.Literals.False);
                break;
            default:
                text.Append(style.Literals.Null);
                break;
        }
    }

    private static void Children(StringBuilder text, Value value, JsonStyle style)
    {
        bool any = false;
        foreach ((string name, Value child) in value.Children)
        {
            if (style.OmitNull && child.Kind == "null")
                continue;
            if (any)
                text.Append(style.Comma);
            text.Append(style.Break);
            any = true;
            if (value.Kind != "list")
            {
                string key = value.Kind == "object" ? style.Key(name) : name;
                (string, string) quotes = style.KeyQuotes ?? style.Quotes;
                if (quotes == ("", "") && !key.All(static c => char.IsLetterOrDigit(c) || c == '_'))
                    quotes = ("\"", "\"");
                Quote(text, key, quotes, style, isText: false);
                text.Append(style.Colon);
            }
            Append(text, child, style, value.Kind == "list");
        }
        if (any && style.TrailingComma)
            text.Append(',');
        if (style.Break != " ")
            text.Append(style.Break);
    }

    private static void Quote(StringBuilder text, string value, (string Open, string Close) quotes, JsonStyle style, bool isText)
    {
        text.Append(quotes.Open);
        for (int i = 0; i < value.Length; i++)
        {
            char c = value[i];
            // Quotes around a word within a sentence are the ones that models forget to escape.
            bool inner = isText && style.RawQuotes && value.StartsWith("say \"", StringComparison.Ordinal);
            if (c == '\n' && style.RawBreaks)
                text.Append(c);
            else if (c == '"' && inner)
                text.Append(c);
            else if (style.EscapeAll && isText && (c > 126 || c == '/'))
                text.Append(c == '/' ? "\\/" : $"\\u{(int)c:x4}");
            else
                text.Append(c switch { '\n' => "\\n", '\t' => "\\t", '\\' => "\\\\", _ when quotes.Close.Length > 0 && (quotes.Close[0] == c || quotes.Open[0] == c || c == '"') => $"\\{c}", _ => $"{c}" });
        }
        text.Append(quotes.Close);
    }

    private static string[] Words(string name)
    {
        StringBuilder text = new();
        for (int i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]) && char.IsLower(name[i - 1]))
                text.Append(' ');
            text.Append(name[i] is '_' or '-' ? ' ' : name[i]);
        }
        return text.ToString().Split(' ');
    }

    private static string Camel(string name, bool pascal) =>
        string.Concat(Words(name).Select((w, i) => (i > 0 || pascal ? char.ToUpperInvariant(w[0]) : char.ToLowerInvariant(w[0])) + w[1..]));

    private static string Thousands(string number) => decimal.Parse(number, CultureInfo.InvariantCulture).ToString("#,##0.##", CultureInfo.InvariantCulture);

    private sealed record Value(string Kind, string Text = "")
    {
        public List<(string Name, Value Value)> Children { get; init; } = [];
    }
}

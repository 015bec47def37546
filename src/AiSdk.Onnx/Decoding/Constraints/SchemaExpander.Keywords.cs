using System.Text.Json;

namespace AiSdk.Onnx;

internal sealed partial class SchemaExpander
{
    // Counts of items, members and characters beyond it are as good as none.
    private const int MaxCount = 1 << 24;
    // Of all patterns of a document together; real ones need a few thousand.
    private const int MaxPatternStates = 100_000;

    private static Types ReadTypes(RawSchema raw)
    {
        if (!raw.Element.TryGetProperty("type", out JsonElement type))
            return Types.All;
        return type.ValueKind switch
        {
            JsonValueKind.String => ReadType(raw, type),
            JsonValueKind.Array => type.EnumerateArray().Aggregate(Types.None, (types, one) => types | ReadType(raw, one)),
            _ => throw Wrong(raw, "type"),
        };
    }

    private static Types ReadType(RawSchema raw, JsonElement type) => (type.ValueKind == JsonValueKind.String ? type.GetString() : null) switch
    {
        "null" => Types.Null,
        "boolean" => Types.Boolean,
        "number" => Types.Number | Types.Integer,
        "integer" => Types.Integer,
        "string" => Types.String,
        "array" => Types.Array,
        "object" => Types.Object,
        _ => throw Wrong(raw, "type"),
    };

    private static T At<T>(RawSchema raw, string keyword, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (UnenforceableException error)
        {
            throw new ConstraintException(keyword, raw.Pointer, error.Message);
        }
    }

    private static JsonNumber? ReadValue(RawSchema raw, string keyword)
    {
        if (!raw.Element.TryGetProperty(keyword, out JsonElement value))
            return null;
        return value.ValueKind == JsonValueKind.Number ? At(raw, keyword, () => JsonNumber.Parse(value.GetRawText())) : throw Wrong(raw, keyword);
    }

    private static int? ReadCount(RawSchema raw, string keyword)
    {
        if (ReadValue(raw, keyword) is not { } value)
            return null;
        if (!value.IsInteger || value.Mantissa.Sign < 0)
            throw Wrong(raw, keyword);
        if (value.CompareTo(JsonNumber.Create(MaxCount, 0)) <= 0)
            return int.Parse(value.ToString(), System.Globalization.CultureInfo.InvariantCulture);
        return keyword.StartsWith("max", StringComparison.Ordinal) ? null : throw new ConstraintException(keyword, raw.Pointer, $"is greater than {MaxCount}");
    }

    /// <summary>The numbers that the schema's keywords for numbers allow; null when there are none.</summary>
    private static Dfa? ReadNumber(RawSchema raw)
    {
        Dfa? set = null;
        bool aboveMinimum = false;
        bool belowMaximum = false;
        JsonNumber? minimum = ReadValue(raw, "minimum");
        JsonNumber? maximum = ReadValue(raw, "maximum");
        if (raw.Element.TryGetProperty("exclusiveMinimum", out JsonElement low))
        {
            // Draft 4 has a flag.
            if (low.ValueKind == JsonValueKind.True)
                aboveMinimum = true;
            else if (low.ValueKind != JsonValueKind.False && ReadValue(raw, "exclusiveMinimum") is { } bound && !(minimum?.CompareTo(bound) > 0))
                (minimum, aboveMinimum) = (bound, true);
        }
        if (raw.Element.TryGetProperty("exclusiveMaximum", out JsonElement high))
        {
            if (high.ValueKind == JsonValueKind.True)
                belowMaximum = true;
            else if (high.ValueKind != JsonValueKind.False && ReadValue(raw, "exclusiveMaximum") is { } bound && !(maximum?.CompareTo(bound) < 0))
                (maximum, belowMaximum) = (bound, true);
        }
        if (minimum is not null || maximum is not null)
            set = At(raw, minimum is null ? "maximum" : "minimum", () => NumberLanguage.Range(minimum, aboveMinimum, maximum, belowMaximum));
        if (ReadValue(raw, "multipleOf") is { } divisor)
        {
            if (divisor.Mantissa.Sign <= 0)
                throw Wrong(raw, "multipleOf");
            set = At(raw, "multipleOf", () => Both(set, NumberLanguage.Multiples(divisor)));
        }
        return set;
    }

    private Shape.Text ReadText(RawSchema raw, bool isNegated)
    {
        Dfa? language = null;
        int minimum = ReadCount(raw, "minLength") ?? 0;
        int? maximum = ReadCount(raw, "maxLength");
        if (raw.Element.TryGetProperty("pattern", out JsonElement pattern))
        {
            string expression = pattern.ValueKind == JsonValueKind.String ? pattern.GetString()! : throw Wrong(raw, "pattern");
            // A count of characters of one class is a length: a counter instead of a state for each.
            if (!isNegated && At(raw, "pattern", () => RegexCompiler.AsRun(expression)) is var (texts, least, most))
            {
                language = texts;
                minimum = Math.Max(minimum, least);
                maximum = Least(maximum, most);
            }
            else
            {
                language = ReadPattern(raw, "pattern", expression);
            }
        }
        if (raw.Element.TryGetProperty("format", out JsonElement format) && format.ValueKind == JsonValueKind.String)
        {
            string name = format.GetString()!;
            if (!StringFormats.IsDefined(name))
                return new Shape.Text(language, null, minimum, maximum);
            if ((isNegated ? StringFormats.Wider(name) : StringFormats.Language(name)) is not { } formatted)
                throw new ConstraintException("format", raw.Pointer, $"names '{name}', which no regular expression describes exactly");
            language = At(raw, "format", () => Both(language, formatted));
        }
        return new Shape.Text(language, null, minimum, maximum);
    }

    private Dfa ReadPattern(RawSchema raw, string keyword, string pattern)
    {
        if (_patterns.TryGetValue(pattern, out Dfa? language))
            return language;
        language = At(raw, keyword, () => RegexCompiler.Search(pattern));
        _patterns.Add(pattern, language);
        _patternStates += language.Count;
        return _patternStates <= MaxPatternStates ? language : throw new ConstraintException(keyword, raw.Pointer, "needs too many states together with the patterns before it");
    }

    private Shape.Array ReadArray(RawSchema raw)
    {
        List<Conjunction> prefix = [];
        Conjunction rest = Anything;
        bool hasPart = false;
        string restKeyword = "items";
        if (raw.Element.TryGetProperty("prefixItems", out JsonElement items) && items.ValueKind == JsonValueKind.Array)
            AddPrefix("prefixItems");
        if (raw.Element.TryGetProperty("items", out JsonElement old) && old.ValueKind == JsonValueKind.Array)
        {
            items = old;
            restKeyword = "additionalItems";
            AddPrefix("items");
        }
        if (raw.Element.TryGetProperty(restKeyword, out JsonElement others))
        {
            rest = Of([Positive(document.Child(raw, others, restKeyword))]);
            hasPart = true;
        }
        string? unique = raw.Element.TryGetProperty("uniqueItems", out JsonElement isUnique) && isUnique.ValueKind == JsonValueKind.True ? raw.Pointer : null;
        List<ArrayPart> parts = hasPart ? [new ArrayPart(prefix, rest)] : [];
        return new Shape.Array(parts, ReadCount(raw, "minItems") ?? 0, ReadCount(raw, "maxItems"), unique) { Counted = ReadCounted(raw) is { } counted ? [counted] : [] };

        void AddPrefix(string keyword)
        {
            hasPart = true;
            foreach (JsonElement item in items.EnumerateArray())
                prefix.Add(Of([Positive(document.Child(raw, item, keyword, Text(prefix.Count)))]));
        }
    }

    /// <summary>What contains says; null when it says nothing.</summary>
    private CountedItems? ReadCounted(RawSchema raw)
    {
        if (!raw.Element.TryGetProperty("contains", out JsonElement contains))
            return null;
        int minimum = ReadCount(raw, "minContains") ?? 1;
        int? maximum = ReadCount(raw, "maxContains");
        if (minimum == 0 && maximum is null)
            return null;
        int child = document.Child(raw, contains, "contains");
        // Without a maximum, an item that is one of those may also count as one of the others: only the least count matters.
        return new CountedItems(Of([Positive(child)]), maximum is null ? Anything : Of([Negative(child)]), minimum, maximum, raw.Pointer);
    }

    private static JsonElement.ObjectEnumerator Members(RawSchema raw, JsonProperty keyword) =>
        keyword.Value.ValueKind == JsonValueKind.Object ? keyword.Value.EnumerateObject() : throw Wrong(raw, keyword.Name);

    private Shape.Object ReadObject(RawSchema raw)
    {
        List<(string, Conjunction)> properties = [];
        List<(Dfa, Conjunction)> patterns = [];
        Conjunction? additional = null;
        List<string> required = [];
        Dfa? names = null;
        foreach (JsonProperty keyword in raw.Element.EnumerateObject())
        {
            switch (keyword.Name)
            {
                case "properties":
                    foreach (JsonProperty member in Members(raw, keyword))
                        properties.Add((member.Name, Of([Positive(document.Child(raw, member.Value, keyword.Name, member.Name))])));
                    break;
                case "patternProperties":
                    foreach (JsonProperty member in Members(raw, keyword))
                        patterns.Add((ReadPattern(raw, keyword.Name, member.Name), Of([Positive(document.Child(raw, member.Value, keyword.Name, member.Name))])));
                    break;
                case "additionalProperties":
                    additional = Of([Positive(document.Child(raw, keyword.Value, keyword.Name))]);
                    break;
                case "required" when keyword.Value.ValueKind == JsonValueKind.Array:
                    foreach (JsonElement name in keyword.Value.EnumerateArray())
                        required.Add(name.ValueKind == JsonValueKind.String ? name.GetString()! : throw Wrong(raw, keyword.Name));
                    break;
                case "propertyNames":
                    names = At(raw, keyword.Name, () => ReadNames(raw, keyword.Value));
                    break;
            }
        }
        // Without a rule for them, other members are free: no part is needed.
        List<ObjectPart> parts = properties.Count + patterns.Count > 0 || additional is not null ? [new ObjectPart(properties, patterns, additional)] : [];
        return new Shape.Object(parts, [.. required.Distinct(StringComparer.Ordinal)], ReadCount(raw, "minProperties") ?? 0, ReadCount(raw, "maxProperties"), names);
    }

    private Dfa ReadNames(RawSchema raw, JsonElement names) =>
        Dfa.Union([.. Shapes(Of([Positive(document.Child(raw, names, "propertyNames"))])).OfType<Shape.Text>().Select(TextLanguage)]);

    /// <summary>The language of a set of strings, lengths included.</summary>
    /// <exception cref="UnenforceableException">The lengths need too many states.</exception>
    public static Dfa TextLanguage(Shape.Text text)
    {
        Dfa any = RegexCompiler.AnyInJson;
        if (text.Values is not null)
            return Dfa.Of([.. text.Values.Select(CanonicalJson.Escape)]);
        Dfa language = text.Language ?? any;
        int minimum = text.Minimum;
        if (language.IsEmpty || (minimum == 0 && text.Maximum is null))
            return language;
        int limit = text.Maximum ?? minimum;
        return Dfa.Explore((State: language.Start, Form: any.Start, Length: 0), Classes(language, any), Transition, Label);

        bool Transition((int State, int Form, int Length) from, byte value, out (int State, int Form, int Length) to)
        {
            to = (language.Step(from.State, value), any.Step(from.Form, value), any.Accepts(from.Form) ? from.Length + 1 : from.Length);
            if (to.State == Dfa.Dead || to.Form == Dfa.Dead || (text.Maximum is not null && to.Length > limit))
                return false;
            to.Length = Math.Min(to.Length, limit);
            return true;
        }

        int Label((int State, int Form, int Length) state) => language.Accepts(state.State) && state.Length >= minimum ? 0 : -1;
    }

    private static byte[] Classes(Dfa a, Dfa b)
    {
        byte[] classes = new byte[256];
        Dictionary<(byte, byte), byte> ids = [];
        for (int value = 0; value < 256; value++)
        {
            if (!ids.TryGetValue((a.Classes[value], b.Classes[value]), out byte id))
                ids.Add((a.Classes[value], b.Classes[value]), id = (byte)ids.Count);
            classes[value] = id;
        }
        return classes;
    }

    private List<Shape> ReadValues(RawSchema raw, string keyword, List<JsonElement> values)
    {
        List<Shape> shapes = [];
        List<string> texts = [];
        List<JsonNumber> numbers = [];
        foreach (JsonElement value in values)
        {
            switch (value.ValueKind)
            {
                case JsonValueKind.String:
                    texts.Add(value.GetString()!);
                    break;
                case JsonValueKind.Number:
                    numbers.Add(At(raw, keyword, () => JsonNumber.Parse(value.GetRawText())));
                    break;
                case JsonValueKind.Null:
                    shapes.Add(new Shape.Null());
                    break;
                case JsonValueKind.True or JsonValueKind.False:
                    shapes.Add(new Shape.Boolean(value.ValueKind == JsonValueKind.True, value.ValueKind == JsonValueKind.False));
                    break;
                case JsonValueKind.Array:
                    List<Conjunction> items = [.. value.EnumerateArray().Select(Constant)];
                    shapes.Add(new Shape.Array([new ArrayPart(items, Nothing)], items.Count, items.Count, null));
                    break;
                default:
                    // The last of two members of one name is the one that counts.
                    Dictionary<string, JsonElement> members = new(StringComparer.Ordinal);
                    foreach (JsonProperty member in value.EnumerateObject())
                        members[member.Name] = member.Value;
                    shapes.Add(new Shape.Object([new ObjectPart([.. members.Select(member => (member.Key, Constant(member.Value)))], [], Nothing)], [.. members.Keys], members.Count, members.Count, null));
                    break;
            }
        }
        if (texts.Count > 0)
            shapes.Add(new Shape.Text(null, [.. texts.Distinct(StringComparer.Ordinal)], 0, null));
        if (numbers.Count > 0)
            shapes.Add(new Shape.Number(At(raw, keyword, () => NumberLanguage.Set([.. numbers.Distinct()])), NumberForm.Canonical));
        return Simplify(shapes, raw);
    }

    /// <summary>The schema of one array or object.</summary>
    private static string Described(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Array)
            return $$"""{"type":"array","minItems":{{value.GetArrayLength()}},"prefixItems":[{{string.Join(',', value.EnumerateArray().Select(static item => $$"""{"const":{{item.GetRawText()}}}"""))}}],"items":false}""";
        Dictionary<string, string> members = new(StringComparer.Ordinal);
        foreach (JsonProperty member in value.EnumerateObject())
            members[System.Text.Encoding.UTF8.GetString(CanonicalJson.Quote(member.Name))] = member.Value.GetRawText();
        return $$"""{"type":"object","required":[{{string.Join(',', members.Keys)}}],"properties":{ {{string.Join(',', members.Select(static member => $$"""{{member.Key}}:{"const":{{member.Value}}}"""))}} },"additionalProperties":false}""";
    }

    private Conjunction Constant(JsonElement value) => Of([Positive(document.Synthetic($$"""{"const":{{value.GetRawText()}}}"""))]);

    private List<Shape> NegateValues(RawSchema raw, string keyword, List<JsonElement> values)
    {
        List<JsonElement> parts = [.. values.Where(static value => value.ValueKind is JsonValueKind.Array or JsonValueKind.Object)];
        if (parts.Count > 0)
        {
            List<Shape> different = parts.Count == values.Count ? Universe(Types.All) : NegateValues(raw, keyword, [.. values.Where(static value => value.ValueKind is not (JsonValueKind.Array or JsonValueKind.Object))]);
            foreach (JsonElement part in parts)
                different = Intersect(different, Shapes(Of([Negative(document.Synthetic(Described(part)))])), raw);
            return different;
        }
        List<Shape> shapes = Universe(Types.Array | Types.Object | (values.Exists(static value => value.ValueKind == JsonValueKind.Null) ? Types.None : Types.Null));
        shapes.Add(new Shape.Boolean(!values.Exists(static value => value.ValueKind == JsonValueKind.True), !values.Exists(static value => value.ValueKind == JsonValueKind.False)));
        List<byte[]> texts = At(raw, keyword, () => values.Where(static value => value.ValueKind == JsonValueKind.String).Select(static value => CanonicalJson.Escape(value.GetString()!)).ToList());
        shapes.Add(new Shape.Text(texts.Count == 0 ? null : At(raw, keyword, () => Dfa.Except(RegexCompiler.AnyInJson, Dfa.Of(texts))), null, 0, null));
        List<JsonNumber> numbers = At(raw, keyword, () => values.Where(static value => value.ValueKind == JsonValueKind.Number).Select(static value => JsonNumber.Parse(value.GetRawText())).ToList());
        shapes.Add(new Shape.Number(numbers.Count == 0 ? null : At(raw, keyword, () => Dfa.Except(NumberLanguage.Decimals, NumberLanguage.Set(numbers))), NumberForm.Any));
        return [.. shapes.Where(IsPossible)];
    }
}

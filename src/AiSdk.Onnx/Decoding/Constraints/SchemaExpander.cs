using System.Runtime.InteropServices;
using System.Text.Json;

namespace AiSdk.Onnx;

/// <summary>Works out what schemas come to: a union of shapes, each of one JSON type, in which nothing is conditional any more.</summary>
internal sealed partial class SchemaExpander(SchemaDocument document)
{
    private const int MaxShapes = 1_000;
    // References that lead to references; each is a few calls.
    private const int MaxDepth = 300;

    private readonly Dictionary<int[], Conjunction> _conjunctions = new(new SchemasComparer());
    private readonly Dictionary<int, List<Shape>> _expanded = [];
    private readonly Dictionary<string, Dfa> _patterns = new(StringComparer.Ordinal);
    private readonly HashSet<int> _open = [];
    private int _depth;
    private int _patternStates;

    [Flags]
    private enum Types
    {
        None = 0,
        Null = 1,
        Boolean = 2,
        Number = 4,
        Integer = 8,
        String = 16,
        Array = 32,
        Object = 64,
        All = Null | Boolean | Number | String | Array | Object,
    }

    /// <summary>Allows everything.</summary>
    public Conjunction Anything => Of([]);

    /// <summary>Allows nothing.</summary>
    public Conjunction Nothing => Of([Positive(document.Synthetic("false"))]);

    /// <summary>What the whole document allows.</summary>
    public Conjunction Root => Of([Positive(document.Root)]);

    /// <summary>What all of them allow.</summary>
    public Conjunction And(IEnumerable<Conjunction> parts) => Of(parts.SelectMany(static part => part.Schemas));

    /// <summary>What a conjunction allows and another one does not; null where that is not known.</summary>
    public Conjunction? Without(Conjunction conjunction, Conjunction other)
    {
        if (other.Schemas is not [var schema])
            return null;
        try
        {
            Conjunction without = Of([.. conjunction.Schemas, schema ^ 1]);
            Shapes(without);
            return without;
        }
        catch (ConstraintException) when (!CompileBudget.IsExceeded)
        {
            return null;
        }
    }

    /// <summary>Where the first schema of a conjunction is.</summary>
    public string Pointer(Conjunction conjunction) => conjunction.Schemas.Length == 0 ? "#" : document[conjunction.Schemas[0] >> 1].Pointer;

    /// <summary>The shapes of a conjunction.</summary>
    /// <exception cref="ConstraintException">Something in it cannot be enforced.</exception>
    public List<Shape> Shapes(Conjunction conjunction)
    {
        if (conjunction.Shapes is { } known)
            return known;
        List<Shape> shapes = Universe(Types.All);
        foreach (int schema in conjunction.Schemas)
            shapes = Intersect(shapes, Expand(schema), document[schema >> 1]);
        return conjunction.Shapes = shapes;
    }

    /// <summary>Whether nothing satisfies a conjunction; false also where that is not easily seen.</summary>
    public bool IsEmpty(Conjunction conjunction)
    {
        if (conjunction.IsEmpty is { } known)
            return known;
        // What contains itself is taken for satisfiable.
        conjunction.IsEmpty = false;
        try
        {
            bool isEmpty = Shapes(conjunction).TrueForAll(IsEmpty);
            conjunction.IsEmpty = isEmpty;
            return isEmpty;
        }
        catch (ConstraintException)
        {
            conjunction.IsEmpty = null;
            return false;
        }
    }

    private bool IsEmpty(Shape shape) => shape switch
    {
        Shape.Array array => Enumerable.Range(0, Math.Min(array.Minimum, array.Parts.Select(static part => part.Prefix.Count).DefaultIfEmpty().Max() + 1)).Any(i => IsEmpty(And(array.Parts.Select(part => part.At(i))))),
        Shape.Object value => value.Required.Any(name => IsEmpty(And(value.Parts.SelectMany(part => part.At(name))))),
        _ => false,
    };

    private static int Positive(int schema) => schema << 1;

    private static int Negative(int schema) => (schema << 1) | 1;

    private Conjunction Of(IEnumerable<int> schemas)
    {
        int[] key = [.. schemas.Distinct().Order()];
        CompileBudget.Spend(10 + key.Length);
        if (!_conjunctions.TryGetValue(key, out Conjunction? conjunction))
            _conjunctions.Add(key, conjunction = new Conjunction(key));
        return conjunction;
    }

    private List<Shape> Expand(int schema)
    {
        if (_expanded.TryGetValue(schema, out List<Shape>? shapes))
            return shapes;
        RawSchema raw = document[schema >> 1];
        if (!_open.Add(schema) || _depth > MaxDepth)
            throw new ConstraintException("$ref", raw.Pointer, "leads back to itself with nothing between, or through too many schemas");
        _depth++;
        try
        {
            shapes = (schema & 1) == 0 ? ExpandPositive(raw) : ExpandNegative(raw);
        }
        finally
        {
            _depth--;
            _open.Remove(schema);
        }
        _expanded.Add(schema, shapes);
        return shapes;
    }

    private static List<Shape> Universe(Types types)
    {
        List<Shape> shapes = [];
        if (types.HasFlag(Types.Null))
            shapes.Add(new Shape.Null());
        if (types.HasFlag(Types.Boolean))
            shapes.Add(new Shape.Boolean(true, true));
        if (types.HasFlag(Types.Number))
            shapes.Add(new Shape.Number(null, NumberForm.Any));
        else if (types.HasFlag(Types.Integer))
            shapes.Add(new Shape.Number(NumberLanguage.Integers, NumberForm.Integer));
        if (types.HasFlag(Types.String))
            shapes.Add(new Shape.Text(null, null, 0, null));
        if (types.HasFlag(Types.Array))
            shapes.Add(new Shape.Array([], 0, null, null));
        if (types.HasFlag(Types.Object))
            shapes.Add(new Shape.Object([], [], 0, null, null));
        return shapes;
    }

    private List<Shape> ExpandPositive(RawSchema raw)
    {
        if (raw.Element.ValueKind != JsonValueKind.Object)
            return raw.Element.ValueKind == JsonValueKind.True ? Universe(Types.All) : [];
        if (document.IsOldDialect && raw.Element.TryGetProperty("$ref", out JsonElement only))
            return Shapes(Of([Positive(Resolve(raw, only))]));
        Types types = ReadTypes(raw);
        List<Shape> shapes = [];
        foreach (Shape shape in Universe(types))
        {
            Shape? read = shape switch
            {
                Shape.Number number => ReadNumber(raw) is { } set ? Intersect(number, new Shape.Number(set, NumberForm.Any)) : number,
                Shape.Text => ReadText(raw, isNegated: false),
                Shape.Array => ReadArray(raw),
                Shape.Object => ReadObject(raw),
                _ => shape,
            };
            if (read is not null && IsPossible(read))
                shapes.Add(read);
        }
        foreach (JsonProperty keyword in raw.Element.EnumerateObject())
        {
            List<Shape>? more = keyword.Name switch
            {
                "const" => ReadValues(raw, keyword.Name, [keyword.Value]),
                "enum" => ReadValues(raw, keyword.Name, Items(raw, keyword)),
                "$ref" => Shapes(Of([Positive(Resolve(raw, keyword.Value))])),
                "allOf" => Shapes(Of(Children(raw, keyword).Select(Positive))),
                "anyOf" => Union(raw, Children(raw, keyword).Select(child => Shapes(Of([Positive(child)])))),
                "oneOf" => ReadOneOf(raw, Children(raw, keyword)),
                "not" => Shapes(Of([Negative(document.Child(raw, keyword.Value, keyword.Name))])),
                "if" => ReadCondition(raw, isNegated: false),
                "dependentRequired" or "dependentSchemas" or "dependencies" => ReadDependencies(raw, keyword),
                "$dynamicRef" or "$recursiveRef" => Shapes(Of([Positive(Resolve(raw, keyword.Value, keyword.Name))])),
                _ => null,
            };
            if (more is not null)
                shapes = Intersect(shapes, more, raw);
        }
        shapes = WithUnevaluated(raw, shapes);
        return shapes;
    }

    private int Resolve(RawSchema raw, JsonElement reference, string keyword = "$ref") =>
        reference.ValueKind != JsonValueKind.String ? throw Wrong(raw, keyword)
        : keyword == "$ref" ? document.Resolve(raw, reference.GetString()!)
        : document.ResolveDynamic(raw, keyword, reference.GetString()!);

    private List<int> Children(RawSchema raw, JsonProperty keyword)
    {
        List<int> children = [];
        foreach (JsonElement child in Items(raw, keyword))
            children.Add(document.Child(raw, child, keyword.Name, Text(children.Count)));
        return children;
    }

    private static List<JsonElement> Items(RawSchema raw, JsonProperty keyword) =>
        keyword.Value.ValueKind == JsonValueKind.Array ? [.. keyword.Value.EnumerateArray()] : throw Wrong(raw, keyword.Name);

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static ConstraintException Wrong(RawSchema raw, string keyword) => new(keyword, raw.Pointer, "has a value of the wrong kind");

    private List<Shape> ReadOneOf(RawSchema raw, List<int> branches)
    {
        List<List<Shape>> parts = [];
        for (int i = 0; i < branches.Count; i++)
        {
            List<int> schemas = OneOf(branches, i);
            try
            {
                parts.Add(Shapes(Of(schemas)));
            }
            catch (ConstraintException error) when (schemas.Count > 1 && error.Keyword != "oneOf" && !CompileBudget.IsExceeded)
            {
                throw new ConstraintException("oneOf", raw.Pointer, $"has branches that are not provably disjoint from branch {Text(i)} ({error.Message})");
            }
        }
        return Union(raw, parts);
    }

    /// <summary>What makes a branch the only one.</summary>
    private List<int> OneOf(List<int> branches, int index)
    {
        List<int> schemas = [Positive(branches[index])];
        for (int other = 0; other < branches.Count; other++)
        {
            if (other != index && !IsEmpty(Of([Positive(branches[index]), Positive(branches[other])])))
                schemas.Add(Negative(branches[other]));
        }
        return schemas;
    }

    private List<Shape>? ReadCondition(RawSchema raw, bool isNegated)
    {
        bool hasThen = raw.Element.TryGetProperty("then", out JsonElement then);
        bool hasElse = raw.Element.TryGetProperty("else", out JsonElement otherwise);
        if (!hasThen && !hasElse)
            return isNegated ? [] : null;
        int condition = document.Child(raw, raw.Element.GetProperty("if"), "if");
        List<int> yes = [Positive(condition)];
        List<int> no = [Negative(condition)];
        if (hasThen)
            yes.Add(document.Child(raw, then, "then") << 1 | (isNegated ? 1 : 0));
        if (hasElse)
            no.Add(document.Child(raw, otherwise, "else") << 1 | (isNegated ? 1 : 0));
        return Union(raw, [hasThen || !isNegated ? Shapes(Of(yes)) : [], hasElse || !isNegated ? Shapes(Of(no)) : []]);
    }

    private List<Shape> ReadDependencies(RawSchema raw, JsonProperty keyword)
    {
        if (keyword.Value.ValueKind != JsonValueKind.Object)
            throw Wrong(raw, keyword.Name);
        List<Shape> shapes = Universe(Types.All);
        foreach (JsonProperty dependency in keyword.Value.EnumerateObject())
        {
            List<Shape> present;
            if (dependency.Value.ValueKind == JsonValueKind.Array)
                present = [new Shape.Object([], [dependency.Name, .. dependency.Value.EnumerateArray().Select(name => name.GetString() ?? throw Wrong(raw, keyword.Name))], 0, null, null)];
            else
                present = Intersect([new Shape.Object([], [dependency.Name], 0, null, null)], Shapes(Of([Positive(document.Child(raw, dependency.Value, keyword.Name, dependency.Name))])), raw);
            shapes = Intersect(shapes, [.. Universe(Types.All & ~Types.Object), Without(dependency.Name), .. present], raw);
        }
        return shapes;
    }

    private Shape.Object Without(string name) => new([new ObjectPart([(name, Nothing)], [], null)], [], 0, null, null);

    private List<Shape> ExpandNegative(RawSchema raw)
    {
        if (raw.Element.ValueKind != JsonValueKind.Object)
            return raw.Element.ValueKind == JsonValueKind.True ? [] : Universe(Types.All);
        if (document.IsOldDialect && raw.Element.TryGetProperty("$ref", out JsonElement only))
            return Shapes(Of([Negative(Resolve(raw, only))]));
        List<List<Shape>> parts = [];
        if (ReadNumber(raw) is { } set)
            parts.Add([new Shape.Number(Dfa.Except(NumberLanguage.Decimals, set), NumberForm.Any)]);
        parts.Add(Negate(ReadText(raw, isNegated: true)));
        foreach (JsonProperty keyword in raw.Element.EnumerateObject())
            parts.Add(Negate(raw, keyword));
        return Union(raw, parts);
    }

    private static List<Shape> Negate(Shape.Text text)
    {
        List<Shape> shapes = [];
        if (text.Language is not null)
            shapes.Add(new Shape.Text(Dfa.Except(RegexCompiler.AnyInJson, text.Language), null, 0, null));
        if (text.Minimum > 0)
            shapes.Add(new Shape.Text(null, null, 0, text.Minimum - 1));
        if (text.Maximum is { } maximum)
            shapes.Add(new Shape.Text(null, null, maximum + 1, null));
        return shapes;
    }

    private List<Shape> Negate(RawSchema raw, JsonProperty keyword)
    {
        switch (keyword.Name)
        {
            case "type":
                Types types = ReadTypes(raw);
                List<Shape> others = Universe(Types.All & ~types & ~(types.HasFlag(Types.Integer) ? Types.Number : Types.None));
                if (types.HasFlag(Types.Integer) && !types.HasFlag(Types.Number))
                    others.Add(new Shape.Number(Dfa.Except(NumberLanguage.Decimals, NumberLanguage.Integers), NumberForm.Any));
                return others;
            case "const":
                return NegateValues(raw, keyword.Name, [keyword.Value]);
            case "enum":
                return NegateValues(raw, keyword.Name, Items(raw, keyword));
            case "$ref":
                return Shapes(Of([Negative(Resolve(raw, keyword.Value))]));
            case "$dynamicRef" or "$recursiveRef":
                return Shapes(Of([Negative(Resolve(raw, keyword.Value, keyword.Name))]));
            case "allOf":
                return Union(raw, Children(raw, keyword).Select(child => Shapes(Of([Negative(child)]))));
            case "anyOf":
                return Shapes(Of(Children(raw, keyword).Select(Negative)));
            case "oneOf":
                List<int> branches = Children(raw, keyword);
                // None of them, or two at least.
                List<List<Shape>> several = [Shapes(Of(branches.Select(Negative)))];
                for (int i = 0; i < branches.Count; i++)
                {
                    for (int other = 0; other < i; other++)
                    {
                        Conjunction both = Of([Positive(branches[i]), Positive(branches[other])]);
                        if (!IsEmpty(both))
                            several.Add(Shapes(both));
                    }
                }
                return Union(raw, several);
            case "not":
                return Shapes(Of([Positive(document.Child(raw, keyword.Value, keyword.Name))]));
            case "if":
                return ReadCondition(raw, isNegated: true) ?? [];
            case "minItems":
                return ReadCount(raw, keyword.Name) is > 0 and int fewest ? [new Shape.Array([], 0, fewest - 1, null)] : [];
            case "maxItems":
                return ReadCount(raw, keyword.Name) is { } most ? [new Shape.Array([], most + 1, null, null)] : [];
            case "minProperties":
                return ReadCount(raw, keyword.Name) is > 0 and int least ? [new Shape.Object([], [], 0, least - 1, null)] : [];
            case "maxProperties":
                return ReadCount(raw, keyword.Name) is { } greatest ? [new Shape.Object([], [], greatest + 1, null, null)] : [];
            case "required":
                return keyword.Value.ValueKind == JsonValueKind.Array ? [.. keyword.Value.EnumerateArray().Select(name => Without(name.GetString() ?? throw Wrong(raw, keyword.Name)))] : [];
            case "properties":
                return [.. Members(raw, keyword).Select(member => new Shape.Object(
                    [new ObjectPart([(member.Name, Of([Negative(document.Child(raw, member.Value, keyword.Name, member.Name))]))], [], null)], [member.Name], 0, null, null))];
            case "prefixItems":
                List<int> prefix = Children(raw, keyword);
                return [.. prefix.Select((child, i) => new Shape.Array([new ArrayPart([.. Enumerable.Repeat(Anything, i), Of([Negative(child)])], Anything)], i + 1, null, null))];
            case "items" or "additionalItems" or "additionalProperties" or "unevaluatedProperties" or "unevaluatedItems" or "propertyNames" when keyword.Value.ValueKind == JsonValueKind.True || IsAnything(keyword.Value):
                return [];
            case "uniqueItems" when keyword.Value.ValueKind == JsonValueKind.False:
                return [];
            case "additionalProperties":
                return [Some(At(raw, keyword.Name, () => OtherNames(raw)), Of([Negative(document.Child(raw, keyword.Value, keyword.Name))]))];
            case "patternProperties":
                return [.. Members(raw, keyword).Select(member => Some(ReadPattern(raw, keyword.Name, member.Name), Of([Negative(document.Child(raw, member.Value, keyword.Name, member.Name))])))];
            case "propertyNames":
                return [Some(At(raw, keyword.Name, () => Dfa.Except(RegexCompiler.AnyInJson, ReadNames(raw, keyword.Value))), Anything)];
            case "items" when keyword.Value.ValueKind == JsonValueKind.False && raw.Element.TryGetProperty("prefixItems", out JsonElement before) && before.ValueKind == JsonValueKind.Array:
                return [new Shape.Array([], before.GetArrayLength() + 1, null, null)];
            case "items" when keyword.Value.ValueKind == JsonValueKind.Array:
                return [.. Children(raw, keyword).Select((child, i) => new Shape.Array([new ArrayPart([.. Enumerable.Repeat(Anything, i), Of([Negative(child)])], Anything)], i + 1, null, null))];
            case "additionalItems" when keyword.Value.ValueKind == JsonValueKind.False && raw.Element.TryGetProperty("items", out JsonElement first):
                return first.ValueKind == JsonValueKind.Array ? [new Shape.Array([], first.GetArrayLength() + 1, null, null)] : [];
            case "dependentSchemas" or "dependencies":
                List<List<Shape>> failing = [];
                foreach (JsonProperty dependency in Members(raw, keyword))
                {
                    if (dependency.Value.ValueKind == JsonValueKind.Array)
                        failing.Add([.. dependency.Value.EnumerateArray().Select(name => Without(name.GetString() ?? throw Wrong(raw, keyword.Name)) with { Required = [dependency.Name] }).Where(IsPossible)]);
                    else
                        failing.Add(Intersect([new Shape.Object([], [dependency.Name], 0, null, null)], Shapes(Of([Negative(document.Child(raw, dependency.Value, keyword.Name, dependency.Name))])), raw));
                }
                return Union(raw, failing);
            case "items" when keyword.Value.ValueKind != JsonValueKind.Array && !raw.Element.TryGetProperty("prefixItems", out _):
                return [new Shape.Array([], 0, null, null) { Counted = [new CountedItems(Of([Negative(document.Child(raw, keyword.Value, keyword.Name))]), Anything, 1, null, raw.Pointer)] }];
            case "contains" when ReadCounted(raw) is { } counted:
                List<Shape> counts = [];
                if (counted.Minimum > 0)
                    counts.Add(new Shape.Array([], 0, null, null) { Counted = [counted with { Other = Of([Negative(document.Child(raw, keyword.Value, keyword.Name))]), Minimum = 0, Maximum = counted.Minimum - 1 }] });
                if (counted.Maximum is { } top)
                    counts.Add(new Shape.Array([], 0, null, null) { Counted = [counted with { Other = Anything, Minimum = top + 1, Maximum = null }] });
                return counts;
            case "contains":
                return [];
            case "dependentRequired" when keyword.Value.ValueKind == JsonValueKind.Object:
                List<Shape> missing = [];
                foreach (JsonProperty dependency in Members(raw, keyword))
                {
                    foreach (JsonElement name in Items(raw, dependency))
                        missing.Add(Without(name.GetString() ?? throw Wrong(raw, keyword.Name)) with { Required = [dependency.Name] });
                }
                return [.. missing.Where(shape => IsPossible(shape))];
            case "items" or "additionalItems" or "uniqueItems" or "unevaluatedProperties" or "unevaluatedItems" or "dependentRequired":
                throw CannotNegate();
            default:
                return [];
        }

        ConstraintException CannotNegate() => new(keyword.Name, raw.Pointer, "cannot be negated");
    }

    private static bool IsAnything(JsonElement schema) => schema.ValueKind == JsonValueKind.Object && !schema.EnumerateObject().Any();

    private static List<Shape> Union(RawSchema raw, IEnumerable<List<Shape>> parts)
    {
        List<Shape> union = [.. parts.SelectMany(static part => part)];
        return Simplify(union, raw);
    }

    private List<Shape> Intersect(List<Shape> left, List<Shape> right, RawSchema raw)
    {
        List<Shape> shapes = [];
        int count = left.Count(static shape => shape is Shape.Object);
        if (count * right.Count(static shape => shape is Shape.Object) > MaxCases)
        {
            right = Condense(right);
            if (count * right.Count(static shape => shape is Shape.Object) > MaxCases)
                left = Condense(left);
        }
        foreach (Shape a in left)
        {
            foreach (Shape b in right)
            {
                CompileBudget.Spend(40 + (a is Shape.Object x && b is Shape.Object y ? 12 * (x.Parts.Count + y.Parts.Count + x.Required.Count + y.Required.Count + x.Rules.Count + y.Rules.Count) : 0));
                if (Intersect(a, b) is { } both && IsPossible(both))
                    shapes.Add(both);
                if (shapes.Count > 4 * MaxShapes)
                    throw TooMany(raw);
            }
        }
        return Simplify(shapes, raw);
    }

    private static ConstraintException TooMany(RawSchema raw) => new("schema", raw.Pointer, $"comes to more than {MaxShapes} cases");

    /// <summary>Drops shapes that others contain, where that is seen at once.</summary>
    private static List<Shape> Simplify(List<Shape> shapes, RawSchema raw)
    {
        if (shapes.Count <= 1)
            return shapes;
        List<Shape> kept = [];
        bool isTrue = false;
        bool isFalse = false;
        foreach (Shape shape in shapes.Distinct())
        {
            if (shape is Shape.Boolean boolean)
            {
                isTrue |= boolean.True;
                isFalse |= boolean.False;
            }
            else if (shapes.Find(other => other.GetType() == shape.GetType() && IsUnlimited(other)) is not { } whole || ReferenceEquals(shape, whole))
            {
                kept.Add(shape);
            }
        }
        if (isTrue || isFalse)
            kept.Add(new Shape.Boolean(isTrue, isFalse));
        return kept.Count > MaxShapes ? throw TooMany(raw) : kept;
    }

    private static bool IsUnlimited(Shape shape) => shape is
        Shape.Number { Set: null } or
        Shape.Text { Language: null, Values: null, Minimum: 0, Maximum: null } or
        Shape.Array { Parts: [], Minimum: 0, Maximum: null, Unique: null, Counted: [] } or
        Shape.Object { Parts: [], Required: [], Minimum: 0, Maximum: null, Names: null, Rules: [] };

    private bool IsPossible(Shape shape) => shape switch
    {
        Shape.Boolean boolean => boolean.True || boolean.False,
        Shape.Number number => number.Set is not { IsEmpty: true },
        Shape.Text text => text.Language is not { IsEmpty: true } && text.Values is not { Count: 0 } && !(text.Minimum > text.Maximum),
        Shape.Array array => !(array.Minimum > array.Maximum) && array.Counted.All(counted => !(counted.Minimum > counted.Maximum) && !(counted.Minimum > array.Maximum)),
        Shape.Object value => !(value.Minimum > value.Maximum) && !(value.Required.Count > value.Maximum) && !value.Required.Any(name => IsClearlyEmpty(And(value.Parts.SelectMany(part => part.At(name))))),
        _ => true,
    };

    private static Shape? Intersect(Shape a, Shape b)
    {
        switch (a, b)
        {
            case (Shape.Null, Shape.Null):
                return a;
            case (Shape.Boolean x, Shape.Boolean y):
                return new Shape.Boolean(x.True && y.True, x.False && y.False);
            case (Shape.Number x, Shape.Number y):
                return new Shape.Number(Both(x.Set, y.Set), x.Form > y.Form ? x.Form : y.Form);
            case (Shape.Text x, Shape.Text y):
                return Intersect(x, y);
            case (Shape.Array x, Shape.Array y):
                return new Shape.Array([.. x.Parts.Union(y.Parts)], Math.Max(x.Minimum, y.Minimum), Least(x.Maximum, y.Maximum), x.Unique ?? y.Unique) { Counted = [.. x.Counted.Union(y.Counted)] };
            case (Shape.Object x, Shape.Object y):
                return new Shape.Object([.. x.Parts.Union(y.Parts)], [.. x.Required.Union(y.Required, StringComparer.Ordinal)], Math.Max(x.Minimum, y.Minimum), Least(x.Maximum, y.Maximum), Both(x.Names, y.Names)) { Rules = [.. x.Rules.Union(y.Rules)] };
            default:
                return null;
        }
    }

    private static Shape.Text Intersect(Shape.Text a, Shape.Text b)
    {
        int minimum = Math.Max(a.Minimum, b.Minimum);
        int? maximum = Least(a.Maximum, b.Maximum);
        Dfa? language = Both(a.Language, b.Language);
        if ((a.Values ?? b.Values) is not { } values)
            return new Shape.Text(language, null, minimum, maximum);
        List<string> left = [];
        foreach (string value in values)
        {
            int length = value.EnumerateRunes().Count();
            if ((b.Values is null || b.Values.Contains(value)) && length >= minimum && !(length > maximum) && (language is null || language.Match(CanonicalJson.Escape(value)) >= 0))
                left.Add(value);
        }
        return new Shape.Text(null, left, 0, null);
    }

    private static Dfa? Both(Dfa? a, Dfa? b) => a is null ? b : b is null || ReferenceEquals(a, b) ? a : Dfa.Intersect(a, b);

    private static int? Least(int? a, int? b) => a is null ? b : b is null ? a : Math.Min(a.Value, b.Value);

    private sealed class SchemasComparer : IEqualityComparer<int[]>
    {
        public bool Equals(int[]? x, int[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(int[] values)
        {
            HashCode hash = default;
            hash.AddBytes(MemoryMarshal.AsBytes<int>(values));
            return hash.ToHashCode();
        }
    }
}

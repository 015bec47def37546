using System.Text.Json;

namespace AiSdk.Onnx;

internal sealed partial class SchemaExpander
{
    // Branches that hold together are tried in every combination.
    private const int MaxVariants = 64;

    /// <summary>What unevaluatedProperties and unevaluatedItems leave of some shapes.</summary>
    private List<Shape> WithUnevaluated(RawSchema raw, List<Shape> shapes)
    {
        if (Asks(raw, "unevaluatedItems") && shapes.Exists(static shape => shape is Shape.Array))
            shapes = Restrict<Shape.Array>(raw, shapes, "unevaluatedItems", applied => UnevaluatedItems(raw, applied) is { } part ? new Shape.Array([part], 0, null, null) : null);
        if (Asks(raw, "unevaluatedProperties") && shapes.Exists(static shape => shape is Shape.Object))
            shapes = Restrict<Shape.Object>(raw, shapes, "unevaluatedProperties", applied => UnevaluatedProperties(raw, applied) is { } part ? new Shape.Object([part], [], 0, null, null) : null);
        return shapes;
    }

    private static bool Asks(RawSchema raw, string keyword) =>
        raw.Element.TryGetProperty(keyword, out JsonElement schema) && schema.ValueKind != JsonValueKind.True && !IsAnything(schema);

    private List<Shape> Restrict<T>(RawSchema raw, List<Shape> shapes, string keyword, Func<List<RawSchema>, Shape?> read)
        where T : Shape
    {
        List<Shape> affected = [.. shapes.Where(static shape => shape is T)];
        List<List<Shape>> parts = [[.. shapes.Where(static shape => shape is not T)]];
        foreach (Variant variant in Variants(raw, keyword, raw.Pointer, []))
        {
            List<Shape> left = affected;
            if (variant.Conditions.Count > 0)
                left = Intersect(left, [.. Shapes(Of(variant.Conditions)).Where(static shape => shape is T)], raw);
            if (read(variant.Applied) is { } restriction)
                left = Intersect(left, [restriction], raw);
            parts.Add(left);
        }
        return Union(raw, parts);
    }

    /// <summary>The ways in which schemas can apply to one value: what has to hold, and which schemas then evaluate its parts.</summary>
    /// <remarks>Of branches that may hold together, every combination is a way. One with fewer branches evaluates less and so allows less: what it allows is right where more hold too.</remarks>
    /// <exception cref="ConstraintException">There are too many.</exception>
    private List<Variant> Variants(RawSchema raw, string keyword, string pointer, List<RawSchema> around)
    {
        if (around.Contains(raw) || raw.Element.ValueKind != JsonValueKind.Object)
            return [new Variant([], [])];
        List<RawSchema> path = [.. around, raw];
        List<Variant> variants = [new Variant([], [raw])];
        foreach (JsonProperty other in raw.Element.EnumerateObject())
        {
            switch (other.Name)
            {
                case "$ref" or "$dynamicRef" or "$recursiveRef":
                    variants = Cross(variants, Of(Resolve(raw, other.Value, other.Name)));
                    break;
                case "allOf":
                    foreach (int child in Children(raw, other))
                        variants = Cross(variants, Of(child));
                    break;
                case "anyOf":
                    List<int> any = Children(raw, other);
                    if (any.Count > 6)
                        throw new ConstraintException(keyword, pointer, $"beside 'anyOf' with {Text(any.Count)} branches is not supported");
                    List<Variant> some = [];
                    for (int set = 1; set < 1 << any.Count; set++)
                    {
                        List<int> chosen = [.. any.Where((_, i) => (set >> i & 1) != 0)];
                        if (chosen.Count > 1 && IsEmpty(this.Of(chosen.Select(Positive))))
                            continue;
                        List<Variant> together = [new Variant([.. chosen.Select(Positive)], [])];
                        foreach (int child in chosen)
                            together = Cross(together, Of(child));
                        some.AddRange(together);
                    }
                    variants = Cross(variants, some);
                    break;
                case "oneOf":
                    List<int> branches = Children(raw, other);
                    variants = Cross(variants, [.. branches.SelectMany((child, i) => Cross([new Variant(OneOf(branches, i), [])], Of(child)))]);
                    break;
                case "if":
                    int condition = document.Child(raw, other.Value, other.Name);
                    variants = Cross(variants, [.. Cross(Cross([new Variant([Positive(condition)], [])], Of(condition)), Branch("then")), .. Cross([new Variant([Negative(condition)], [])], Branch("else"))]);
                    break;
                case "dependentSchemas":
                    foreach (JsonProperty dependency in Members(raw, other))
                    {
                        int present = document.Synthetic($$"""{"type":"object","required":[{{System.Text.Encoding.UTF8.GetString(CanonicalJson.Quote(dependency.Name))}}]}""");
                        int child = document.Child(raw, dependency.Value, other.Name, dependency.Name);
                        variants = Cross(variants, [.. Cross([new Variant([Positive(present), Positive(child)], [])], Of(child)), new Variant([Negative(present)], [])]);
                    }
                    break;
                case "contains" when keyword == "unevaluatedItems":
                case "dependencies":
                    throw new ConstraintException(keyword, pointer, $"beside '{other.Name}' is not supported");
            }
        }
        return variants;

        List<Variant> Of(int schema) => Variants(document[schema], keyword, pointer, path);

        List<Variant> Branch(string name)
        {
            if (!raw.Element.TryGetProperty(name, out JsonElement branch))
                return [new Variant([], [])];
            int child = document.Child(raw, branch, name);
            return Cross([new Variant([Positive(child)], [])], Of(child));
        }

        List<Variant> Cross(List<Variant> left, List<Variant> right)
        {
            if (left.Count * right.Count > MaxVariants)
                throw new ConstraintException(keyword, pointer, $"beside branches that hold in more than {MaxVariants} combinations is not supported");
            return [.. left.SelectMany(a => right.Select(b => new Variant([.. a.Conditions, .. b.Conditions], [.. a.Applied, .. b.Applied])))];
        }
    }

    /// <summary>What unevaluatedItems says beside some schemas; null when they evaluate all.</summary>
    private ArrayPart? UnevaluatedItems(RawSchema raw, List<RawSchema> applied)
    {
        int evaluated = 0;
        foreach (RawSchema other in applied)
        {
            if ((other.Element.TryGetProperty("items", out JsonElement items) && items.ValueKind != JsonValueKind.Array) || other.Element.TryGetProperty("additionalItems", out _)
                || (other != raw && other.Element.TryGetProperty("unevaluatedItems", out _)))
                return null;
            foreach (string keyword in (ReadOnlySpan<string>)["prefixItems", "items"])
            {
                if (other.Element.TryGetProperty(keyword, out JsonElement prefix) && prefix.ValueKind == JsonValueKind.Array)
                    evaluated = Math.Max(evaluated, prefix.GetArrayLength());
            }
        }
        return new ArrayPart([.. Enumerable.Repeat(Anything, evaluated)], Of([Positive(document.Child(raw, raw.Element.GetProperty("unevaluatedItems"), "unevaluatedItems"))]));
    }

    /// <summary>What unevaluatedProperties says beside some schemas; null when they evaluate all.</summary>
    private ObjectPart? UnevaluatedProperties(RawSchema raw, List<RawSchema> applied)
    {
        List<(string, Conjunction)> properties = [];
        List<(Dfa, Conjunction)> patterns = [];
        foreach (RawSchema other in applied)
        {
            if (other.Element.TryGetProperty("additionalProperties", out _) || (other != raw && other.Element.TryGetProperty("unevaluatedProperties", out _)))
                return null;
            foreach (JsonProperty keyword in other.Element.EnumerateObject())
            {
                if (keyword.Name == "properties")
                    properties.AddRange(Members(other, keyword).Select(member => (member.Name, Anything)));
                else if (keyword.Name == "patternProperties")
                    patterns.AddRange(Members(other, keyword).Select(member => (ReadPattern(other, keyword.Name, member.Name), Anything)));
            }
        }
        return new ObjectPart(properties, patterns, Of([Positive(document.Child(raw, raw.Element.GetProperty("unevaluatedProperties"), "unevaluatedProperties"))]));
    }

    /// <summary>A way in which schemas apply.</summary>
    private sealed record Variant(List<int> Conditions, List<RawSchema> Applied);
}

using System.Text.Json;

namespace AiSdk.Onnx;

internal sealed partial class SchemaExpander
{
    // Beyond so many cases of objects, those that only say something of members one by one become rules.
    private const int MaxCases = 8;
    private const int MaxRules = 48;
    private const int MaxSimpleDepth = 4;

    private readonly Dictionary<string, Dfa> _otherNames = new(StringComparer.Ordinal);

    /// <summary>What an array or object says that is evident without its parts' parts: whether nothing satisfies a conjunction.</summary>
    private bool IsClearlyEmpty(Conjunction conjunction)
    {
        if (conjunction.Schemas.Length < 2)
            return conjunction.Schemas is [var only] && document[only >> 1].Element.ValueKind == ((only & 1) == 0 ? JsonValueKind.False : JsonValueKind.True);
        if (conjunction.IsClearlyEmpty is { } known)
            return known;
        conjunction.IsClearlyEmpty = false;
        Conjunction simple = Of(conjunction.Schemas.Where(schema => IsSimple(document[schema >> 1], 0)));
        conjunction.IsClearlyEmpty = simple.Schemas.Length > 0 && Shapes(simple).Count == 0;
        return conjunction.IsClearlyEmpty.Value;
    }

    private bool IsSimple(RawSchema raw, int depth)
    {
        if (raw.Element.ValueKind != JsonValueKind.Object)
            return true;
        foreach (JsonProperty keyword in raw.Element.EnumerateObject())
        {
            bool isSimple = keyword.Name switch
            {
                "type" or "minLength" or "maxLength" or "title" or "description" or "default" or "examples" or "$comment" or "deprecated" or "$id" or "$schema" or "definitions" or "$defs" => true,
                "const" => keyword.Value.ValueKind is not (JsonValueKind.Array or JsonValueKind.Object),
                "enum" => keyword.Value.ValueKind == JsonValueKind.Array && keyword.Value.EnumerateArray().All(static value => value.ValueKind is not (JsonValueKind.Array or JsonValueKind.Object)),
                "$ref" => depth < MaxSimpleDepth && keyword.Value.ValueKind == JsonValueKind.String && TryResolve(raw, keyword.Value.GetString()!) is { } target && IsSimple(document[target], depth + 1),
                "pattern" or "format" or "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum" or "multipleOf" or "allOf" or "anyOf" or "oneOf" or "not" or "if" or "then" or "else"
                    or "properties" or "patternProperties" or "additionalProperties" or "propertyNames" or "required" or "minProperties" or "maxProperties" or "dependentSchemas" or "dependentRequired" or "dependencies"
                    or "items" or "prefixItems" or "additionalItems" or "contains" or "minItems" or "maxItems" or "uniqueItems" or "unevaluatedItems" or "unevaluatedProperties" or "$dynamicRef" or "$recursiveRef" => false,
                _ => true,
            };
            if (!isSimple)
                return false;
        }
        return true;
    }

    private int? TryResolve(RawSchema raw, string reference)
    {
        try
        {
            return document.Resolve(raw, reference);
        }
        catch (ConstraintException)
        {
            return null;
        }
    }

    /// <summary>Makes one shape of all objects of a union, where they are told by conditions on single members: rules instead of cases.</summary>
    private List<Shape> Condense(List<Shape> shapes)
    {
        List<Shape.Object> objects = [.. shapes.OfType<Shape.Object>()];
        if (objects.Count < 2)
            return shapes;
        List<MemberRule>? rules = null;
        foreach (Shape.Object shape in objects)
        {
            if (AsRules(shape) is not { } more || (rules = rules is null ? more : Either(rules, more)) is null)
                return shapes;
        }
        return [.. shapes.Where(static shape => shape is not Shape.Object), new Shape.Object([], [], 0, null, null) { Rules = rules! }];
    }

    /// <summary>The rules that say all that a shape says; null where rules cannot.</summary>
    private List<MemberRule>? AsRules(Shape.Object shape)
    {
        if (shape.Minimum > 0 || shape.Maximum is not null || shape.Names is not null || shape.Parts.Any(static part => part.Patterns.Count > 0 || part.Additional is not null))
            return null;
        List<MemberRule> rules = [.. shape.Rules];
        HashSet<string> present = [];
        foreach ((string name, Conjunction value) in shape.Parts.SelectMany(static part => part.Properties))
        {
            bool isRequired = shape.Required.Contains(name, StringComparer.Ordinal);
            if (isRequired)
                present.Add(name);
            rules.Add(new MemberRule([new MemberCondition(name, null, !isRequired, value)]));
        }
        foreach (string name in shape.Required.Where(name => !present.Contains(name)))
            rules.Add(new MemberRule([new MemberCondition(name, null, false, Anything)]));
        return rules;
    }

    /// <summary>The rules of what keeps the ones or the others; null when there are too many.</summary>
    private List<MemberRule>? Either(List<MemberRule> left, List<MemberRule> right)
    {
        List<MemberRule> rules = [];
        foreach (MemberRule a in left)
        {
            foreach (MemberRule b in right)
            {
                CompileBudget.Spend(4 * (a.Any.Count + b.Any.Count));
                if (Merge([.. a.Any, .. b.Any]) is not { } merged || rules.Exists(rule => rule.Implies(merged)))
                    continue;
                rules.RemoveAll(merged.Implies);
                rules.Add(merged);
                if (rules.Count > MaxRules)
                    return null;
            }
        }
        return rules;
    }

    /// <summary>The rule of some conditions; null when one of them always holds.</summary>
    private MemberRule? Merge(List<MemberCondition> conditions)
    {
        List<MemberCondition> merged = [.. conditions.Where(static condition => condition.Name is null)];
        foreach (IGrouping<string, MemberCondition> group in conditions.Where(static condition => condition.Name is not null).GroupBy(static condition => condition.Name!, StringComparer.Ordinal))
        {
            bool orAbsent = group.Any(static condition => condition.OrAbsent);
            List<Conjunction> values = [.. group.Select(static condition => condition.Value).Where(value => !ReferenceEquals(value, Nothing)).Distinct<Conjunction>(ReferenceEqualityComparer.Instance)];
            // Whatever the value is, it is of one of two that are each other's opposite.
            if (values.Exists(value => value.Schemas is [var schema] && values.Exists(other => other.Schemas is [var opposite] && opposite == (schema ^ 1))))
                values = [Anything];
            if (values.Exists(static value => value.Schemas.Length == 0))
            {
                if (orAbsent)
                    return null;
                values = [Anything];
            }
            if (values.Count == 0)
                merged.Add(new MemberCondition(group.Key, null, orAbsent, Nothing));
            else
                merged.AddRange(values.Select(value => new MemberCondition(group.Key, null, orAbsent, value)));
        }
        return new MemberRule(merged);
    }

    /// <summary>Objects in which some member with a name of a language has a value.</summary>
    private static Shape.Object Some(Dfa names, Conjunction value) => new([], [], 0, null, null) { Rules = [new MemberRule([new MemberCondition(null, names, false, value)])] };

    /// <summary>The names that a schema's keywords leave to additionalProperties.</summary>
    private Dfa OtherNames(RawSchema raw)
    {
        string[] known = [.. Members("properties")];
        string[] patterns = [.. Members("patternProperties")];
        // Schemas that leave the same names mean the same members.
        string key = string.Join('\n', [.. known.Order(StringComparer.Ordinal), "\n", .. patterns.Order(StringComparer.Ordinal)]);
        if (_otherNames.TryGetValue(key, out Dfa? names))
            return names;
        names = known.Length == 0 ? RegexCompiler.AnyInJson : Dfa.Except(RegexCompiler.AnyInJson, Dfa.Of([.. known.Select(CanonicalJson.Escape)]));
        foreach (string pattern in patterns)
            names = Dfa.Except(names, ReadPattern(raw, "patternProperties", pattern));
        _otherNames.Add(key, names);
        return names;

        IEnumerable<string> Members(string keyword) =>
            raw.Element.TryGetProperty(keyword, out JsonElement members) && members.ValueKind == JsonValueKind.Object ? members.EnumerateObject().Select(static member => member.Name) : [];
    }
}

using System.Globalization;
using System.Text.Json;

namespace AiSdk;

/// <summary>Says what of a schema a provider refuses, however it is written: the same that AISDK0241 says of the type.</summary>
internal sealed class SchemaLimits
{
    private readonly JsonElement _root;
    private readonly SchemaProfile _rules;
    private readonly List<string> _refused = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly HashSet<string> _open = new(StringComparer.Ordinal) { "#" };
    private int _properties;
    private int _enumValues;
    private int _depth;
    private int _deepest;

    private SchemaLimits(JsonElement root, SchemaProfile rules)
    {
        _root = root;
        _rules = rules;
    }

    /// <summary>What is refused; empty if nothing.</summary>
    public static IReadOnlyList<string> Check(JsonElement schema, SchemaProfile rules)
    {
        SchemaLimits limits = new(schema, rules);
        limits.Visit(schema, "$");
        limits.Compare("levels of nesting", limits._deepest, rules.MaxDepth);
        limits.Compare("properties", limits._properties, rules.MaxProperties);
        limits.Compare("enum values", limits._enumValues, rules.MaxEnumValues);
        return [.. limits._refused.Distinct()];
    }

    private void Compare(string what, int count, int most)
    {
        if (most > 0 && count > most)
            _refused.Add(string.Create(CultureInfo.InvariantCulture, $"{count} {what}, where {most} are allowed"));
    }

    private void Visit(JsonElement schema, string path)
    {
        if (schema.TryGetProperty("$ref"u8, out JsonElement reference))
        {
            VisitReference(reference.GetString()!, path);
            return;
        }
        if (schema.TryGetProperty("enum"u8, out JsonElement values))
            _enumValues += values.GetArrayLength();
        bool hasNames = schema.TryGetProperty("properties"u8, out JsonElement properties);
        bool isDictionary = schema.TryGetProperty("additionalProperties"u8, out JsonElement additional) && additional.ValueKind == JsonValueKind.Object;
        if (isDictionary && _rules.RefusesDictionaries)
            _refused.Add($"additionalProperties with a schema, at {path}");

        _depth += hasNames || isDictionary ? 1 : 0;
        _deepest = Math.Max(_deepest, _depth);
        if (hasNames)
        {
            foreach (JsonProperty property in properties.EnumerateObject())
            {
                _properties++;
                Visit(property.Value, $"{path}.{property.Name}");
            }
        }
        if (schema.TryGetProperty("anyOf"u8, out JsonElement choices))
        {
            foreach (JsonElement choice in choices.EnumerateArray())
                Visit(choice, path);
        }
        if (schema.TryGetProperty("items"u8, out JsonElement items))
            Visit(items, path + "[]");
        if (isDictionary)
            Visit(additional, path + "[]");
        _depth -= hasNames || isDictionary ? 1 : 0;
    }

    private void VisitReference(string reference, string path)
    {
        if (_open.Contains(reference))
        {
            if (_rules.RefusesRecursion)
                _refused.Add($"a schema that holds itself, at {path}");
            return;
        }
        if (!_seen.Add(reference))
            return;
        _open.Add(reference);
        Visit(_root.GetProperty("$defs"u8).GetProperty(reference["#/$defs/".Length..]), path);
        _open.Remove(reference);
    }
}

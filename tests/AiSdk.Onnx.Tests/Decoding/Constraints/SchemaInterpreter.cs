using System.Text.Json;
using System.Text.RegularExpressions;

namespace AiSdk.Onnx.Tests;

/// <summary>Reads a schema as the specification is written, keyword by keyword and value by value: slow, plain, and nothing like an automaton. Without formats and remote references.</summary>
internal sealed class SchemaInterpreter(JsonElement root)
{
    /// <summary>Whether an instance satisfies the schema.</summary>
    public bool IsValid(JsonElement instance) => Evaluate(root, instance).IsValid;

    private Result Evaluate(JsonElement schema, JsonElement value)
    {
        var result = new Result();
        if (schema.ValueKind != JsonValueKind.Object)
        {
            result.IsValid = schema.ValueKind == JsonValueKind.True;
            return result;
        }
        foreach (JsonProperty keyword in schema.EnumerateObject())
            result.IsValid &= Check(schema, keyword, value, result);
        // Unevaluated parts come last, whatever the order of keywords.
        if (schema.TryGetProperty("unevaluatedProperties", out JsonElement others) && value.ValueKind == JsonValueKind.Object)
            result.IsValid &= value.EnumerateObject().All(member => result.Names.Contains(member.Name) || (Evaluate(others, member.Value).IsValid && result.Names.Add(member.Name)));
        if (schema.TryGetProperty("unevaluatedItems", out JsonElement rest) && value.ValueKind == JsonValueKind.Array)
            result.IsValid &= Enumerable.Range(0, value.GetArrayLength()).All(i => result.Items.Contains(i) || (Evaluate(rest, value[i]).IsValid && result.Items.Add(i)));
        return result;
    }

    private bool Check(JsonElement schema, JsonProperty keyword, JsonElement value, Result result)
    {
        JsonElement rule = keyword.Value;
        JsonValueKind kind = value.ValueKind;
        switch (keyword.Name)
        {
            case "$ref":
                return Apply(Resolve(rule.GetString()!), value, result);
            case "type":
                return rule.ValueKind == JsonValueKind.Array ? rule.EnumerateArray().Any(one => IsType(one.GetString()!, value)) : IsType(rule.GetString()!, value);
            case "enum":
                return rule.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value));
            case "const":
                return JsonElement.DeepEquals(rule, value);
            case "minimum":
                return kind != JsonValueKind.Number || value.GetDecimal() >= rule.GetDecimal();
            case "maximum":
                return kind != JsonValueKind.Number || value.GetDecimal() <= rule.GetDecimal();
            case "exclusiveMinimum":
                return kind != JsonValueKind.Number || value.GetDecimal() > rule.GetDecimal();
            case "exclusiveMaximum":
                return kind != JsonValueKind.Number || value.GetDecimal() < rule.GetDecimal();
            case "multipleOf":
                return kind != JsonValueKind.Number || value.GetDecimal() % rule.GetDecimal() == 0;
            case "minLength":
                return kind != JsonValueKind.String || value.GetString()!.EnumerateRunes().Count() >= rule.GetInt32();
            case "maxLength":
                return kind != JsonValueKind.String || value.GetString()!.EnumerateRunes().Count() <= rule.GetInt32();
            case "pattern":
                return kind != JsonValueKind.String || Regex.IsMatch(value.GetString()!, rule.GetString()!, RegexOptions.CultureInvariant);
            case "minItems":
                return kind != JsonValueKind.Array || value.GetArrayLength() >= rule.GetInt32();
            case "maxItems":
                return kind != JsonValueKind.Array || value.GetArrayLength() <= rule.GetInt32();
            case "uniqueItems":
                return kind != JsonValueKind.Array || !rule.GetBoolean() || !Enumerable.Range(0, value.GetArrayLength()).Any(i => Enumerable.Range(0, i).Any(j => JsonElement.DeepEquals(value[i], value[j])));
            case "prefixItems":
                return kind != JsonValueKind.Array || Items(value, result, 0, Math.Min(rule.GetArrayLength(), value.GetArrayLength()), i => rule[i]);
            case "items":
                int prefix = schema.TryGetProperty("prefixItems", out JsonElement first) ? first.GetArrayLength() : 0;
                return kind != JsonValueKind.Array || Items(value, result, prefix, value.GetArrayLength(), _ => rule);
            case "contains":
                if (kind != JsonValueKind.Array)
                    return true;
                List<int> matches = [.. Enumerable.Range(0, value.GetArrayLength()).Where(i => Evaluate(rule, value[i]).IsValid)];
                result.Items.UnionWith(matches);
                return matches.Count >= Count(schema, "minContains", 1) && matches.Count <= Count(schema, "maxContains", int.MaxValue);
            case "minProperties":
                return kind != JsonValueKind.Object || value.EnumerateObject().Count() >= rule.GetInt32();
            case "maxProperties":
                return kind != JsonValueKind.Object || value.EnumerateObject().Count() <= rule.GetInt32();
            case "required":
                return kind != JsonValueKind.Object || rule.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _));
            case "properties":
                return kind != JsonValueKind.Object || Members(value, result, name => rule.TryGetProperty(name, out JsonElement one) ? [one] : []);
            case "patternProperties":
                return kind != JsonValueKind.Object || Members(value, result, name => [.. rule.EnumerateObject().Where(one => Regex.IsMatch(name, one.Name, RegexOptions.CultureInvariant)).Select(static one => one.Value)]);
            case "additionalProperties":
                return kind != JsonValueKind.Object || Members(value, result, name => IsNamed(schema, name) ? [] : [rule]);
            case "propertyNames":
                return kind != JsonValueKind.Object || value.EnumerateObject().All(member => Evaluate(rule, JsonSerializer.SerializeToElement(member.Name)).IsValid);
            case "dependentRequired":
                return kind != JsonValueKind.Object || rule.EnumerateObject().All(one => !value.TryGetProperty(one.Name, out _) || one.Value.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)));
            case "dependentSchemas":
                return kind != JsonValueKind.Object || rule.EnumerateObject().Where(one => value.TryGetProperty(one.Name, out _)).ToList().TrueForAll(one => Apply(one.Value, value, result));
            case "allOf":
                return rule.EnumerateArray().ToList().TrueForAll(one => Apply(one, value, result));
            case "anyOf":
                // All of them, as each that holds evaluates something.
                return rule.EnumerateArray().Select(one => Apply(one, value, result)).ToList().Contains(true);
            case "oneOf":
                return rule.EnumerateArray().ToList().Count(one => Apply(one, value, result)) == 1;
            case "not":
                return !Evaluate(rule, value).IsValid;
            case "if":
                string branch = Apply(rule, value, result) ? "then" : "else";
                return !schema.TryGetProperty(branch, out JsonElement chosen) || Apply(chosen, value, result);
            default:
                return true;
        }
    }

    private static bool IsNamed(JsonElement schema, string name) =>
        (schema.TryGetProperty("properties", out JsonElement properties) && properties.TryGetProperty(name, out _))
        || (schema.TryGetProperty("patternProperties", out JsonElement patterns) && patterns.EnumerateObject().Any(one => Regex.IsMatch(name, one.Name, RegexOptions.CultureInvariant)));

    private static int Count(JsonElement schema, string keyword, int otherwise) => schema.TryGetProperty(keyword, out JsonElement count) ? (int)count.GetDecimal() : otherwise;

    private static bool IsType(string type, JsonElement value) => type switch
    {
        "null" => value.ValueKind == JsonValueKind.Null,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.GetDecimal() % 1 == 0,
        "string" => value.ValueKind == JsonValueKind.String,
        "array" => value.ValueKind == JsonValueKind.Array,
        _ => value.ValueKind == JsonValueKind.Object,
    };

    private bool Apply(JsonElement schema, JsonElement value, Result result)
    {
        Result inner = Evaluate(schema, value);
        // What fails evaluates nothing.
        if (inner.IsValid)
        {
            result.Names.UnionWith(inner.Names);
            result.Items.UnionWith(inner.Items);
        }
        return inner.IsValid;
    }

    private bool Items(JsonElement value, Result result, int first, int end, Func<int, JsonElement> schema)
    {
        bool isValid = true;
        for (int i = first; i < end; i++)
        {
            result.Items.Add(i);
            isValid &= Evaluate(schema(i), value[i]).IsValid;
        }
        return isValid;
    }

    private bool Members(JsonElement value, Result result, Func<string, List<JsonElement>> schemas)
    {
        bool isValid = true;
        foreach (JsonProperty member in value.EnumerateObject())
        {
            foreach (JsonElement schema in schemas(member.Name))
            {
                result.Names.Add(member.Name);
                isValid &= Evaluate(schema, member.Value).IsValid;
            }
        }
        return isValid;
    }

    private JsonElement Resolve(string reference)
    {
        JsonElement element = root;
        foreach (string step in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
            element = element.GetProperty(step);
        return element;
    }

    private sealed class Result
    {
        public bool IsValid { get; set; } = true;

        public HashSet<string> Names { get; } = new(StringComparer.Ordinal);

        public HashSet<int> Items { get; } = [];
    }
}

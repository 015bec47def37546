using System.Text.Json.Nodes;

namespace AiSdk.Onnx.Tests;

/// <summary>Schemas and instances out of few names and values, drawn at random, so that keywords meet each other and instances often fit.</summary>
internal sealed class RandomKeywords(int seed)
{
    private static readonly string[] _names = ["a", "b", "ab"];
    private readonly Random _random = new(seed);
    // A definition refers to itself through items alone, or there would be nothing between.
    private bool _isDefinition;

    /// <summary>A schema.</summary>
    public JsonObject Schema()
    {
        JsonObject schema = Schema(0);
        _isDefinition = true;
        schema["$defs"] = new JsonObject { ["one"] = Schema(2) };
        return schema;
    }

    /// <summary>An instance.</summary>
    public JsonNode? Instance(int depth = 0) => _random.Next(depth >= 2 ? 7 : 14) switch
    {
        0 => null,
        1 => _random.Next(2) == 0,
        2 or 3 => _random.Next(4),
        4 => 1.5,
        5 or 6 => _names[_random.Next(3)],
        7 or 8 or 9 => new JsonArray([.. Enumerable.Range(0, _random.Next(4)).Select(_ => Instance(depth + 1))]),
        _ => new JsonObject(_names.Where(_ => _random.Next(2) == 0).Select(name => KeyValuePair.Create(name, Instance(depth + 1)))),
    };

    private JsonObject Schema(int depth)
    {
        JsonObject schema = [];
        for (int i = _random.Next(depth >= 3 ? 2 : 4); i >= 0; i--)
        {
            (string keyword, JsonNode? value) = Keyword(depth + 1);
            schema[keyword] = value;
            if (keyword == "if")
            {
                schema["then"] = Part(depth + 1);
                schema["else"] = Part(depth + 1);
            }
        }
        return schema;
    }

    private (string, JsonNode?) Keyword(int depth) => _random.Next(depth > 3 ? 8 : 32) switch
    {
        0 => ("type", Pick("null", "boolean", "integer", "string", "array", "object")),
        1 => ("type", new JsonArray(Pick("number", "object"), Pick("string", "array"))),
        2 => ("enum", new JsonArray(1, "a", true, Instance(2))),
        3 => ("const", Instance(2)),
        4 => ("minimum", _random.Next(3)),
        5 => ("maximum", _random.Next(3)),
        6 => ("maxLength", _random.Next(2)),
        7 => ("pattern", Pick("^a", "b$")),
        8 or 9 => ("properties", Map(depth)),
        10 => ("required", Names()),
        11 => ("additionalProperties", Part(depth)),
        12 => ("patternProperties", new JsonObject { [Pick("^a", "b")] = Part(depth) }),
        13 => ("propertyNames", Part(depth)),
        14 => ("maxProperties", _random.Next(3)),
        15 => ("minProperties", _random.Next(3)),
        16 => ("dependentRequired", new JsonObject { [Pick(_names)] = Names() }),
        17 => ("dependentSchemas", new JsonObject { [Pick(_names)] = Part(depth) }),
        18 => ("items", Part(depth)),
        19 => ("prefixItems", new JsonArray(Part(depth), Part(depth))),
        20 or 21 => ("contains", Part(depth)),
        22 => ("minContains", _random.Next(3)),
        23 => ("maxContains", 1 + _random.Next(2)),
        24 => ("uniqueItems", true),
        25 => ("minItems", _random.Next(3)),
        26 => ("not", Part(depth)),
        27 => ("anyOf", new JsonArray(Part(depth), Part(depth))),
        28 => ("oneOf", new JsonArray(Part(depth), Part(depth))),
        29 => ("if", Part(depth)),
        30 => (Pick("unevaluatedProperties", "unevaluatedItems"), Part(depth)),
        31 when _isDefinition => ("items", new JsonObject { ["$ref"] = "#/$defs/one" }),
        _ => ("allOf", new JsonArray(Part(depth), new JsonObject { ["$ref"] = "#/$defs/one" })),
    };

    private JsonNode Part(int depth) => _random.Next(8) == 0 ? _random.Next(2) == 0 : Schema(depth);

    private JsonObject Map(int depth) => new(_names.Where(_ => _random.Next(2) == 0).Select(name => KeyValuePair.Create(name, (JsonNode?)Part(depth))));

    private JsonArray Names() => [.. _names.Where(_ => _random.Next(2) == 0).Select(static name => JsonValue.Create(name))];

    private string Pick(params string[] values) => values[_random.Next(values.Length)];
}

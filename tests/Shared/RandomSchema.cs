using System.Text.Json.Nodes;

namespace AiSdk.Onnx.Tests;

/// <summary>JSON Schemas as applications have them, drawn at random: nested objects and lists, limits, patterns, formats, enumerations, unions, recursion.</summary>
internal sealed class RandomSchema(int seed)
{
    private const int MaxDepth = 3;
    private static readonly string[] _names = ["name", "id", "kind", "größe", "items", "a", "is_open", "unit-price", "x y", "\"q\"", "note"];
    private static readonly string[] _patterns = ["^[A-Z]{2}-\\d{3}$", "^(ab|cd)+$", "^[a-zé]{1,5}$", "^\\d{1,3}(\\.\\d{2})?$", "^[а-я]{2,4}$", "^(?:yes|no)\\.$"];
    private static readonly string[] _formats = ["date", "date-time", "time", "uuid", "ipv4"];
    private readonly Random _random = new(seed);
    private bool _refersToRoot;

    /// <summary>The schema.</summary>
    public JsonObject Create()
    {
        JsonObject schema = Value(0);
        if (_refersToRoot)
            schema["$defs"] = new JsonObject { ["again"] = Object(MaxDepth) };
        return schema;
    }

    private JsonObject Value(int depth) => _random.Next(depth >= MaxDepth ? 9 : 14) switch
    {
        0 => new() { ["type"] = "boolean" },
        1 => Whole(),
        2 => Number(),
        3 => Enumeration(),
        4 => new() { ["type"] = "string", ["pattern"] = Pick(_patterns) },
        5 => new() { ["type"] = "string", ["format"] = Pick(_formats) },
        6 => new() { ["const"] = Constant() },
        7 or 8 => Text(),
        9 => List(depth),
        10 => Union(depth),
        11 when depth > 0 => Recursion(),
        _ => Object(depth),
    };

    private JsonObject Recursion()
    {
        _refersToRoot = true;
        return new() { ["$ref"] = "#/$defs/again" };
    }

    private JsonObject Object(int depth)
    {
        JsonObject properties = [];
        JsonArray required = [];
        foreach (string name in _names.OrderBy(_ => _random.Next()).Take(_random.Next(5)).ToArray())
        {
            properties[name] = Value(depth + 1);
            if (_random.Next(3) > 0)
                required.Add(name);
        }
        JsonObject schema = new() { ["type"] = "object", ["properties"] = properties, ["required"] = required };
        switch (_random.Next(5))
        {
            case 0:
                schema["additionalProperties"] = new JsonObject { ["type"] = "boolean" };
                schema["maxProperties"] = properties.Count + 2;
                break;
            case 1:
                schema["patternProperties"] = new JsonObject { ["^x_[a-z]{1,3}$"] = Whole() };
                schema["additionalProperties"] = false;
                break;
            default:
                schema["additionalProperties"] = false;
                break;
        }
        return schema;
    }

    private JsonObject List(int depth)
    {
        int least = _random.Next(3);
        JsonObject schema = new() { ["type"] = "array", ["items"] = Value(depth + 1), ["maxItems"] = least + _random.Next(4) };
        if (least > 0)
            schema["minItems"] = least;
        return schema;
    }

    private JsonObject Union(int depth) => new() { ["anyOf"] = new JsonArray([.. Enumerable.Range(0, 2 + _random.Next(2)).Select(_ => Value(depth + 1))]) };

    private JsonObject Text()
    {
        int least = _random.Next(4);
        JsonObject schema = new() { ["type"] = _random.Next(4) == 0 ? new JsonArray("string", "null") : "string", ["maxLength"] = least + _random.Next(12) };
        if (least > 0)
            schema["minLength"] = least;
        return schema;
    }

    private JsonObject Whole()
    {
        int least = _random.Next(-300, 300);
        JsonObject schema = new() { ["type"] = "integer", ["minimum"] = least, ["maximum"] = least + _random.Next(2_000) };
        if (_random.Next(5) == 0)
        {
            schema["multipleOf"] = 5;
            schema["maximum"] = least + 100;
        }
        return schema;
    }

    private JsonObject Number()
    {
        double least = _random.Next(-50, 50) / 4.0;
        return new() { ["type"] = "number", [_random.Next(2) == 0 ? "minimum" : "exclusiveMinimum"] = least, ["maximum"] = least + 0.5 + _random.Next(100) };
    }

    private JsonObject Enumeration() => new() { ["enum"] = new JsonArray([.. Enumerable.Range(0, 1 + _random.Next(5)).Select(i => i == 0 ? "none" : Constant()).DistinctBy(static value => value?.ToJsonString())]) };

    private JsonNode? Constant() => _random.Next(6) switch
    {
        0 => null,
        1 => true,
        2 => _random.Next(1_000),
        3 => _random.Next(1_000) / 8.0,
        _ => Pick(["alpha", "beta", "very large", "größer", "a\"b", "\n", "日本"]),
    };

    private string Pick(string[] values) => values[_random.Next(values.Length)];
}

using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using AiSdk.Declarations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AiSdk.Generators.Tests;

/// <summary>A declaration for a case of the specification: parameters of the types that its values have, and a file with its template.</summary>
/// <param name="Source">The declaration.</param>
/// <param name="Call">A lambda that calls the function with the case's values.</param>
/// <param name="Files">The prompt file and its partials.</param>
internal sealed record DotpromptConsumer(string Source, string Call, IReadOnlyList<AdditionalText> Files)
{
    /// <summary>The line below front matter that has no template.</summary>
    public const string Body = "Hello.";

    /// <summary>Makes the declaration.</summary>
    public static DotpromptConsumer Of(DotpromptVector vector, int number, bool hasType)
    {
        TypeWriter types = new();
        string template = vector.Template;
        if (vector.Expected["messages"]!.AsArray().Count == 0)
            template = template.TrimEnd() + "\n" + Body + "\n";
        if (vector.Defaults is not null)
            template = $"---\ninput:\n  default: {vector.Defaults.ToJsonString()}\n---\n{{{{! {number} }}}}{template}{{{{!}}}}";

        List<(string Declaration, string Argument)> parameters = [];
        if (template.Contains("{{json this", StringComparison.Ordinal))
        {
            string type = types.Of(vector.Input, [vector.Input]);
            parameters.Add(($"{type} input", types.Value(vector.Input, type)));
        }
        else
        {
            foreach (string name in vector.Siblings.SelectMany(static s => s!.AsObject().Select(static p => p.Key)).Concat(vector.Defaults?.Select(static p => p.Key) ?? []).Distinct())
            {
                JsonNode? value = vector.Input[name] ?? vector.Context[name];
                string type = types.Of(value, vector.Siblings.Select(s => s![name]).OfType<JsonNode>());
                parameters.Add(($"[Trusted] {type}? {name}", value is null ? "null" : types.Value(value, type)));
            }
        }
        if (vector.Messages is not null || template.Contains("{{history}}", StringComparison.Ordinal))
            parameters.Add(("IReadOnlyList<ChatMessage> history", $"new List<ChatMessage> {{ {string.Join(", ", (vector.Messages ?? []).Select(Message))} }}"));
        if (vector.Name.StartsWith("picoschema/input_and_output", StringComparison.Ordinal) || vector.Name.StartsWith("picoschema/line_endings", StringComparison.Ordinal))
            parameters.Add(("string text", "\"\""));

        string? output = vector.Expected["output"]?["schema"] is { } schema && hasType ? types.OfSchema(schema.AsObject()) : null;
        if (!hasType)
            template = template[..template.IndexOf("---", StringComparison.Ordinal)] + Body;
        string source = $$"""
            namespace V{{number}}
            {
                {{types.Declarations}}
                [AiFunctions] public interface IDesk { [Prompt("V{{number}}/case.prompt")] Task<{{output ?? "string"}}> AskAsync({{string.Join(", ", parameters.Select(static p => p.Declaration))}}); }
            }

            """;
        string arguments = string.Join(", ", parameters.Select(static p => p.Argument)).Replace("new N", $"new V{number}.N", StringComparison.Ordinal);
        return new DotpromptConsumer(
            source, $"() => new V{number}.Desk(client).AskAsync({arguments})",
            [new TextFile($"/project/V{number}/case.prompt", template), .. vector.Partials.Select(partial => new TextFile($"/project/V{number}/_{partial.Key}.prompt", partial.Value))]);
    }

    private static string Message(JsonNode? message) =>
        $"new(ChatRole.{(message!["role"]!.GetValue<string>() == "model" ? "Assistant" : "User")}, {Literal(message["content"]![0]!["text"]!.GetValue<string>())}) {{ AdditionalProperties = new() {{ [\"history\"] = true }} }}";

    private static string Literal(string text) => SymbolDisplay.FormatLiteral(text, quote: true);

    /// <summary>Writes C# types for values and schemas.</summary>
    private sealed class TypeWriter
    {
        private readonly StringBuilder _declarations = new();
        private int _count;

        public string Declarations => _declarations.ToString();

        /// <summary>The type of a value; of an object, with the members that it has in any of the cases.</summary>
        public string Of(JsonNode? value, IEnumerable<JsonNode> siblings)
        {
            List<JsonNode> all = [.. siblings];
            switch (value ?? all.FirstOrDefault())
            {
                case JsonObject:
                    string name = $"N{_count++}";
                    IEnumerable<string> keys = all.OfType<JsonObject>().SelectMany(static o => o.Select(static p => p.Key)).Distinct();
                    List<string> members = [];
                    foreach (string key in keys)
                        members.Add($"[property: System.Text.Json.Serialization.JsonPropertyName({Literal(key)})] {Of((value as JsonObject)?[key], all.OfType<JsonObject>().Select(o => o[key]).OfType<JsonNode>())}? {key} = null");
                    _declarations.Append(CultureInfo.InvariantCulture, $"public sealed record {name}({string.Join(", ", members)});\n");
                    return name;
                case JsonArray list:
                    return Of(list[0], list.OfType<JsonNode>()) + "[]";
                case JsonValue scalar when scalar.TryGetValue(out bool _):
                    return "bool";
                case JsonValue scalar when scalar.TryGetValue(out long _):
                    return "int";
                default:
                    return "string";
            }
        }

        /// <summary>A value as C#.</summary>
        public string Value(JsonNode? value, string type) => value switch
        {
            null => "null",
            JsonObject map => $"new {type}({string.Join(", ", map.Select(p => $"{p.Key}: {Value(p.Value, MemberType(type, p.Key))}"))})",
            JsonArray list => $"[{string.Join(", ", list.Select(item => Value(item, type[..^2])))}]",
            JsonValue scalar when scalar.TryGetValue(out string? text) => Literal(text),
            _ => value.ToJsonString(),
        };

        /// <summary>The type of values that a JSON Schema describes.</summary>
        public string OfSchema(JsonObject schema)
        {
            string[] types = schema["type"] switch
            {
                JsonArray several => [.. several.Select(static t => t!.GetValue<string>())],
                { } one => [one.GetValue<string>()],
                null => [],
            };
            string nullable = types.Contains("null") || schema["enum"]?.AsArray().Any(static v => v is null) == true ? "?" : "";
            if (schema["enum"] is JsonArray values)
            {
                string name = $"N{_count++}";
                _declarations.Append(CultureInfo.InvariantCulture, $"public enum {name} {{ {string.Join(", ", values.Where(static v => v is not null).Select(static v => v!.GetValue<string>()))} }}\n");
                return name + nullable;
            }
            switch (types.FirstOrDefault(static t => t != "null"))
            {
                case "object" when schema["additionalProperties"] is JsonObject rest:
                    return $"Dictionary<string, {OfSchema(rest)}>";
                case "object":
                    string type = $"N{_count++}";
                    HashSet<string> required = [.. schema["required"]?.AsArray().Select(static n => n!.GetValue<string>()) ?? []];
                    List<string> members = [];
                    foreach ((string key, JsonNode? property) in schema["properties"]!.AsObject())
                        members.Add($"public {(required.Contains(key) ? "required " : "")}{OfSchema(property!.AsObject()).TrimEnd('?')}{(required.Contains(key) ? "" : "?")} {key} {{ get; init; }}");
                    _declarations.Append(CultureInfo.InvariantCulture, $"public sealed record {type} {{ {string.Join(" ", members)} }}\n");
                    return type + nullable;
                case "array":
                    return OfSchema(schema["items"]!.AsObject()) + "[]" + nullable;
                case "boolean":
                    return "bool" + nullable;
                case "number":
                    return "double" + nullable;
                default:
                    return "string" + nullable;
            }
        }

        private string MemberType(string record, string member)
        {
            string declaration = Declarations;
            int at = declaration.IndexOf($"record {record}(", StringComparison.Ordinal);
            int name = declaration.IndexOf($"? {member} = null", at, StringComparison.Ordinal);
            return declaration[(declaration.LastIndexOf(")] ", name, StringComparison.Ordinal) + 3)..name];
        }
    }
}

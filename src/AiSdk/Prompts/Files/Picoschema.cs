using System;
using System.Collections.Generic;
using System.Linq;

namespace AiSdk.Prompts;

/// <summary>
/// Turns Picoschema, Dotprompt's short form of a schema, into JSON Schema, each part with its place in the file. JSON Schema itself is taken as it is.
/// See https://google.github.io/dotprompt/reference/picoschema/.
/// </summary>
/// <remarks>A name that is no type of JSON stands for a C# type of that name: <c>{"$ref": "Name"}</c>.</remarks>
internal static class Picoschema
{
    private static readonly string[] _scalars = ["string", "boolean", "null", "number", "integer"];
    private static readonly string[] _jsonTypes = [.. _scalars, "object", "array"];

    /// <summary>The JSON Schema.</summary>
    public static FrontMatterNode? ToJsonSchema(FrontMatterNode schema, List<PromptFileError> errors)
    {
        if (schema.IsNull)
            return null;
        if (schema.IsScalar)
            return Type(schema.Text, schema, null);
        if (schema.Kind == FrontMatterKind.List)
            return Error("a schema is a type or a map of fields", schema, errors);
        // As Dotprompt tells them apart: by a JSON type under "type", or by "properties".
        if (schema["type"] is { IsScalar: true } type && _jsonTypes.Contains(type.Text))
            return schema;
        if (schema["properties"] is { Kind: FrontMatterKind.Map })
            return schema["type"] is null ? Map(schema, [Entry("type", Text("object", schema)), .. schema.Entries]) : schema;
        return Object(schema, null, errors);
    }

    private static FrontMatterNode? Schema(FrontMatterNode value, string? description, List<PromptFileError> errors) =>
        value.IsScalar ? Type(value.Text, value, description)
        : value.Kind == FrontMatterKind.Map ? Object(value, description, errors)
        : Error("expected a type or a map of fields", value, errors);

    private static FrontMatterNode Type(string text, FrontMatterNode at, string? description)
    {
        (string name, string? own) = Split(text);
        description = own ?? description;
        List<FrontMatterEntry> entries = [];
        if (name != "any")
            entries.Add(_scalars.Contains(name) ? Entry("type", Text(name, at)) : Entry("$ref", Text(name, at)));
        if (description is not null)
            entries.Add(Entry("description", Text(description, at)));
        return Map(at, entries);
    }

    private static FrontMatterNode? Object(FrontMatterNode map, string? description, List<PromptFileError> errors)
    {
        List<FrontMatterEntry> properties = [];
        List<FrontMatterNode> required = [];
        FrontMatterNode additional = Text("false", map);
        foreach (FrontMatterEntry field in map.Entries)
        {
            // "name", "name?", "name(kind)", "name?(kind, description)", "(*)".
            int parenthesis = field.Key.IndexOf('(');
            string name = (parenthesis < 0 ? field.Key : field.Key.Substring(0, parenthesis)).Trim();
            string inside = parenthesis < 0 ? "" : field.Key.Substring(parenthesis + 1);
            if (parenthesis >= 0 && inside is not [.., ')'])
                return Error($"'{field.Key}' wants a ')' at its end", field, errors);
            (string kind, string? about) = Split(parenthesis < 0 ? "" : inside.Substring(0, inside.Length - 1));
            bool isOptional = name is [.., '?'];
            if (isOptional)
                name = name.Substring(0, name.Length - 1).TrimEnd();

            if (name.Length == 0 && kind == "*")
            {
                if (Schema(field.Value, about, errors) is not { } rest)
                    return null;
                additional = rest;
                continue;
            }
            if (name.Length == 0)
                return Error($"'{field.Key}' has no name", field, errors);
            FrontMatterNode? property = kind switch
            {
                "" => Schema(field.Value, about, errors),
                "array" => Schema(field.Value, null, errors) is { } items ? Map(field.Value, Described([Entry("type", Text("array", field)), Entry("items", items)], about, field)) : null,
                "object" => Object(field.Value, about, errors),
                "enum" when field.Value.Kind == FrontMatterKind.List && field.Value.Items.All(static item => item.IsScalar) =>
                    Map(field.Value, Described([Entry("enum", field.Value)], about, field)),
                "enum" => Error($"'{name}' is an enum, whose values are a list: [A, B]", field, errors),
                _ => Error($"'{kind}' in '{field.Key}' is none of array, object, enum", field, errors),
            };
            if (property is null)
                return null;
            properties.Add(new FrontMatterEntry(name, field.Position, field.Length, isOptional ? Nullable(property) : property));
            if (!isOptional)
                required.Add(FrontMatterNode.Scalar(FrontMatterKind.Quoted, name, field.Position, field.Length));
        }
        List<FrontMatterEntry> entries = [Entry("type", Text("object", map)), Entry("properties", Map(map, properties))];
        if (required.Count > 0)
            entries.Add(Entry("required", FrontMatterNode.List(required, map.Position, map.Length)));
        entries.Add(Entry("additionalProperties", additional));
        return Map(map, description is null ? entries : [.. entries, Entry("description", Text(description, map))]);
    }

    /// <summary>What may be left out may be null.</summary>
    private static FrontMatterNode Nullable(FrontMatterNode schema) => Map(schema, schema.Entries.Select(static entry => entry.Key switch
    {
        "type" => entry with { Value = FrontMatterNode.List([entry.Value, Text("null", entry.Value)], entry.Value.Position, entry.Value.Length) },
        "enum" => entry with { Value = FrontMatterNode.List([.. entry.Value.Items, FrontMatterNode.Scalar(FrontMatterKind.Plain, "null", entry.Value.Position, 0)], entry.Value.Position, entry.Value.Length) },
        _ => entry,
    }));

    private static (string Name, string? Description) Split(string text)
    {
        int comma = text.IndexOf(',');
        return comma < 0 ? (text.Trim(), null) : (text.Substring(0, comma).Trim(), text.Substring(comma + 1).Trim());
    }

    private static IEnumerable<FrontMatterEntry> Described(IReadOnlyList<FrontMatterEntry> entries, string? description, FrontMatterEntry field) =>
        description is null ? entries : entries.Append(Entry("description", FrontMatterNode.Scalar(FrontMatterKind.Quoted, description, field.Position, field.Length)));

    private static FrontMatterNode Text(string text, FrontMatterNode at) =>
        FrontMatterNode.Scalar(text is "false" ? FrontMatterKind.Plain : FrontMatterKind.Quoted, text, at.Position, at.Length);

    private static FrontMatterNode Text(string text, FrontMatterEntry at) => FrontMatterNode.Scalar(FrontMatterKind.Quoted, text, at.Position, at.Length);

    private static FrontMatterEntry Entry(string key, FrontMatterNode value) => new(key, value.Position, value.Length, value);

    private static FrontMatterNode Map(FrontMatterNode at, IEnumerable<FrontMatterEntry> entries) => FrontMatterNode.Map([.. entries], at.Position, at.Length);

    private static FrontMatterNode? Error(string message, FrontMatterNode at, List<PromptFileError> errors)
    {
        errors.Add(new PromptFileError(PromptFileErrorKind.InvalidValue, message, at.Position, at.Length));
        return null;
    }

    private static FrontMatterNode? Error(string message, FrontMatterEntry at, List<PromptFileError> errors)
    {
        errors.Add(new PromptFileError(PromptFileErrorKind.InvalidValue, message, at.Position, at.Length));
        return null;
    }
}

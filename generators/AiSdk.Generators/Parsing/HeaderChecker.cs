using AiSdk.Generators.Models;
using AiSdk.Prompts;
using Microsoft.CodeAnalysis;

namespace AiSdk.Generators.Parsing;

/// <summary>Compares what a prompt file's front matter says of input and output with the function's declaration.</summary>
internal sealed class HeaderChecker(IReadOnlyList<ParameterInfo> parameters, OutputTypeParser outputTypes, ArgumentTypeParser argumentTypes)
{
    private readonly List<HeaderProblem> _problems = [];
    private bool _isInput;

    /// <summary>What does not fit.</summary>
    /// <param name="header">The front matter.</param>
    /// <param name="output">The type of the reply, or null.</param>
    /// <param name="isText">Whether the reply is text; with neither, it is not known.</param>
    public IReadOnlyList<HeaderProblem> Check(PromptHeader header, TypeUse? output, bool isText)
    {
        if (header.InputSchema is { } input)
            CheckInput(input);
        foreach (FrontMatterEntry entry in header.Defaults)
            CheckDefault(entry);
        _isInput = false;
        if (header.OutputFormat is { Text: "json" } json && isText)
            Mismatch("the file says that the reply is JSON, but the function returns text", json);
        if (header.OutputFormat is { Text: "text" } text && output is not null)
            Mismatch("the file says that the reply is text, but the function's return type is read from JSON", text);
        if (header.OutputSchema is { } schema)
        {
            if (output is { } use)
                Compare(schema, SchemaSubject.Of(use, outputTypes), "the reply");
            else if (isText && schema["type"] is not { Text: "string" } && schema.Entries.Count > 0)
                Mismatch("the file gives the reply a schema, but the function returns text", schema);
        }
        return _problems;
    }

    private IEnumerable<ParameterInfo> Data => parameters.Where(static p => p is { Kind: ParameterKind.Data, IsUnsupported: false });

    private void CheckInput(FrontMatterNode schema)
    {
        _isInput = true;
        List<ParameterInfo> data = [.. Data];
        if (schema["properties"] is not { } properties)
        {
            if (data is [{ } only] && Subject(only) is { } subject)
                Compare(schema, subject, $"'{only.Symbol.Name}'");
            return;
        }
        // A prompt over one record may name its members, as templates may.
        if (data is [{ } record] && properties.Entries.All(entry => entry.Key != record.Symbol.Name) && Subject(record) is { Kind: SchemaKind.Object } members)
        {
            Compare(schema, members, $"'{record.Symbol.Name}'");
            return;
        }
        foreach (FrontMatterEntry property in properties.Entries)
        {
            if (parameters.FirstOrDefault(p => p.Symbol.Name == property.Key) is not { } parameter)
                Mismatch($"'{property.Key}' is no parameter of the function{(data.Count == 0 ? ", which has none" : "; it has " + string.Join(", ", data.Select(static p => p.Symbol.Name)))}", property);
            else if (parameter.Kind == ParameterKind.Data && Subject(parameter) is { } subject)
                Compare(property.Value, subject, $"'{property.Key}'");
        }
        if (schema["additionalProperties"] is { Kind: FrontMatterKind.Map })
            return;
        foreach (ParameterInfo parameter in data.Where(p => properties[p.Symbol.Name] is null))
            Mismatch($"the input's schema lacks the parameter '{parameter.Symbol.Name}'", schema);
    }

    private void CheckDefault(FrontMatterEntry entry)
    {
        List<ParameterInfo> data = [.. Data];
        ITypeSymbol? type = data.FirstOrDefault(p => p.Symbol.Name == entry.Key)?.Symbol.Type;
        if (type is null && data is [{ } only])
            type = only.Symbol.Type.Underlying(out _).DataMembers().FirstOrDefault(m => m.Name == entry.Key || JsonNames.OfProperty(m) == entry.Key)?.MemberType();
        if (type is null)
            Mismatch($"'{entry.Key}' is no parameter of the function{(data.Count == 0 ? ", which has none" : "; it has " + string.Join(", ", data.Select(static p => p.Symbol.Name)))}", entry);
        else if (!entry.Value.IsNull && PromptBinder.DefaultExpression(entry.Value, type.Underlying(out _)) is null)
            Mismatch($"the default of '{entry.Key}' is no {type.Underlying(out _).Display()}; defaults can be texts, numbers, truth values and an enum's values", entry.Value.Position, Math.Max(1, entry.Value.Length));
        else if (!type.MayBeNull())
            _problems.Add(new HeaderProblem(ProblemKind.UnusedDefault, $"the default of '{entry.Key}' is never used, because {type.Display()} cannot be null: make it {type.Display()}?", entry.Position, entry.Length));
    }

    private SchemaSubject? Subject(ParameterInfo parameter) =>
        argumentTypes.Parse(parameter.Symbol.Type, out _) is { } use ? SchemaSubject.Of(use, argumentTypes) : null;

    private void Compare(FrontMatterNode schema, SchemaSubject subject, string path)
    {
        if (schema["$ref"] is { } name)
        {
            if (name.Text != subject.TypeName && !name.Text.StartsWith("#", StringComparison.Ordinal))
                Mismatch($"{path} is '{name.Text}' in the file and {subject.TypeName} in C#", name);
            return;
        }
        if (subject.Kind == SchemaKind.Any)
            return;
        List<string> types = schema["type"] is not { } type ? [] : type.Kind == FrontMatterKind.List ? [.. type.Items.Select(static item => item.Text)] : [type.Text];
        bool mayBeNull = types.Remove("null") || schema["enum"]?.Items.Any(static item => item.IsNull) == true;
        if (mayBeNull && !subject.MayBeNull && !subject.MayBeMissing)
        {
            Mismatch($"{path} may be null in the file, but not in C#, where it is {subject.TypeName}", schema);
            return;
        }
        if (types.Count > 0 && !types.Any(t => Fits(t, subject.Kind)))
        {
            Mismatch($"{path} is {string.Join(" or ", types)} in the file and {subject.TypeName} in C#", schema["type"]!);
            return;
        }
        if (schema["enum"] is { Kind: FrontMatterKind.List } values)
            CompareEnum(values, subject, path);
        if (schema["items"] is { } items && subject.Element is { } element)
            Compare(items, element(), $"an element of {path}");
        if (schema["properties"] is { Kind: FrontMatterKind.Map } properties && subject.Properties is { } members)
            CompareProperties(schema, properties, members(), subject, path);
        else if (schema["additionalProperties"] is { Kind: FrontMatterKind.Map } rest && subject.Kind == SchemaKind.Dictionary && subject.Element is { } value)
            Compare(rest, value(), $"a value of {path}");
    }

    private void CompareEnum(FrontMatterNode values, SchemaSubject subject, string path)
    {
        if (subject.Values.Count == 0)
        {
            if (subject.Kind != SchemaKind.String)
                Mismatch($"{path} is an enum in the file and {subject.TypeName} in C#", values);
            return;
        }
        foreach (FrontMatterNode value in values.Items.Where(item => !item.IsNull && !subject.Values.Contains(item.Text)))
            Mismatch($"{subject.TypeName} has no value '{value.Text}'; it has {string.Join(", ", subject.Values.Take(12))}", value);
        foreach (string value in subject.Values.Where(value => values.Items.All(item => item.Text != value)).Take(1))
            Mismatch($"{subject.TypeName} has the value '{value}' too, which the file does not have", values);
    }

    private void CompareProperties(FrontMatterNode schema, FrontMatterNode properties, IReadOnlyList<SchemaProperty> members, SchemaSubject subject, string path)
    {
        HashSet<string> found = new(StringComparer.Ordinal);
        foreach (FrontMatterEntry property in properties.Entries)
        {
            SchemaProperty? member = members.FirstOrDefault(m => m.JsonName == property.Key) ?? members.FirstOrDefault(m => _isInput && string.Equals(m.Name, property.Key, StringComparison.OrdinalIgnoreCase));
            if (member is null)
            {
                Mismatch($"{subject.TypeName} has no property '{property.Key}'{(members.Count == 0 ? "" : "; it has " + string.Join(", ", members.Select(static m => m.JsonName).Take(12)))}", property);
                continue;
            }
            found.Add(member.JsonName);
            Compare(property.Value, member.Subject() with { MayBeMissing = !member.IsRequired }, $"'{property.Key}'");
        }
        foreach (SchemaProperty member in members.Where(m => !found.Contains(m.JsonName) && (m.IsRequired || _isInput)).Take(1))
            Mismatch($"{subject.TypeName} has the property '{member.JsonName}' too, which the schema of {path} does not have", schema);
    }

    private bool Fits(string type, SchemaKind kind) => type switch
    {
        "string" => kind is SchemaKind.String or SchemaKind.Enum,
        "boolean" => kind == SchemaKind.Boolean,
        "integer" => kind is SchemaKind.Integer or SchemaKind.Number,
        "number" => kind == SchemaKind.Number || (_isInput && kind == SchemaKind.Integer),
        "array" => kind == SchemaKind.List,
        "object" => kind is SchemaKind.Object or SchemaKind.Dictionary,
        _ => true,
    };

    private void Mismatch(string message, FrontMatterNode at) => Mismatch(message, at.Position, at.Length);

    private void Mismatch(string message, FrontMatterEntry at) => Mismatch(message, at.Position, at.Length);

    private void Mismatch(string message, int position, int length) => _problems.Add(new HeaderProblem(ProblemKind.FrontMatterMismatch, message, position, length));
}

/// <summary>What does not fit between front matter and declaration.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Message">What is wrong and what to do.</param>
/// <param name="Position">Where in the file.</param>
/// <param name="Length">How many code units it concerns.</param>
internal sealed record HeaderProblem(ProblemKind Kind, string Message, int Position, int Length);

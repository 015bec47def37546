using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using Microsoft.CodeAnalysis;

namespace AiSdk.Generators.Parsing;

/// <summary>Reads a function's examples, from attributes and from files, and checks them against parameters and return type.</summary>
/// <param name="method">The function.</param>
/// <param name="function">Its model so far.</param>
/// <param name="value">The type of its value.</param>
/// <param name="parameters">The parameters that an example gives.</param>
/// <param name="outputTypes">The types of replies.</param>
/// <param name="files">The files that declarations may name.</param>
/// <param name="problems">Takes what is wrong.</param>
internal sealed class ExampleParser(
    IMethodSymbol method, FunctionModel function, ITypeSymbol? value, List<ParameterInfo> parameters, OutputTypeParser outputTypes, PromptFiles files, List<Problem> problems)
{
    private const string Demand = "with several parameters in the user prompt it must be a JSON object with a property for each";

    /// <summary>The examples in the order in which they are declared; those that do not fit are left out.</summary>
    /// <param name="used">Takes the files.</param>
    public IEnumerable<ExampleModel> Parse(HashSet<AdditionalFile> used)
    {
        foreach (AttributeData attribute in method.GetAttributes())
        {
            bool isFile = attribute.AttributeClass.Is("AiSdk", "ExamplesAttribute");
            if (!isFile && !attribute.AttributeClass.Is("AiSdk", "ExampleAttribute"))
                continue;
            ProblemSite at = new(method, SitePart.Attribute, attribute);
            if (!function.Prompts.Any(static p => p.Role == "user") || function.Prompts.Any(static p => p.Role == "user" && !p.IsText && !p.Nodes.All(static n => n is BoundHistory)))
            {
                Fail("examples need user prompts of plain text, without {{media}}, {{role}} or {{history}} in blocks", at);
                yield break;
            }
            foreach (ExampleModel? example in isFile ? FromFile(attribute, used) : [FromAttribute(attribute, at)])
            {
                if (example is not null)
                    yield return example;
            }
        }
    }

    private ExampleModel? FromAttribute(AttributeData attribute, ProblemSite at)
    {
        if (attribute.ConstructorArguments is not [{ Value: string input }, { Value: string output }])
            return Fail("an example's input or output is null", at);
        // As in a file, one text may be given by its name.
        if (parameters is [{ Symbol: { Type.SpecialType: SpecialType.System_String, Name: var name } }] && Json.Parse(input, out _) is { Kind: JsonKind.Object, Members: [{ Value: { Kind: JsonKind.String, Text: { } only } } member] } && member.Name == name)
            input = only;
        return Example(input, output, attribute.Named("Reasoning") as string, (argument, start, length) => at with { Part = SitePart.Text, Argument = argument, Start = start, Length = length });
    }

    private IEnumerable<ExampleModel?> FromFile(AttributeData attribute, HashSet<AdditionalFile> used)
    {
        ProblemSite at = new(method, SitePart.Text, attribute);
        if (attribute.Text() is not { Length: > 0 } path)
        {
            yield return Fail("the examples' file is not named", at with { Part = SitePart.Attribute });
            yield break;
        }
        if (files.Find(path, out string? missing) is not { } file)
        {
            problems.Add(new Problem(ProblemKind.MissingPromptFile, missing!, at) { Name = files.CouldBeAdded(path) ? path : null });
            yield break;
        }
        used.Add(file);
        string text = file.Text;
        if (string.IsNullOrWhiteSpace(text))
            problems.Add(new Problem(ProblemKind.InvalidExample, $"'{path}' has no example: a line is {{\"input\": …, \"output\": …}}", at) { IsHarmless = true });
        for (int start = 0; start < text.Length;)
        {
            int end = text.IndexOf('\n', start) is >= 0 and int newline ? newline : text.Length;
            string line = text.Substring(start, end - start);
            if (line.Trim().Length > 0)
                yield return Line(line, start, file, at);
            start = end + 1;
        }
    }

    private ExampleModel? Line(string line, int start, AdditionalFile file, ProblemSite at)
    {
        const string Form = "a line is {\"input\": …, \"output\": …}";
        bool reasons = function.Reasoning is not null;
        if (Json.Parse(line, out int wrong) is not { } example)
            return Fail($"{Form}, and this is no valid JSON", Site(wrong, 1));
        if (example.Kind != JsonKind.Object)
            return Fail($"{Form}, but this is {ExampleChecker.Describe(example)}", Site(example.Start, example.Raw.Length));
        if (example.Members.FirstOrDefault(member => member.Name is not ("input" or "output") && !(reasons && member is { Name: "reasoning", Value.Kind: JsonKind.String })) is { } unknown)
            return Fail($"{Form}, and '{unknown.Name}' is neither", Site(unknown.Start, unknown.Name.Length + 2));
        if (example.Members.GroupBy(static member => member.Name).FirstOrDefault(static members => members.Count() > 1) is { } twice)
            return Fail($"'{twice.Key}' is there twice, and only one of its values could be kept", Site(twice.Last().Start, twice.Key.Length + 2));
        if (example.Members.FirstOrDefault(static member => member.Name == "input")?.Value is not { } input || example.Members.FirstOrDefault(static member => member.Name == "output")?.Value is not { } output)
            return Fail(Form, Site(example.Start, example.Raw.Length));

        // Where the function takes or gives a text, a JSON string is that text; anything else is JSON.
        bool isText = parameters is [{ Symbol.Type.SpecialType: SpecialType.System_String }];
        JsonValue? only = isText && input.Kind == JsonKind.Object && input.Members is [{ } member] && member.Name == parameters[0].Symbol.Name ? member.Value : null;
        JsonValue given = only ?? input;
        if (isText && given.Kind != JsonKind.String)
            return Fail($"the example's input is {ExampleChecker.Describe(given)}, but '{parameters[0].Symbol.Name}' is a text", Site(given.Start, given.Raw.Length));
        if (function.Output is null && output.Kind != JsonKind.String)
            return Fail($"the example's output is {ExampleChecker.Describe(output)}, but the function returns text", Site(output.Start, output.Raw.Length));
        return Example(
            isText ? given.Text! : input.Raw, function.Output is null ? output.Text! : output.Raw, example.Members.FirstOrDefault(static member => member.Name == "reasoning")?.Value.Text,
            (argument, position, length) => Site((argument == 0 ? input : output).Start + position, length));

        ProblemSite Site(int position, int length) => at with { File = new FileSite(file, start + position, length) };
    }

    private ExampleModel? Example(string input, string output, string? reasoning, Func<int, int, int, ProblemSite> site)
    {
        string reply = output;
        if (function.Output is { } type)
        {
            if (Json.Parse(output, out int wrong) is not { } parsed)
                return Fail($"the example's output is not valid JSON: {output}", site(1, Math.Min(wrong, output.Length), 1));
            if (ExampleChecker.Misfit(parsed, type, outputTypes.Known, "$", checksLimits: true) is { } misfit)
                return Fail($"the example's output does not fit {value?.Display()}: at {misfit.Path}: {misfit.Reason}", site(1, misfit.Position, misfit.Length));
            string thoughts = function.Reasoning is not null && reasoning is not null ? $"\"reasoning\":{Json.Quote(LineEnds.Normalize(reasoning))}," : "";
            reply = Wrapping.IsWrapped(outputTypes[type.Type], type.IsNullable, function.Reasoning) ? $"{{{thoughts}\"value\":{output}}}" : output;
        }
        return Arguments(input, site) is { } arguments ? new ExampleModel(LineEnds.Normalize(input), LineEnds.Normalize(output), arguments.ToEquatableArray(), LineEnds.Normalize(reply), function.Reasoning is not null && reasoning is not null ? LineEnds.Normalize(reasoning) : null) : null;
    }

    private List<ExampleArgument>? Arguments(string input, Func<int, int, int, ProblemSite> site)
    {
        if (parameters is [{ Symbol.Type.SpecialType: SpecialType.System_String }])
            return [new ExampleArgument(LineEnds.Normalize(input), null)];
        if (Json.Parse(input, out int wrong) is not { } parsed)
            return FailInput($"the example's input is not valid JSON; {Demand}: {input}", Math.Min(wrong, input.Length), 1);
        if (parsed.Kind != JsonKind.Object)
            return FailInput($"the example's input is {ExampleChecker.Describe(parsed)}; {Demand}", parsed.Start, parsed.Raw.Length);
        List<ExampleArgument> arguments = [];
        foreach (ParameterInfo parameter in parameters)
        {
            string name = parameter.Symbol.Name;
            List<JsonMember> given = [.. parsed.Members.Where(member => member.Name == name)];
            if (given.Count > 1)
                return FailInput($"the example's input has the property '{name}' twice, and only one of its values could be kept", given[1].Start, name.Length + 2);
            if (given.Count == 0 && !parameter.Symbol.Type.MayBeNull())
                return FailInput($"the example's input has no property '{name}', which the user prompt uses", parsed.Start, parsed.Raw.Length);
            if (parameter.Symbol.Type.Underlying(out _).Is("AiSdk", "Passages"))
            {
                if (given is not [{ Value: { Kind: not JsonKind.Null } list }])
                    arguments.Add(new ExampleArgument("[]", null, default(EquatableArray<ExamplePassage>)));
                else if (ExamplePassages.Read(list, out JsonValue? wrongPassage) is { } passages)
                    arguments.Add(new ExampleArgument(list.Raw, null, passages));
                else
                    return FailInput($"the example's argument '{name}' wants a list of passages like {ExamplePassages.Form}, and this is none", wrongPassage!.Start, wrongPassage.Raw.Length);
                continue;
            }
            if (outputTypes.Parse(parameter.Symbol.Type, out OutputTypeProblem? problem) is not { } use)
                return FailInput($"the parameter '{name}' cannot be read from an example: {problem!.Message}", parsed.Start, parsed.Raw.Length);
            if (given is [{ Value: { } argument }] && ExampleChecker.Misfit(argument, use, outputTypes.Known, ExampleChecker.Step("$", name)) is { } misfit)
                return FailInput($"the example's argument '{name}' does not fit {parameter.Symbol.Type.Display()}: at {misfit.Path}: {misfit.Reason}", misfit.Position, misfit.Length);
            arguments.Add(new ExampleArgument(given is [{ Value.Raw: var json }] ? json : "null", use));
        }
        return parsed.Members.FirstOrDefault(member => parameters.All(parameter => parameter.Symbol.Name != member.Name)) is { } unknown
            ? FailInput($"the example's input has a property '{unknown.Name}', but the user prompt uses no such parameter", unknown.Start, unknown.Value.Start + unknown.Value.Raw.Length - unknown.Start)
            : arguments;

        List<ExampleArgument>? FailInput(string message, int position, int length)
        {
            Fail(message, site(0, position, length));
            return null;
        }
    }

    private ExampleModel? Fail(string message, ProblemSite site)
    {
        problems.Add(new Problem(ProblemKind.InvalidExample, message, site));
        return null;
    }
}

using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using Microsoft.CodeAnalysis;

namespace AiSdk.Generators.Parsing;

/// <summary>Checks the lines of a file of cases against a function's parameters and return type.</summary>
/// <param name="function">The function.</param>
/// <param name="types">The types that it names.</param>
internal sealed class CaseFileChecker(CasesFunctionModel function, EquatableArray<TypeModel> types)
{
    private const string Form = "a case is {\"id\": …, \"input\": {…}, \"expected\": …, \"tags\": […]}";

    // The compiler makes a new object for each change of a file, so that one is checked once for a declaration and not at every key that is pressed elsewhere.
    private static readonly ConditionalWeakTable<AdditionalText, ConcurrentDictionary<string, CheckedFile>> _known = new();

    private readonly EquatableArray<PropertyModel> _parameters = types[function.Arguments].Properties;
    private readonly List<CaseProblem> _problems = [];
    private readonly List<string> _lines = [];
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);

    /// <summary>Finds the file and checks it.</summary>
    /// <param name="function">The function.</param>
    /// <param name="types">The types that it names.</param>
    /// <param name="files">The files of cases.</param>
    /// <param name="problems">What is wrong, with its place.</param>
    /// <param name="cancellationToken">Stops checking.</param>
    public static CaseFileModel Check(CasesFunctionModel function, EquatableArray<TypeModel> types, PromptFiles files, out IReadOnlyList<CaseProblem> problems, CancellationToken cancellationToken)
    {
        if (files.Find(function.Path, out string? missing) is not { } file)
        {
            problems = [new CaseProblem(ProblemKind.MissingCaseFile, missing!, null)];
            return new CaseFileModel(function.Path, default, Failure(function, problems));
        }
        ConcurrentDictionary<string, CheckedFile> known = _known.GetValue(file.CompilerFile, static _ => new ConcurrentDictionary<string, CheckedFile>(StringComparer.Ordinal));
        if (!known.TryGetValue(function.DisplayName, out CheckedFile? last) || last.Function != function || !last.Types.Equals(types))
        {
            CaseFileChecker checker = new(function, types);
            checker.CheckLines(file, cancellationToken);
            string? failure = checker._problems.Count == 0 ? null : Failure(function, checker._problems);
            last = new CheckedFile(function, types, new CaseFileModel(Path.GetFileName(file.Path), checker._lines.ToEquatableArray(), failure), checker._problems);
            known[function.DisplayName] = last;
        }
        problems = last.Problems;
        return last.Model;
    }

    private static string Failure(CasesFunctionModel function, IReadOnlyList<CaseProblem> problems) =>
        $"The cases of {function.DisplayName} cannot be used: {problems[0].Message}{(problems[0].Site is { } site ? $" ({site.File.Place(site.Start)})" : "")}.";

    private void CheckLines(AdditionalFile file, CancellationToken cancellationToken)
    {
        string text = file.Text;
        int number = 0;
        for (int start = 0; start < text.Length;)
        {
            number++;
            cancellationToken.ThrowIfCancellationRequested();
            int end = text.IndexOf('\n', start) is >= 0 and int newline ? newline : text.Length;
            string line = text.Substring(start, end - start);
            int at = start;
            if (line.Trim().Length > 0 && Line(line, number, (message, position, length, kind) => _problems.Add(new CaseProblem(kind, message, new FileSite(file, at + position, length)))) is { } fits)
                _lines.Add(fits);
            start = end + 1;
        }
        if (_lines.Count == 0 && _problems.Count == 0)
            _problems.Add(new CaseProblem(ProblemKind.InvalidCase, $"'{function.Path}' has no case: {Form}", new FileSite(file, 0, 0)));
    }

    private sealed record CheckedFile(CasesFunctionModel Function, EquatableArray<TypeModel> Types, CaseFileModel Model, IReadOnlyList<CaseProblem> Problems);

    private delegate void Report(string message, int position, int length, ProblemKind kind = ProblemKind.InvalidCase);

    /// <summary>The line in its canonical form, or null if it does not fit.</summary>
    private string? Line(string line, int number, Report report)
    {
        if (Json.Parse(line, out int wrong) is not { } root)
            return Fail($"{Form}, and this is no valid JSON", Math.Min(wrong, Math.Max(0, line.Length - 1)), 1);
        if (root.Kind != JsonKind.Object)
            return Fail($"{Form}, but this is {ExampleChecker.Describe(root)}", root.Start, root.Raw.Length);
        int before = _problems.Count;
        foreach (JsonMember unknown in root.Members.Where(static member => member.Name is not ("id" or "input" or "expected" or "tags")))
            report($"{Form}, and '{unknown.Name}' is no part of it", unknown.Start, unknown.Name.Length + 2);
        foreach (IGrouping<string, JsonMember> twice in root.Members.GroupBy(static member => member.Name).Where(static members => members.Count() > 1))
            report($"'{twice.Key}' is there twice, and only one of its values could be kept", twice.Last().Start, twice.Key.Length + 2);

        string? id = Id(root, number, report);
        JsonValue? input = Value("input");
        string? arguments = input is null ? null : Input(input, report);
        JsonValue? expected = Value("expected");
        if (expected is not null)
            Expected(expected, report);
        JsonValue? tags = root.Members.FirstOrDefault(static member => member.Name == "tags")?.Value;
        if (tags is not null && (tags.Kind != JsonKind.List || tags.Items.Any(static tag => tag.Kind != JsonKind.String)))
            report($"tags are a list of texts, not {ExampleChecker.Describe(tags)}", tags.Start, tags.Raw.Length);
        if (_problems.Count > before)
            return null;
        string tagged = tags is { Items.Count: > 0 } ? $",\"tags\":{tags.Raw}" : "";
        // In JSON that is valid they stand in texts only, and in C# they would end the line of the literal that the case stands in.
        return $"{{\"id\":{Json.Quote(id!)},\"input\":{arguments},\"expected\":{expected!.Raw}{tagged}}}".Replace("\u0085", "\\u0085").Replace("\u2028", "\\u2028").Replace("\u2029", "\\u2029");

        JsonValue? Value(string name)
        {
            if (root.Members.FirstOrDefault(member => member.Name == name) is { } found)
                return found.Value;
            report($"the case has no '{name}': {Form}", root.Start, root.Raw.Length);
            return null;
        }

        string? Fail(string message, int position, int length)
        {
            report(message, position, length);
            return null;
        }
    }

    private string? Id(JsonValue root, int number, Report report)
    {
        if (root.Members.FirstOrDefault(static member => member.Name == "id")?.Value is not { } value)
        {
            report("the case has no 'id': runs are compared case by case, by their names", root.Start, root.Raw.Length);
            return null;
        }
        string? id = value.Kind switch { JsonKind.String => value.Text, JsonKind.Number => value.Raw, _ => null };
        if (id is not { Length: > 0 })
        {
            report($"an id is a text or a number, not {(id is null ? ExampleChecker.Describe(value) : "empty")}", value.Start, value.Raw.Length);
            return null;
        }
        if (_ids.TryGetValue(id, out int line))
            report($"the case in line {line.ToString(CultureInfo.InvariantCulture)} is called '{id}', too: the name tells which cases two runs share", value.Start, value.Raw.Length, ProblemKind.RepeatedCase);
        else
            _ids.Add(id, number);
        return id;
    }

    /// <summary>The input in its canonical form: of several parameters an object, of one its value.</summary>
    private string? Input(JsonValue input, Report report)
    {
        bool isSingle = _parameters.Count == 1;
        // One simple value may stand alone, as in the data sets that there are.
        if (isSingle && input.Kind != JsonKind.Object && types[_parameters[0].Type.Type].Kind is OutputTypeKind.Scalar or OutputTypeKind.Enum)
            return Fits(input, _parameters[0]) ? input.Raw : null;
        string names = string.Join(", ", _parameters.Select(static parameter => parameter.JsonName));
        if (input.Kind != JsonKind.Object)
        {
            report($"the input is an object with a property for each parameter ({names}), not {ExampleChecker.Describe(input)}", input.Start, input.Raw.Length);
            return null;
        }
        bool fits = true;
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (JsonMember member in input.Members)
        {
            if (_parameters.FirstOrDefault(parameter => parameter.JsonName == member.Name) is not { } parameter)
            {
                report($"{function.DisplayName} has no parameter '{member.Name}' that a case gives; it has {names}", member.Start, member.Name.Length + 2);
                fits = false;
            }
            else if (!seen.Add(member.Name))
            {
                report($"'{member.Name}' is there twice, and only one of its values could be kept", member.Start, member.Name.Length + 2);
                fits = false;
            }
            else
            {
                fits &= Fits(member.Value, parameter);
            }
        }
        // What a lone parameter leaves out would be no case.
        string[] missing = [.. _parameters.Where(parameter => (parameter.IsRequired || isSingle) && !seen.Contains(parameter.JsonName)).Select(static parameter => $"'{parameter.JsonName}'")];
        if (missing.Length > 0)
        {
            report($"the input has no {string.Join(", ", missing)}, which {function.DisplayName} needs", input.Start, input.Raw.Length);
            fits = false;
        }
        return !fits ? null : isSingle ? input.Members[0].Value.Raw : input.Raw;

        bool Fits(JsonValue value, PropertyModel parameter)
        {
            if (ExampleChecker.Misfit(value, parameter.Type, types, ExampleChecker.Step("$", parameter.JsonName)) is not { } misfit)
                return true;
            report($"the argument '{parameter.JsonName}' does not fit its type: at {misfit.Path}: {misfit.Reason}", misfit.Position, misfit.Length);
            return false;
        }
    }

    private void Expected(JsonValue expected, Report report)
    {
        if (function.Output is not { } output)
        {
            if (expected.Kind != JsonKind.String)
                report($"what is expected is {ExampleChecker.Describe(expected)}, but {function.DisplayName} gives text", expected.Start, expected.Raw.Length);
        }
        else if (ExampleChecker.Misfit(expected, output, types, "$", checksLimits: true) is { } misfit)
        {
            report($"what is expected does not fit {function.ValueName}: at {misfit.Path}: {misfit.Reason}", misfit.Position, misfit.Length);
        }
    }
}

/// <summary>Something in a file of cases that does not fit.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Message">What is wrong and what to do.</param>
/// <param name="Site">Where; null if there is no file.</param>
internal sealed record CaseProblem(ProblemKind Kind, string Message, FileSite? Site);

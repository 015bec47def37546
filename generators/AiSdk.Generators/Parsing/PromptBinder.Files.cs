using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using AiSdk.Prompts;
using Microsoft.CodeAnalysis;

namespace AiSdk.Generators.Parsing;

/// <summary>Templates in files: their messages, partials and defaults.</summary>
internal sealed partial class PromptBinder
{
    private const int MaxPartialDepth = 32;

    /// <summary>The texts that positions count in, innermost last: the file of the template, then those of the partials that are open in it.</summary>
    private readonly Stack<(AdditionalFile? File, int Offset, string Name)> _texts = new();

    private readonly SortedDictionary<string, string> _partialTexts = new(StringComparer.Ordinal);
    private IReadOnlyList<FrontMatterEntry> _defaults = [];

    private ProblemSite? _whole;

    /// <summary>The partials that templates were made of so far.</summary>
    public HashSet<AdditionalFile> Partials { get; } = [];

    /// <summary>What the analyzers ask of each of them.</summary>
    public List<PromptFacts> PartialFacts { get; } = [];

    private AdditionalFile? File => _texts.Peek().File;

    private int Offset => _texts.Peek().Offset;

    private EquatableArray<string> PartialTexts => _partialTexts.Select(static partial => $"{partial.Key}\n{partial.Value}").ToEquatableArray();

    /// <summary>Binds a file's template: each message that it begins outside of blocks is a prompt of its own, so that nothing has to be taken apart at run time.</summary>
    /// <param name="file">The file.</param>
    /// <param name="parsed">The same, parsed.</param>
    /// <param name="whole">The place of the template.</param>
    /// <param name="facts">What the analyzers ask of each message.</param>
    /// <param name="problems">What is wrong with the template; positions are in the file.</param>
    /// <param name="usedByUser">The parameters that messages of the user show.</param>
    public IReadOnlyList<PromptModel> BindFile(
        AdditionalFile file, PromptFile parsed, ProblemSite whole, out IReadOnlyList<PromptFacts> facts, out IReadOnlyList<TemplateProblem> problems, out IReadOnlyCollection<string> usedByUser)
    {
        Begin(file, parsed.TemplatePosition, parsed.Header.Defaults, whole);
        Template template = TemplateParser.Parse(parsed.Template);
        foreach (TemplateError error in template.Errors)
            Report(ProblemKind.TemplateSyntax, error.Message, error.Position, error.Length);

        List<PromptModel> prompts = [];
        List<PromptFacts> messages = [];
        HashSet<string> user = new(StringComparer.Ordinal);
        HashSet<string> usedBefore = new(Used, StringComparer.Ordinal);
        foreach ((string role, IReadOnlyList<TemplateNode> nodes, int start, string text) in Messages(template, parsed.Template))
        {
            _values.Clear();
            _mayBeSystem = role == "system";
            _partialTexts.Clear();
            Used.Clear();
            EquatableArray<BoundNode> bound = Bind(nodes);
            if (role != "model")
                user.UnionWith(role == "user" ? Used : []);
            usedBefore.UnionWith(Used);
            messages.Add(new PromptFacts(whole, start, role, text, nodes, [.. _values]) { HasErrors = template.Errors.Count > 0 });
            if (bound.Count > 0 && !bound.All(static node => node is BoundText { Text: var literal } && string.IsNullOrWhiteSpace(literal)))
                prompts.Add(new PromptModel(role, text, bound) { Partials = PartialTexts, MayBeBlank = !bound.Any(IsCertain) });
        }
        Used.UnionWith(usedBefore);
        problems = [.. _problems];
        facts = messages;
        usedByUser = user;
        return prompts;
    }

    /// <summary>The messages that a template begins outside of blocks.</summary>
    private static IEnumerable<(string Role, IReadOnlyList<TemplateNode> Nodes, int Start, string Text)> Messages(Template template, string text)
    {
        string role = "user";
        int start = 0;
        List<TemplateNode> nodes = [];
        foreach (TemplateNode node in template.Nodes)
        {
            if (node is not RoleNode next)
            {
                nodes.Add(node);
                continue;
            }
            yield return (role, nodes, start, text.Substring(start, next.Position - start));
            (role, start, nodes) = (next.Role, next.Position, []);
        }
        yield return (role, nodes, start, text.Substring(start));
    }

    /// <summary>Whether a part is there whatever the arguments are: a message of nothing else may be blank, and is then left out.</summary>
    private static bool IsCertain(BoundNode node) => node is BoundValue || node is BoundText { Text: var text } && !string.IsNullOrWhiteSpace(text);

    private void Begin(AdditionalFile? file, int offset, IReadOnlyList<FrontMatterEntry> defaults, ProblemSite? whole)
    {
        _whole = whole;
        _problems.Clear();
        _values.Clear();
        _partialTexts.Clear();
        _texts.Clear();
        _texts.Push((file, offset, ""));
        _defaults = defaults;
    }

    private EquatableArray<BoundNode> BindPartial(PartialCallNode node)
    {
        if (FindPartial(node) is not { } file)
        {
            string wanted = PromptFiles.PartialPath(node.Name);
            bool isMissing = _files.CouldBeAdded(wanted);
            _files.Find(wanted, out string? problem);
            Report(
                ProblemKind.MissingPartial, isMissing ? $"there is no partial '{node.Name}': it would be the file {wanted}" : $"the partial '{node.Name}' is not found: {problem}",
                node.Position, node.Name.Length, isMissing ? wanted : null);
            return default;
        }
        if (_texts.Any(text => text.Name == node.Name) || _texts.Count > MaxPartialDepth)
        {
            Report(ProblemKind.TemplateSyntax, $"the partial '{node.Name}' contains itself: {string.Join(" > ", _texts.Select(static text => text.Name).Reverse().Skip(1).Append(node.Name))}", node.Position, node.Name.Length);
            return default;
        }
        Operand? context = node.Context is null ? null : Resolve(node.Context);
        Dictionary<string, Operand> names = new(StringComparer.Ordinal);
        foreach (PartialArgument argument in node.Arguments)
        {
            if (Given(argument.Value) is { } value)
                names[argument.Name] = value;
        }
        bool hasScope = context is not null || names.Count > 0;
        if (hasScope)
            _scopes.Add(new Scope(context ?? (_scopes.Count > 0 ? _scopes[_scopes.Count - 1].Item : null), null, null, "", null, null) { Names = names, IsLoop = false });
        _texts.Push((file, 0, node.Name));
        Partials.Add(file);
        _partialTexts[node.Name] = file.Text;
        Template template = TemplateParser.Parse(file.Text, node.Indentation);
        foreach (TemplateError error in template.Errors)
            Report(ProblemKind.TemplateSyntax, error.Message, error.Position, error.Length);
        List<ShownValue> outer = [.. _values];
        _values.Clear();
        string role = _mayBeSystem ? "system" : "user";
        EquatableArray<BoundNode> bound = Bind(template.Nodes);
        if (_whole is { } whole)
            PartialFacts.Add(new PromptFacts(whole with { File = new FileSite(file, 0, 0) }, 0, role, file.Text, template.Nodes, [.. _values]) { HasErrors = template.Errors.Count > 0 });
        _values.Clear();
        _values.AddRange(outer);
        _texts.Pop();
        if (hasScope)
            _scopes.RemoveAt(_scopes.Count - 1);
        return bound;
    }

    private AdditionalFile? FindPartial(PartialCallNode node) => _files.FindPartial(node.Name, File);

    private bool PartialBeginsSystem(PartialCallNode node)
    {
        if (_texts.Count > MaxPartialDepth || FindPartial(node) is not { } file || _texts.Any(text => text.Name == node.Name))
            return false;
        _texts.Push((file, 0, node.Name));
        bool begins = BeginsSystem(TemplateParser.Parse(file.Text).Nodes);
        _texts.Pop();
        return begins;
    }

    /// <summary>The value with what front matter says should stand for null.</summary>
    private Operand WithDefault(Operand operand, string name, string jsonName)
    {
        if (!operand.MayBeNull || _defaults.FirstOrDefault(entry => entry.Key == name || entry.Key == jsonName) is not { Value.IsNull: false } entry)
            return operand;
        ITypeSymbol type = operand.Type.Underlying(out _);
        if (type.IsReferenceType)
            type = type.WithNullableAnnotation(NullableAnnotation.NotAnnotated);
        // What is wrong with the default is said where front matter is checked.
        return DefaultExpression(entry.Value, type) is { } literal
            ? operand with { Expression = $"({operand.Expression} ?? {literal})", Type = type, MayBeNull = false, IsNullHere = false }
            : operand;
    }

    /// <summary>A default as C#, or null where the type has none of its sort.</summary>
    public static string? DefaultExpression(FrontMatterNode node, ITypeSymbol type)
    {
        if (type.SpecialType == SpecialType.System_String)
            return node.IsScalar ? CSharp.Literal(node.Text) : null;
        if (type.SpecialType == SpecialType.System_Boolean)
            return node is { Kind: FrontMatterKind.Plain, Text: "true" or "false" } ? node.Text : null;
        if (type.TypeKind == TypeKind.Enum)
        {
            IFieldSymbol? value = type.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(field => field.HasConstantValue && node.IsScalar && JsonNames.OfEnumValue(field) == node.Text);
            return value is null ? null : $"{CSharp.NonNullableTypeName(type)}.{CSharp.Identifier(value.Name)}";
        }
        if (node.Kind != FrontMatterKind.Plain || Scalars.Output(type) is not { JsonType: "integer" or "number" } number
            || Helpers.Json.Parse(node.Text, out _) is not { Kind: JsonKind.Number } value1 || ExampleChecker.Expected(value1, number.Read) is not null)
            return null;
        return Number(value1.Raw, type);
    }
}

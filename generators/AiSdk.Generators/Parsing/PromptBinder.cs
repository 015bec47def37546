using System.Collections.Immutable;
using System.Globalization;
using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using AiSdk.Prompts;
using Microsoft.CodeAnalysis;

namespace AiSdk.Generators.Parsing;

/// <summary>Binds the paths of a function's templates to its parameters and their members.</summary>
internal sealed partial class PromptBinder
{
    /// <summary>Stands for the description of the return type.</summary>
    private const string OutputFormatName = "output_format";

    /// <summary>Stands for the name that is being typed; no name that anybody would give.</summary>
    private const string Probe = "__name_being_typed__";

    private const string Invariant = "global::System.Globalization.CultureInfo.InvariantCulture";

    private readonly Compilation _compilation;
    private readonly IReadOnlyList<ParameterInfo> _parameters;
    private readonly ArgumentTypeParser _argumentTypes;
    private readonly bool _hasOutput;
    private readonly HashSet<string> _names;
    private readonly List<Scope> _scopes = [];
    private readonly List<TemplateProblem> _problems = [];
    private readonly List<ShownValue> _values = [];
    private readonly PromptFiles _files;
    private IReadOnlyList<PlaceholderName> _candidates = [];

    /// <summary>Whether the text at hand may land in a system message: on some way through the blocks before it, the last role was system.</summary>
    private bool _mayBeSystem;

    public PromptBinder(Compilation compilation, PromptFiles files, IReadOnlyList<ParameterInfo> parameters, ArgumentTypeParser argumentTypes, bool hasOutput)
    {
        _compilation = compilation;
        _files = files;
        _hasOutput = hasOutput;
        _parameters = parameters;
        _argumentTypes = argumentTypes;
        _names = new HashSet<string>(parameters.Select(static p => p.Symbol.Name), StringComparer.Ordinal);
    }

    /// <summary>The parameters that templates have used so far, by name.</summary>
    public HashSet<string> Used { get; } = new(StringComparer.Ordinal);

    /// <summary>The variable that stands for <c>{{output_format}}</c>, or null if no template says it.</summary>
    public string? OutputFormat { get; private set; }

    /// <summary>Binds a template.</summary>
    /// <param name="role">The message's role at its beginning.</param>
    /// <param name="text">The template.</param>
    /// <param name="whole">Its place.</param>
    /// <param name="facts">What the analyzers ask of it.</param>
    /// <param name="problems">What is wrong with it.</param>
    public PromptModel Bind(string role, string text, ProblemSite whole, out PromptFacts facts, out IReadOnlyList<TemplateProblem> problems)
    {
        Begin(null, 0, [], whole);
        _mayBeSystem = role == "system";
        Template template = TemplateParser.Parse(text);
        foreach (TemplateError error in template.Errors)
            Report(ProblemKind.TemplateSyntax, error.Message, error.Position, error.Length);
        EquatableArray<BoundNode> nodes = Bind(template.Nodes);
        problems = [.. _problems];
        facts = new PromptFacts(whole, 0, role, text, template.Nodes, [.. _values]) { HasErrors = template.Errors.Count > 0 };
        return new PromptModel(role, LineEnds.Normalize(text), nodes) { Partials = PartialTexts };
    }

    /// <summary>The names that could stand at a place of a template, for completion: what is in scope there, or the members of what stands before the point.</summary>
    /// <param name="before">The template up to the tag at hand.</param>
    /// <param name="path">What stands in that tag before the name: empty, <c>order.</c>, <c>../</c> or <c>@</c>.</param>
    public IReadOnlyList<PlaceholderName> NamesAt(string before, string path)
    {
        Begin(null, 0, [], null);
        _candidates = [];
        // Blocks that are not closed yet have their nodes all the same.
        Bind(TemplateParser.Parse(before + "{{" + path + Probe + "}}").Nodes);
        return _candidates;
    }

    private List<PlaceholderName> NamesInScope(int top)
    {
        List<PlaceholderName> names = [];
        for (int i = top; i >= 0; i--)
        {
            Scope scope = _scopes[i];
            names.AddRange(scope.Names.Select(static given => new PlaceholderName(given.Key, given.Value.Type)));
            if (scope.Item is null)
                continue;
            if (scope.ItemName is not null)
                names.Add(new PlaceholderName(scope.ItemName, scope.Item.Type));
            names.AddRange(Members(scope.Item.Type));
        }
        names.AddRange(_parameters.Where(static p => p.Kind is ParameterKind.Data or ParameterKind.Media).Select(static p => new PlaceholderName(p.Symbol.Name, p.Symbol.Type)));
        return names;
    }

    private static IEnumerable<PlaceholderName> Members(ITypeSymbol type) =>
        Scalars.Output(type.Underlying(out _)) is not null ? [] : type.Underlying(out _).DataMembers().Select(static m => new PlaceholderName(m.Name, m.MemberType()));

    private EquatableArray<BoundNode> Bind(IReadOnlyList<TemplateNode> nodes)
    {
        List<BoundNode> bound = [];
        foreach (TemplateNode node in nodes)
        {
            // These come to any number of parts: those of another template, or of the one branch that can be taken.
            if (node is PartialCallNode partial)
                bound.AddRange(BindPartial(partial));
            else if (node is IfEqualsNode comparison)
                bound.AddRange(BindIfEquals(comparison));
            else if (Bind(node) is { } result)
                bound.Add(result);
        }
        return bound.ToEquatableArray();
    }

    private BoundNode? Bind(TemplateNode node)
    {
        switch (node)
        {
            case TextNode text:
                return new BoundText(LineEnds.Normalize(text.Text));
            case RoleNode role:
                _mayBeSystem = role.Role == "system";
                return new BoundRole(role.Role);
            case HistoryNode history:
                if (_parameters.FirstOrDefault(static p => p.Kind == ParameterKind.History) is not { } messages)
                    return Report(ProblemKind.UnknownPlaceholder, "{{history}} needs a parameter of type IReadOnlyList<ChatMessage>", history.Position, "{{history}}".Length);
                Used.Add(messages.Symbol.Name);
                return new BoundHistory(CSharp.Identifier(messages.Symbol.Name), messages.IsTrusted);
            case MediaNode media:
                if (Resolve(media.Path) is not { } content || !Show(content, media, media.Path))
                    return null;
                if (Address(content, media) is { } address)
                    return new BoundMedia(address);
                return ParameterInfo.IsMedia(content.Type)
                    ? new BoundMedia(content.Expression)
                    : Report(ProblemKind.UnsupportedPlaceholder, $"'{media.Path}' is {content.Type.Display()}, but {{{{media}}}} takes DataContent, UriContent or an address", media.Path);
            case SectionNode section:
                return new BoundSection(section.Name);
            case JsonNode json:
                return Resolve(json.Path) is { } value && Show(value, json, json.Path) ? Json(value, json.Path, ValueForm.JsonOrNull, json.Indent) : null;
            case ValueNode placeholder:
                return Resolve(placeholder.Path) is { } shown && Show(shown, placeholder, placeholder.Path) ? Value(shown, placeholder) : null;
            case IfNode branch:
                return BindIf(branch);
            case EachNode loop:
                return BindEach(loop);
            default:
                throw new InvalidOperationException($"unknown template node {node.GetType().Name}");
        }
    }

    private BoundIf? BindIf(IfNode node)
    {
        Operand? value = Resolve(node.Condition);
        bool isKnown = value is not null;
        string? condition = value is null ? null : Truth(value);
        if (condition is null && isKnown)
            Report(ProblemKind.IfWithoutTruth, $"'{node.Condition}' is never false: {{{{#if}}}} wants a bool, number, string, list, or something that may be null", node.Condition);
        bool before = _mayBeSystem;
        EquatableArray<BoundNode> then = Bind(node.Then);
        (bool afterThen, _mayBeSystem) = (_mayBeSystem, before);
        EquatableArray<BoundNode> orElse = Bind(node.Else);
        _mayBeSystem |= afterThen;
        return condition is null ? null : new BoundIf(node.Negated ? condition is ['(', .., ')'] ? "!" + condition : $"!({condition})" : condition, then, orElse);
    }

    private BoundEach? BindEach(EachNode node)
    {
        if (Resolve(node.Items) is not { } items)
            return null;
        ITypeSymbol sequence = items.Type.Underlying(out _);
        ITypeSymbol? valueType = sequence.DictionaryValueType();
        if ((valueType ?? sequence.ElementType()) is not { } elementType)
        {
            Report(ProblemKind.EachOverNoSequence, $"'{node.Items}' is {items.Type.Display()}, which is no list: {{{{#each}}}} wants an array, list or dictionary", node.Items);
            return null;
        }

        string item = Unique("item");
        string index = Unique("index");
        string element = valueType is null ? item : item + ".Value";
        string? guard = sequence.Is("System.Collections.Immutable", "ImmutableArray", 1) ? "{ IsDefault: false }" : items.MayBeNull ? "{ }" : null;
        string list = guard is null ? items.Expression : Unique("list");
        string? last = sequence.CountProperty() is { } count ? $"({index} == {list}.{count} - 1)" : null;
        Scope scope = new(new Operand(element, elementType, elementType.MayBeNull(), items.Root) { IsTrusted = items.IsTrusted || IsTrusted(elementType) }, node.ItemName, node.IndexName, index, last, valueType is null ? null : item + ".Key");
        _scopes.Add(scope);
        bool before = _mayBeSystem;
        // The second round begins with the role in which the first one ended.
        _mayBeSystem |= BeginsSystem(node.Body);
        EquatableArray<BoundNode> body = Bind(node.Body);
        (bool afterBody, _mayBeSystem) = (_mayBeSystem, before);
        _scopes.RemoveAt(_scopes.Count - 1);
        EquatableArray<BoundNode> orElse = Bind(node.Else);
        _mayBeSystem |= afterBody || (before && node.Else.Count == 0);

        return new BoundEach(items.Expression, guard, list, item, scope.UsesIndex ? index : null, body, orElse);
    }

    private bool BeginsSystem(IReadOnlyList<TemplateNode> nodes) => nodes.Any(node => node switch
    {
        RoleNode role => role.Role == "system",
        IfEqualsNode branch => BeginsSystem(branch.Then) || BeginsSystem(branch.Else),
        PartialCallNode partial => PartialBeginsSystem(partial),
        IfNode branch => BeginsSystem(branch.Then) || BeginsSystem(branch.Else),
        EachNode loop => BeginsSystem(loop.Body) || BeginsSystem(loop.Else),
        _ => false,
    });

    private BoundNode? Value(Operand value, ValueNode node)
    {
        ITypeSymbol type = value.Type.Underlying(out bool isNullableValue);
        string? format = node.Format;
        if (ParameterInfo.IsMedia(type))
            return Report(ProblemKind.UnsupportedPlaceholder, $"'{node.Path}' is {type.Display()}: write {{{{media {node.Path}}}}}", node.Path, replacement: $"media {node.Path}");
        if (ParameterInfo.IsHistory(type))
            return Report(ProblemKind.UnsupportedPlaceholder, $"'{node.Path}' holds messages: write {{{{history}}}}", node.Path, replacement: "history");

        if (type.SpecialType == SpecialType.System_String)
            return format is null ? new BoundValue(value.Expression, ValueForm.String, MayBeNull: value.MayBeNull) : NoFormat("a string");
        if (type.SpecialType == SpecialType.System_Boolean)
            return format is null ? new BoundValue($"global::AiSdk.CompilerServices.PromptText.Of({value.Expression})", ValueForm.String, MayBeNull: value.MayBeNull) : NoFormat("true or false");
        if (type.Is("System", "Uri"))
            return format is null ? new BoundValue($"{value.Expression}{(value.MayBeNull ? "?" : "")}.OriginalString", ValueForm.String, MayBeNull: value.MayBeNull) : NoFormat("a URI");
        if (type.Is("AiSdk", "Passages"))
            return format is null ? new BoundValue($"{value.Expression}{(value.MayBeNull ? "?" : "")}.ToString()", ValueForm.String, MayBeNull: value.MayBeNull) : NoFormat("passages");
        if (type.TypeKind == TypeKind.Enum)
        {
            if (format is not null)
            {
                if (format is not ("G" or "g" or "D" or "d" or "F" or "f" or "X" or "x"))
                    return Report(ProblemKind.UnsupportedPlaceholder, $"'{node.Path}' is an enum, which takes the formats G, D, F and X, not ':{format}'", node.Path);
                if (format is "D" or "d" && !value.MayBeNull && ((INamedTypeSymbol)type).EnumUnderlyingType is { } number)
                    return new BoundValue($"({CSharp.TypeName(number)}){value.Expression}", ValueForm.Formatted);
                // An interpolated string's handler formats an enum where it is; ToString would box it.
                if (!value.MayBeNull)
                    return new BoundValue(value.Expression, ValueForm.Formatted, format);
                string known = Unique("known");
                return new BoundValue($"({value.Expression} is {{ }} {known} ? string.Create({Invariant}, $\"{{{known}:{format}}}\") : null)", ValueForm.String, MayBeNull: true);
            }
            return _argumentTypes.Parse(type, out string? reason) is { } use
                ? new BoundValue(value.Expression, ValueForm.EnumName, ArgumentType: use.Type, MayBeNull: value.MayBeNull)
                : Report(ProblemKind.UnsupportedPlaceholder, reason!, node.Path);
        }
        if (type.SpecialType == SpecialType.System_Char)
        {
            if (format is not null)
                return NoFormat("a character");
            return value.MayBeNull ? new BoundValue($"{value.Expression}?.ToString()", ValueForm.String, MayBeNull: true) : new BoundValue(value.Expression, ValueForm.Formatted);
        }
        if (Scalars.Output(type) is not null)
        {
            if (format is not null && !FormatChecker.IsFormat(format, type))
                return Report(ProblemKind.UnsupportedPlaceholder, $"'{node.Path}' is {type.Display()}, which has no format ':{format}': each call would throw a FormatException", node.Path);
            format ??= Scalars.DefaultFormat(type);
            if (!value.MayBeNull)
                return new BoundValue(value.Expression, ValueForm.Formatted, format);
            // The call itself must be conditional where the value is, and only there: a?.B is a value again inside its own chain.
            string access = isNullableValue || value.IsPattern ? "?." : ".";
            return new BoundValue($"{value.Expression}{access}ToString({(format is null ? "null" : CSharp.Literal(format))}, {Invariant})", ValueForm.String, MayBeNull: true);
        }
        return format is null ? Json(value, node.Path, ValueForm.Json, 0) : NoFormat("JSON");

        BoundNode? NoFormat(string what) =>
            Report(ProblemKind.UnsupportedPlaceholder, $"'{node.Path}' is {what}, which takes no format ':{format}'", node.Path);
    }

    private BoundNode? Json(Operand value, TemplatePath path, ValueForm form, int indent)
    {
        if (_argumentTypes.Parse(value.Type.Underlying(out _), out string? reason) is { } use)
            return new BoundValue(value.Expression, form, ArgumentType: use.Type, MayBeNull: value.MayBeNull, Indent: indent);
        // What is wrong with the parameter itself is said there.
        return value.Root is { IsUnsupported: true } ? null : Report(ProblemKind.UnsupportedPlaceholder, reason!, path);
    }

    /// <summary>The C# condition that Handlebars' truth comes to, or null where it would always hold.</summary>
    private string? Truth(Operand value)
    {
        ITypeSymbol type = value.Type.Underlying(out _);
        string expression = value.Expression;
        if (type.SpecialType == SpecialType.System_Boolean)
            return value.MayBeNull ? $"{expression} == true" : expression;
        if (type.SpecialType == SpecialType.System_String)
            return $"!string.IsNullOrEmpty({expression})";
        if (Scalars.IsNumber(type))
        {
            if (!value.MayBeNull)
                return $"{expression} != default({CSharp.TypeName(type)})";
            string number = Unique("number");
            return $"{expression} is {{ }} {number} && {number} != default({CSharp.TypeName(type)})";
        }
        if (type.Is("System.Collections.Immutable", "ImmutableArray", 1))
            return value.MayBeNull ? $"{expression} is {{ IsDefaultOrEmpty: false }}" : $"!{expression}.IsDefaultOrEmpty";
        if (type.ElementType() is not null)
        {
            if (type.CountProperty() is { } count)
                return $"{expression} is {{ {count}: > 0 }}";
            string sequence = Unique("sequence");
            return $"{expression} is {{ }} {sequence} && global::System.Linq.Enumerable.Any({sequence})";
        }
        return value.MayBeNull ? $"{expression} is not null" : null;
    }

    /// <summary>Notes that a value is shown, unless it is one that may not be shown here.</summary>
    private bool Show(Operand value, TemplateNode node, TemplatePath path)
    {
        bool isTrusted = value.Root is null || value.IsTrusted || Scalars.IsHarmless(value.Type.Underlying(out _));
        _values.Add(new ShownValue(node, path, value.Type, value.Root, isTrusted));
        if (!_mayBeSystem || isTrusted || value.Root is not { } root)
            return true;
        Report(
            ProblemKind.UntrustedInSystemPrompt,
            $"'{path}' is data from outside and may not stand in a system prompt, where it could give orders: move it to a user prompt, or mark the parameter '{root.Symbol.Name}' [Trusted]",
            path, root.Symbol.Name);
        return false;
    }

    private Operand? Resolve(TemplatePath path)
    {
        if (path.Up > _scopes.Count)
        {
            Report(ProblemKind.UnknownPlaceholder, $"'{path}' leaves more blocks than there are", path);
            return null;
        }
        int top = _scopes.Count - 1 - path.Up;
        if (path.Data is "index" or "first" or "last" or "key")
            return LoopVariable(path, top);
        // Dotprompt's context variables, as {{@user.name}}, are parameters here.
        if (path.Data is not null and not "root")
            path = path with { Data = "root", Segments = [path.Data, .. path.Segments] };

        IReadOnlyList<string> segments = path.Segments;
        if (segments.Count > 0 && segments[segments.Count - 1] == Probe)
        {
            _candidates = segments.Count == 1 && !(path.IsThis && ElementAt(top) is not null) ? NamesInScope(top) : Resolve(path with { Segments = [.. segments.Take(segments.Count - 1)] }) is { } owner ? [.. Members(owner.Type)] : [];
            return null;
        }
        Operand? start = null;
        int next = 0;
        if (path.Data is null && segments.Count == 0)
        {
            if (top >= 0 && _scopes[top].Item is { } element)
                return element;
            if (_parameters.Where(static p => p.Kind == ParameterKind.Data).ToList() is [{ } only])
                return Parameter(only);
            Report(ProblemKind.UnknownPlaceholder, "'this' means an element inside {{#each}}, or the only parameter", path);
            return null;
        }
        if (segments.Count == 0)
        {
            Report(ProblemKind.UnknownPlaceholder, "'@root' wants a parameter's name after it: @root.name", path);
            return null;
        }

        if (path.IsThis && ElementAt(top) is { } innermost)
        {
            start = _scopes[top].Names.TryGetValue(segments[0], out Operand? named) ? named : innermost;
            next = ReferenceEquals(start, innermost) ? 0 : 1;
        }
        // Innermost first; unlike Handlebars, which would print nothing, a name that the element lacks is looked for further out.
        for (int i = path.Data is null ? top : -1; i >= 0 && start is null; i--)
        {
            Scope scope = _scopes[i];
            if (scope.Names.TryGetValue(segments[0], out Operand? given))
            {
                start = given;
                next = 1;
            }
            else if (scope.ItemName == segments[0])
            {
                start = scope.Item;
                next = 1;
            }
            else if (scope.IndexName == segments[0])
            {
                start = scope.KeyOrIndex(_compilation);
                next = 1;
            }
            else if (scope.Item is not null && FindMember(scope.Item.Type.Underlying(out _), segments[0]) is not null)
            {
                start = scope.Item;
            }
        }
        if (start is null)
        {
            if (FindParameter(segments[0]) is { } parameter)
            {
                start = Parameter(parameter);
                next = 1;
            }
            else if (_scopes.Count == 0 && _parameters.Where(static p => p.Kind == ParameterKind.Data).ToList() is [{ } only]
                && only.Symbol.Type.Underlying(out _) is { SpecialType: SpecialType.None } && FindMember(only.Symbol.Type, segments[0]) is not null)
            {
                // A prompt over one record may name its members directly, as Dotprompt's input does.
                start = Parameter(only);
            }
        }
        if (start is null && path.Data is null && segments is [OutputFormatName])
            return OutputFormatOf(path);
        if (start is null)
        {
            IEnumerable<string> parameters = _parameters.Where(static p => p.Kind is ParameterKind.Data or ParameterKind.Media).Select(static p => p.Symbol.Name);
            string known = string.Join(", ", parameters);
            // Inside a loop the element's members could have been meant as well.
            IEnumerable<string> members = _scopes.SelectMany(static s => (s.Item?.Type.Underlying(out _).DataMembers() ?? []).Select(static m => m.Name).Concat(s.Names.Keys).Concat(s.ItemName is null ? [] : [s.ItemName]));
            ReportName(
                ProblemKind.UnknownPlaceholder, $"'{segments[0]}' is no parameter of the function{(known.Length == 0 ? ", which has none" : "; it has " + known)}", path, 0, parameters.Concat(members));
            return null;
        }
        for (; next < segments.Count; next++)
        {
            ITypeSymbol owner = start.Type.Underlying(out _);
            if (FindMember(owner, segments[next]) is not { } member)
            {
                IEnumerable<string> names = owner.DataMembers().Select(static m => m.Name);
                string members = string.Join(", ", names.Take(12));
                ReportName(ProblemKind.UnknownMember, $"{owner.Display()} has no member '{segments[next]}'{(members.Length == 0 ? "" : "; it has " + members)}", path, next, names);
                return null;
            }
            ITypeSymbol memberType = member.MemberType();
            string access = start.IsNullHere ? "?." : ".";
            bool mayHaveDefault = start.IsOnlyParameter;
            start = new Operand(start.Expression + access + CSharp.Identifier(member.Name), memberType, start.MayBeNull || memberType.MayBeNull(), start.Root)
            {
                IsNullHere = memberType.MayBeNull(),
                IsTrusted = start.IsTrusted || IsTrusted(memberType),
            };
            if (mayHaveDefault)
                start = WithDefault(start, member.Name, JsonNames.OfProperty(member));
        }
        return start;
    }

    /// <summary>What <c>this</c> is in a block, or null outside of all of them.</summary>
    private Operand? ElementAt(int top) => top >= 0 ? _scopes[top].Item : null;

    private Operand? OutputFormatOf(TemplatePath path)
    {
        if (!_hasOutput)
        {
            Report(ProblemKind.UnknownPlaceholder, "{{output_format}} describes the type of a reply, but the function returns text", path);
            return null;
        }
        OutputFormat ??= Unique("outputFormat");
        return new Operand(OutputFormat, _compilation.GetSpecialType(SpecialType.System_String), true, null);
    }

    private Operand? LoopVariable(TemplatePath path, int top)
    {
        while (top >= 0 && !_scopes[top].IsLoop)
            top--;
        if (top < 0)
        {
            Report(ProblemKind.UnknownPlaceholder, $"'{path}' means something only inside {{{{#each}}}}", path);
            return null;
        }
        Scope scope = _scopes[top];
        ITypeSymbol boolean = _compilation.GetSpecialType(SpecialType.System_Boolean);
        switch (path.Data)
        {
            case "index" when path.Segments.Count == 0:
                return scope.Index(_compilation);
            case "first" when path.Segments.Count == 0:
                scope.UsesIndex = true;
                return new Operand($"({scope.IndexVariable} == 0)", boolean, false, null);
            case "last" when path.Segments.Count == 0 && scope.Last is not null:
                scope.UsesIndex = true;
                return new Operand(scope.Last, boolean, false, null);
            case "last" when path.Segments.Count == 0:
                Report(ProblemKind.UnsupportedPlaceholder, "'@last' needs a list that knows its length, such as IReadOnlyList<T>", path);
                return null;
            case "key" when path.Segments.Count == 0:
                return scope.KeyOrIndex(_compilation);
            default:
                Report(ProblemKind.UnknownPlaceholder, $"'{path}': known are @index, @first, @last, @key and @root", path);
                return null;
        }
    }

    private Operand Parameter(ParameterInfo parameter)
    {
        Used.Add(parameter.Symbol.Name);
        bool mayBeNull = parameter.Symbol.Type.MayBeNull();
        Operand operand = new(CSharp.Identifier(parameter.Symbol.Name), parameter.Symbol.Type, mayBeNull, parameter)
        {
            IsNullHere = mayBeNull,
            IsTrusted = parameter.IsTrusted,
            IsOnlyParameter = _parameters.Count(static p => p.Kind == ParameterKind.Data) == 1,
        };
        return WithDefault(operand, parameter.Symbol.Name, parameter.Symbol.Name);
    }

    private static bool IsTrusted(ITypeSymbol type) => type.Underlying(out _).Has("AiSdk", "TrustedAttribute");

    private ParameterInfo? FindParameter(string name) =>
        _parameters.FirstOrDefault(p => p.Kind is ParameterKind.Data or ParameterKind.Media or ParameterKind.History && p.Symbol.Name == name)
        ?? Single(_parameters.Where(p => p.Kind is ParameterKind.Data or ParameterKind.Media && string.Equals(p.Symbol.Name, name, StringComparison.OrdinalIgnoreCase)));

    private static ISymbol? FindMember(ITypeSymbol type, string name)
    {
        if (type is ITypeParameterSymbol || type.SpecialType is SpecialType.System_String && name is not "Length")
            return null;
        List<ISymbol> members = [.. type.DataMembers().Where(static m => m is not IPropertySymbol { GetMethod.DeclaredAccessibility: not Accessibility.Public })];
        ISymbol? exact = members.FirstOrDefault(m => m.Name == name);
        // {{year}} in a loop over dates means a parameter of that name rather than DateTime.Year.
        if (exact is not null || Scalars.Output(type) is not null)
            return exact;
        return members.FirstOrDefault(m => JsonNames.OfProperty(m) == name)
            ?? Single(members.Where(m => string.Equals(m.Name, name, StringComparison.OrdinalIgnoreCase)));
    }

    private static T? Single<T>(IEnumerable<T> items)
        where T : class => items.Take(2).ToList() is [{ } only] ? only : null;

    private string Unique(string name)
    {
        for (int number = 1; ; number++)
        {
            string candidate = name + number.ToString(CultureInfo.InvariantCulture);
            if (_names.Add(candidate))
                return candidate;
        }
    }

    private BoundNode? Report(ProblemKind kind, string message, TemplatePath path, string? name = null, string? replacement = null) =>
        Report(kind, message, path.Position, path.Length, name, replacement);

    /// <summary>Reports one name of a path: what stands before it is right.</summary>
    private void ReportName(ProblemKind kind, string message, TemplatePath path, int segment, IEnumerable<string> candidates)
    {
        // Blanks cannot stand in a path, so that the names after this one say where it ends.
        int after = path.Segments.Skip(segment + 1).Sum(static s => s.Length + 1);
        string name = path.Segments[segment];
        _problems.Add(new TemplateProblem(kind, message, Offset + path.Position + path.Length - after - name.Length, name.Length) { File = File, Name = name, Candidates = [.. candidates.Distinct()] });
    }

    private BoundNode? Report(ProblemKind kind, string message, int position, int length, string? name = null, string? replacement = null)
    {
        _problems.Add(new TemplateProblem(kind, message, Offset + position, length) { File = File, Name = name, Replacement = replacement });
        return null;
    }

    /// <summary>A value that a path leads to.</summary>
    /// <param name="Expression">As C#.</param>
    /// <param name="Type">Its declared type.</param>
    /// <param name="MayBeNull">Whether the expression may be null, here or further up its chain.</param>
    /// <param name="Root">The parameter it comes from, if any.</param>
    private sealed record Operand(string Expression, ITypeSymbol Type, bool MayBeNull, ParameterInfo? Root)
    {
        /// <summary>Whether the last link itself may be null, so that the next access must ask.</summary>
        public bool IsNullHere { get; init; } = MayBeNull;

        /// <summary>Whether the application wrote it: its parameter, or a type on the way to it, says so.</summary>
        public bool IsTrusted { get; init; }

        /// <summary>The literal that it is, if it is one.</summary>
        public TemplateOperand? Literal { get; init; }

        /// <summary>Whether it is the function's only data parameter, whose members front matter's defaults may name.</summary>
        public bool IsOnlyParameter { get; init; }

        /// <summary>Whether nullness comes from a variable of nullable type rather than from a chain.</summary>
        public bool IsPattern => IsNullHere;
    }

    private sealed class Scope(Operand? item, string? itemName, string? indexName, string indexVariable, string? last, string? key)
    {
        public Operand? Item { get; } = item;

        /// <summary>The names that a partial was given.</summary>
        public Dictionary<string, Operand> Names { get; init; } = [];

        /// <summary>Whether it is a loop; else it is a partial.</summary>
        public bool IsLoop { get; init; } = true;

        public string? ItemName { get; } = itemName;
        public string? IndexName { get; } = indexName;
        public string IndexVariable { get; } = indexVariable;
        public string? Last { get; } = last;
        public string? Key { get; } = key;
        public bool UsesIndex { get; set; }

        /// <summary>What names the element in its collection: a dictionary's key, a list's index.</summary>
        public Operand KeyOrIndex(Compilation compilation) => Key is null
            ? Index(compilation)
            : new Operand(Key, compilation.GetSpecialType(SpecialType.System_String), false, Item!.Root) { IsTrusted = Item.IsTrusted };

        public Operand Index(Compilation compilation)
        {
            UsesIndex = true;
            return new Operand(IndexVariable, compilation.GetSpecialType(SpecialType.System_Int32), false, null);
        }
    }
}

/// <summary>A problem within a template.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Message">What is wrong and what to do.</param>
/// <param name="Position">Where in the template.</param>
/// <param name="Length">How many code units it concerns.</param>
internal sealed record TemplateProblem(ProblemKind Kind, string Message, int Position, int Length)
{
    /// <summary>The file that the position is in, or null for the text of an attribute.</summary>
    public AdditionalFile? File { get; init; }

    /// <summary>The name that was not found, or the parameter concerned.</summary>
    public string? Name { get; init; }

    /// <summary>The names that could have been meant.</summary>
    public ImmutableArray<string> Candidates { get; init; } = [];

    /// <summary>What would be right in the place of the text concerned, where that is clear.</summary>
    public string? Replacement { get; init; }
}

/// <summary>A name that may stand in a placeholder.</summary>
/// <param name="Name">The name.</param>
/// <param name="Type">What it is.</param>
internal readonly record struct PlaceholderName(string Name, ITypeSymbol Type);

using System.Collections;
using AiSdk.CompilerServices;
using Microsoft.Extensions.AI;

namespace AiSdk.Prompts;

/// <summary>
/// Binds a template that is read at run time to a function's parameters: each part becomes a step that adds to a prompt, and each name that leads nowhere
/// an error. The rules are those by which the compiler binds templates.
/// </summary>
internal sealed class PromptLinker
{
    private const string OutputFormatName = "output_format";
    private const int MaxPartialDepth = 32;

    private readonly PromptFunction _function;
    private readonly Func<string, string?> _partial;
    private readonly IReadOnlyDictionary<string, FrontMatterNode> _defaults;
    private readonly List<Scope> _scopes = [];
    private readonly List<string> _partials = [];
    private readonly List<string> _errors = [];
    private readonly string _source;
    private readonly int _offset;
    private bool _mayBeSystem;
    private int _scopesNeeded;

    private PromptLinker(PromptFunction function, PromptFile file, Func<string, string?> partial)
    {
        _function = function;
        _partial = partial;
        _source = file.Text;
        _offset = file.TemplatePosition;
        _defaults = file.Header.Defaults.ToDictionary(static entry => entry.Key, static entry => entry.Value, StringComparer.Ordinal);
    }

    /// <summary>The names of the parameters that the template uses.</summary>
    public HashSet<string> Used { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether the template says where the type's description stands.</summary>
    public bool UsesOutputFormat { get; private set; }

    /// <summary>Links a file.</summary>
    /// <param name="function">The function whose prompts it takes the place of.</param>
    /// <param name="file">The file.</param>
    /// <param name="partial">Gives a partial's text, or null.</param>
    /// <param name="errors">What is wrong, each with line and column.</param>
    public static LinkedPrompt Link(PromptFunction function, PromptFile file, Func<string, string?> partial, out IReadOnlyList<string> errors)
    {
        PromptLinker linker = new(function, file, partial);
        foreach (PromptFileError error in file.Errors)
            linker._errors.Add(At(file.Text, error.Position, error.Message));
        foreach (FrontMatterEntry property in file.Header.InputSchema?["properties"]?.Entries ?? [])
        {
            if (!linker.IsKnown(property.Key))
                linker._errors.Add(At(file.Text, property.Position, $"'{property.Key}' is no parameter of {function.Info.Name}"));
        }
        foreach (FrontMatterEntry entry in file.Header.Defaults)
        {
            if (!linker.IsKnown(entry.Key))
                linker._errors.Add(At(file.Text, entry.Position, $"'{entry.Key}' is no parameter of {function.Info.Name}"));
        }
        Step step = linker.Template(file.Template, "");
        errors = linker._errors;
        return new LinkedPrompt(step, linker.Used, linker.UsesOutputFormat, linker._scopesNeeded);
    }

    private bool IsKnown(string name) => FindParameter(name) is not null || (SingleData() is { Type.Kind: PromptTypeKind.Object } only && FindMember(only.Type, name) is not null);

    private Step Template(string text, string indentation)
    {
        Template template = TemplateParser.Parse(text, indentation);
        foreach (TemplateError error in template.Errors)
            Error(error.Message, error.Position);
        return Sequence(template.Nodes);
    }

    private Step Sequence(IReadOnlyList<TemplateNode> nodes)
    {
        Step[] steps = [.. nodes.Select(Node)];
        return (prompt, call) =>
        {
            foreach (Step step in steps)
                step(prompt, call);
        };
    }

    private Step Node(TemplateNode node)
    {
        switch (node)
        {
            case TextNode text:
                return (prompt, _) => prompt.Text(text.Text);
            case RoleNode role:
                _mayBeSystem = role.Role == "system";
                ChatRole chatRole = role.Role switch { "system" => ChatRole.System, "model" => ChatRole.Assistant, _ => ChatRole.User };
                return (prompt, _) => prompt.Role(chatRole);
            case SectionNode section:
                return (prompt, _) => prompt.Section(section.Name);
            case HistoryNode:
                return History(node);
            case MediaNode media:
                return Media(media);
            case JsonNode json:
                return Resolve(json.Path) is { } shown && IsAllowed(shown, json.Path) ? (prompt, call) => prompt.Text(PromptValue.Json(shown.Get(call), shown.Type, json.Indent)) : Nothing;
            case ValueNode value:
                return Value(value);
            case IfNode branch:
                return If(branch);
            case IfEqualsNode branch:
                return IfEquals(branch);
            case EachNode loop:
                return Each(loop);
            case PartialCallNode partial:
                return Partial(partial);
            default:
                throw new InvalidOperationException($"unknown template node {node.GetType().Name}");
        }
    }

    private Step Value(ValueNode node)
    {
        if (Resolve(node.Path) is not { } value || !IsAllowed(value, node.Path))
            return Nothing;
        if (value.Type.Kind == PromptTypeKind.Media)
            return Error($"'{node.Path}' is media: write {{{{media {node.Path}}}}}", node.Path.Position);
        if (value.Type.Kind == PromptTypeKind.History)
            return Error($"'{node.Path}' holds messages: write {{{{history}}}}", node.Path.Position);
        if (node.Format is not null && value.Type.Kind is not (PromptTypeKind.Number or PromptTypeKind.Formatted or PromptTypeKind.Enum))
            return Error($"'{node.Path}' is {value.Type.Name}, which takes no format ':{node.Format}'", node.Path.Position);
        if (node.Format is not null && value.Type.Kind == PromptTypeKind.Enum && node.Format is not ("G" or "g" or "D" or "d" or "F" or "f" or "X" or "x"))
            return Error($"'{node.Path}' is an enum, which takes the formats G, D, F and X, not ':{node.Format}'", node.Path.Position);
        if (node.Format is not null && !value.Type.HasFormat(node.Format))
            return Error($"'{node.Path}' is {value.Type.Name}, which has no format ':{node.Format}'", node.Path.Position);
        return (prompt, call) => prompt.Text(PromptValue.Text(value.Get(call), value.Type, node.Format) ?? "");
    }

    private Step History(TemplateNode node)
    {
        int index = Array.FindIndex(_function.Parameters, static p => p.Type.Kind == PromptTypeKind.History);
        if (index < 0)
            return Error("{{history}} needs a parameter of type IReadOnlyList<ChatMessage>", node.Position);
        Used.Add(_function.Parameters[index].Name);
        bool isTrusted = _function.Parameters[index].IsTrusted;
        return (prompt, call) => prompt.History((IEnumerable<ChatMessage>?)call.Arguments[index], isTrusted);
    }

    private Step Media(MediaNode node)
    {
        if (Resolve(node.Path) is not { } content || !IsAllowed(content, node.Path))
            return Nothing;
        Operand? contentType = node.ContentType is null ? null : Resolve(node.ContentType);
        if (content.Type.Kind == PromptTypeKind.Media)
            return (prompt, call) => prompt.MediaOf(content.Get(call));
        if (content.Type.Kind is not (PromptTypeKind.String or PromptTypeKind.Uri))
            return Error($"'{node.Path}' is {content.Type.Name}, but {{{{media}}}} takes media or an address", node.Path.Position);
        return (prompt, call) => prompt.Media(PromptText.Media(PromptValue.Text(content.Get(call), content.Type), contentType is null ? null : PromptValue.Text(contentType.Get(call), contentType.Type)));
    }

    private Step If(IfNode node)
    {
        Operand? condition = Resolve(node.Condition);
        (Step then, Step orElse) = Branches(node.Then, node.Else);
        return condition is null ? Nothing : (prompt, call) => (PromptValue.IsTrue(condition.Get(call), condition.Type) != node.Negated ? then : orElse)(prompt, call);
    }

    private Step IfEquals(IfEqualsNode node)
    {
        Operand? left = Resolve(node.Left);
        Operand? right = Resolve(node.Right);
        CheckEnum(left, right, node.Right);
        CheckEnum(right, left, node.Left);
        (Step then, Step orElse) = Branches(node.Then, node.Else);
        return left is null || right is null
            ? Nothing
            : (prompt, call) => (PromptValue.AreEqual(left.Get(call), left.Type, right.Get(call), right.Type) != node.Negated ? then : orElse)(prompt, call);
    }

    private void CheckEnum(Operand? value, Operand? other, TemplateOperand literal)
    {
        if (value?.Type is { Kind: PromptTypeKind.Enum } type && other?.Type.Kind == PromptTypeKind.String && literal.Path is null && !type.Names!().Contains(literal.Text))
            Error($"{type.Name} has no value '{literal.Text}'; it has {string.Join(", ", type.Names!())}", literal.Position);
    }

    private (Step Then, Step Else) Branches(IReadOnlyList<TemplateNode> then, IReadOnlyList<TemplateNode> orElse)
    {
        bool before = _mayBeSystem;
        Step thenStep = Sequence(then);
        (bool afterThen, _mayBeSystem) = (_mayBeSystem, before);
        Step elseStep = Sequence(orElse);
        _mayBeSystem |= afterThen;
        return (thenStep, elseStep);
    }

    private Step Each(EachNode node)
    {
        if (Resolve(node.Items) is not { } items)
            return Nothing;
        if (items.Type.Kind is not (PromptTypeKind.List or PromptTypeKind.Dictionary))
            return Error($"'{node.Items}' is {items.Type.Name}, which is no list: {{{{#each}}}} wants an array, list or dictionary", node.Items.Position);
        int slot = _scopes.Count;
        Operand item = new(items.Type.Element, call => call.Scopes[slot].Item, items.Root, items.IsTrusted || items.Type.Element.IsTrusted);
        Push(new Scope(item, node.ItemName, node.IndexName, items.Type.Kind == PromptTypeKind.Dictionary, new Dictionary<string, Operand>()));
        bool before = _mayBeSystem;
        // The second round begins with the role in which the first one ended.
        _mayBeSystem |= BeginsSystem(node.Body);
        Step body = Sequence(node.Body);
        (bool afterBody, _mayBeSystem) = (_mayBeSystem, before);
        _scopes.RemoveAt(slot);
        Step orElse = Sequence(node.Else);
        _mayBeSystem |= afterBody || (before && node.Else.Count == 0);
        bool isDictionary = items.Type.Kind == PromptTypeKind.Dictionary;
        return (prompt, call) =>
        {
            object? value = items.Get(call);
            int count = value is null ? 0 : PromptType.Count(value);
            if (count == 0)
            {
                orElse(prompt, call);
                return;
            }
            int index = 0;
            foreach ((string? key, object? element) in isDictionary ? items.Type.Entries!(value!).Select(static e => ((string?)e.Key, e.Value)) : ((IEnumerable)value!).Cast<object?>().Select(static e => ((string?)null, e)))
            {
                call.Scopes[slot] = new LoopState(element, key, index, index == count - 1);
                body(prompt, call);
                index++;
            }
        };
    }

    private static bool BeginsSystem(IReadOnlyList<TemplateNode> nodes) => nodes.Any(static node => node switch
    {
        RoleNode role => role.Role == "system",
        IfNode branch => BeginsSystem(branch.Then) || BeginsSystem(branch.Else),
        IfEqualsNode branch => BeginsSystem(branch.Then) || BeginsSystem(branch.Else),
        EachNode loop => BeginsSystem(loop.Body) || BeginsSystem(loop.Else),
        PartialCallNode => true,
        _ => false,
    });

    private Step Partial(PartialCallNode node)
    {
        if (_partials.Contains(node.Name) || _partials.Count >= MaxPartialDepth)
            return Error($"the partial '{node.Name}' contains itself: {string.Join(" > ", _partials.Append(node.Name))}", node.Position);
        if (_partial(node.Name) is not { } text)
            return Error($"there is no partial '{node.Name}': it would be the file _{node.Name}.prompt", node.Position);
        Operand? context = node.Context is null ? null : Resolve(node.Context);
        Dictionary<string, Operand> names = new(StringComparer.Ordinal);
        foreach (PartialArgument argument in node.Arguments)
        {
            if (Resolve(argument.Value) is { } value)
                names[argument.Name] = value;
        }
        bool hasScope = context is not null || names.Count > 0;
        if (hasScope)
            Push(new Scope(context ?? _scopes.LastOrDefault()?.Item, null, null, false, names) { IsLoop = false });
        _partials.Add(node.Name);
        Step step = Template(PromptFile.Normalize(text), node.Indentation);
        _partials.RemoveAt(_partials.Count - 1);
        if (hasScope)
            _scopes.RemoveAt(_scopes.Count - 1);
        return step;
    }

    private void Push(Scope scope)
    {
        _scopes.Add(scope);
        _scopesNeeded = Math.Max(_scopesNeeded, _scopes.Count);
    }

    private bool IsAllowed(Operand value, TemplatePath path)
    {
        if (!_mayBeSystem || value.Root is null || value.IsTrusted || value.Type.IsHarmless)
            return true;
        Error($"'{path}' is data from outside and may not stand in a system prompt, where it could give orders: move it to a user prompt, or mark the parameter '{value.Root.Name}' [Trusted]", path.Position);
        return false;
    }

    private Operand? Resolve(TemplateOperand operand) => operand.Kind switch
    {
        TemplateLiteralKind.None => Resolve(operand.Path!),
        TemplateLiteralKind.String => Operand.Literal(PromptType.Text, operand.Text),
        TemplateLiteralKind.Number => Operand.Literal(PromptType.Number, decimal.Parse(operand.Text, System.Globalization.CultureInfo.InvariantCulture)),
        TemplateLiteralKind.Null => Operand.Literal(PromptType.Text, null),
        _ => Operand.Literal(PromptType.Boolean, operand.Kind == TemplateLiteralKind.True),
    };

    private Operand? Resolve(TemplatePath path)
    {
        if (path.Up > _scopes.Count)
            return Unknown($"'{path}' leaves more blocks than there are", path);
        int top = _scopes.Count - 1 - path.Up;
        IReadOnlyList<string> segments = path.Segments;
        if (path.Data is "index" or "first" or "last" or "key" && segments.Count == 0)
            return LoopVariable(path, top);
        if (path.Data is not null and not "root")
            segments = [path.Data, .. segments];

        if (segments.Count == 0)
        {
            if (top >= 0 && _scopes[top].Item is { } item && path.Data is null)
                return item;
            return path.Data is null && SingleData() is { } only ? Parameter(only) : Unknown("'this' means an element inside {{#each}}, or the only parameter", path);
        }
        Operand? start = null;
        int next = 0;
        if (path.IsThis && top >= 0 && _scopes[top].Item is { } innermost)
        {
            if (_scopes[top].Names.TryGetValue(segments[0], out start))
                next = 1;
            else
                start = innermost;
        }
        for (int i = path.Data is null ? top : -1; i >= 0 && start is null; i--)
        {
            Scope scope = _scopes[i];
            int slot = i;
            if (scope.Names.TryGetValue(segments[0], out start) || (scope.ItemName == segments[0] && (start = scope.Item) is not null))
                next = 1;
            else if (scope.IndexName == segments[0])
                (start, next) = (KeyOrIndex(scope, slot), 1);
            else if (scope.Item is not null && FindMember(scope.Item.Type, segments[0]) is not null)
                start = scope.Item;
        }
        if (start is null && FindParameter(segments[0]) is { } parameter)
            (start, next) = (Parameter(parameter), 1);
        else if (start is null && SingleData() is { Type.Kind: PromptTypeKind.Object or PromptTypeKind.Union } only && FindMember(only.Type, segments[0]) is not null)
            start = Parameter(only);
        if (start is null && path.Data is null && segments is [OutputFormatName])
        {
            if (_function.Info.Output is null)
                return Unknown("{{output_format}} describes the type of a reply, but the function returns text", path);
            UsesOutputFormat = true;
            return new Operand(PromptType.Text, static call => call.OutputFormat, null, true);
        }
        if (start is null)
        {
            string known = string.Join(", ", _function.Parameters.Where(static p => p.Type.Kind != PromptTypeKind.History).Select(static p => p.Name));
            return Unknown($"'{segments[0]}' is no parameter of the function{(known.Length == 0 ? ", which has none" : "; it has " + known)}", path);
        }
        for (; next < segments.Count; next++)
        {
            if (FindMember(start.Type, segments[next]) is not { } member)
            {
                string members = string.Join(", ", start.Type.Members.Select(static m => m.Name).Take(12));
                return Unknown($"{start.Type.Name} has no member '{segments[next]}'{(members.Length == 0 ? "" : "; it has " + members)}", path);
            }
            Operand owner = start;
            FrontMatterNode? orElse = owner.IsSingleParameter ? _defaults.GetValueOrDefault(member.Name) ?? _defaults.GetValueOrDefault(member.JsonName) : null;
            object? standIn = orElse is null ? null : Default(orElse, member.Type);
            start = new Operand(member.Type, call => (owner.Get(call) is { } value ? member.Get(value) : null) ?? standIn, owner.Root, owner.IsTrusted || member.Type.IsTrusted);
        }
        return start;
    }

    private Operand? LoopVariable(TemplatePath path, int top)
    {
        int slot = top;
        while (slot >= 0 && !_scopes[slot].IsLoop)
            slot--;
        if (slot < 0)
            return Unknown($"'{path}' means something only inside {{{{#each}}}}", path);
        return path.Data switch
        {
            "first" => new Operand(PromptType.Boolean, call => call.Scopes[slot].Index == 0, null, true),
            "last" => new Operand(PromptType.Boolean, call => call.Scopes[slot].IsLast, null, true),
            "key" => KeyOrIndex(_scopes[slot], slot),
            _ => new Operand(PromptType.Number, call => call.Scopes[slot].Index, null, true),
        };
    }

    private static Operand KeyOrIndex(Scope scope, int slot) => scope.IsDictionary
        ? new Operand(PromptType.Text, call => call.Scopes[slot].Key, scope.Item!.Root, scope.Item.IsTrusted)
        : new Operand(PromptType.Number, call => call.Scopes[slot].Index, null, true);

    private Operand Parameter(PromptParameter parameter)
    {
        Used.Add(parameter.Name);
        int index = Array.IndexOf(_function.Parameters, parameter);
        object? standIn = _defaults.GetValueOrDefault(parameter.Name) is { } node ? Default(node, parameter.Type) : null;
        return new Operand(parameter.Type, call => call.Arguments[index] ?? standIn, parameter, parameter.IsTrusted || parameter.Type.IsTrusted) { IsSingleParameter = SingleData() == parameter };
    }

    private object? Default(FrontMatterNode node, PromptType type)
    {
        object? value = type.Kind switch
        {
            PromptTypeKind.String when node.IsScalar => node.Text,
            PromptTypeKind.Boolean when node is { Kind: FrontMatterKind.Plain, Text: "true" or "false" } => node.Text == "true",
            PromptTypeKind.Number when node.Kind == FrontMatterKind.Plain && decimal.TryParse(node.Text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out decimal number) => number,
            _ => null,
        };
        if (value is null && !node.IsNull)
            _errors.Add(At(_source, node.Position, $"the default is no {type.Name}; defaults can be texts, numbers and truth values"));
        return value;
    }

    private PromptParameter? SingleData() =>
        _function.Parameters.Where(static p => p.Type.Kind is not (PromptTypeKind.Media or PromptTypeKind.History)).Take(2).ToList() is [{ } only] ? only : null;

    private PromptParameter? FindParameter(string name) =>
        Array.Find(_function.Parameters, p => p.Name == name) ?? Single(_function.Parameters.Where(p => p.Type.Kind != PromptTypeKind.History && string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase)));

    private static PromptMember? FindMember(PromptType type, string name)
    {
        if (type.Kind == PromptTypeKind.String && name == "Length")
            return new PromptMember(name, name, PromptType.Number, static value => ((string)value).Length);
        if (type.Kind is PromptTypeKind.List or PromptTypeKind.Dictionary && name is "Count" or "Length")
            return new PromptMember(name, name, PromptType.Number, static value => PromptType.Count(value));
        return Array.Find(type.Members, m => m.Name == name) ?? Array.Find(type.Members, m => m.JsonName == name)
            ?? Single(type.Members.Where(m => string.Equals(m.Name, name, StringComparison.OrdinalIgnoreCase)));
    }

    private static T? Single<T>(IEnumerable<T> items)
        where T : class => items.Take(2).ToList() is [{ } only] ? only : null;

    private Operand? Unknown(string message, TemplatePath path)
    {
        Error(message, path.Position);
        return null;
    }

    private Step Error(string message, int position)
    {
        // Inside a partial the place is in its own file.
        _errors.Add(_partials.Count > 0 ? $"in the partial '{_partials[^1]}': {message}" : At(_source, _offset + position, message));
        return Nothing;
    }

    private static string At(string text, int position, string message)
    {
        (int line, int column) = PromptFile.LineOf(text, position);
        return $"({line},{column}): {message}";
    }

    private static void Nothing(PromptBuilder prompt, RenderCall call)
    {
    }

    /// <summary>A value that a path leads to.</summary>
    private sealed record Operand(PromptType Type, Func<RenderCall, object?> Get, PromptParameter? Root, bool IsTrusted)
    {
        /// <summary>Whether it is the function's only data parameter, whose members defaults may name.</summary>
        public bool IsSingleParameter { get; init; }

        public static Operand Literal(PromptType type, object? value) => new(type, _ => value, null, true);
    }

    private sealed record Scope(Operand? Item, string? ItemName, string? IndexName, bool IsDictionary, IReadOnlyDictionary<string, Operand> Names)
    {
        public bool IsLoop { get; init; } = true;
    }
}

/// <summary>Adds a part of a template to a prompt.</summary>
internal delegate void Step(PromptBuilder prompt, RenderCall call);

/// <summary>What one rendering of a template works on.</summary>
internal sealed class RenderCall(object?[] arguments, string? outputFormat, int scopes)
{
    public object?[] Arguments { get; } = arguments;

    public string? OutputFormat { get; } = outputFormat;

    /// <summary>The loops that are running, outermost first; partials have a place among them too.</summary>
    public LoopState[] Scopes { get; } = new LoopState[scopes];
}

/// <summary>Where a loop is.</summary>
internal readonly record struct LoopState(object? Item, string? Key, int Index, bool IsLast);

/// <summary>A template, bound to a function's parameters.</summary>
internal sealed record LinkedPrompt(Step Step, IReadOnlySet<string> Used, bool UsesOutputFormat, int Scopes);

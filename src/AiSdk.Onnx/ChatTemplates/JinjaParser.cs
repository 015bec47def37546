using System.Runtime.CompilerServices;

namespace AiSdk.Onnx;

/// <summary>Makes the tree of a template from its tokens: the statements; the expressions are in the other part.</summary>
internal sealed partial class JinjaParser(List<JinjaToken> tokens, string templateName)
{
    private const string Supported =
        "supported are if, for, break, continue, set, macro, call, filter, with, block, autoescape, print, generation and raw";

    // A chain "a | f | f …" or "a.b.c …" is a tree as deep as it is long.
    private const int MaxChain = 500;

    private int _position;
    private int _nesting;
    private int _loops;
    private int _conditions;
    private readonly HashSet<string> _blocks = new(StringComparer.Ordinal);

    // Where the first name of a filter or test stands that does not exist, outside of any branch.
    private (int Position, ChatTemplateException Error)? _unknown;
    private MacroUses _uses = new();

    private JinjaToken Current => tokens[_position];

    /// <summary>Parses the whole template.</summary>
    public JinjaBlock Parse()
    {
        JinjaBlock block = ParseBlock([]);
        return _unknown is null ? block : throw _unknown.Value.Error;
    }

    /// <summary>Parses statements up to a tag of one of the names; that name is then the current token.</summary>
    private JinjaBlock ParseBlock(ReadOnlySpan<string> ends)
    {
        Enter();
        List<JinjaStatement> statements = [];
        while (Current.Kind != JinjaTokenKind.End)
        {
            JinjaToken token = Current;
            _position++;
            switch (token.Kind)
            {
                case JinjaTokenKind.Data:
                    statements.Add(new TextStatement(token.Text, token.Line));
                    break;
                case JinjaTokenKind.VariableBegin:
                    statements.Add(new OutputStatement(ParseTuple(), token.Line));
                    Expect(JinjaTokenKind.VariableEnd, "'}}'");
                    break;
                default:
                    if (Current.Kind != JinjaTokenKind.Name)
                        throw Unexpected("the name of a tag");
                    if (ends.Contains(Current.Text))
                    {
                        _nesting--;
                        return new JinjaBlock([.. statements]);
                    }
                    statements.Add(ParseStatement());
                    Expect(JinjaTokenKind.BlockEnd, "'%}'");
                    break;
            }
        }
        if (!ends.IsEmpty)
            throw Unexpected($"'{{% {string.Join(" %}' or '{% ", ends!)} %}}'");
        _nesting--;
        return new JinjaBlock([.. statements]);
    }

    /// <summary>Parses a tag's body: the end of the tag, then statements up to one of the names.</summary>
    private JinjaBlock ParseBody(params ReadOnlySpan<string> ends)
    {
        SkipOperator(":");
        Expect(JinjaTokenKind.BlockEnd, "'%}'");
        return ParseBlock(ends);
    }

    private JinjaStatement ParseStatement()
    {
        JinjaToken tag = Current;
        _position++;
        int line = tag.Line;
        switch (tag.Text)
        {
            case "if":
                return ParseIf(line);
            case "for":
                return ParseFor(line);
            case "set":
                return ParseSet(line);
            case "macro":
                return ParseMacro(line);
            case "call":
                return ParseCallBlock(line);
            case "with":
                return ParseWith(line);
            case "print":
                List<JinjaExpression> values = [];
                while (Current.Kind != JinjaTokenKind.BlockEnd)
                {
                    if (values.Count > 0)
                        ExpectOperator(",");
                    values.Add(ParseExpression());
                }
                return new OutputStatement(new ConcatenationExpression([.. values], line), line);
            case "filter":
                FilterStep[] filters = ParseFilterSteps(isFirstWithoutPipe: true);
                JinjaBlock filtered = ParseBody("endfilter");
                _position++;
                return new FilterBlockStatement(filters, filtered, line);
            case "generation":
                // Marks what the assistant said, for training masks; the text itself is rendered as it is.
                JinjaBlock generated = ParseBody("endgeneration");
                _position++;
                return new WithStatement([], generated, line);
            case "block":
                return ParseBlockTag(tag);
            case "autoescape":
                // Without automatic escaping, which chat templates have not, the text is rendered as it is.
                JinjaToken mode = Current;
                if (ParseExpression() is not ConstantExpression { Value: false })
                    throw Fail("'autoescape' must be false, as text of a prompt is never escaped", mode);
                JinjaBlock plain = ParseBody("endautoescape");
                _position++;
                return new WithStatement([], plain, line);
            case "break" when _loops > 0:
                return new BreakStatement(line);
            case "continue" when _loops > 0:
                return new ContinueStatement(line);
            case "break" or "continue":
                throw Fail($"'{tag.Text}' outside of a loop", tag);
            case "include" or "import" or "from" or "extends":
                throw Fail($"the tag '{tag.Text}' needs other template files, which a chat template has not; {Supported}", tag);
            default:
                throw Fail($"unknown tag '{tag.Text}'; {Supported}", tag);
        }
    }

    // Without a template that extends this one, a block is rendered where it stands, with variables of its own.
    private WithStatement ParseBlockTag(JinjaToken tag)
    {
        JinjaToken at = Current;
        string name = ExpectIdentifier("the block's name");
        if (!_blocks.Add(name))
            throw Fail($"the block '{name}' is defined twice", at);
        bool isScoped = SkipName("scoped");
        if (IsName("required"))
            throw Fail($"the block '{name}' is required, but a chat template has none that extends it", Current);
        if (_nesting > 1 && !isScoped)
            throw Fail($"the block '{name}' must be 'scoped' or outside of any other tag", tag);
        int outerLoops = _loops;
        _loops = 0;
        JinjaBlock body = ParseBody("endblock");
        _loops = outerLoops;
        _position++;
        if (Current.Kind == JinjaTokenKind.Name && !SkipName(name))
            throw Unexpected($"'{name}'");
        return new WithStatement([], body, tag.Line);
    }

    private IfStatement ParseIf(int line)
    {
        List<(JinjaExpression, JinjaBlock)> branches = [];
        JinjaBlock? otherwise = null;
        _conditions++;
        while (true)
        {
            JinjaExpression condition = ParseTuple(withConditional: false);
            branches.Add((condition, ParseBody("elif", "else", "endif")));
            string end = Current.Text;
            _position++;
            if (end == "elif")
                continue;
            if (end == "else")
            {
                otherwise = ParseBody("endif");
                _position++;
            }
            break;
        }
        _conditions--;
        return new IfStatement([.. branches], otherwise, line);
    }

    private ForStatement ParseFor(int line)
    {
        JinjaTarget target = ParseTarget(withNamespace: false);
        if (target is NameTarget { Name: "loop" })
            throw Fail("a loop's variable cannot be called 'loop'", tokens[_position - 1]);
        ExpectName("in");
        JinjaExpression items = ParseTuple(withConditional: false);
        JinjaExpression? condition = SkipName("if") ? ParseExpression() : null;
        bool isRecursive = SkipName("recursive");
        _loops++;
        JinjaBlock body = ParseBody("endfor", "else");
        _loops--;
        JinjaBlock? otherwise = null;
        if (Current.Text == "else")
        {
            _position++;
            otherwise = ParseBody("endfor");
        }
        _position++;
        return new ForStatement(target, items, condition, isRecursive, body, otherwise, line);
    }

    private JinjaStatement ParseSet(int line)
    {
        JinjaTarget target = ParseTarget(withNamespace: true);
        if (SkipOperator("="))
            return new SetStatement(target, ParseTuple(), line);
        FilterStep[] filters = ParseFilterSteps(isFirstWithoutPipe: false);
        JinjaBlock body = ParseBody("endset");
        _position++;
        return new SetBlockStatement(target, filters, body, line);
    }

    private MacroStatement ParseMacro(int line)
    {
        string name = ExpectIdentifier("the macro's name");
        MacroDefinition macro = ParseMacroRest(name, line, "endmacro", out _, hasCall: false);
        return new MacroStatement(macro, line);
    }

    private CallBlockStatement ParseCallBlock(int line)
    {
        MacroDefinition caller = ParseMacroRest("caller", line, "endcall", out CallExpression? call, hasCall: true);
        return new CallBlockStatement(caller, call!, line);
    }

    private MacroDefinition ParseMacroRest(string name, int line, string end, out CallExpression? call, bool hasCall)
    {
        call = null;
        MacroUses outerUses = _uses;
        int outerLoops = _loops;
        _loops = 0;
        _uses = new MacroUses();
        MacroParameter[] parameters = hasCall && !IsOperator("(") ? [] : ParseParameters();
        if (hasCall)
        {
            // The call itself stands outside of the block that it is given.
            MacroUses ownUses = _uses;
            _uses = outerUses;
            JinjaToken at = Current;
            call = ParseExpression() as CallExpression ?? throw Fail("expected a call, such as '{% call name() %}'", at);
            _uses = ownUses;
        }
        JinjaBlock body = ParseBody(end);
        _position++;
        MacroDefinition macro = new(name, parameters, body, _uses.Varargs, _uses.Kwargs, _uses.Caller, line);
        // A name that an inner macro uses may as well be meant for the outer one.
        outerUses.Merge(_uses);
        _uses = outerUses;
        _loops = outerLoops;
        return macro;
    }

    private MacroParameter[] ParseParameters()
    {
        List<MacroParameter> parameters = [];
        ExpectOperator("(");
        while (!IsOperator(")"))
        {
            if (parameters.Count > 0)
                ExpectOperator(",");
            JinjaToken token = Current;
            string name = ExpectIdentifier("a parameter");
            if (parameters.Exists(parameter => parameter.Name == name))
                throw Fail($"the parameter '{name}' is declared twice", token);
            JinjaExpression? value = SkipOperator("=") ? ParseExpression() : null;
            if (value is null && parameters is [.., { Default: not null }])
                throw Fail($"the parameter '{name}' needs a default, as the one before it has one", token);
            parameters.Add(new MacroParameter(name, value));
        }
        ExpectOperator(")");
        return [.. parameters];
    }

    private WithStatement ParseWith(int line)
    {
        List<(JinjaTarget, JinjaExpression)> variables = [];
        while (Current.Kind != JinjaTokenKind.BlockEnd)
        {
            if (variables.Count > 0)
                ExpectOperator(",");
            JinjaTarget target = ParseTarget(withNamespace: false);
            ExpectOperator("=");
            variables.Add((target, ParseExpression()));
        }
        JinjaBlock body = ParseBody("endwith");
        _position++;
        return new WithStatement([.. variables], body, line);
    }

    private JinjaTarget ParseTarget(bool withNamespace)
    {
        int line = Current.Line;
        List<JinjaTarget> items = [];
        bool isTuple = false;
        while (true)
        {
            if (items.Count > 0 && (IsOperator("=") || IsName("in") || Current.Kind == JinjaTokenKind.BlockEnd || IsOperator(")")))
                break;
            items.Add(ParseTargetItem(withNamespace));
            if (!SkipOperator(","))
                break;
            isTuple = true;
        }
        return isTuple ? new TupleTarget([.. items], line) : items[0];
    }

    private JinjaTarget ParseTargetItem(bool withNamespace)
    {
        JinjaToken token = Current;
        if (SkipOperator("("))
        {
            Enter();
            JinjaTarget inner = ParseTarget(withNamespace);
            ExpectOperator(")");
            _nesting--;
            return inner;
        }
        string name = ExpectIdentifier("a variable to assign to");
        if (name is "true" or "false" or "none" or "True" or "False" or "None")
            throw Fail($"cannot assign to '{name}'", token);
        if (withNamespace && SkipOperator("."))
            return new NamespaceTarget(name, ExpectIdentifier("an attribute of the namespace"), token.Line);
        return new NameTarget(name, token.Line);
    }

    private void Enter()
    {
        if (++_nesting > RenderLimits.SourceNesting || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw Fail($"nested deeper than {RenderLimits.SourceNesting} levels", Current);
    }

    private bool IsName(string name) => Current.Kind == JinjaTokenKind.Name && Current.Text == name;

    private bool IsOperator(string text) => Current.Kind == JinjaTokenKind.Operator && Current.Text == text;

    private bool SkipName(string name)
    {
        bool found = IsName(name);
        if (found)
            _position++;
        return found;
    }

    private bool SkipOperator(string text)
    {
        bool found = IsOperator(text);
        if (found)
            _position++;
        return found;
    }

    private void Expect(JinjaTokenKind kind, string description)
    {
        if (Current.Kind != kind)
            throw Unexpected(description);
        _position++;
    }

    private void ExpectOperator(string text)
    {
        if (!SkipOperator(text))
            throw Unexpected($"'{text}'");
    }

    private void ExpectName(string name)
    {
        if (!SkipName(name))
            throw Unexpected($"'{name}'");
    }

    private string ExpectIdentifier(string description)
    {
        if (Current.Kind != JinjaTokenKind.Name)
            throw Unexpected(description);
        return tokens[_position++].Text;
    }

    private ChatTemplateException Unexpected(string expected) => Fail($"unexpected {Current.Description}; expected {expected}", Current);

    private ChatTemplateException Fail(string message, JinjaToken at) =>
        new($"chat template '{templateName}', line {at.Line}, column {at.Column}: {message}", templateName, at.Line);

    /// <summary>Which implicit variables a macro's body names.</summary>
    private sealed class MacroUses
    {
        public bool Varargs { get; private set; }
        public bool Kwargs { get; private set; }
        public bool Caller { get; private set; }

        public void Note(string name)
        {
            Varargs |= name == "varargs";
            Kwargs |= name == "kwargs";
            Caller |= name == "caller";
        }

        public void Merge(MacroUses inner)
        {
            Varargs |= inner.Varargs;
            Kwargs |= inner.Kwargs;
            Caller |= inner.Caller;
        }
    }
}

using System.Text;

namespace AiSdk.Onnx;

/// <summary>Executes a template's statements for one rendering; the expressions are in the other part.</summary>
internal sealed partial class JinjaRenderer(RenderState state, IReadOnlyDictionary<string, object?> variables)
{
    private StringBuilder _output = new();

    /// <summary>How a block ended.</summary>
    private enum Flow
    {
        Next,
        Break,
        Continue,
    }

    /// <summary>Renders the whole template.</summary>
    public string Render(JinjaBlock template)
    {
        state.Charge();
        Execute(template, new JinjaScope(null));
        return _output.ToString();
    }

    private Flow Execute(JinjaBlock block, JinjaScope scope)
    {
        foreach (JinjaStatement statement in block.Statements)
        {
            state.Charge();
            state.Line = statement.Line;
            Flow flow = Execute(statement, scope);
            if (flow != Flow.Next)
                return flow;
        }
        return Flow.Next;
    }

    private Flow Execute(JinjaStatement statement, JinjaScope scope)
    {
        switch (statement)
        {
            case TextStatement text:
                Write(text.Text);
                return Flow.Next;
            case OutputStatement output:
                Write(PythonText.Str(state, Evaluate(output.Value, scope)));
                return Flow.Next;
            case SetStatement set:
                Assign(set.Target, Evaluate(set.Value, scope), scope);
                return Flow.Next;
            case BreakStatement:
                return Flow.Break;
            case ContinueStatement:
                return Flow.Continue;
            case MacroStatement macro:
                scope.Set(macro.Macro.Name, new JinjaMacro(macro.Macro, scope));
                return Flow.Next;
        }
        state.Enter();
        Flow flow = Flow.Next;
        switch (statement)
        {
            case IfStatement condition:
                flow = ExecuteIf(condition, scope);
                break;
            case ForStatement loop:
                flow = ExecuteFor(loop, Evaluate(loop.Items, scope), scope, depth: 0);
                break;
            case SetBlockStatement set:
                Assign(set.Target, Filter(Capture(set.Body, new JinjaScope(scope)), set.Filters, scope), scope);
                break;
            case FilterBlockStatement filter:
                Write(PythonText.Str(state, Filter(Capture(filter.Body, new JinjaScope(scope)), filter.Filters, scope)));
                break;
            case WithStatement with:
                JinjaScope inner = new(scope);
                foreach ((JinjaTarget target, JinjaExpression value) in with.Variables)
                    Assign(target, Evaluate(value, scope), inner);
                flow = Execute(with.Body, inner);
                break;
            case CallBlockStatement call:
                Write(PythonText.Str(state, EvaluateCall(call.Call, scope, new JinjaMacro(call.Caller, scope))));
                break;
            default:
                throw state.Fail($"the statement {statement.GetType().Name} has no meaning");
        }
        state.Leave();
        return flow;
    }

    private Flow ExecuteIf(IfStatement statement, JinjaScope scope)
    {
        foreach ((JinjaExpression condition, JinjaBlock body) in statement.Branches)
        {
            if (PythonValue.IsTrue(Evaluate(condition, scope)))
                return Execute(body, scope);
        }
        return statement.Else is null ? Flow.Next : Execute(statement.Else, scope);
    }

    private Flow ExecuteFor(ForStatement statement, object? items, JinjaScope scope, int depth)
    {
        JinjaFunction? recursion = !statement.IsRecursive ? null : new JinjaFunction("loop", (_, arguments) =>
        {
            object? inner = arguments.Bind(state, "loop", "iterable").Required(0, "iterable");
            return Capture(() => ExecuteFor(statement, inner, scope, depth + 1));
        });
        state.Line = statement.Line;
        IEnumerator<object?> source = PythonValue.Iterate(state, items);
        if (statement.Condition is not null)
        {
            source = Filtered(statement, source, scope);
            // How many pass the condition is not known before all were tried.
            items = new PythonIterator(state, []);
        }
        JinjaLoop loop = new(state, items, source, depth, recursion);
        bool any = false;
        while (loop.MoveNext())
        {
            state.Charge();
            JinjaScope round = new(scope);
            Assign(statement.Target, loop.Current, round);
            round.Set("loop", loop);
            Flow flow = Execute(statement.Body, round);
            if (flow == Flow.Break)
                break;
            // In Jinja2 only a round that was not left early counts for else.
            any |= flow == Flow.Next;
        }
        return any || statement.Else is null ? Flow.Next : Execute(statement.Else, new JinjaScope(scope));
    }

    private IEnumerator<object?> Filtered(ForStatement statement, IEnumerator<object?> source, JinjaScope scope)
    {
        while (source.MoveNext())
        {
            JinjaScope round = new(scope);
            Assign(statement.Target, source.Current, round);
            if (PythonValue.IsTrue(Evaluate(statement.Condition!, round)))
                yield return source.Current;
        }
    }

    private void Assign(JinjaTarget target, object? value, JinjaScope scope)
    {
        switch (target)
        {
            case NameTarget name:
                scope.Set(name.Name, value);
                break;
            case NamespaceTarget attribute:
                state.Line = target.Line;
                if (!scope.TryGet(state, attribute.Name, out object? owner))
                    variables.TryGetValue(attribute.Name, out owner);
                if (owner is not JinjaNamespace named)
                    throw state.Fail($"cannot assign to '{attribute.Name}.{attribute.Attribute}': '{attribute.Name}' is not a namespace()");
                named.Attributes.Set(state, attribute.Attribute, value);
                break;
            case TupleTarget tuple:
                state.Line = target.Line;
                List<object?> items = PythonValue.ToList(state, value);
                if (items.Count != tuple.Items.Length)
                    throw state.Fail($"cannot take {items.Count} value(s) apart into {tuple.Items.Length} variables");
                for (int i = 0; i < items.Count; i++)
                    Assign(tuple.Items[i], items[i], scope);
                break;
        }
    }

    private void Write(string text)
    {
        state.ChargeText((long)_output.Length + text.Length > RenderLimits.TextLength ? (long)_output.Length + text.Length : text.Length);
        _output.Append(text);
    }

    private string Capture(JinjaBlock block, JinjaScope scope) => Capture(() => Execute(block, scope));

    private string Capture(Func<Flow> render)
    {
        StringBuilder outer = _output;
        _output = new StringBuilder();
        render();
        string text = _output.ToString();
        _output = outer;
        return text;
    }
}

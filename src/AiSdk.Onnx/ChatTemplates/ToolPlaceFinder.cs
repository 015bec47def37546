namespace AiSdk.Onnx;

/// <summary>Reads out of a template's statements where it looks for the tools.</summary>
internal sealed class ToolPlaceFinder
{
    private const string Name = "tools";

    private bool _isVariable;
    private bool _isMember;
    private bool _isText;

    private ToolPlaceFinder()
    {
    }

    /// <summary>Finds the place. A template that looks for the variable gets it; one that looks nowhere too, as nothing comes of it.</summary>
    public static ToolPlace Find(JinjaBlock body)
    {
        ToolPlaceFinder finder = new();
        finder.Visit(body);
        return finder._isVariable || !finder._isMember ? ToolPlace.Variable : finder._isText ? ToolPlace.MessageText : ToolPlace.MessageList;
    }

    private void Visit(JinjaBlock? block)
    {
        foreach (JinjaStatement statement in block?.Statements ?? [])
            Visit(statement);
    }

    private void Visit(JinjaStatement statement)
    {
        switch (statement)
        {
            case OutputStatement output:
                VisitText(output.Value);
                break;
            case IfStatement condition:
                foreach ((JinjaExpression test, JinjaBlock body) in condition.Branches)
                {
                    Visit(test);
                    Visit(body);
                }
                Visit(condition.Else);
                break;
            case ForStatement loop:
                Visit(loop.Items);
                Visit(loop.Condition);
                Visit(loop.Body);
                Visit(loop.Else);
                break;
            case SetStatement set:
                Visit(set.Value);
                break;
            case SetBlockStatement set:
                Visit(set.Filters);
                Visit(set.Body);
                break;
            case FilterBlockStatement filter:
                Visit(filter.Filters);
                Visit(filter.Body);
                break;
            case WithStatement with:
                foreach ((_, JinjaExpression value) in with.Variables)
                    Visit(value);
                Visit(with.Body);
                break;
            case MacroStatement macro:
                Visit(macro.Macro);
                break;
            case CallBlockStatement call:
                Visit(call.Caller);
                Visit(call.Call);
                break;
        }
    }

    private void Visit(MacroDefinition macro)
    {
        foreach (MacroParameter parameter in macro.Parameters)
            Visit(parameter.Default);
        Visit(macro.Body);
    }

    private void Visit(FilterStep[] filters)
    {
        foreach (FilterStep step in filters)
            Visit(step.Arguments);
    }

    private void Visit(JinjaArguments arguments)
    {
        Visit(arguments.Positional);
        foreach ((_, JinjaExpression value) in arguments.Named)
            Visit(value);
        Visit(arguments.Unpacked);
        Visit(arguments.UnpackedNamed);
    }

    private void Visit(JinjaExpression[] expressions)
    {
        foreach (JinjaExpression expression in expressions)
            Visit(expression);
    }

    /// <summary>Visits what becomes text as it is.</summary>
    private void VisitText(JinjaExpression expression)
    {
        _isText |= IsMember(expression);
        Visit(expression);
    }

    private void Visit(JinjaExpression? expression)
    {
        _isMember |= expression is not null && IsMember(expression);
        switch (expression)
        {
            case NameExpression name:
                _isVariable |= name.Name == Name;
                break;
            case ListExpression list:
                Visit(list.Items);
                break;
            case TupleExpression tuple:
                Visit(tuple.Items);
                break;
            case DictionaryExpression dictionary:
                foreach ((JinjaExpression key, JinjaExpression value) in dictionary.Items)
                {
                    Visit(key);
                    Visit(value);
                }
                break;
            case AttributeExpression attribute:
                Visit(attribute.Value);
                break;
            case IndexExpression index:
                Visit(index.Value);
                Visit(index.Index);
                break;
            case SliceExpression slice:
                Visit(slice.Value);
                Visit(slice.Start);
                Visit(slice.Stop);
                Visit(slice.Step);
                break;
            case CallExpression call:
                Visit(call.Function);
                Visit(call.Arguments);
                break;
            case FilterExpression filter:
                Visit(filter.Value);
                Visit(filter.Step.Arguments);
                break;
            case TestExpression test:
                Visit(test.Value);
                Visit(test.Arguments);
                break;
            case NotExpression not:
                Visit(not.Value);
                break;
            case SignExpression sign:
                Visit(sign.Value);
                break;
            case AndExpression and:
                Visit(and.Left);
                Visit(and.Right);
                break;
            case OrExpression or:
                Visit(or.Left);
                Visit(or.Right);
                break;
            case ConditionalExpression conditional:
                Visit(conditional.Condition);
                Visit(conditional.Then);
                Visit(conditional.Otherwise);
                break;
            case SumExpression sum:
                foreach (JinjaExpression operand in sum.Operands)
                    VisitText(operand);
                break;
            case ConcatenationExpression concatenation:
                foreach (JinjaExpression operand in concatenation.Operands)
                    VisitText(operand);
                break;
            case ArithmeticExpression arithmetic:
                Visit(arithmetic.Left);
                Visit(arithmetic.Right);
                break;
            case ComparisonExpression comparison:
                Visit(comparison.First);
                foreach ((_, JinjaExpression operand) in comparison.Rest)
                    Visit(operand);
                break;
        }
    }

    // message.tools, message['tools'], message.get('tools')
    private static bool IsMember(JinjaExpression expression) => expression switch
    {
        AttributeExpression { Name: Name } => true,
        IndexExpression { Index: ConstantExpression { Value: Name } } => true,
        CallExpression { Function: AttributeExpression { Name: "get" }, Arguments.Positional: [ConstantExpression { Value: Name }, ..] } => true,
        _ => false,
    };
}

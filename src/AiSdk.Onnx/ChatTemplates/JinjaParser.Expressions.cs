using System.Globalization;

namespace AiSdk.Onnx;

/// <content>Expressions, by falling precedence: conditional, or, and, not, comparison, sum, concatenation, product, power, sign.</content>
internal sealed partial class JinjaParser
{
    /// <summary>An expression, or several with commas, which make a tuple.</summary>
    private JinjaExpression ParseTuple(bool withConditional = true, bool isParenthesized = false)
    {
        int line = Current.Line;
        List<JinjaExpression> items = [];
        bool isTuple = false;
        while (!(IsOperator(")") || Current.Kind is JinjaTokenKind.VariableEnd or JinjaTokenKind.BlockEnd || (isTuple && IsName("recursive"))))
        {
            items.Add(withConditional ? ParseExpression() : ParseOr());
            if (!SkipOperator(","))
                break;
            isTuple = true;
        }
        if (isTuple || (items.Count == 0 && isParenthesized))
            return new TupleExpression([.. items], line);
        return items.Count > 0 ? items[0] : throw Unexpected("an expression");
    }

    private JinjaExpression ParseExpression()
    {
        Enter();
        int line = Current.Line, start = _position;
        JinjaExpression then = ParseOr();
        int chain = 0;
        while (SkipName("if"))
        {
            CheckChain(++chain);
            // Only now is it known that what came before is a branch.
            if (_unknown?.Position >= start)
                _unknown = null;
            _conditions++;
            JinjaExpression condition = ParseOr();
            JinjaExpression? otherwise = SkipName("else") ? ParseExpression() : null;
            _conditions--;
            then = new ConditionalExpression(condition, then, otherwise, line);
        }
        _nesting--;
        return then;
    }

    private JinjaExpression ParseOr()
    {
        JinjaExpression left = ParseAnd();
        for (int chain = 0; SkipName("or"); CheckChain(++chain))
            left = new OrExpression(left, ParseAnd(), left.Line);
        return left;
    }

    private JinjaExpression ParseAnd()
    {
        JinjaExpression left = ParseNot();
        for (int chain = 0; SkipName("and"); CheckChain(++chain))
            left = new AndExpression(left, ParseNot(), left.Line);
        return left;
    }

    private JinjaExpression ParseNot()
    {
        int line = Current.Line;
        if (!SkipName("not"))
            return ParseComparison();
        Enter();
        JinjaExpression value = ParseNot();
        _nesting--;
        return new NotExpression(value, line);
    }

    private JinjaExpression ParseComparison()
    {
        JinjaExpression first = ParseSum();
        List<(ComparisonOperator, JinjaExpression)>? rest = null;
        while (TryReadComparison(out ComparisonOperator comparison))
            (rest ??= []).Add((comparison, ParseSum()));
        return rest is null ? first : new ComparisonExpression(first, [.. rest], first.Line);
    }

    private bool TryReadComparison(out ComparisonOperator comparison)
    {
        comparison = default;
        if (Current.Kind == JinjaTokenKind.Name)
        {
            if (SkipName("in"))
            {
                comparison = ComparisonOperator.In;
                return true;
            }
            if (IsName("not") && tokens[_position + 1] is { Kind: JinjaTokenKind.Name, Text: "in" })
            {
                _position += 2;
                comparison = ComparisonOperator.NotIn;
                return true;
            }
            return false;
        }
        if (Current.Kind != JinjaTokenKind.Operator)
            return false;
        ComparisonOperator? found = Current.Text switch
        {
            "==" => ComparisonOperator.Equal,
            "!=" => ComparisonOperator.NotEqual,
            "<" => ComparisonOperator.Less,
            "<=" => ComparisonOperator.LessOrEqual,
            ">" => ComparisonOperator.Greater,
            ">=" => ComparisonOperator.GreaterOrEqual,
            _ => null,
        };
        if (found is null)
            return false;
        _position++;
        comparison = found.Value;
        return true;
    }

    private JinjaExpression ParseSum()
    {
        JinjaExpression left = ParseConcatenation();
        for (int chain = 0; IsOperator("+") || IsOperator("-"); CheckChain(++chain))
        {
            int line = Current.Line;
            if (SkipOperator("-"))
            {
                left = new ArithmeticExpression(ArithmeticOperator.Subtract, left, ParseConcatenation(), line);
                continue;
            }
            List<JinjaExpression> operands = [left];
            while (SkipOperator("+"))
                operands.Add(ParseConcatenation());
            left = new SumExpression([.. operands], line);
        }
        return left;
    }

    private JinjaExpression ParseConcatenation()
    {
        JinjaExpression first = ParseProduct();
        if (!IsOperator("~"))
            return first;
        List<JinjaExpression> operands = [first];
        while (SkipOperator("~"))
            operands.Add(ParseProduct());
        return new ConcatenationExpression([.. operands], first.Line);
    }

    private JinjaExpression ParseProduct()
    {
        JinjaExpression left = ParsePower();
        for (int chain = 0; Current.Kind == JinjaTokenKind.Operator; CheckChain(++chain))
        {
            ArithmeticOperator? found = Current.Text switch
            {
                "*" => ArithmeticOperator.Multiply,
                "/" => ArithmeticOperator.Divide,
                "//" => ArithmeticOperator.FloorDivide,
                "%" => ArithmeticOperator.Modulo,
                _ => null,
            };
            if (found is null)
                break;
            int line = Current.Line;
            _position++;
            left = new ArithmeticExpression(found.Value, left, ParsePower(), line);
        }
        return left;
    }

    private JinjaExpression ParsePower()
    {
        JinjaExpression left = ParseUnary();
        for (int chain = 0; IsOperator("**"); CheckChain(++chain))
        {
            int line = Current.Line;
            _position++;
            left = new ArithmeticExpression(ArithmeticOperator.Power, left, ParseUnary(), line);
        }
        return left;
    }

    private JinjaExpression ParseUnary(bool withFilters = true)
    {
        JinjaToken token = Current;
        JinjaExpression value;
        if (IsOperator("-") || IsOperator("+"))
        {
            _position++;
            Enter();
            value = new SignExpression(ParseUnary(withFilters: false), token.Text == "-", token.Line);
            _nesting--;
        }
        else
        {
            value = ParsePrimary();
        }
        value = ParsePostfix(value);
        return withFilters ? ParseFiltersAndTests(value) : value;
    }

    private JinjaExpression ParsePrimary()
    {
        JinjaToken token = Current;
        _position++;
        switch (token.Kind)
        {
            case JinjaTokenKind.Name:
                switch (token.Text)
                {
                    case "true" or "True":
                        return new ConstantExpression(PythonValue.True, token.Line);
                    case "false" or "False":
                        return new ConstantExpression(PythonValue.False, token.Line);
                    case "none" or "None":
                        return new ConstantExpression(null, token.Line);
                    default:
                        _uses.Note(token.Text);
                        return new NameExpression(token.Text, token.Line);
                }
            case JinjaTokenKind.String:
                int first = _position - 1;
                while (Current.Kind == JinjaTokenKind.String)
                    _position++;
                string text = _position == first + 1 ? token.Text : string.Concat(tokens[first.._position].Select(part => part.Text));
                return new ConstantExpression(text, token.Line);
            case JinjaTokenKind.Integer:
                return new ConstantExpression(ParseInteger(token), token.Line);
            case JinjaTokenKind.Float:
                return new ConstantExpression(double.Parse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture), token.Line);
            case JinjaTokenKind.Operator when token.Text == "(":
                Enter();
                JinjaExpression inner = ParseTuple(isParenthesized: true);
                ExpectOperator(")");
                _nesting--;
                return inner;
            case JinjaTokenKind.Operator when token.Text == "[":
                return ParseList(token.Line);
            case JinjaTokenKind.Operator when token.Text == "{":
                return ParseDictionary(token.Line);
            default:
                _position--;
                throw Unexpected("an expression");
        }
    }

    private long ParseInteger(JinjaToken token)
    {
        string text = token.Text;
        bool parsed = text.Length > 1 && text[0] == '0'
            ? PythonNumbers.TryParseInteger(text, 0, out long value)
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        return parsed ? value : throw Fail($"'{text}' is not an integer of 64 bits", token);
    }

    private ListExpression ParseList(int line)
    {
        List<JinjaExpression> items = [];
        while (!IsOperator("]"))
        {
            if (items.Count > 0)
                ExpectOperator(",");
            if (IsOperator("]"))
                break;
            items.Add(ParseExpression());
        }
        _position++;
        return new ListExpression([.. items], line);
    }

    private DictionaryExpression ParseDictionary(int line)
    {
        List<(JinjaExpression, JinjaExpression)> items = [];
        while (!IsOperator("}"))
        {
            if (items.Count > 0)
                ExpectOperator(",");
            if (IsOperator("}"))
                break;
            JinjaExpression key = ParseExpression();
            ExpectOperator(":");
            items.Add((key, ParseExpression()));
        }
        _position++;
        return new DictionaryExpression([.. items], line);
    }

    private JinjaExpression ParsePostfix(JinjaExpression value)
    {
        for (int chain = 0; Current.Kind == JinjaTokenKind.Operator; CheckChain(++chain))
        {
            JinjaToken token = Current;
            switch (token.Text)
            {
                case ".":
                    _position++;
                    value = Current.Kind switch
                    {
                        JinjaTokenKind.Name => new AttributeExpression(value, Current.Text, token.Line),
                        JinjaTokenKind.Integer => new IndexExpression(value, new ConstantExpression(ParseInteger(Current), token.Line), token.Line),
                        _ => throw Unexpected("a name or a number"),
                    };
                    _position++;
                    break;
                case "[":
                    _position++;
                    value = ParseSubscript(value, token.Line);
                    ExpectOperator("]");
                    break;
                case "(":
                    value = new CallExpression(value, ParseArguments(), token.Line);
                    break;
                default:
                    return value;
            }
        }
        return value;
    }

    private JinjaExpression ParseSubscript(JinjaExpression value, int line)
    {
        JinjaExpression? start = IsOperator(":") ? null : ParseExpression();
        if (!SkipOperator(":"))
        {
            if (!IsOperator(","))
                return new IndexExpression(value, start!, line);
            List<JinjaExpression> items = [start!];
            while (SkipOperator(",") && !IsOperator("]"))
                items.Add(ParseExpression());
            return new IndexExpression(value, new TupleExpression([.. items], line), line);
        }
        JinjaExpression? stop = IsOperator(":") || IsOperator("]") ? null : ParseExpression();
        JinjaExpression? step = SkipOperator(":") && !IsOperator("]") ? ParseExpression() : null;
        return new SliceExpression(value, start, stop, step, line);
    }

    private JinjaExpression ParseFiltersAndTests(JinjaExpression value)
    {
        for (int chain = 0; ; CheckChain(++chain))
        {
            JinjaToken token = Current;
            if (SkipOperator("|"))
                value = new FilterExpression(value, ParseFilterStep(), token.Line);
            else if (SkipName("is"))
                value = ParseTest(value, token.Line);
            else if (IsOperator("("))
                value = new CallExpression(value, ParseArguments(), token.Line);
            else
                return value;
        }
    }

    private FilterStep[] ParseFilterSteps(bool isFirstWithoutPipe)
    {
        List<FilterStep> steps = [];
        while (isFirstWithoutPipe || SkipOperator("|"))
        {
            isFirstWithoutPipe = false;
            steps.Add(ParseFilterStep());
        }
        return [.. steps];
    }

    private FilterStep ParseFilterStep()
    {
        JinjaToken token = Current;
        string name = ExpectIdentifier("the name of a filter");
        JinjaFilter? filter = JinjaFilters.Find(name);
        if (filter is null)
            NoteUnknown(JinjaFilters.Unknown(name), token);
        return new FilterStep(name, filter, IsOperator("(") ? ParseArguments() : JinjaArguments.None, token.Line);
    }

    private JinjaExpression ParseTest(JinjaExpression value, int line)
    {
        bool isNegated = SkipName("not");
        JinjaToken token = Current;
        string name = ExpectIdentifier("the name of a test");
        JinjaTest? test = JinjaTests.Find(name);
        if (test is null)
            NoteUnknown(JinjaTests.Unknown(name), token);
        JinjaArguments arguments = JinjaArguments.None;
        if (IsOperator("("))
        {
            arguments = ParseArguments();
        }
        else if (Current.Kind is JinjaTokenKind.String or JinjaTokenKind.Integer or JinjaTokenKind.Float || IsOperator("[") || IsOperator("{")
            || (Current.Kind == JinjaTokenKind.Name && Current.Text is not ("else" or "or" or "and")))
        {
            if (IsName("is"))
                throw Fail("tests cannot be chained with 'is'; use 'and'", Current);
            arguments = new JinjaArguments([ParsePostfix(ParsePrimary())], [], null, null);
        }
        JinjaExpression result = new TestExpression(value, name, test, arguments, line);
        return isNegated ? new NotExpression(result, line) : result;
    }

    private JinjaArguments ParseArguments()
    {
        ExpectOperator("(");
        Enter();
        List<JinjaExpression> positional = [];
        List<(string, JinjaExpression)> named = [];
        JinjaExpression? unpacked = null;
        JinjaExpression? unpackedNamed = null;
        for (bool isFirst = true; !IsOperator(")"); isFirst = false)
        {
            if (!isFirst)
            {
                ExpectOperator(",");
                if (IsOperator(")"))
                    break;
            }
            JinjaToken token = Current;
            if (unpacked is null && unpackedNamed is null && SkipOperator("*"))
            {
                unpacked = ParseExpression();
            }
            else if (unpackedNamed is null && SkipOperator("**"))
            {
                unpackedNamed = ParseExpression();
            }
            else if (unpackedNamed is null && token.Kind == JinjaTokenKind.Name && tokens[_position + 1] is { Kind: JinjaTokenKind.Operator, Text: "=" })
            {
                _position += 2;
                named.Add((token.Text, ParseExpression()));
            }
            else if (unpacked is null && unpackedNamed is null && named.Count == 0)
            {
                positional.Add(ParseExpression());
            }
            else
            {
                throw Fail("an argument without a name cannot stand behind one with a name", token);
            }
        }
        _position++;
        _nesting--;
        return positional.Count + named.Count == 0 && unpacked is null && unpackedNamed is null
            ? JinjaArguments.None
            : new JinjaArguments([.. positional], [.. named], unpacked, unpackedNamed);
    }

    /// <summary>As in Jinja2, a branch may name a filter or test that does not exist as long as it is not taken.</summary>
    private void NoteUnknown(string message, JinjaToken token)
    {
        if (_conditions == 0)
            _unknown ??= (_position - 1, Fail(message, token));
    }

    private void CheckChain(int length)
    {
        if (length > MaxChain)
            throw Fail($"a chain of more than {MaxChain} operations in one expression", Current);
    }
}

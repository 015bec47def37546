using System.Text;

namespace AiSdk.Onnx;

/// <content>Evaluates expressions and calls.</content>
internal sealed partial class JinjaRenderer
{
    private object? Evaluate(JinjaExpression expression, JinjaScope scope)
    {
        state.Charge();
        switch (expression)
        {
            case ConstantExpression constant:
                return constant.Value;
            case NameExpression name:
                return Variable(name, scope);
        }
        state.Enter();
        object? result = EvaluateNested(expression, scope);
        state.Leave();
        return result;
    }

    private object? EvaluateNested(JinjaExpression expression, JinjaScope scope)
    {
        switch (expression)
        {
            case AttributeExpression attribute:
                object? owner = Evaluate(attribute.Value, scope);
                state.Line = expression.Line;
                return PythonAccess.GetAttribute(state, owner, attribute.Name);
            case IndexExpression index:
                object? container = Evaluate(index.Value, scope);
                object? key = Evaluate(index.Index, scope);
                state.Line = expression.Line;
                return PythonAccess.GetItem(state, container, key);
            case SumExpression sum:
                return Sum(sum, scope);
            case ComparisonExpression comparison:
                return PythonValue.Box(Compare(comparison, scope));
            case TestExpression test:
                return PythonValue.Box(Test(test, scope));
            case FilterExpression filter:
                return Filter(Evaluate(filter.Value, scope), filter.Step, scope);
            case AndExpression and:
                object? left = Evaluate(and.Left, scope);
                return PythonValue.IsTrue(left) ? Evaluate(and.Right, scope) : left;
            case OrExpression or:
                object? first = Evaluate(or.Left, scope);
                return PythonValue.IsTrue(first) ? first : Evaluate(or.Right, scope);
            case NotExpression not:
                return PythonValue.Box(!PythonValue.IsTrue(Evaluate(not.Value, scope)));
            case CallExpression call:
                return EvaluateCall(call, scope, caller: null);
            case ConditionalExpression conditional:
                if (PythonValue.IsTrue(Evaluate(conditional.Condition, scope)))
                    return Evaluate(conditional.Then, scope);
                return conditional.Otherwise is null
                    ? new Undefined("the inline if-expression evaluated to false and has no else")
                    : Evaluate(conditional.Otherwise, scope);
            case ConcatenationExpression concatenation:
                return Concatenate(concatenation, scope);
            case ArithmeticExpression arithmetic:
                object? a = Evaluate(arithmetic.Left, scope);
                object? b = Evaluate(arithmetic.Right, scope);
                state.Line = expression.Line;
                return PythonOperators.Calculate(state, arithmetic.Operator, a, b);
            case SignExpression sign:
                object? number = Evaluate(sign.Value, scope);
                state.Line = expression.Line;
                return PythonOperators.Sign(state, number, sign.IsNegative);
            case SliceExpression slice:
                object? sliced = Evaluate(slice.Value, scope);
                object? start = slice.Start is null ? null : Evaluate(slice.Start, scope);
                object? stop = slice.Stop is null ? null : Evaluate(slice.Stop, scope);
                object? step = slice.Step is null ? null : Evaluate(slice.Step, scope);
                state.Line = expression.Line;
                return PythonAccess.Slice(state, sliced, start, stop, step);
            case ListExpression list:
                return EvaluateAll(list.Items, scope);
            case TupleExpression tuple:
                return new PythonTuple(EvaluateAll(tuple.Items, scope));
            case DictionaryExpression dictionary:
                PythonDictionary entries = new();
                foreach ((JinjaExpression entryKey, JinjaExpression value) in dictionary.Items)
                    entries.Set(state, Evaluate(entryKey, scope), Evaluate(value, scope));
                return entries;
            default:
                throw state.Fail($"the expression {expression.GetType().Name} has no meaning");
        }
    }

    private object? Variable(NameExpression name, JinjaScope scope)
    {
        if (scope.TryGet(state, name.Name, out object? value))
            return value;
        if (variables.TryGetValue(name.Name, out value))
        {
            state.Line = name.Line;
            return PythonValue.Import(state, value);
        }
        if (name.Name == "self")
        {
            state.Line = name.Line;
            throw state.Fail("'self', the template and its blocks, is not supported");
        }
        return (object?)JinjaGlobals.Find(name.Name) ?? new Undefined($"'{name.Name}' is undefined");
    }

    private object?[] EvaluateAll(JinjaExpression[] expressions, JinjaScope scope)
    {
        object?[] values = new object?[expressions.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = Evaluate(expressions[i], scope);
        return values;
    }

    private object? Sum(SumExpression sum, JinjaScope scope)
    {
        object? total = Evaluate(sum.Operands[0], scope);
        StringBuilder? text = null;
        for (int i = 1; i < sum.Operands.Length; i++)
        {
            object? operand = Evaluate(sum.Operands[i], scope);
            state.Line = sum.Line;
            if (operand is string added && (text is not null || (total is string && sum.Operands.Length > 2)))
            {
                text ??= new StringBuilder((string)total!);
                state.ChargeText(added.Length);
                text.Append(added);
                if (text.Length > RenderLimits.TextLength)
                    state.ChargeText(text.Length);
                continue;
            }
            total = PythonOperators.Add(state, text?.ToString() ?? total, operand);
            text = null;
        }
        return text?.ToString() ?? total;
    }

    private string Concatenate(ConcatenationExpression concatenation, JinjaScope scope)
    {
        string[] parts = new string[concatenation.Operands.Length];
        long length = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            parts[i] = PythonText.Str(state, Evaluate(concatenation.Operands[i], scope));
            length += parts[i].Length;
        }
        state.Line = concatenation.Line;
        state.ChargeText(length);
        return string.Concat(parts);
    }

    private bool Compare(ComparisonExpression comparison, JinjaScope scope)
    {
        object? left = Evaluate(comparison.First, scope);
        foreach ((ComparisonOperator operation, JinjaExpression operand) in comparison.Rest)
        {
            object? right = Evaluate(operand, scope);
            state.Line = comparison.Line;
            if (!JinjaTests.Compare(state, operation, left, right))
                return false;
            left = right;
        }
        return true;
    }

    private bool Test(TestExpression test, JinjaScope scope)
    {
        object? value = Evaluate(test.Value, scope);
        CallArguments arguments = Arguments(test.Arguments, scope);
        state.Line = test.Line;
        JinjaTest found = test.Test ?? throw state.Fail(JinjaTests.Unknown(test.Name));
        return found(state, value, arguments);
    }

    private object? Filter(object? value, FilterStep step, JinjaScope scope)
    {
        CallArguments arguments = Arguments(step.Arguments, scope);
        state.Line = step.Line;
        JinjaFilter filter = step.Filter ?? throw state.Fail(JinjaFilters.Unknown(step.Name));
        return filter(state, value, arguments);
    }

    private object? Filter(object? value, FilterStep[] steps, JinjaScope scope)
    {
        foreach (FilterStep step in steps)
            value = Filter(value, step, scope);
        return value;
    }

    private CallArguments Arguments(JinjaArguments arguments, JinjaScope scope, JinjaMacro? caller = null)
    {
        if (arguments.IsEmpty && caller is null)
            return CallArguments.None;
        object?[] positional = EvaluateAll(arguments.Positional, scope);
        if (arguments.Named.Length == 0 && arguments.Unpacked is null && arguments.UnpackedNamed is null && caller is null)
            return new CallArguments(positional, []);
        List<KeyValuePair<string, object?>> named = [];
        foreach ((string name, JinjaExpression value) in arguments.Named)
            named.Add(new(name, Evaluate(value, scope)));
        if (arguments.Unpacked is not null)
            positional = [.. positional, .. PythonValue.ToList(state, Evaluate(arguments.Unpacked, scope))];
        if (arguments.UnpackedNamed is not null)
        {
            object? dictionary = Evaluate(arguments.UnpackedNamed, scope);
            if (!PythonDictionaries.IsDictionary(dictionary))
                throw state.Fail($"'**' needs a dictionary, not '{PythonValue.TypeName(dictionary)}'");
            foreach ((object? key, object? value) in PythonDictionaries.Entries(state, dictionary!))
                named.Add(new(key as string ?? throw state.Fail("'**' needs strings as keys"), value));
        }
        if (caller is not null)
            named.Add(new("caller", caller));
        return new CallArguments(positional, [.. named]);
    }

    private object? EvaluateCall(CallExpression call, JinjaScope scope, JinjaMacro? caller)
    {
        if (call.Function is AttributeExpression attribute)
        {
            object? owner = Evaluate(attribute.Value, scope);
            // The usual case, a method of a string, without the function object in between.
            if (owner is string text && PythonStrings.HasMethod(attribute.Name))
            {
                CallArguments textArguments = Arguments(call.Arguments, scope, caller);
                state.Line = call.Line;
                return PythonStrings.Call(state, text, attribute.Name, textArguments);
            }
            state.Line = call.Line;
            return Call(PythonAccess.GetAttribute(state, owner, attribute.Name), call, scope, caller, attribute.Name);
        }
        object? function = Evaluate(call.Function, scope);
        return Call(function, call, scope, caller, (call.Function as NameExpression)?.Name ?? "the value");
    }

    private object? Call(object? function, CallExpression call, JinjaScope scope, JinjaMacro? caller, string name)
    {
        CallArguments arguments = Arguments(call.Arguments, scope, caller);
        state.Line = call.Line;
        return function switch
        {
            JinjaMacro macro => Call(macro, arguments),
            JinjaFunction known => known.Call(state, arguments),
            JinjaLoop { Recursion: { } recursion } => recursion.Call(state, arguments),
            JinjaLoop => throw state.Fail("the loop must be marked 'recursive' to be called"),
            Undefined undefined => throw state.Fail(undefined.Message),
            _ => throw state.Fail($"'{name}' is a '{PythonValue.TypeName(function)}', which cannot be called"),
        };
    }

    private string Call(JinjaMacro macro, CallArguments arguments)
    {
        MacroDefinition definition = macro.Definition;
        JinjaScope scope = new(macro.Scope);
        List<KeyValuePair<string, object?>> named = [.. arguments.Named];
        for (int i = 0; i < definition.Parameters.Length; i++)
        {
            MacroParameter parameter = definition.Parameters[i];
            int given = named.FindIndex(argument => argument.Key == parameter.Name);
            if (i < arguments.Positional.Length)
            {
                scope.Set(parameter.Name, arguments.Positional[i]);
            }
            else if (given >= 0)
            {
                scope.Set(parameter.Name, named[given].Value);
                named.RemoveAt(given);
            }
            else
            {
                scope.Set(parameter.Name, parameter.Default is null
                    ? new Undefined($"parameter '{parameter.Name}' was not provided")
                    : Evaluate(parameter.Default, scope));
            }
        }
        if (definition.UsesCaller && !Array.Exists(definition.Parameters, parameter => parameter.Name == "caller"))
        {
            int given = named.FindIndex(argument => argument.Key == "caller");
            scope.Set("caller", given >= 0 ? named[given].Value : new Undefined("No caller defined"));
            if (given >= 0)
                named.RemoveAt(given);
        }
        if (definition.UsesKwargs)
        {
            PythonDictionary rest = new();
            foreach ((string key, object? value) in named)
                rest.Set(state, key, value);
            scope.Set("kwargs", rest);
        }
        else if (named.Count > 0)
        {
            throw state.Fail($"the macro '{definition.Name}' has no parameter '{named[0].Key}'");
        }
        if (definition.UsesVarargs)
            scope.Set("varargs", new PythonTuple([.. arguments.Positional.Skip(definition.Parameters.Length)]));
        else if (arguments.Positional.Length > definition.Parameters.Length)
            throw state.Fail($"the macro '{definition.Name}' takes at most {definition.Parameters.Length} argument(s), not {arguments.Positional.Length}");
        return Capture(definition.Body, scope);
    }
}

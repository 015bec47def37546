namespace AiSdk.Onnx;

/// <summary>Python's operators on values of any type.</summary>
internal static class PythonOperators
{
    /// <summary><c>a + b</c></summary>
    public static object? Add(RenderState state, object? a, object? b)
    {
        if (a is string text && b is string otherText)
        {
            state.ChargeText((long)text.Length + otherText.Length);
            return text + otherText;
        }
        if (PythonNumbers.TryGet(a, out PythonNumber left) && PythonNumbers.TryGet(b, out PythonNumber right))
            return PythonNumbers.Add(state, left, right);
        if (a is IReadOnlyList<object?> list && b is IReadOnlyList<object?> otherList && a is not PythonRange && PythonValue.TypeName(a) == PythonValue.TypeName(b))
        {
            state.ChargeItems((long)list.Count + otherList.Count);
            object?[] items = [.. list, .. otherList];
            return a is PythonTuple ? new PythonTuple(items) : items;
        }
        throw Unsupported(state, "+", a, b);
    }

    /// <summary>An operator other than <c>+</c>.</summary>
    public static object? Calculate(RenderState state, ArithmeticOperator operation, object? a, object? b)
    {
        if (operation == ArithmeticOperator.Modulo && a is string format)
            return PythonFormat.Percent(state, format, b);
        if (PythonNumbers.TryGet(a, out PythonNumber left) && PythonNumbers.TryGet(b, out PythonNumber right))
            return PythonNumbers.Calculate(state, operation, left, right);
        if (operation == ArithmeticOperator.Multiply)
        {
            if (a is long or bool && b is string or IReadOnlyList<object?>)
                (a, b) = (b, a);
            if (b is long or bool && PythonNumbers.TryGet(b, out PythonNumber count))
            {
                if (a is string text)
                    return PythonStrings.Repeat(state, text, count.Integer);
                if (a is IReadOnlyList<object?> list and not PythonRange)
                    return Repeat(state, list, count.Integer);
            }
        }
        string name = operation switch
        {
            ArithmeticOperator.Subtract => "-",
            ArithmeticOperator.Multiply => "*",
            ArithmeticOperator.Divide => "/",
            ArithmeticOperator.FloorDivide => "//",
            ArithmeticOperator.Modulo => "%",
            _ => "**",
        };
        throw Unsupported(state, name, a, b);
    }

    /// <summary><c>-value</c> or <c>+value</c></summary>
    public static object? Sign(RenderState state, object? value, bool isNegative)
    {
        if (!PythonNumbers.TryGet(value, out PythonNumber number))
            throw state.Fail(value is Undefined undefined ? undefined.Message : $"'{(isNegative ? '-' : '+')}' needs a number, not '{PythonValue.TypeName(value)}'");
        return isNegative ? PythonNumbers.Negate(state, number) : number.Boxed;
    }

    private static object Repeat(RenderState state, IReadOnlyList<object?> list, long count)
    {
        count = list.Count == 0 ? 0 : Math.Max(0, count);
        state.ChargeItems(count > RenderLimits.Steps ? RenderLimits.Steps : count * list.Count);
        List<object?> items = new(list.Count * (int)count);
        for (long i = 0; i < count; i++)
            items.AddRange(list);
        return list is PythonTuple ? new PythonTuple([.. items]) : items;
    }

    private static ChatTemplateException Unsupported(RenderState state, string operation, object? a, object? b) =>
        state.Fail((a as Undefined ?? b as Undefined)?.Message
            ?? $"'{operation}' does not work on '{PythonValue.TypeName(a)}' and '{PythonValue.TypeName(b)}'");
}

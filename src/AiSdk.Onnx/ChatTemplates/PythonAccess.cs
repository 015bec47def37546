namespace AiSdk.Onnx;

/// <summary>Attributes, items and slices of values, looked up in the order of Jinja2: what is not there is undefined, not an error.</summary>
internal static class PythonAccess
{
    /// <summary><c>value.name</c>: the attribute or method of that name, else the item.</summary>
    public static object? GetAttribute(RenderState state, object? value, string name)
    {
        switch (value)
        {
            case JinjaLoop loop:
                return loop.GetAttribute(state, name);
            case JinjaNamespace named:
                return named.Attributes.TryGetValue(state, name, out object? attribute) ? attribute : Missing(value, name);
            case IReadOnlyDictionary<string, object?> or PythonDictionary:
                return Method(value, name) ?? (PythonDictionaries.TryGet(state, value, name, out object? item) ? item : Missing(value, name));
            case Undefined undefined:
                throw state.Fail(undefined.Message);
            case JinjaMacro macro:
                return name switch
                {
                    "name" => macro.Definition.Name,
                    "arguments" => new PythonTuple([.. macro.Definition.Parameters.Select(parameter => parameter.Name)]),
                    _ => Missing(value, name),
                };
            case JinjaCycler cycler:
                return cycler.GetAttribute(name) ?? Missing(value, name);
            default:
                return Method(value, name) ?? Missing(value, name);
        }
    }

    /// <summary><c>value[key]</c>: the item, else the attribute or method of that name.</summary>
    public static object? GetItem(RenderState state, object? value, object? key)
    {
        switch (value)
        {
            case IReadOnlyDictionary<string, object?> or PythonDictionary:
                if (key is not (string or long or bool or double or null))
                    return Missing(value, PythonText.Str(state, key));
                if (PythonDictionaries.TryGet(state, value, key, out object? item))
                    return item;
                break;
            case IReadOnlyList<object?> list when key is long or bool:
                long index = Index(key);
                if (index < 0)
                    index += list.Count;
                return index >= 0 && index < list.Count
                    ? PythonValue.Import(state, list[(int)index])
                    : new Undefined($"{PythonValue.TypeName(value)} object has no element {Index(key)}");
            case string text when key is long or bool:
                state.Charge(text.Length >> 4);
                return PythonStrings.At(text, Index(key)) ?? (object)new Undefined($"str object has no element {Index(key)}");
            case Undefined undefined:
                throw state.Fail(undefined.Message);
        }
        return key is string name ? value switch
        {
            IReadOnlyDictionary<string, object?> or PythonDictionary => Method(value, name) ?? Missing(value, name),
            _ => GetAttribute(state, value, name),
        }
        : Missing(value, PythonText.Str(state, key));
    }

    /// <summary><c>value[start:stop:step]</c></summary>
    public static object? Slice(RenderState state, object? value, object? start, object? stop, object? step)
    {
        if (value is Undefined undefined)
            throw state.Fail(undefined.Message);
        if (value is not (string or IReadOnlyList<object?>))
            throw state.Fail($"a '{PythonValue.TypeName(value)}' cannot be sliced");
        int length = PythonValue.Length(value)!.Value;
        long by = Bound(state, step) ?? 1;
        if (by == 0)
            throw state.Fail("the step of a slice cannot be zero");
        long lowest = by < 0 ? -1 : 0, highest = by < 0 ? length - 1 : length;
        long from = Clamp(Bound(state, start), by < 0 ? highest : lowest);
        long to = Clamp(Bound(state, stop), by < 0 ? lowest : highest);
        long span = by > 0 ? to - from : from - to;
        ulong stride = (ulong)Math.Abs(Math.Max(by, -long.MaxValue));
        int count = span <= 0 ? 0 : (int)(((ulong)span - 1) / stride) + 1;
        if (value is string text)
        {
            state.ChargeText(text.Length);
            return PythonStrings.Slice(text, (int)from, by, count);
        }
        if (value is PythonRange range)
            return range.Slice(from, to, by, count);
        var list = (IReadOnlyList<object?>)value;
        state.ChargeItems(count);
        object?[] items = new object?[count];
        for (int i = 0; i < count; i++)
            items[i] = list[(int)(from + (i * by))];
        return value is PythonTuple ? new PythonTuple(items) : items;

        long Clamp(long? bound, long absent) =>
            bound is not { } given ? absent : Math.Clamp(given < 0 ? given + length : given, lowest, highest);
    }

    /// <summary>Follows a path such as <c>function.parameters.0</c>, as <c>map(attribute=…)</c> and its like do.</summary>
    public static Func<object?, object?> Path(RenderState state, object? path, object? fallback = null)
    {
        object?[] parts = path is string text
            ? [.. text.Split('.').Select(part => part.Length > 0 && part.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0 && PythonNumbers.TryParseInteger(part, 10, out long index) ? index : (object)part)]
            : [path];
        return item =>
        {
            foreach (object? part in parts)
            {
                state.Charge();
                item = GetItem(state, item, part);
                if (item is Undefined && fallback is not null)
                    item = fallback;
            }
            return item;
        };
    }

    private static object? Method(object? value, string name)
    {
        if (name.StartsWith('_'))
            return new Undefined($"access to attribute '{name}' of '{PythonValue.TypeName(value)}' object is unsafe");
        return value switch
        {
            string text => PythonStrings.HasMethod(name) ? new JinjaFunction(name, (state, arguments) => PythonStrings.Call(state, text, name, arguments)) : null,
            IReadOnlyDictionary<string, object?> or PythonDictionary => PythonMethods.OfDictionary(value, name),
            IReadOnlyList<object?> list => PythonMethods.OfList(list, name),
            long or double or bool => PythonMethods.OfNumber(value, name),
            _ => null,
        };
    }

    private static Undefined Missing(object? value, string name) =>
        new(value is null ? $"'None' has no attribute '{name}'" : $"'{PythonValue.TypeName(value)} object' has no attribute '{name}'");

    private static long Index(object? key) => key is bool truth ? truth ? 1 : 0 : (long)key!;

    private static long? Bound(RenderState state, object? value) => value switch
    {
        null => null,
        long or bool => Index(value),
        Undefined undefined => throw state.Fail(undefined.Message),
        _ => throw state.Fail($"the bounds of a slice must be integers, not '{PythonValue.TypeName(value)}'"),
    };
}

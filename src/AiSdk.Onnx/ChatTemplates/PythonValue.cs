using System.Text.Json;

namespace AiSdk.Onnx;

/// <summary>What holds for every value: its type's name, truth, equality, order, length and members.</summary>
internal static class PythonValue
{
    /// <summary>True, boxed once.</summary>
    public static readonly object True = true;

    /// <summary>False, boxed once.</summary>
    public static readonly object False = false;

    public static object Box(bool value) => value ? True : False;

    /// <summary>Takes a value from the caller's variables into the evaluator: all ints become long, all floats double.</summary>
    public static object? Import(RenderState state, object? value) => value switch
    {
        null or string or bool or long or double or IReadOnlyList<object?> or IReadOnlyDictionary<string, object?> => value,
        int number => (long)number,
        float number => (double)number,
        short number => (long)number,
        byte number => (long)number,
        uint number => (long)number,
        decimal number => (double)number,
        Undefined or PythonDictionary or PythonView or PythonIterator or JinjaNamespace or JinjaFunction or JinjaMacro or JinjaLoop or JinjaCycler => value,
        JsonElement => throw state.Fail("a JsonElement is not a template value; convert it to dictionaries, lists, strings and numbers"),
        _ => throw state.Fail($"a value of type {value.GetType()} is not a template value; supported are null, bool, long, double, string, IReadOnlyList<object?> and IReadOnlyDictionary<string, object?>"),
    };

    /// <summary>Python's name of the value's type.</summary>
    public static string TypeName(object? value) => value switch
    {
        null => "NoneType",
        string => "str",
        bool => "bool",
        long => "int",
        double => "float",
        PythonTuple => "tuple",
        PythonRange => "range",
        IReadOnlyList<object?> => "list",
        IReadOnlyDictionary<string, object?> or PythonDictionary => "dict",
        PythonView view => view.TypeName,
        PythonIterator => "generator",
        Undefined => "Undefined",
        JinjaNamespace => "Namespace",
        JinjaLoop => "LoopContext",
        JinjaMacro => "Macro",
        JinjaCycler => "Cycler",
        _ => "function",
    };

    public static bool IsTrue(object? value) => value switch
    {
        null or Undefined => false,
        bool truth => truth,
        string text => text.Length > 0,
        long number => number != 0,
        double number => number != 0,
        IReadOnlyList<object?> list => list.Count > 0,
        IReadOnlyDictionary<string, object?> dictionary => dictionary.Count > 0,
        PythonDictionary dictionary => dictionary.Count > 0,
        PythonView view => view.Items.Count > 0,
        _ => true,
    };

    public static bool AreEqual(RenderState state, object? a, object? b)
    {
        state.Charge();
        if (ReferenceEquals(a, b))
            return a is not double number || !double.IsNaN(number);
        switch (a)
        {
            case null:
                return false;
            case string text:
                return b is string other && text.Length == other.Length && AreEqual(state, text, other);
            case Undefined:
                return b is Undefined;
            case IReadOnlyList<object?> list:
                return b is IReadOnlyList<object?> otherList && TypeName(a) == TypeName(b) && AreEqual(state, list, otherList);
        }
        if (PythonNumbers.TryGet(a, out PythonNumber left))
            return PythonNumbers.TryGet(b, out PythonNumber right) && PythonNumbers.AreEqual(left, right);
        if (!PythonDictionaries.IsDictionary(a) || !PythonDictionaries.IsDictionary(b) || PythonDictionaries.Count(a) != PythonDictionaries.Count(b!))
            return false;
        state.Enter();
        bool equal = true;
        foreach ((object? key, object? value) in PythonDictionaries.Entries(state, a))
        {
            if (!PythonDictionaries.TryGet(state, b!, key, out object? otherValue) || !AreEqual(state, value, otherValue))
            {
                equal = false;
                break;
            }
        }
        state.Leave();
        return equal;
    }

    private static bool AreEqual(RenderState state, string a, string b)
    {
        state.Charge(a.Length >> 4);
        return a == b;
    }

    private static bool AreEqual(RenderState state, IReadOnlyList<object?> a, IReadOnlyList<object?> b)
    {
        if (a.Count != b.Count)
            return false;
        state.Enter();
        bool equal = true;
        for (int i = 0; i < a.Count && equal; i++)
            equal = AreEqual(state, Import(state, a[i]), Import(state, b[i]));
        state.Leave();
        return equal;
    }

    /// <summary>The order of two values; null where neither is smaller nor are they equal (NaN).</summary>
    public static int? Compare(RenderState state, object? a, object? b)
    {
        state.Charge();
        if (PythonNumbers.TryGet(a, out PythonNumber left) && PythonNumbers.TryGet(b, out PythonNumber right))
            return PythonNumbers.Compare(left, right);
        if (a is string text && b is string otherText)
        {
            state.Charge(Math.Min(text.Length, otherText.Length) >> 4);
            return PythonStrings.Compare(text, otherText);
        }
        if (a is IReadOnlyList<object?> list && b is IReadOnlyList<object?> otherList && TypeName(a) == TypeName(b) && a is not PythonRange)
        {
            state.Enter();
            int? order = null;
            for (int i = 0; i < Math.Min(list.Count, otherList.Count) && order is null; i++)
            {
                object? x = Import(state, list[i]), y = Import(state, otherList[i]);
                if (!AreEqual(state, x, y))
                    order = Compare(state, x, y);
            }
            state.Leave();
            return order ?? list.Count.CompareTo(otherList.Count);
        }
        if ((a as Undefined ?? b as Undefined) is { } undefined)
            throw state.Fail(undefined.Message);
        throw state.Fail($"'{TypeName(a)}' and '{TypeName(b)}' have no order");
    }

    /// <summary><c>item in container</c></summary>
    public static bool Contains(RenderState state, object? container, object? item)
    {
        switch (container)
        {
            case string text:
                if (item is not string sought)
                    throw state.Fail(item is Undefined undefined ? undefined.Message : $"'in' on a string needs a string at its left, not '{TypeName(item)}'");
                state.ChargeSearch(text.Length, sought.Length);
                return text.Contains(sought, StringComparison.Ordinal);
            case IReadOnlyDictionary<string, object?> or PythonDictionary:
                if (item is IReadOnlyList<object?> and not (PythonTuple or PythonRange) || PythonDictionaries.IsDictionary(item))
                    throw state.Fail($"a '{TypeName(item)}' cannot be a dictionary's key");
                return PythonDictionaries.TryGet(state, container, item, out _);
            default:
                IEnumerator<object?> members = Iterate(state, container);
                while (members.MoveNext())
                {
                    if (AreEqual(state, members.Current, item))
                        return true;
                }
                return false;
        }
    }

    /// <summary><c>len(value)</c>, or null if the value has none.</summary>
    public static int? Length(object? value) => value switch
    {
        string text => PythonStrings.Length(text),
        IReadOnlyList<object?> list => list.Count,
        IReadOnlyDictionary<string, object?> dictionary => dictionary.Count,
        PythonDictionary dictionary => dictionary.Count,
        PythonView view => view.Items.Count,
        Undefined => 0,
        _ => null,
    };

    /// <summary>Whether <c>for</c> can go through the value.</summary>
    public static bool IsIterable(object? value) => Length(value) is not null || value is PythonIterator or JinjaLoop;

    /// <summary>The members of a value, imported and charged one by one.</summary>
    public static IEnumerator<object?> Iterate(RenderState state, object? value) => value switch
    {
        IReadOnlyList<object?> list => IterateList(state, list),
        PythonIterator iterator => iterator.Enumerator,
        string text => IterateText(state, text),
        PythonView view => IterateList(state, view.Items),
        IReadOnlyDictionary<string, object?> or PythonDictionary => IterateKeys(state, value),
        Undefined => Enumerable.Empty<object?>().GetEnumerator(),
        _ => throw state.Fail($"a '{TypeName(value)}' cannot be iterated"),
    };

    /// <summary>The members of a value as a new list.</summary>
    public static List<object?> ToList(RenderState state, object? value)
    {
        List<object?> items = [];
        IEnumerator<object?> members = Iterate(state, value);
        while (members.MoveNext())
        {
            state.ChargeItems(1);
            items.Add(members.Current);
        }
        return items;
    }

    private static IEnumerator<object?> IterateList(RenderState state, IReadOnlyList<object?> list)
    {
        for (int i = 0; i < list.Count; i++)
        {
            state.Charge();
            yield return Import(state, list[i]);
        }
    }

    private static IEnumerator<object?> IterateText(RenderState state, string text)
    {
        for (int i = 0; i < text.Length;)
        {
            state.Charge();
            int length = i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]) ? 2 : 1;
            yield return text.Substring(i, length);
            i += length;
        }
    }

    private static IEnumerator<object?> IterateKeys(RenderState state, object dictionary)
    {
        foreach (KeyValuePair<object?, object?> entry in PythonDictionaries.Entries(state, dictionary))
        {
            state.Charge();
            yield return entry.Key;
        }
    }
}

using System.Collections;

namespace AiSdk.Onnx;

/// <summary>Jinja2's undefined value: prints as nothing, is false and empty, and fails when it is used for anything else.</summary>
internal sealed class Undefined(string message)
{
    /// <summary>Why the value is undefined; the error text when it is used.</summary>
    public string Message => message;
}

/// <summary>A tuple: as a list, but printed with parentheses and equal only to tuples.</summary>
internal sealed class PythonTuple(params object?[] items) : IReadOnlyList<object?>
{
    public int Count => items.Length;

    public object? this[int index] => items[index];

    public IEnumerator<object?> GetEnumerator() => ((IEnumerable<object?>)items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => items.GetEnumerator();
}

/// <summary>A <c>range</c>, which is a sequence without storage.</summary>
internal sealed class PythonRange(long start, long stop, long step, int count) : IReadOnlyList<object?>
{
    public int Count => count;

    public object? this[int index] => start + (index * step);

    /// <summary>As Python writes it.</summary>
    public string Text => step == 1 ? FormattableString.Invariant($"range({start}, {stop})") : FormattableString.Invariant($"range({start}, {stop}, {step})");

    /// <summary>The part that a slice takes: a range again.</summary>
    public PythonRange Slice(long from, long to, long by, int length) => new(start + (from * step), start + (to * step), step * by, length);

    public IEnumerator<object?> GetEnumerator()
    {
        for (int i = 0; i < count; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>What <c>keys()</c>, <c>values()</c> and <c>items()</c> give: it has a length and members, but no index.</summary>
internal sealed class PythonView(string typeName, List<object?> items)
{
    /// <summary>Python's name of the type, such as <c>dict_keys</c>.</summary>
    public string TypeName => typeName;

    public List<object?> Items => items;
}

/// <summary>A generator: can be gone through once and has no length; what <c>map</c>, <c>select</c> and their like give.</summary>
internal sealed class PythonIterator(RenderState state, IEnumerable<object?> items)
{
    /// <summary>The one enumerator, so that a second loop goes on where the first stopped.</summary>
    public IEnumerator<object?> Enumerator { get; } = Guard(state, items.GetEnumerator());

    // Generators of generators go as deep into the stack as calls do.
    private static IEnumerator<object?> Guard(RenderState state, IEnumerator<object?> source)
    {
        while (true)
        {
            state.Enter();
            bool found = source.MoveNext();
            state.Leave();
            if (!found)
                yield break;
            yield return source.Current;
        }
    }
}

/// <summary>A dictionary made by the template: any scalar as key, in the order of insertion.</summary>
internal sealed class PythonDictionary : IEnumerable<KeyValuePair<object?, object?>>
{
    // Dictionary refuses null as a key.
    private static readonly object s_none = new();

    private readonly Dictionary<object, int> _indices = new(KeyComparer.Instance);
    private readonly List<KeyValuePair<object?, object?>> _entries = [];

    public int Count => _entries.Count;

    /// <summary>Sets an entry; a key that is there already keeps its place.</summary>
    public void Set(RenderState state, object? key, object? value)
    {
        object hashed = Hashable(state, key);
        if (_indices.TryGetValue(hashed, out int index))
        {
            _entries[index] = new(_entries[index].Key, value);
            return;
        }
        _indices.Add(hashed, _entries.Count);
        _entries.Add(new(key, value));
    }

    public bool TryGetValue(RenderState state, object? key, out object? value)
    {
        bool found = _indices.TryGetValue(Hashable(state, key), out int index);
        value = found ? _entries[index].Value : null;
        return found;
    }

    public IEnumerator<KeyValuePair<object?, object?>> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static object Hashable(RenderState state, object? key) => key switch
    {
        null => s_none,
        string or long or bool or double => key,
        _ => throw state.Fail($"a '{PythonValue.TypeName(key)}' cannot be a dictionary's key; strings, numbers, booleans and none can"),
    };

    /// <summary>Equality of Python's scalars: 1, 1.0 and True are one key.</summary>
    internal sealed class KeyComparer : IEqualityComparer<object>
    {
        public static KeyComparer Instance { get; } = new();

        public new bool Equals(object? x, object? y) =>
            x is string left ? y is string right && left == right
            : PythonNumbers.TryGet(x, out PythonNumber a) && PythonNumbers.TryGet(y, out PythonNumber b) ? PythonNumbers.AreEqual(a, b)
            : ReferenceEquals(x, y);

        public int GetHashCode(object obj) =>
            obj is string text ? string.GetHashCode(text, StringComparison.Ordinal)
            : PythonNumbers.TryGet(obj, out PythonNumber number) ? number.AsDouble.GetHashCode()
            : 0;
    }
}

/// <summary>What <c>namespace()</c> makes: the only value that a template can change.</summary>
internal sealed class JinjaNamespace
{
    /// <summary>The attributes.</summary>
    public PythonDictionary Attributes { get; } = new();
}

/// <summary>A function: a global, or a method taken from its object.</summary>
internal sealed class JinjaFunction(string name, Func<RenderState, CallArguments, object?> body)
{
    public string Name => name;

    public object? Call(RenderState state, CallArguments arguments) => body(state, arguments);
}

/// <summary>A macro together with the scope in which it was defined.</summary>
internal sealed record JinjaMacro(MacroDefinition Definition, JinjaScope Scope);

namespace AiSdk.Onnx;

/// <summary>The variable <c>loop</c>: goes through the items, looking ahead only when the template asks for it.</summary>
internal sealed class JinjaLoop(RenderState state, object? items, IEnumerator<object?> source, int depth0, JinjaFunction? recursion)
{
    private static readonly object s_none = new();

    private IEnumerator<object?> _source = source;
    private object? _after = s_none;
    private object? _current = s_none;
    private object? _before = s_none;
    private PythonTuple? _changed;
    private int? _length;

    public long Index0 { get; private set; } = -1;

    /// <summary>How deep a recursive loop is, from 0.</summary>
    public int Depth0 => depth0;

    /// <summary>What <c>loop(items)</c> calls, if the loop is recursive.</summary>
    public JinjaFunction? Recursion => recursion;

    public object? Current => _current;

    /// <summary>How many items there are; a generator is drained to know it.</summary>
    public long Length
    {
        get
        {
            if (_length is null && items is not PythonIterator)
                _length = PythonValue.Length(items);
            if (_length is null)
            {
                List<object?> rest = [];
                while (_source.MoveNext())
                {
                    state.ChargeItems(1);
                    rest.Add(_source.Current);
                }
                _source = rest.GetEnumerator();
                _length = rest.Count + (int)Index0 + 1 + (_after != s_none ? 1 : 0);
            }
            return _length.Value;
        }
    }

    public bool MoveNext()
    {
        object? next = _after;
        _after = s_none;
        if (next == s_none)
        {
            if (!_source.MoveNext())
                return false;
            next = _source.Current;
        }
        Index0++;
        _before = _current;
        _current = next;
        return true;
    }

    public object? GetAttribute(RenderState state, string name) => name switch
    {
        "index" => Index0 + 1,
        "index0" => Index0,
        "first" => PythonValue.Box(Index0 == 0),
        "last" => PythonValue.Box(Peek() == s_none),
        "length" => Length,
        "revindex" => Length - Index0,
        "revindex0" => Length - Index0 - 1,
        "previtem" => Index0 == 0 ? new Undefined("there is no previous item") : _before,
        "nextitem" => Peek() is var next && next == s_none ? new Undefined("there is no next item") : next,
        "depth" => depth0 + 1L,
        "depth0" => (long)depth0,
        "cycle" => new JinjaFunction(name, Cycle),
        "changed" => new JinjaFunction(name, Changed),
        _ => new Undefined($"'loop' has no attribute '{name}'; it has index, index0, first, last, length, revindex, revindex0, previtem, nextitem, depth, depth0, cycle and changed"),
    };

    private object? Peek()
    {
        if (_after == s_none && _source.MoveNext())
            _after = _source.Current;
        return _after;
    }

    private object? Cycle(RenderState state, CallArguments arguments) =>
        arguments.Positional is { Length: > 0 } values ? values[Index0 % values.Length] : throw state.Fail("'loop.cycle' needs values");

    private object? Changed(RenderState state, CallArguments arguments)
    {
        PythonTuple now = new(arguments.Positional);
        bool changed = _changed is null || !PythonValue.AreEqual(state, _changed, now);
        _changed = now;
        return PythonValue.Box(changed);
    }
}

/// <summary>What <c>cycler(…)</c> makes.</summary>
internal sealed class JinjaCycler(object?[] items)
{
    private int _position;

    public object? GetAttribute(string name) => name switch
    {
        "current" => items[_position],
        "next" => new JinjaFunction(name, (_, _) =>
        {
            object? current = items[_position];
            _position = (_position + 1) % items.Length;
            return current;
        }),
        "reset" => new JinjaFunction(name, (_, _) =>
        {
            _position = 0;
            return null;
        }),
        _ => null,
    };
}

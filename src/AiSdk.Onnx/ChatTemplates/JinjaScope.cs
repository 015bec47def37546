namespace AiSdk.Onnx;

/// <summary>The variables of one block; what it does not have is looked for in the scopes around it.</summary>
internal sealed class JinjaScope(JinjaScope? parent)
{
    // Most scopes have a few variables, whose names are the objects that the lexer shares: a scan beats a hash table there.
    private const int MaxScanned = 16;

    private string[] _names = [];
    private object?[] _values = [];
    private Dictionary<string, object?>? _many;
    private int _count;

    public void Set(string name, object? value)
    {
        if (_many is not null)
        {
            _many[name] = value;
            return;
        }
        int index = Find(name);
        if (index >= 0)
        {
            _values[index] = value;
            return;
        }
        if (_count == MaxScanned)
        {
            _many = new Dictionary<string, object?>(StringComparer.Ordinal);
            for (int i = 0; i < _count; i++)
                _many.Add(_names[i], _values[i]);
            _many.Add(name, value);
            return;
        }
        if (_count == _names.Length)
        {
            int size = Math.Max(4, _count * 2);
            Array.Resize(ref _names, size);
            Array.Resize(ref _values, size);
        }
        _names[_count] = name;
        _values[_count++] = value;
    }

    public bool TryGet(RenderState state, string name, out object? value)
    {
        for (JinjaScope? scope = this; scope is not null; scope = scope.Parent)
        {
            state.Charge();
            if (scope._many is { } many)
            {
                if (many.TryGetValue(name, out value))
                    return true;
                continue;
            }
            int index = scope.Find(name);
            if (index >= 0)
            {
                value = scope._values[index];
                return true;
            }
        }
        value = null;
        return false;
    }

    private JinjaScope? Parent => parent;

    private int Find(string name)
    {
        for (int i = 0; i < _count; i++)
        {
            if (ReferenceEquals(_names[i], name) || _names[i] == name)
                return i;
        }
        return -1;
    }
}

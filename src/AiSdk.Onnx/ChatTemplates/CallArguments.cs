namespace AiSdk.Onnx;

/// <summary>The evaluated arguments of one call.</summary>
internal sealed record CallArguments(object?[] Positional, KeyValuePair<string, object?>[] Named)
{
    /// <summary>No arguments.</summary>
    public static CallArguments None { get; } = new([], []);

    public bool IsEmpty => Positional.Length == 0 && Named.Length == 0;

    /// <summary>Gives each parameter its argument; unknown, doubled and surplus arguments are errors.</summary>
    public BoundArguments Bind(RenderState state, string function, params ReadOnlySpan<string> parameters)
    {
        if (IsEmpty)
            return new BoundArguments(state, function, null);
        if (Positional.Length > parameters.Length)
            throw state.Fail($"'{function}' takes at most {parameters.Length} argument(s), not {Positional.Length}{Expected(parameters)}");
        object?[] values = new object?[parameters.Length];
        Array.Fill(values, BoundArguments.Missing);
        Positional.CopyTo(values, 0);
        foreach ((string name, object? value) in Named)
        {
            int index = parameters.IndexOf(name);
            if (index < 0)
                throw state.Fail($"'{function}' has no argument '{name}'{Expected(parameters)}");
            if (values[index] != BoundArguments.Missing)
                throw state.Fail($"'{function}' got the argument '{name}' twice");
            values[index] = value;
        }
        return new BoundArguments(state, function, values);
    }

    private static string Expected(ReadOnlySpan<string> parameters) =>
        parameters.IsEmpty ? "" : $"; its arguments are {string.Join(", ", parameters!)}";
}

/// <summary>Arguments by the position of their parameter, each with a fallback for the case that it was not given.</summary>
internal readonly struct BoundArguments(RenderState state, string function, object?[]? values)
{
    /// <summary>Stands for an argument that was not given.</summary>
    public static readonly object Missing = new();

    public bool Has(int index) => values is not null && values[index] != Missing;

    public object? Value(int index, object? fallback = null) => Has(index) ? values![index] : fallback;

    public object? Required(int index, string name) => Has(index) ? values![index] : throw state.Fail($"'{function}' needs the argument '{name}'");

    public bool Truth(int index, bool fallback) => Has(index) ? PythonValue.IsTrue(values![index]) : fallback;

    public string Text(int index, string name, string? fallback = null)
    {
        object? value = Has(index) || fallback is null ? Required(index, name) : fallback;
        return value as string ?? throw Wrong(name, "a string", value);
    }

    /// <summary>A string, or null for none.</summary>
    public string? OptionalText(int index, string name) => Value(index) is { } value ? value as string ?? throw Wrong(name, "a string or none", value) : null;

    public long Integer(int index, string name, long? fallback = null)
    {
        object? value = Has(index) || fallback is null ? Required(index, name) : fallback;
        return value is long or bool && PythonNumbers.TryGet(value, out PythonNumber number) ? number.Integer : throw Wrong(name, "an integer", value);
    }

    private ChatTemplateException Wrong(string name, string expected, object? value) =>
        state.Fail(value is Undefined undefined ? undefined.Message : $"the argument '{name}' of '{function}' must be {expected}, not '{PythonValue.TypeName(value)}'");
}

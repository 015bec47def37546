using System.Numerics;

namespace AiSdk.Onnx;

/// <summary>The methods of dictionaries, lists and numbers; those that would change them are refused, as in transformers' sandbox.</summary>
internal static class PythonMethods
{
    public static object? OfDictionary(object dictionary, string name) => name switch
    {
        "get" => new JinjaFunction(name, (state, arguments) =>
        {
            BoundArguments bound = arguments.Bind(state, "get", "key", "default");
            object? key = bound.Required(0, "key");
            return PythonDictionaries.TryGet(state, dictionary, key, out object? value) ? value : bound.Value(1);
        }),
        "items" => new JinjaFunction(name, (state, arguments) =>
        {
            arguments.Bind(state, "items");
            return new PythonView("dict_items", PythonDictionaries.Pairs(state, dictionary));
        }),
        "keys" => new JinjaFunction(name, (state, arguments) =>
        {
            arguments.Bind(state, "keys");
            return new PythonView("dict_keys", PythonValue.ToList(state, dictionary));
        }),
        "values" => new JinjaFunction(name, (state, arguments) =>
        {
            arguments.Bind(state, "values");
            state.ChargeItems(PythonDictionaries.Count(dictionary));
            return new PythonView("dict_values", [.. PythonDictionaries.Entries(state, dictionary).Select(entry => entry.Value)]);
        }),
        "copy" => new JinjaFunction(name, (state, arguments) =>
        {
            arguments.Bind(state, "copy");
            return dictionary;
        }),
        "clear" or "pop" or "popitem" or "setdefault" or "update" => Unsafe(dictionary, name),
        _ => null,
    };

    public static object? OfList(IReadOnlyList<object?> list, string name) => name switch
    {
        "index" => new JinjaFunction(name, (state, arguments) =>
        {
            object? sought = arguments.Bind(state, "index", "value").Required(0, "value");
            for (int i = 0; i < list.Count; i++)
            {
                if (PythonValue.AreEqual(state, PythonValue.Import(state, list[i]), sought))
                    return (long)i;
            }
            throw state.Fail($"{PythonText.Repr(state, sought)} is not in the list");
        }),
        "count" => new JinjaFunction(name, (state, arguments) =>
        {
            object? sought = arguments.Bind(state, "count", "value").Required(0, "value");
            return list.LongCount(item => PythonValue.AreEqual(state, PythonValue.Import(state, item), sought));
        }),
        "copy" when list is not (PythonTuple or PythonRange) => new JinjaFunction(name, (state, arguments) =>
        {
            arguments.Bind(state, "copy");
            return list;
        }),
        "append" or "clear" or "pop" or "reverse" or "insert" or "sort" or "extend" or "remove" when list is not (PythonTuple or PythonRange) => Unsafe(list, name),
        _ => null,
    };

    public static object? OfNumber(object number, string name) => (name, number) switch
    {
        ("real", double) => number,
        ("imag", double) => 0.0,
        ("is_integer", double real) => Function(name, () => PythonValue.Box(Math.Floor(real) == real && double.IsFinite(real))),
        ("conjugate", double) => Function(name, () => number),
        ("real" or "numerator", _) when number is not double => Integer(number),
        ("imag", _) => 0L,
        ("denominator", long or bool) => 1L,
        ("is_integer", _) => Function(name, static () => PythonValue.True),
        ("conjugate", _) => Function(name, () => Integer(number)),
        ("bit_length", long or bool) => Function(name, () => (long)(64 - BitOperations.LeadingZeroCount(Magnitude(Integer(number))))),
        ("bit_count", long or bool) => Function(name, () => (long)BitOperations.PopCount(Magnitude(Integer(number)))),
        // There, but of no use to a prompt: better named than rendered as nothing.
        ("as_integer_ratio" or "fromhex" or "hex" or "from_bytes" or "to_bytes", _) => new JinjaFunction(name, (state, _) => throw state.Fail($"the method '{name}' of '{PythonValue.TypeName(number)}' is not supported")),
        _ => null,
    };

    private static JinjaFunction Function(string name, Func<object?> call) => new(name, (state, arguments) =>
    {
        arguments.Bind(state, name);
        return call();
    });

    private static long Integer(object number) => number is bool truth ? truth ? 1 : 0 : (long)number;

    private static ulong Magnitude(long number) => number < 0 ? (ulong)-(number + 1) + 1 : (ulong)number;

    private static Undefined Unsafe(object value, string name) =>
        new($"access to attribute '{name}' of '{PythonValue.TypeName(value)}' object is unsafe: a template cannot change values, only the attributes of a namespace()");
}

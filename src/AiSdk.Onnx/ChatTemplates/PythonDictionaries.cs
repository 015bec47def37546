using System.Diagnostics.CodeAnalysis;

namespace AiSdk.Onnx;

/// <summary>One view of the two kinds of dictionaries: the caller's, whose keys are strings, and the template's own.</summary>
internal static class PythonDictionaries
{
    public static bool IsDictionary([NotNullWhen(true)] object? value) => value is IReadOnlyDictionary<string, object?> or PythonDictionary;

    public static int Count(object dictionary) =>
        dictionary is PythonDictionary own ? own.Count : ((IReadOnlyDictionary<string, object?>)dictionary).Count;

    /// <summary>Looks up a key; the value is imported.</summary>
    public static bool TryGet(RenderState state, object dictionary, object? key, out object? value)
    {
        value = null;
        if (key is not (string or long or bool or double or null))
            return false;
        if (dictionary is PythonDictionary own)
            return own.TryGetValue(state, key, out value);
        if (key is not string name || !((IReadOnlyDictionary<string, object?>)dictionary).TryGetValue(name, out value))
            return false;
        value = PythonValue.Import(state, value);
        return true;
    }

    /// <summary>The entries in their order, imported.</summary>
    public static IEnumerable<KeyValuePair<object?, object?>> Entries(RenderState state, object dictionary) =>
        dictionary is PythonDictionary own ? own : Imported(state, (IReadOnlyDictionary<string, object?>)dictionary);

    /// <summary>The entries as tuples, as <c>items()</c> gives them.</summary>
    public static List<object?> Pairs(RenderState state, object dictionary)
    {
        state.ChargeItems(Count(dictionary));
        return [.. Entries(state, dictionary).Select(entry => new PythonTuple(entry.Key, entry.Value))];
    }

    private static IEnumerable<KeyValuePair<object?, object?>> Imported(RenderState state, IReadOnlyDictionary<string, object?> dictionary)
    {
        foreach ((string key, object? value) in dictionary)
            yield return new(key, PythonValue.Import(state, value));
    }
}

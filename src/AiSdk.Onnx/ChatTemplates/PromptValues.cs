using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.AI;

namespace AiSdk.Onnx;

/// <summary>Turns values from outside into those of a template; every text in them, names too, goes through the guard.</summary>
/// <param name="guard">The guard of the tokenizer that will encode the prompt.</param>
internal sealed class PromptValues(SpecialTokenGuard guard)
{
    /// <summary>The value's JSON, by the serializer of Microsoft.Extensions.AI.</summary>
    public static JsonElement Json(object? value) =>
        value as JsonElement? ?? JsonSerializer.SerializeToElement(value, (JsonTypeInfo<object?>)AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(object)));

    /// <summary>A value of any kind: null, text, truth values, numbers, lists and dictionaries of these as they are; anything else by its JSON.</summary>
    /// <exception cref="NotSupportedException">The value cannot be written as JSON.</exception>
    public object? Of(object? value) => value switch
    {
        null or bool => value,
        string text => guard.Protect(text),
        sbyte or byte or short or ushort or int or uint or long => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        float or double or decimal => Convert.ToDouble(value, CultureInfo.InvariantCulture),
        JsonElement element => Of(element),
        JsonNode node => Of(JsonSerializer.SerializeToElement(node, (JsonTypeInfo<JsonNode>)AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(JsonNode)))),
        IEnumerable<KeyValuePair<string, object?>> entries => Entries(entries),
        IDictionary entries => Entries(Pairs(entries)),
        IEnumerable items => items.Cast<object?>().Select(Of).ToList(),
        _ => Of(Json(value)),
    };

    /// <summary>A value of JSON.</summary>
    public object? Of(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => Entries(element.EnumerateObject().Select(static property => KeyValuePair.Create(property.Name, (object?)property.Value))),
        JsonValueKind.Array => element.EnumerateArray().Select(Of).ToList(),
        JsonValueKind.String => guard.Protect(element.GetString()!),
        // Without the cast both would become double, and 1 would be shown as 1.0.
        JsonValueKind.Number => element.TryGetInt64(out long number) ? (object)number : element.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    /// <summary>A dictionary's entries, keys as text.</summary>
    public static List<KeyValuePair<string, object?>> Pairs(IDictionary dictionary)
    {
        List<KeyValuePair<string, object?>> pairs = [];
        // Only this enumerator has entries of the one kind, whatever the dictionary is.
        IDictionaryEnumerator entries = dictionary.GetEnumerator();
        while (entries.MoveNext())
            pairs.Add(KeyValuePair.Create(Convert.ToString(entries.Key, CultureInfo.InvariantCulture)!, entries.Value));
        return pairs;
    }

    private Dictionary<string, object?> Entries(IEnumerable<KeyValuePair<string, object?>> entries)
    {
        Dictionary<string, object?> values = new(StringComparer.Ordinal);
        foreach ((string name, object? value) in entries)
            values[guard.Protect(name)] = Of(value);
        return values;
    }
}

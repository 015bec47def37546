using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AiSdk.Onnx;

/// <summary>The constraints of the response formats that a model has been asked for, so that each schema is compiled once. Thread-safe.</summary>
internal sealed class ConstraintCache
{
    // Formats that are made anew for each call are known again by their schema's text; so many of them and no more.
    private const int MaxTexts = 64;

    private static readonly JsonElement s_anyObject = JsonElement.Parse("""{"type":"object"}""");

    private readonly ConditionalWeakTable<ChatResponseFormatJson, Constraint> _byFormat = [];
    private readonly ConcurrentDictionary<string, Constraint> _byText = new(StringComparer.Ordinal);

    /// <summary>What a reply in a format must be; <see langword="null"/> where it may be any text.</summary>
    /// <exception cref="ConstraintException">The format's schema is wrong, asks for what cannot be enforced, or is satisfied by no value.</exception>
    public Constraint? Of(ChatResponseFormat? format)
    {
        if (format is not ChatResponseFormatJson json)
            return null;
        if (_byFormat.TryGetValue(json, out Constraint? known))
            return known;
        Constraint constraint = Of(json.Schema ?? s_anyObject);
        _byFormat.AddOrUpdate(json, constraint);
        return constraint;
    }

    /// <summary>Values of a schema.</summary>
    /// <exception cref="ConstraintException">The schema is wrong, asks for what cannot be enforced, or is satisfied by no value.</exception>
    public Constraint Of(JsonElement schema)
    {
        if (_byText.Count >= MaxTexts)
            _byText.Clear();
        return _byText.GetOrAdd(schema.GetRawText(), static (_, element) => Constraint.FromJsonSchema(element), schema);
    }
}

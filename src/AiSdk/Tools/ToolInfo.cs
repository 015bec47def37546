using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace AiSdk.CompilerServices;

/// <summary>What the compiler knows of a tool. Made by generated code only.</summary>
/// <param name="name">What the model calls it by.</param>
/// <param name="description">What it is for.</param>
/// <param name="effect">What a call does to the world.</param>
/// <param name="jsonSchema">The schema of its arguments.</param>
/// <param name="asksItself">Whether it is a function whose own tools have the effect, and are approved one by one.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ToolInfo(string name, string description, ToolEffect effect, string jsonSchema, bool asksItself = false)
{
    private StrongBox<JsonElement>? _schema;

    /// <summary>What the model calls it by.</summary>
    public string Name { get; } = name;

    /// <summary>What it is for.</summary>
    public string Description { get; } = description;

    /// <summary>What a call does to the world.</summary>
    public ToolEffect Effect { get; } = effect;

    /// <summary>Whether it is a function whose own tools have the effect, and are approved one by one.</summary>
    public bool AsksItself { get; } = asksItself;

    /// <summary>The schema of its arguments; parsed when it is first asked for.</summary>
    // A reference is published whole; two that parse at once get the same.
    public JsonElement JsonSchema => (_schema ??= new(JsonElement.Parse(jsonSchema))).Value;
}

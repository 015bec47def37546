using System.Text.Json;

namespace AiSdk;

/// <summary>
/// The one description of what a reply must be. The compiler makes it from a return type; schema, reading, repair, validation and
/// constrained decoding all follow it.
/// </summary>
/// <remarks>Immutable; safe for concurrent use. A recursive type is a cycle of shapes.</remarks>
public sealed class OutputShape
{
    private readonly Func<OutputShape>? _items;
    private ShapeNames? _names;
    private OutputShape? _merged;
    private volatile int _hasLimits; // 0 until it is known, then 1 or 2

    /// <summary>What sort of value.</summary>
    public required OutputShapeKind Kind { get; init; }

    /// <summary>The type's name, <c>Order</c>, or a C# keyword for simple types.</summary>
    public required string Name { get; init; }

    /// <summary>What the type is for, in the words of <c>[Description]</c> or its doc comment.</summary>
    public string? Description { get; init; }

    /// <summary>The JSON Schema format of a string: <c>date</c>, <c>date-time</c>, <c>uuid</c>, …</summary>
    public string? Format { get; init; }

    /// <summary>An object's properties, in the order in which they should be written.</summary>
    public IReadOnlyList<OutputProperty> Properties { get; init; } = [];

    /// <summary>An enum's values; of a dictionary, the only names that it may have, if there are any.</summary>
    public IReadOnlyList<OutputValue> Values { get; init; } = [];

    /// <summary>A union's alternatives.</summary>
    public IReadOnlyList<OutputVariant> Variants { get; init; } = [];

    /// <summary>The property by which a union's alternatives are told apart, <c>$type</c>.</summary>
    public string? Discriminator { get; init; }

    /// <summary>A list's elements or a dictionary's values.</summary>
    public OutputShape? Items => _items?.Invoke();

    /// <summary>Makes <see cref="Items"/>; called each time, so that recursive shapes can name each other before they exist.</summary>
    public Func<OutputShape>? ItemsFactory { init => _items = value; }

    /// <summary>Whether an object may have properties besides the named ones, which are then kept as they are.</summary>
    public bool IsOpen { get; init; }

    /// <summary>The limits of the value where it is no property's: the root, a list's elements.</summary>
    public OutputLimits? Limits { get; init; }

    /// <summary>Whether a list's elements or a dictionary's values may be null.</summary>
    public bool ItemsNullable { get; init; }

    /// <summary>The names as the repair compares them; made on first use.</summary>
    internal ShapeNames Names => _names ??= new ShapeNames(this);

    /// <summary>The one enum that a union of enums is; made on first use.</summary>
    internal OutputShape Merged => _merged ??= new OutputShape
    {
        Kind = OutputShapeKind.Enum,
        Name = Name,
        Values = [.. Variants.SelectMany(static v => v.Shape.Values).DistinctBy(static v => (v.Name, v.Json))],
    };

    /// <summary>Whether anything in the shape has limits; found out on first use.</summary>
    internal bool HasLimits => (_hasLimits != 0 ? _hasLimits : _hasLimits = FindLimits() ? 1 : 2) == 1;

    /// <summary>Makes the shape that a JSON Schema (draft 2020-12) describes.</summary>
    /// <param name="schema">The schema. <c>x-alias</c> on a property gives the name that replies use for it; <c>x-enum-aliases</c> and
    /// <c>x-enum-descriptions</c> on an enum are objects from value to such a name and to what the value means.</param>
    /// <exception cref="ArgumentException">The schema says what a shape cannot; the message names the keyword and its path.</exception>
    public static OutputShape FromJsonSchema(JsonElement schema) => new JsonSchemaReader(schema).Read();

    /// <inheritdoc/>
    public override string ToString() => $"{Kind} {Name}";

    private bool FindLimits()
    {
        HashSet<OutputShape> seen = new(ReferenceEqualityComparer.Instance);
        Stack<OutputShape> open = new([this]);
        while (open.TryPop(out OutputShape? next))
        {
            if (!seen.Add(next))
                continue;
            if (next.Limits is not null || next.Properties.Any(static p => p.Limits is not null))
                return true;
            foreach (OutputProperty property in next.Properties)
                open.Push(property.Shape);
            foreach (OutputVariant variant in next.Variants)
                open.Push(variant.Shape);
            if (next.Items is { } items)
                open.Push(items);
        }
        return false;
    }
}

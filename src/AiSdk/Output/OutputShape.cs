namespace AiSdk;

/// <summary>
/// The one description of what a reply must be. The compiler makes it from a return type; schema, reading, repair, validation and
/// constrained decoding all follow it.
/// </summary>
/// <remarks>Immutable; safe for concurrent use. A recursive type is a cycle of shapes.</remarks>
public sealed class OutputShape
{
    private readonly Func<OutputShape>? _items;

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

    /// <summary>An enum's values.</summary>
    public IReadOnlyList<OutputValue> Values { get; init; } = [];

    /// <summary>A union's alternatives.</summary>
    public IReadOnlyList<OutputVariant> Variants { get; init; } = [];

    /// <summary>The property by which a union's alternatives are told apart, <c>$type</c>.</summary>
    public string? Discriminator { get; init; }

    /// <summary>A list's elements or a dictionary's values.</summary>
    public OutputShape? Items => _items?.Invoke();

    /// <summary>Makes <see cref="Items"/>; called each time, so that recursive shapes can name each other before they exist.</summary>
    public Func<OutputShape>? ItemsFactory { init => _items = value; }

    /// <summary>Whether a list's elements or a dictionary's values may be null.</summary>
    public bool ItemsNullable { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Kind} {Name}";
}

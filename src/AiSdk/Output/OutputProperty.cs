namespace AiSdk;

/// <summary>A property of an object's <see cref="OutputShape"/>.</summary>
/// <param name="name">The name in JSON.</param>
/// <param name="shape">Gives the value's shape; called on use, so that recursive shapes can name each other before they exist.</param>
public sealed class OutputProperty(string name, Func<OutputShape> shape)
{
    /// <summary>The name in JSON.</summary>
    public string Name { get; } = name;

    /// <summary>The value's shape.</summary>
    public OutputShape Shape => shape();

    /// <summary>The name that replies use instead of <see cref="Name"/>, or <see langword="null"/> if they use that.</summary>
    public string? Alias { get; init; }

    /// <summary>What the property is for.</summary>
    public string? Description { get; init; }

    /// <summary>Whether the value may be null.</summary>
    public bool Nullable { get; init; }

    /// <summary>Whether the type has no value without it.</summary>
    public bool Required { get; init; }

    /// <summary>The limits of the value, or <see langword="null"/> if there are none.</summary>
    public OutputLimits? Limits { get; init; }
}

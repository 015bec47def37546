namespace AiSdk;

/// <summary>An alternative of a union's <see cref="OutputShape"/>.</summary>
/// <param name="discriminator">The discriminator's value as JSON: <c>"circle"</c> or <c>1</c>.</param>
/// <param name="shape">Gives the object's shape, without the discriminator.</param>
public sealed class OutputVariant(string discriminator, Func<OutputShape> shape)
{
    /// <summary>An alternative that is told apart by its form alone.</summary>
    /// <param name="shape">Gives the alternative's shape.</param>
    public OutputVariant(Func<OutputShape> shape) : this("", shape)
    {
    }

    /// <summary>The discriminator's value as JSON, <c>"circle"</c> or <c>1</c>; empty where the union has no discriminator.</summary>
    public string Discriminator { get; } = discriminator;

    /// <summary>The object's shape, without the discriminator.</summary>
    public OutputShape Shape => shape();
}

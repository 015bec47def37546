namespace AiSdk;

/// <summary>A value of an enum's <see cref="OutputShape"/>.</summary>
/// <param name="Name">The text in JSON.</param>
/// <param name="Description">What the value means.</param>
public sealed record OutputValue(string Name, string? Description = null)
{
    /// <summary>The text that replies use instead of <see cref="Name"/>, or <see langword="null"/> if they use that.</summary>
    public string? Alias { get; init; }

    /// <summary>The value as JSON if it is no text: <c>2</c>, <c>true</c>.</summary>
    public string? Json { get; init; }
}

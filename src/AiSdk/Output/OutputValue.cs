namespace AiSdk;

/// <summary>A value of an enum's <see cref="OutputShape"/>.</summary>
/// <param name="Name">The text in JSON.</param>
/// <param name="Description">What the value means.</param>
public sealed record OutputValue(string Name, string? Description = null);

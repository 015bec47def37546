namespace AiSdk;

/// <summary>One of the values.</summary>
/// <param name="Key">The key, or <see langword="null"/> for the document's own key.</param>
/// <param name="Values">The values.</param>
public sealed record PassageFilterIn(string? Key, IReadOnlyList<string> Values) : PassageFilter;

namespace AiSdk;

/// <summary>One of two.</summary>
/// <param name="Left">One.</param>
/// <param name="Right">The other.</param>
public sealed record PassageFilterOr(PassageFilter Left, PassageFilter Right) : PassageFilter;

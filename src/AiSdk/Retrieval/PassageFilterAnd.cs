namespace AiSdk;

/// <summary>Both.</summary>
/// <param name="Left">One.</param>
/// <param name="Right">The other.</param>
public sealed record PassageFilterAnd(PassageFilter Left, PassageFilter Right) : PassageFilter;

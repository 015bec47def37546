namespace AiSdk;

/// <summary>Not.</summary>
/// <param name="Filter">What must not hold.</param>
public sealed record PassageFilterNot(PassageFilter Filter) : PassageFilter;

namespace AiSdk;

/// <summary>What one way of searching said of a passage.</summary>
/// <param name="Arm">The way of searching: <c>lexical</c>, <c>dense</c>, <c>rerank</c>.</param>
/// <param name="Rank">Its place, from 1.</param>
/// <param name="Score">Its score; what the number means depends on the way of searching.</param>
public sealed record PassageRank(string Arm, int Rank, double Score);

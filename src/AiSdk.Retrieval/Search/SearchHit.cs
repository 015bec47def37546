namespace AiSdk.Retrieval;

/// <summary>A passage's place in one way of searching.</summary>
/// <param name="Slot">The passage.</param>
/// <param name="Score">Its score.</param>
/// <param name="Evidence">How much speaks for its having to do with the query at all, 0 to 1.</param>
internal readonly record struct SearchHit(int Slot, double Score, double Evidence);

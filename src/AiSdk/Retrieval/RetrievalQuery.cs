namespace AiSdk;

/// <summary>What to look for.</summary>
/// <param name="Text">The question or the words.</param>
public sealed record RetrievalQuery(string Text)
{
    /// <summary>How many passages at most, from 1.</summary>
    public int Top { get; init; } = 5;

    /// <summary>Which documents may be looked at; <see langword="null"/> for all of them.</summary>
    public PassageFilter? Filter { get; init; }
}

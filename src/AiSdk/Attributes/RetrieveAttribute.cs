namespace AiSdk;

/// <summary>
/// Fills a parameter of type <see cref="Passages"/> with what a retriever finds, unless the caller gives it: <c>[Retrieve("handbook", Query = nameof(question))] Passages? passages = null</c>.
/// </summary>
/// <param name="retriever">The key under which the <see cref="IRetriever"/> is registered.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class RetrieveAttribute(string retriever) : Attribute
{
    /// <summary>The key under which the <see cref="IRetriever"/> is registered.</summary>
    public string Retriever { get; } = retriever;

    /// <summary>The parameter, of type <see cref="string"/>, whose text is looked for. May be left out where the function has one only.</summary>
    public string? Query { get; set; }

    /// <summary>How many passages at most, from 1; 5 by default.</summary>
    public int Top { get; set; } = 5;

    /// <summary>How many tokens the passages may have together, as the retriever counts them; 0, the default, sets no limit.</summary>
    public int TokenBudget { get; set; }
}

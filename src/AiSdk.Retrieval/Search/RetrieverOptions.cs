namespace AiSdk.Retrieval;

/// <summary>How a retriever searches. Read at each search.</summary>
public sealed class RetrieverOptions
{
    /// <summary>How passages are searched for.</summary>
    public SearchMode Mode { get; set; }

    /// <summary>How many passages each way of searching gives to the fusion; 100 by default.</summary>
    public int Depth { get; set; } = 100;

    /// <summary>The constant of reciprocal rank fusion: the greater, the less first places count; 60 by default.</summary>
    public double FusionConstant { get; set; } = 60;

    /// <summary>How much each way of searching counts in the fusion: by default as much as it was measured to be worth with these documents when they were ingested.</summary>
    public FusionWeighting Fusion { get; set; }

    /// <summary>How much must speak for a passage's having to do with the query, 0 to 1; what has less is not given. 0, the default, gives all.</summary>
    /// <remarks>
    /// What speaks for a passage (<see cref="Passage.Evidence"/>) is the greater of two: the share of the query's words that it has, weighted by how rare they are; and the cosine of its vector with the
    /// query's. What a good threshold is depends on the encoder: look at the evidence of questions that the documents do not answer.
    /// </remarks>
    public double MinimumEvidence { get; set; }

    /// <summary>Puts the best in another order; <see langword="null"/>, the default, leaves the order as it is.</summary>
    public IReranker? Reranker { get; set; }

    /// <summary>How many passages the reranker is given; 20 by default.</summary>
    public int RerankDepth { get; set; } = 20;

    /// <summary>Makes of a question what is looked for: an AI function that resolves "it" from the conversation, or names the subject's words. <see langword="null"/>, the default, looks for the question.</summary>
    public Func<string, CancellationToken, ValueTask<string>>? RewriteQuery { get; set; }

    /// <summary>A condition that every search has beside its own.</summary>
    public PassageFilter? Filter { get; set; }

    /// <summary>A query's condition together with the one of all.</summary>
    internal PassageFilter? With(PassageFilter? filter) => Filter is { } always ? filter is { } one ? always & one : always : filter;

    internal string? Problem =>
        Depth is < 1 or > 10_000 ? $"a depth of {Depth} is out of range; RetrieverOptions.Depth wants 1 to 10000"
        : RerankDepth < 1 ? "RetrieverOptions.RerankDepth wants 1 or more"
        : !(FusionConstant >= 0 && double.IsFinite(FusionConstant)) ? "RetrieverOptions.FusionConstant wants 0 or more"
        : !(MinimumEvidence is >= 0 and <= 1) ? "RetrieverOptions.MinimumEvidence wants 0 to 1"
        : null;
}

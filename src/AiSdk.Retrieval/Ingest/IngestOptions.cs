namespace AiSdk.Retrieval;

/// <summary>How documents are stored.</summary>
public sealed record IngestOptions
{
    /// <summary>Whether documents that are in the store, but not among these, are removed at the end. On by default: the documents are all there are.</summary>
    public bool RemoveMissing { get; init; } = true;

    /// <summary>How many documents are cut, and how many batches embedded, at once; as many as there are processors by default.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>How many texts are embedded in one request; 64 by default.</summary>
    public int EmbeddingBatch { get; init; } = 64;

    /// <summary>Told after each transaction.</summary>
    public IProgress<IngestProgress>? Progress { get; init; }
}

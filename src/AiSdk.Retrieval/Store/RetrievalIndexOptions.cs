using Microsoft.Extensions.AI;

namespace AiSdk.Retrieval;

/// <summary>Settings of a <see cref="RetrievalIndex"/>. Read once, when it is opened.</summary>
public sealed class RetrievalIndexOptions
{
    /// <summary>Whose documents these are. Each tenant has tables of its own in the file, and an index sees those of one: no query can reach another's. Empty by default.</summary>
    public string Tenant { get; set; } = "";

    /// <summary>The language of the documents; English by default. A change makes the next ingest write all of them anew.</summary>
    public TextLanguage Language { get; set; } = TextLanguage.English;

    /// <summary>Whether words that say nothing are left out. On by default.</summary>
    public bool RemoveStopWords { get; set; } = true;

    /// <summary>Whether the forms of a word are one term. On by default.</summary>
    public bool Stem { get; set; } = true;

    /// <summary>How documents are cut into passages.</summary>
    public ChunkOptions Chunks { get; set; } = new();

    /// <summary>Embeds passages and queries; it is not disposed. <see langword="null"/>, the default, leaves the search by meaning out.</summary>
    public IEmbeddingGenerator<string, Embedding<float>>? Embeddings { get; set; }

    /// <summary>What names the encoder, so that vectors of two are never compared; <see langword="null"/> takes provider and model from the generator. A change makes the next ingest embed all documents anew.</summary>
    public string? EncoderId { get; set; }

    /// <summary>How vectors are held in memory.</summary>
    public VectorFormat VectorFormat { get; set; }

    /// <summary>How soon a repeated term counts no more: BM25's k1; 1.2 by default.</summary>
    public double Bm25K1 { get; set; } = 1.2;

    /// <summary>How much long passages are held back: BM25's b; 0.75 by default.</summary>
    public double Bm25B { get; set; } = 0.75;

    /// <summary>How many bytes of terms' occurrences are kept in memory at most; 256 MiB by default.</summary>
    public long TermCacheBytes { get; set; } = 256L << 20;

    /// <summary>How long a write waits for another process's; 60 seconds by default.</summary>
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(60);

    internal string Encoder => EncoderId ?? (Embeddings?.GetService(typeof(EmbeddingGeneratorMetadata)) is EmbeddingGeneratorMetadata metadata
        ? $"{metadata.ProviderName}/{metadata.DefaultModelId}/{metadata.DefaultModelDimensions}"
        : Embeddings?.GetType().FullName ?? "");

    internal RetrievalIndexOptions For(string tenant)
    {
        RetrievalIndexOptions options = (RetrievalIndexOptions)MemberwiseClone();
        options.Tenant = tenant;
        return options;
    }

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Tenant);
        // The store would cut one off and write another anew, so that two names could become one.
        if (Tenant.Contains('\0', StringComparison.Ordinal) || !Ingest.IsUnicode(Tenant))
            throw new ArgumentException("The index cannot be opened: the tenant's name has a NUL or is no Unicode text.");
        if (Chunks.Problem is { } problem)
            throw new ArgumentException($"The index cannot be opened: {problem}.");
        if (!(Bm25K1 >= 0 && double.IsFinite(Bm25K1)) || !(Bm25B is >= 0 and <= 1))
            throw new ArgumentException($"The index cannot be opened: BM25 wants k1 of 0 or more and b from 0 to 1, not {Bm25K1} and {Bm25B}.");
        if (TermCacheBytes < 0 || WriteTimeout <= TimeSpan.Zero)
            throw new ArgumentException("The index cannot be opened: TermCacheBytes may not be negative, and WriteTimeout must be some time.");
    }
}

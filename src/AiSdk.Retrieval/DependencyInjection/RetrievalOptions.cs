namespace AiSdk.Retrieval;

/// <summary>Settings of a retriever that is registered with <c>AddRetrieval</c>.</summary>
public sealed class RetrievalOptions
{
    /// <summary>The file of the index. Required.</summary>
    public string Path { get; set; } = "";

    /// <summary>How documents are stored. <see cref="RetrievalIndexOptions.Embeddings"/>, where it is not set, is the registered <c>IEmbeddingGenerator&lt;string, Embedding&lt;float&gt;&gt;</c>: the one with the retriever's key, else the one without key.</summary>
    public RetrievalIndexOptions Index { get; set; } = new();

    /// <summary>How passages are searched for.</summary>
    public RetrieverOptions Search { get; set; } = new();

    /// <summary>Whether a registered embedding generator is used. On by default.</summary>
    public bool UseRegisteredEmbeddings { get; set; } = true;

    /// <summary>
    /// Says at each search whose documents may be found, for applications with several tenants: from the current request, say. <see langword="null"/>, the default, has one tenant:
    /// <see cref="RetrievalIndexOptions.Tenant"/> of <see cref="Index"/>. Where it gives <see langword="null"/>, the search fails rather than looking anywhere.
    /// </summary>
    public Func<IServiceProvider, string?>? Tenant { get; set; }
}

using Microsoft.Extensions.DependencyInjection;

namespace AiSdk.Retrieval;

/// <summary>Searches the documents of the tenant that the application names at each search.</summary>
internal sealed class TenantRetriever(IServiceProvider provider, RetrievalIndexes indexes, RetrievalOptions options, string key) : IRetriever
{
    /// <inheritdoc/>
    public int CountTokens(string text) => options.Index.Chunks.Count(text);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Passage>> RetrieveAsync(RetrievalQuery query, CancellationToken cancellationToken = default)
    {
        // A scope of its own: a service that is made for a request would else be the first request's for ever.
        using IServiceScope scope = provider.CreateScope();
        string tenant = options.Tenant!(scope.ServiceProvider) ?? throw new InvalidOperationException($"The retriever '{key}' was asked without a tenant: RetrievalOptions.Tenant gave null, so that nobody's documents may be found.");
        // A search writes nothing: a name that nobody has ingested for makes no tables.
        return indexes.Find(tenant) is { } index ? new Retriever(index, options.Search, key).RetrieveAsync(query, cancellationToken) : ValueTask.FromResult<IReadOnlyList<Passage>>([]);
    }
}

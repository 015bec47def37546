using System.Collections.Concurrent;

namespace AiSdk.Retrieval;

/// <summary>The indexes of a file's tenants, each opened once.</summary>
/// <param name="path">The file.</param>
/// <param name="options">Settings for all of them, but for the tenant.</param>
/// <remarks>Safe for concurrent use.</remarks>
public sealed class RetrievalIndexes(string path, RetrievalIndexOptions options) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<RetrievalIndex>> _indexes = new(StringComparer.Ordinal);

    /// <summary>The index of the tenant that the settings name.</summary>
    public RetrievalIndex Default => Of(options.Tenant);

    /// <summary>The index of a tenant. It is disposed with this.</summary>
    /// <param name="tenant">The tenant's name, compared ordinally.</param>
    public RetrievalIndex Of(string tenant)
    {
        ArgumentNullException.ThrowIfNull(tenant);
        Lazy<RetrievalIndex> index = _indexes.GetOrAdd(tenant, name => new Lazy<RetrievalIndex>(() => RetrievalIndex.Open(path, options.For(name))));
        try
        {
            return index.Value;
        }
        catch
        {
            // What failed once, such as on a file that is locked, may do the next time.
            _indexes.TryRemove(KeyValuePair.Create(tenant, index));
            throw;
        }
    }

    /// <summary>The index of a tenant, or null if nothing was ever written for one of the name.</summary>
    internal RetrievalIndex? Find(string tenant)
    {
        if (_indexes.ContainsKey(tenant))
            return Of(tenant);
        RetrievalIndexOptions own = options.For(tenant);
        own.Validate();
        return Database.Knows(path, tenant, own.WriteTimeout) ? Of(tenant) : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Lazy<RetrievalIndex> index in _indexes.Values)
        {
            if (index.IsValueCreated)
                index.Value.Dispose();
        }
    }
}

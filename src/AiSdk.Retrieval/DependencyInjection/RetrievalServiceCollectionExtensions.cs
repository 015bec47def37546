using AiSdk;
using AiSdk.Retrieval;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers retrievers.</summary>
public static class RetrievalServiceCollectionExtensions
{
    /// <summary>
    /// Registers an index and its retriever under a key: <see cref="IRetriever"/> and <see cref="RetrievalIndexes"/> as keyed singletons, and, where there is one tenant, <see cref="RetrievalIndex"/> too. The
    /// settings are checked when the host starts.
    /// </summary>
    /// <param name="services">Where to register.</param>
    /// <param name="key">The key that <c>[Retrieve("…")]</c> names.</param>
    /// <param name="configure">Sets <see cref="RetrievalOptions.Path"/> and whatever else is not as by default.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddRetrieval(this IServiceCollection services, string key, Action<RetrievalOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<RetrievalOptions>(key).Configure(configure).ValidateOnStart();
        services.AddSingleton<IValidateOptions<RetrievalOptions>>(provider => new RetrievalOptionsCheck(provider, key));
        services.AddKeyedSingleton(key, (provider, _) =>
        {
            RetrievalOptions options = provider.GetRequiredService<IOptionsMonitor<RetrievalOptions>>().Get(key);
            return new RetrievalIndexes(options.Path, RetrievalOptionsCheck.IndexOptions(provider, key, options));
        });
        services.AddKeyedSingleton(key, (provider, _) => provider.GetRequiredKeyedService<RetrievalIndexes>(key).Default);
        services.AddKeyedSingleton<IRetriever>(key, (provider, _) =>
        {
            RetrievalOptions options = provider.GetRequiredService<IOptionsMonitor<RetrievalOptions>>().Get(key);
            RetrievalIndexes indexes = provider.GetRequiredKeyedService<RetrievalIndexes>(key);
            return options.Tenant is null ? new Retriever(indexes.Default, options.Search, key) : new TenantRetriever(provider, indexes, options, key);
        });
        return services;
    }
}

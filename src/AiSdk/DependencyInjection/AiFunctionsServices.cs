using System.ComponentModel;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace AiSdk.CompilerServices;

/// <summary>Registers generated classes. Called by the generated <c>AddX</c> only.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class AiFunctionsServices
{
    /// <summary>Registers a generated class as a singleton: without key, or under the key of its chat client and, if it is the first, without key too.</summary>
    /// <typeparam name="TInterface">The interface of AI functions.</typeparam>
    /// <param name="services">Where to register.</param>
    /// <param name="serviceKey">The key of the chat client, or <see langword="null"/> for the one without key.</param>
    /// <param name="clientKeys">The keys that functions name in <see cref="ModelOptionsAttribute"/>.</param>
    /// <param name="create">Makes the class.</param>
    /// <param name="retrieverKeys">The keys that functions name in <see cref="RetrieveAttribute"/>; that they are registered is checked when the host starts.</param>
    public static IServiceCollection Add<TInterface>(
        IServiceCollection services, object? serviceKey, IReadOnlyList<string> clientKeys, Func<IChatClient, AiFunctionsOptions, TInterface> create, IReadOnlyList<string>? retrieverKeys = null)
        where TInterface : class
    {
        ArgumentNullException.ThrowIfNull(services);
        if (retrieverKeys is not null)
            RetrieverCheck.Add(services, typeof(TInterface).Name, retrieverKeys);
        if (serviceKey is null)
            return services.AddSingleton(provider => create(provider.GetRequiredService<IChatClient>(), Options(provider, clientKeys)));

        services.AddKeyedSingleton(serviceKey, (provider, key) => create(provider.GetRequiredKeyedService<IChatClient>(key), Options(provider, clientKeys)));
        // The first one is also what is injected without a key.
        services.TryAddSingleton(provider => provider.GetRequiredKeyedService<TInterface>(serviceKey));
        return services;
    }

    private static AiFunctionsOptions Options(IServiceProvider provider, IReadOnlyList<string> clientKeys)
    {
        AiFunctionsOptions? registered = provider.GetService<AiFunctionsOptions>();
        AiFunctionsOptions options = new()
        {
            LoggerFactory = registered?.LoggerFactory ?? provider.GetService<ILoggerFactory>(),
            EnableSensitiveData = registered?.EnableSensitiveData ?? false,
            OutputMode = registered?.OutputMode ?? StructuredOutputMode.Auto,
            Profile = registered?.Profile,
            PromptDirectory = registered?.PromptDirectory,
            Services = registered?.Services ?? provider,
            ApproveTool = registered?.ApproveTool,
        };
        foreach (object guard in registered?.Guards ?? [])
            options.Guards.Add(guard);
        foreach (KeyValuePair<string, IChatClient> client in registered?.Clients ?? new Dictionary<string, IChatClient>())
            options.Clients.Add(client);
        foreach (KeyValuePair<string, IRetriever> retriever in registered?.Retrievers ?? new Dictionary<string, IRetriever>())
            options.Retrievers.Add(retriever);
        foreach (string key in clientKeys)
        {
            if (!options.Clients.ContainsKey(key) && provider.GetKeyedService<IChatClient>(key) is { } client)
                options.Clients.Add(key, client);
        }
        return options;
    }
}

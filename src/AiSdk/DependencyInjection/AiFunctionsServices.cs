using System.ComponentModel;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AiSdk.CompilerServices;

/// <summary>Registers generated classes. Called by the generated <c>AddX</c> only.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class AiFunctionsServices
{
    /// <summary>Registers a generated class as a singleton.</summary>
    /// <typeparam name="TInterface">The interface of AI functions.</typeparam>
    /// <param name="services">Where to register.</param>
    /// <param name="serviceKey">The key of the chat client, or <see langword="null"/> for the one without key.</param>
    /// <param name="clientKeys">The keys that functions name in <see cref="ModelOptionsAttribute"/>.</param>
    /// <param name="create">Makes the class.</param>
    public static IServiceCollection Add<TInterface>(
        IServiceCollection services, object? serviceKey, IReadOnlyList<string> clientKeys, Func<IChatClient, AiFunctionsOptions, TInterface> create)
        where TInterface : class
    {
        ArgumentNullException.ThrowIfNull(services);
        return services.AddSingleton(provider =>
        {
            IChatClient client = serviceKey is null ? provider.GetRequiredService<IChatClient>() : provider.GetRequiredKeyedService<IChatClient>(serviceKey);
            return create(client, Options(provider, clientKeys));
        });
    }

    private static AiFunctionsOptions Options(IServiceProvider provider, IReadOnlyList<string> clientKeys)
    {
        AiFunctionsOptions? registered = provider.GetService<AiFunctionsOptions>();
        AiFunctionsOptions options = new()
        {
            LoggerFactory = registered?.LoggerFactory ?? provider.GetService<ILoggerFactory>(),
            EnableSensitiveData = registered?.EnableSensitiveData ?? false,
        };
        foreach (KeyValuePair<string, IChatClient> client in registered?.Clients ?? new Dictionary<string, IChatClient>())
            options.Clients.Add(client);
        foreach (string key in clientKeys)
        {
            if (!options.Clients.ContainsKey(key) && provider.GetKeyedService<IChatClient>(key) is { } client)
                options.Clients.Add(key, client);
        }
        return options;
    }
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AiSdk;

/// <summary>Finds out when the host starts, rather than at the first call, that a retriever was not registered which functions name.</summary>
/// <param name="provider">The services.</param>
/// <param name="name">The interface.</param>
/// <param name="keys">The keys.</param>
internal sealed class RetrieverCheck(IServiceProvider provider, string name, IReadOnlyList<string> keys) : IValidateOptions<RetrieverCheck.Needs>
{
    /// <summary>What is checked: nothing but its being asked for at the start.</summary>
    internal sealed class Needs;

    /// <summary>Registers the check.</summary>
    public static void Add(IServiceCollection services, string name, IReadOnlyList<string> keys)
    {
        services.AddOptions<Needs>(name).ValidateOnStart();
        services.AddSingleton<IValidateOptions<Needs>>(provider => new RetrieverCheck(provider, name, keys));
    }

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? optionsName, Needs options)
    {
        if (!string.Equals(optionsName, name, StringComparison.Ordinal))
            return ValidateOptionsResult.Skip;
        AiFunctionsOptions? registered = provider.GetService<AiFunctionsOptions>();
        IServiceProviderIsKeyedService? known = provider.GetService<IServiceProviderIsKeyedService>();
        List<string> missing = [.. keys.Where(key => registered?.Retrievers.ContainsKey(key) != true && known?.IsKeyedService(typeof(IRetriever), key) == false)];
        return missing.Count == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(missing.Select(key => $"Functions of {name} retrieve from '{key}', but there is no such retriever: register one with services.AddRetrieval(\"{key}\", …) or as a keyed IRetriever service."));
    }
}

using System.ComponentModel;
using Microsoft.Extensions.AI;

namespace AiSdk.CompilerServices;

/// <summary>What a call of a tool has beside the arguments that the model gives. Used by generated code only.</summary>
/// <param name="toolName">The tool.</param>
/// <param name="services">The services at hand.</param>
/// <param name="arguments">The arguments as they came, if they came so.</param>
/// <param name="key">The idempotency key, where the tool has an effect.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct ToolContext(string toolName, IServiceProvider? services, AIFunctionArguments? arguments, string? key)
{
    /// <summary>The services at hand.</summary>
    /// <exception cref="InvalidOperationException">There are none.</exception>
    public IServiceProvider Services => services
        ?? throw new InvalidOperationException($"The tool {toolName} takes services, but none are at hand: give the chat client's pipeline its services (ChatClientBuilder.Build(services)), or set AIFunctionArguments.Services or AiFunctionsOptions.Services.");

    /// <summary>The services at hand, or <see langword="null"/>.</summary>
    public IServiceProvider? ServicesOrNull => services;

    /// <summary>The arguments as they came.</summary>
    public AIFunctionArguments Arguments => arguments ?? new AIFunctionArguments { Services = services };

    /// <summary>The idempotency key.</summary>
    public string Key => key ?? "";

    internal string? KeyOrNull => key;
}

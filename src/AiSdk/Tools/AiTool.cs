using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AiSdk;

/// <summary>A tool that the compiler made of a method with <see cref="AiToolAttribute"/>, or of an AI function.</summary>
/// <remarks>
/// Arguments that do not fit are not an exception: the call then gives a text for the model that names the argument, what came and what was expected, and the method is not run. Text that the method gives
/// is given as it is, any other value as JSON text. Safe for concurrent calls where the method is.
/// </remarks>
public abstract class AiTool : AIFunction
{
    private protected AiTool(CompilerServices.ToolInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        Info = info;
    }

    /// <inheritdoc/>
    public override string Name => Info.Name;

    /// <inheritdoc/>
    public override string Description => Info.Description;

    /// <inheritdoc/>
    public override JsonElement JsonSchema => Info.JsonSchema;

    /// <summary>What a call does to the world.</summary>
    public ToolEffect Effect => Info.Effect;

    private protected CompilerServices.ToolInfo Info { get; }

    /// <summary>What the model would be told of arguments with which the tool is not run; null if they fit. Runs nothing.</summary>
    internal abstract string? Problem(IEnumerable<KeyValuePair<string, object?>> arguments);

    /// <summary>Calls the tool with the arguments as the model wrote them.</summary>
    /// <param name="arguments">A JSON object in UTF-8; nothing at all stands for an empty one.</param>
    /// <param name="services">Where the method's services are taken from.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What the tool gives, or what is wrong with the arguments.</returns>
    public abstract ValueTask<object?> InvokeJsonAsync(ReadOnlyMemory<byte> arguments, IServiceProvider? services = null, CancellationToken cancellationToken = default);
}

using Microsoft.Extensions.AI;

namespace AiSdk;

/// <summary>What is noted of a call of a tool while it runs; the tool finds it in the context of its arguments.</summary>
internal sealed class ToolCallRecord
{
    /// <summary>What was wrong, where the call gives that instead of a result.</summary>
    public string? Error { get; set; }

    /// <summary>Whether the same call would be answered with the same error, however often it came.</summary>
    public bool IsFinal { get; set; }

    /// <summary>What tells the call from others, also after a restart: <see cref="ToolKey.Identity(FunctionInvocationContext)"/>.</summary>
    public string? Identity { get; init; }

    /// <summary>The record that belongs to a call; none outside of an AI function.</summary>
    public static ToolCallRecord? Of(AIFunctionArguments? call) =>
        call?.Context is { } context && context.TryGetValue(typeof(ToolCallRecord), out object? value) ? value as ToolCallRecord : null;
}

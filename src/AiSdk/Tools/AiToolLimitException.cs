namespace AiSdk;

/// <summary>A call went on longer with its tools than its limits allow: <see cref="ToolLimitsAttribute"/>, or the same call over and over.</summary>
public sealed class AiToolLimitException : AiFunctionException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which limit, and what to do.</param>
    /// <param name="functionName">The function.</param>
    /// <param name="callId">The call's identity in logs and spans.</param>
    /// <param name="toolCalls">The calls of tools that were made until then.</param>
    /// <param name="innerException">The cause.</param>
    public AiToolLimitException(string message, string functionName, string callId, IReadOnlyList<AiToolCall> toolCalls, Exception? innerException = null)
        : base(message, functionName, "", callId, innerException) =>
        ToolCalls = toolCalls;

    /// <summary>The calls of tools that were made until then.</summary>
    public IReadOnlyList<AiToolCall> ToolCalls { get; }
}

using Microsoft.Extensions.Logging;

namespace AiSdk;

/// <summary>What is logged, under the category <c>AiSdk</c>.</summary>
internal static partial class AiLog
{
    [LoggerMessage(1, LogLevel.Debug, "{Function} [{CallId}] asks the model: prompt {PromptHash}, {MessageCount} messages")]
    public static partial void Calling(ILogger logger, string function, string callId, string promptHash, int messageCount);

    [LoggerMessage(2, LogLevel.Debug, "{Function} [{CallId}] succeeded after {Milliseconds} ms")]
    public static partial void Succeeded(ILogger logger, string function, string callId, double milliseconds);

    [LoggerMessage(3, LogLevel.Debug, "{Function} [{CallId}] was cancelled")]
    public static partial void Canceled(ILogger logger, string function, string callId);

    [LoggerMessage(4, LogLevel.Warning, "{Function} [{CallId}] failed: {Outcome}")]
    public static partial void Failed(ILogger logger, string function, string callId, string outcome, Exception? exception);

    [LoggerMessage(5, LogLevel.Trace, "{Function} [{CallId}] messages:\n{Messages}")]
    public static partial void Messages(ILogger logger, string function, string callId, string messages);

    [LoggerMessage(6, LogLevel.Trace, "{Function} [{CallId}] reply:\n{Reply}")]
    public static partial void Reply(ILogger logger, string function, string callId, string reply);

    [LoggerMessage(7, LogLevel.Information, "{Function} [{CallId}] had to repair the reply in {Count} places: {Kinds}")]
    public static partial void Repaired(ILogger logger, string function, string callId, int count, string kinds);

    [LoggerMessage(8, LogLevel.Information, "{Function} [{CallId}] asks the model again ({Attempt}): the reply had {ErrorCount} errors")]
    public static partial void Reasking(ILogger logger, string function, string callId, int attempt, int errorCount);
}

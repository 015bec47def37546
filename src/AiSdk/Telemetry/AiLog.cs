using Microsoft.Extensions.Logging;

namespace AiSdk;

/// <summary>What is logged, under the category <c>AiSdk</c>.</summary>
internal static partial class AiLog
{
    /// <summary>The category.</summary>
    public const string Category = "AiSdk";

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

    [LoggerMessage(9, LogLevel.Warning, "{Function} goes on without the guard {Guard}, which failed")]
    public static partial void GuardFailed(ILogger logger, string function, string guard, Exception? exception);

    [LoggerMessage(10, LogLevel.Information, "{Function} [{CallId}] goes on without a sample of {Samples} that could not be used: {Reason}")]
    public static partial void SampleFailed(ILogger logger, string function, string callId, int samples, string reason);

    [LoggerMessage(11, LogLevel.Debug, "{Function} [{CallId}] took a vote: {Votes} of {Counted} agree")]
    public static partial void Voted(ILogger logger, string function, string callId, int votes, int counted);

    [LoggerMessage(12, LogLevel.Warning, "{Function} [{CallId}] keeps the value before its critique or revision {Round}, which could not be used: {Reason}")]
    public static partial void CritiqueFailed(ILogger logger, string function, string callId, int round, string reason);

    [LoggerMessage(13, LogLevel.Debug, "{Function} sends its schema without what {Endpoint} does not heed; it is said in the descriptions, and checked when the reply is read: {Moved}")]
    public static partial void SchemaMoved(ILogger logger, string function, string endpoint, string moved);

    [LoggerMessage(14, LogLevel.Warning, "{Function} cannot have its schema enforced by {Endpoint}, which refuses: {Refused}. The reply is checked when it is read")]
    public static partial void SchemaRefused(ILogger logger, string function, string endpoint, string refused);

    [LoggerMessage(20, LogLevel.Information, "{Function} uses the prompt file {File} (prompt {PromptHash})")]
    public static partial void PromptFileLoaded(ILogger logger, string function, string file, string promptHash);

    [LoggerMessage(21, LogLevel.Warning, "The prompt file {File} of {Function} is not used: {Errors}. In force: {InForce}")]
    public static partial void PromptFileRejected(ILogger logger, string file, string function, string errors, string inForce);

    [LoggerMessage(22, LogLevel.Information, "{Function} uses its compiled prompt again: the prompt file {File} is gone")]
    public static partial void PromptFileRemoved(ILogger logger, string function, string file);

    [LoggerMessage(23, LogLevel.Warning, "The prompt file {File} belongs to no function; it could be called {Known}")]
    public static partial void StrangePromptFile(ILogger logger, string file, string known);

    [LoggerMessage(24, LogLevel.Warning, "The prompt directory {Directory} does not exist; the compiled prompts are used")]
    public static partial void NoPromptDirectory(ILogger logger, string directory);

    [LoggerMessage(25, LogLevel.Warning, "The prompt directory {Directory} cannot be read ({Reason}); what is in force stays")]
    public static partial void PromptDirectoryFailed(ILogger logger, string directory, string reason);

    [LoggerMessage(26, LogLevel.Warning, "The prompt directory {Directory} is gone; what is in force stays")]
    public static partial void PromptDirectoryGone(ILogger logger, string directory);

    [LoggerMessage(27, LogLevel.Warning, "The prompt file {File} is used for {Function} and for {Other}; a file {FullFile} would be for the first one only")]
    public static partial void PromptFileShared(ILogger logger, string file, string function, string other, string fullFile);
}

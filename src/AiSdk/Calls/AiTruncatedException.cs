namespace AiSdk;

/// <summary>The reply was cut off at the token limit (finish reason <c>length</c>) before it was complete.</summary>
public sealed class AiTruncatedException : AiFunctionException
{
    /// <inheritdoc cref="AiFunctionException(string, string, string, string, Exception?)"/>
    public AiTruncatedException(string message, string functionName, string rawReply, string callId, Exception? innerException = null)
        : base(message, functionName, rawReply, callId, innerException)
    {
    }
}

namespace AiSdk;

/// <summary>The model, or a filter before it, refused to answer.</summary>
public sealed class AiRefusalException : AiFunctionException
{
    /// <inheritdoc cref="AiFunctionException(string, string, string, string, Exception?)"/>
    /// <param name="refusal">The model's words of refusal; empty if it gave none.</param>
    /// <param name="reason">Why it stopped, as the endpoint calls it.</param>
    /// <param name="innerException">The cause.</param>
#pragma warning disable CS1573 // The other parameters are inherited.
    public AiRefusalException(string message, string functionName, string rawReply, string callId, string refusal, string reason = "", Exception? innerException = null)
        : base(message, functionName, rawReply, callId, innerException)
    {
        Refusal = refusal;
        Reason = reason;
    }
#pragma warning restore CS1573

    /// <summary>The model's words of refusal; empty if it gave none, and where output guards keep them back.</summary>
    public string Refusal { get; }

    /// <summary>Why it stopped, as the endpoint calls it: <c>refusal</c>, <c>content_filter</c>, <c>SAFETY</c>; empty if it did not say.</summary>
    public string Reason { get; }
}

namespace AiSdk;

/// <summary>The model, or a filter before it, refused to answer.</summary>
public sealed class AiRefusalException : AiFunctionException
{
    /// <inheritdoc cref="AiFunctionException(string, string, string, string, Exception?)"/>
    /// <param name="refusal">The model's words of refusal; empty if it gave none.</param>
#pragma warning disable CS1573 // The other parameters are inherited.
    public AiRefusalException(string message, string functionName, string rawReply, string callId, string refusal)
        : base(message, functionName, rawReply, callId) => Refusal = refusal;
#pragma warning restore CS1573

    /// <summary>The model's words of refusal; empty if it gave none.</summary>
    public string Refusal { get; }
}

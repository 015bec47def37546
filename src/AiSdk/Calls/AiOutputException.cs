namespace AiSdk;

/// <summary>The reply is not a value of the function's return type.</summary>
public sealed class AiOutputException : AiFunctionException
{
    /// <inheritdoc cref="AiFunctionException(string, string, string, string, Exception?)"/>
    /// <param name="path">Where in the reply, as a JSON path: <c>$.items[2].price</c>.</param>
    /// <param name="position">Where in <see cref="AiFunctionException.RawReply"/>, in UTF-16 code units from 0.</param>
#pragma warning disable CS1573 // The other parameters are inherited.
    public AiOutputException(string message, string functionName, string rawReply, string callId, string path, int position, Exception? innerException = null)
        : base(message, functionName, rawReply, callId, innerException)
    {
        Path = path;
        Position = position;
    }
#pragma warning restore CS1573

    /// <summary>Where in the reply, as a JSON path: <c>$.items[2].price</c>; <c>$</c> is the whole.</summary>
    public string Path { get; }

    /// <summary>Where in <see cref="AiFunctionException.RawReply"/> reading stopped, in UTF-16 code units from 0.</summary>
    public int Position { get; }
}

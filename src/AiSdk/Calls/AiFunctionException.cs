namespace AiSdk;

/// <summary>An AI function call failed. All failures of a call are this or derive from it, except cancellation and wrong arguments.</summary>
/// <remarks>
/// Thrown itself when the chat client fails: <see cref="Exception.InnerException"/> is then what the client threw (an HTTP status, a broken connection,
/// a malformed stream, a time-out). Nothing is retried.
/// </remarks>
public class AiFunctionException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was wrong and what to do.</param>
    /// <param name="functionName">The function, <c>ISupportDesk.RouteAsync</c>.</param>
    /// <param name="rawReply">What the model had written, as far as it came; empty if nothing.</param>
    /// <param name="callId">The call's identity in logs and spans.</param>
    /// <param name="innerException">The cause.</param>
    public AiFunctionException(string message, string functionName, string rawReply, string callId, Exception? innerException = null)
        : base(message, innerException)
    {
        FunctionName = functionName;
        RawReply = rawReply;
        CallId = callId;
    }

    /// <summary>Interface and method of the function, <c>ISupportDesk.RouteAsync</c>.</summary>
    public string FunctionName { get; }

    /// <summary>What the model had written, as far as it came; empty if nothing. Of a function with output guards only what they have passed.</summary>
    public string RawReply { get; }

    /// <summary>The call's identity in logs and spans.</summary>
    public string CallId { get; }
}

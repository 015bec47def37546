namespace AiSdk;

/// <summary>The reply is not a value of the function's return type.</summary>
public sealed class AiOutputException : AiFunctionException
{
    /// <inheritdoc cref="AiFunctionException(string, string, string, string, Exception?)"/>
    /// <param name="path">Where in the reply, as a JSON path: <c>$.items[2].price</c>.</param>
    /// <param name="position">Where in <see cref="AiFunctionException.RawReply"/>, in UTF-16 code units from 0.</param>
    /// <param name="errors">All that is wrong.</param>
    /// <param name="repairs">What was done to the reply before that was found.</param>
    /// <param name="attempts">How often the model was asked.</param>
#pragma warning disable CS1573 // The other parameters are inherited.
    public AiOutputException(
        string message, string functionName, string rawReply, string callId, string path, int position, Exception? innerException = null,
        IReadOnlyList<OutputError>? errors = null, IReadOnlyList<Repair>? repairs = null, int attempts = 1)
        : base(message, functionName, rawReply, callId, innerException)
    {
        Path = path;
        Position = position;
        Errors = errors ?? [];
        Repairs = repairs ?? [];
        Attempts = attempts;
    }
#pragma warning restore CS1573

    /// <summary>Where in the reply, as a JSON path: <c>$.items[2].price</c>; <c>$</c> is the whole.</summary>
    public string Path { get; }

    /// <summary>Where in <see cref="AiFunctionException.RawReply"/> reading stopped, in UTF-16 code units from 0.</summary>
    public int Position { get; }

    /// <summary>All that is wrong with the reply, each with its path.</summary>
    public IReadOnlyList<OutputError> Errors { get; }

    /// <summary>What was done to the reply before that was found; losses that were not allowed are among them.</summary>
    public IReadOnlyList<Repair> Repairs { get; }

    /// <summary>How often the model was asked, from 1. <see cref="AiFunctionException.RawReply"/> is the last reply.</summary>
    public int Attempts { get; }
}

namespace AiSdk.Retrieval;

/// <summary>An index that cannot be opened or searched as it is.</summary>
public sealed class RetrievalIndexException : Exception
{
    /// <summary>An index that cannot be opened or searched.</summary>
    /// <param name="message">What is wrong and what to do.</param>
    /// <param name="innerException">What it came from.</param>
    public RetrievalIndexException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

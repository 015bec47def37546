namespace AiSdk;

/// <summary>Thrown by a tool to tell the model what went wrong: its message is what the model gets to see. Other exceptions are not shown to it.</summary>
public sealed class AiToolException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">For the model: what went wrong and what it can do.</param>
    /// <param name="innerException">The cause, which the model does not see.</param>
    public AiToolException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

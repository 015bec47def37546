namespace AiSdk.Evaluation;

/// <summary>A run is not what a test wants.</summary>
public sealed class EvalAssertException : Exception
{
    /// <summary>Creates the exception.</summary>
    public EvalAssertException()
    {
    }

    /// <inheritdoc cref="EvalAssertException()"/>
    /// <param name="message">What is worse or was not measured.</param>
    public EvalAssertException(string message)
        : base(message)
    {
    }

    /// <inheritdoc cref="EvalAssertException(string)"/>
    /// <param name="innerException">The cause.</param>
#pragma warning disable CS1573 // The message is inherited.
    public EvalAssertException(string message, Exception? innerException)
#pragma warning restore CS1573
        : base(message, innerException)
    {
    }
}

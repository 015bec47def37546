namespace AiSdk.Evaluation;

/// <summary>A run's folder is unusable, or is that of another run.</summary>
public sealed class EvalRunException : Exception
{
    /// <summary>Creates the exception.</summary>
    public EvalRunException()
    {
    }

    /// <inheritdoc cref="EvalRunException()"/>
    /// <param name="message">What is wrong and what to do.</param>
    public EvalRunException(string message)
        : base(message)
    {
    }

    /// <inheritdoc cref="EvalRunException(string)"/>
    /// <param name="innerException">The cause.</param>
#pragma warning disable CS1573 // The message is inherited.
    public EvalRunException(string message, Exception? innerException)
#pragma warning restore CS1573
        : base(message, innerException)
    {
    }
}

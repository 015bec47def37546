namespace AiSdk;

/// <summary>A reply's token is not what its type wants; turned into <see cref="AiOutputException"/> with path and raw reply by the call.</summary>
/// <param name="message">What was found and what was expected.</param>
/// <param name="position">Where, in bytes of the UTF-8 reply.</param>
internal sealed class OutputFormatException(string message, long position) : Exception(message)
{
    public long Position { get; } = position;
}

namespace AiSdk.Onnx;

/// <summary>
/// A model folder cannot be used: a file is missing, unreadable or corrupt, or the model asks for something this library does not do.
/// </summary>
/// <remarks>
/// The message names the file and, where there is one, the field, graph input or type that is at fault. The exception of the
/// reader or of ONNX Runtime that revealed it is the <see cref="Exception.InnerException"/>.
/// </remarks>
public sealed class OnnxModelException : Exception
{
    /// <summary>Creates the exception with a general message.</summary>
    public OnnxModelException()
        : this("The model cannot be used.")
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong, in which file, and what to do.</param>
    public OnnxModelException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong, in which file, and what to do.</param>
    /// <param name="innerException">The exception that revealed it.</param>
    public OnnxModelException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}

namespace AiSdk.Training;

/// <summary>Something is wrong with a model, data or settings for training, or a run went wrong; the message says what and where.</summary>
public sealed class TrainingException : Exception
{
    /// <summary>Makes an exception without a message.</summary>
    public TrainingException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What is wrong, and what to do.</param>
    public TrainingException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and a cause.</summary>
    /// <param name="message">What is wrong, and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public TrainingException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>What the run had come to when it failed, or was broken off by an exception from outside, such as its adapter: its best evaluation's weights, else those of the last step whose loss was a number. <see langword="null"/> where no step had been made.</summary>
    public TrainingResult? Result { get; internal set; }
}

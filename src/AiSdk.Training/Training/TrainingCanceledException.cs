namespace AiSdk.Training;

/// <summary>A run was cancelled after it had learnt something; <see cref="Result"/> is what it had come to.</summary>
public sealed class TrainingCanceledException : OperationCanceledException
{
    /// <summary>Makes an exception without a message of its own.</summary>
    public TrainingCanceledException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What was cancelled.</param>
    public TrainingCanceledException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and a cause.</summary>
    /// <param name="message">What was cancelled.</param>
    /// <param name="innerException">The cause.</param>
    public TrainingCanceledException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal TrainingCanceledException(string message, Exception cause, TrainingResult result, CancellationToken cancellationToken)
        : base(message, cause, cancellationToken) => Result = result;

    /// <summary>What the run had come to, such as its adapter with the last step's weights. <see langword="null"/> where the exception was not made by a run.</summary>
    public TrainingResult? Result { get; }
}

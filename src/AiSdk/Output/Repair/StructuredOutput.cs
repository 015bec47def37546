namespace AiSdk;

/// <summary>Reads what models really reply: JSON in fences and prose, with broken syntax and values written differently.</summary>
/// <remarks>Thread-safe. Time is linear in the reply's length; nesting is read to a depth of 64.</remarks>
public static class StructuredOutput
{
    /// <summary>Finds the value in a reply that fits a shape best.</summary>
    /// <param name="reply">The reply, as the model wrote it. No reply makes this throw.</param>
    /// <param name="shape">What it must be.</param>
    /// <param name="options">Whether losses are allowed.</param>
    public static StructuredOutputResult Parse(string reply, OutputShape shape, StructuredOutputOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(reply);
        ArgumentNullException.ThrowIfNull(shape);
        using ReplyRepairer repairer = new(reply, shape);
        return repairer.Run(options?.AllowLoss ?? false);
    }
}

using Microsoft.Extensions.AI.Evaluation;

namespace AiSdk.Evaluation;

/// <summary>Tells a <see cref="Scorer{TOutput}"/> that is used as an <see cref="IEvaluator"/> what should have come, and, where it is no text, how a reply is read.</summary>
/// <typeparam name="TOutput">What comes out.</typeparam>
/// <param name="expected">What should have come.</param>
/// <param name="read">Reads a reply; may be left out for text.</param>
public sealed class ExpectedOutputContext<TOutput>(TOutput expected, Func<string, TOutput>? read = null)
    : EvaluationContext(ContextName, expected?.ToString() ?? "")
{
    /// <summary>The context's name.</summary>
    public const string ContextName = "Expected output";

    /// <summary>What should have come.</summary>
    public TOutput Expected => expected;

    /// <summary>Reads a reply.</summary>
    /// <param name="reply">The reply's text.</param>
    /// <exception cref="InvalidOperationException">The output is no text, and nobody said how it is read.</exception>
    public TOutput Read(string reply) =>
        read is not null ? read(reply)
        : reply is TOutput text ? text
        : throw new InvalidOperationException($"The context does not say how a {typeof(TOutput).Name} is read from a reply: give it the function.");
}

namespace AiSdk;

/// <summary>Keeps keys, tokens and passwords from going to the model or to the caller: known formats, private keys, passwords in URLs, and random values that are assigned to names like <c>api_key</c>.</summary>
/// <remarks>Without a model, in linear time. Safe for concurrent use.</remarks>
public class SecretGuard : IInputGuard, IStreamingOutputGuard
{
    private static readonly SecretScanner _scanner = new();
    private readonly bool _blocks;

    /// <summary>A guard that ends the call.</summary>
    public SecretGuard()
        : this(blocks: true)
    {
    }

    /// <summary>A guard that ends the call, or puts <c>[SECRET]</c> in a secret's place.</summary>
    /// <param name="blocks">Whether a secret ends the call.</param>
    public SecretGuard(bool blocks) => _blocks = blocks;

    /// <summary>All secrets in a text, in order.</summary>
    /// <param name="text">The text.</param>
    public static IReadOnlyList<SecretMatch> Find(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. _scanner.Find(text).Select(static found => new SecretMatch(found.Kind, found.Start, found.Length))];
    }

    /// <inheritdoc/>
    public virtual bool ChecksToolResults => true;

    /// <inheritdoc/>
    public ValueTask<GuardVerdict> CheckInputAsync(string text, GuardContext context, CancellationToken cancellationToken) => CheckOutputAsync(text, context, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<GuardVerdict> CheckOutputAsync(string reply, GuardContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reply);
        return new(OpenWindow(context).Check(reply));
    }

    /// <inheritdoc/>
    public ReplyWindow OpenWindow(GuardContext context) => new Window(_blocks);

    private sealed class Window(bool blocks) : ScanWindow<string>(_scanner)
    {
        protected override bool Replace(ReadOnlySpan<char> found, string kind, out string? replacement)
        {
            replacement = blocks ? null : "[SECRET]";
            return true;
        }

        // The secret itself would stand in logs.
        protected override string Reason(string kind) => $"it holds a secret ({kind})";
    }
}

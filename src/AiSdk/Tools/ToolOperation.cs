namespace AiSdk;

/// <summary>Something that is to be done once, whatever happens: while it is open, a tool with an effect runs at most once for the same arguments, also in another process with the same journal.</summary>
/// <remarks>
/// <para>
/// Begin it around calls that may be repeated after a crash or a time-out, with an id of your own: that of the ticket, the order or the message that is worked on. What flows from here, awaited calls and
/// tasks, belongs to it.
/// </para>
/// <para>
/// Without an operation, a call is known by what is unique in its conversation, if that is kept and taken up again: the endpoint's id of the call, or, where the endpoint only counts (<c>call_0</c>), the
/// <see cref="Microsoft.Extensions.AI.ChatMessage.MessageId"/> that the host gave the user's last message, with the place of the call after it, or the one that the endpoint gave the message with the call.
/// Ids count from 16 characters on. Where there are none, nothing tells a call that is tried again from one that is wanted once more, and each counts as another: begin an operation then.
/// </para>
/// </remarks>
public sealed class ToolOperation : IDisposable
{
    private static readonly AsyncLocal<ToolOperation?> _current = new();

    private readonly ToolOperation? _outer;
    private bool _hasEnded;

    private ToolOperation(string id, ToolOperation? outer)
    {
        Id = id;
        _outer = outer;
    }

    /// <summary>The operation's id.</summary>
    public string Id { get; }

    internal static string? CurrentId => _current.Value?.Id;

    /// <summary>Begins an operation; dispose it to end it.</summary>
    /// <param name="id">What tells it from others; the same after a restart.</param>
    public static ToolOperation Begin(string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        ToolOperation operation = new(id, _current.Value);
        _current.Value = operation;
        return operation;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _hasEnded = true;
        // Ended twice, or in another order than begun: one that is open stays the current one.
        ToolOperation? open = _current.Value;
        while (open is { _hasEnded: true })
            open = open._outer;
        _current.Value = open;
    }
}

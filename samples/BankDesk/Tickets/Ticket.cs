using System.Diagnostics;
using System.Runtime.CompilerServices;
using AiSdk;

namespace BankDesk.Tickets;

/// <summary>A customer's message and all that happened since. Pages come and go: each reads the events from where it left off.</summary>
/// <remarks>Safe for concurrent use.</remarks>
internal sealed class Ticket : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<TicketEvent> _events = [];
    private readonly Dictionary<string, Decision> _decisions = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeProvider _time;
    private readonly Absence _absence;
    private readonly Action<Ticket, int, TicketEvent> _added;
    private readonly long _started = Stopwatch.GetTimestamp();
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _left;
    private string _stopReason = "It was stopped.";
    private int _readers;
    private int _waiting;
    private bool _isDisposed;

    /// <summary>Opens a ticket.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="customerId">Whose message it is.</param>
    /// <param name="message">The message, or the question.</param>
    /// <param name="isQuestion">Whether the desk asks its handbook.</param>
    /// <param name="operation">What changes are made once for: the id of the ticket that this one tries again, else its own.</param>
    /// <param name="time">The clock.</param>
    /// <param name="absence">How long it goes on without anybody looking.</param>
    /// <param name="viewers">How many look at the desk.</param>
    /// <param name="added">Told of each event, in order; it must be quick.</param>
    public Ticket(string id, string customerId, string message, bool isQuestion, string operation, TimeProvider time, Absence absence, int viewers, Action<Ticket, int, TicketEvent> added)
    {
        Id = id;
        CustomerId = customerId;
        Message = message;
        IsQuestion = isQuestion;
        Operation = operation;
        OpenedAt = time.GetUtcNow();
        _time = time;
        _absence = absence;
        _added = added;
        _readers = viewers;
        Add(new TicketEvent.Opened(id, customerId, ShownText.Of(message), isQuestion, OpenedAt, operation == id ? null : operation));
        // Where nobody looks yet, who opened it is on the way.
        _left = viewers > 0 ? null : time.CreateTimer(OnLeft, null, Absence.ToArrive, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The ticket's id.</summary>
    public string Id { get; }

    /// <summary>Whose message it is.</summary>
    public string CustomerId { get; }

    /// <summary>The message as the customer wrote it.</summary>
    public string Message { get; }

    /// <summary>Whether the desk asks its handbook, and no customer wrote.</summary>
    public bool IsQuestion { get; }

    /// <summary>What changes are made once for.</summary>
    public string Operation { get; }

    /// <summary>When it was opened.</summary>
    public DateTimeOffset OpenedAt { get; }

    /// <summary>How far it is.</summary>
    public TicketStatus Status { get; private set; } = TicketStatus.Running;

    /// <summary>Cancelled when the ticket is stopped, or everybody has left it.</summary>
    public CancellationToken Stopped => _stop.Token;

    /// <summary>What it was routed as; null as long as it is not.</summary>
    public string? Intent { get; private set; }

    /// <summary>How far it is, what it was routed as, and the number of its events, all of one moment.</summary>
    public (TicketStatus Status, string? Intent, int Events) Now
    {
        get
        {
            lock (_lock)
                return (Status, Intent, _events.Count);
        }
    }

    /// <summary>Adds an event. After <see cref="TicketEvent.Closed"/> nothing is added.</summary>
    public void Add(TicketEvent added)
    {
        TaskCompletionSource more;
        lock (_lock)
        {
            if (_events is [.., TicketEvent.Closed])
                return;
            _events.Add(added);
            if (added is TicketEvent.Routed routed)
                Intent = routed.Intent;
            if (added is TicketEvent.Decided && _waiting <= 1)
                Status = TicketStatus.Running;
            if (added is TicketEvent.Closed closed)
            {
                Status = closed.Status;
                _left?.Dispose();
                _left = null;
            }
            _added(this, _events.Count - 1, added);
            (more, _more) = (_more, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        more.SetResult();
    }

    /// <summary>The events from one on that are there.</summary>
    /// <param name="from">The number of the first, from 0.</param>
    public IReadOnlyList<TicketEvent> Events(int from)
    {
        lock (_lock)
            return from < _events.Count ? [.. _events.Skip(Math.Max(0, from))] : [];
    }

    /// <summary>Closes the ticket.</summary>
    public void Close(TicketStatus status, string? reason, long inputTokens, long outputTokens) =>
        Add(new TicketEvent.Closed(status, reason, Stopwatch.GetElapsedTime(_started).TotalMilliseconds, inputTokens, outputTokens));

    /// <summary>The events from one on, those that are there and those to come, until the ticket is closed. Who reads is there; when the last one has left, the ticket is stopped after a while.</summary>
    /// <param name="from">The number of the first, from 0.</param>
    /// <param name="cancellationToken">The reader has left.</param>
    public async IAsyncEnumerable<(int Number, TicketEvent Event)> ReadAsync(int from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Come();
        try
        {
            for (int next = Math.Max(0, from); ;)
            {
                TicketEvent[] ready;
                Task more;
                lock (_lock)
                {
                    ready = next < _events.Count ? [.. _events.Skip(next)] : [];
                    more = _more.Task;
                    if (ready.Length == 0 && _events is [.., TicketEvent.Closed])
                        yield break;
                }
                foreach (TicketEvent one in ready)
                    yield return (next++, one);
                if (ready.Length == 0)
                    await more.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                // That a reader leaves is nothing exceptional.
                if (cancellationToken.IsCancellationRequested)
                    yield break;
            }
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Proposes a change and waits for somebody to decide.</summary>
    /// <returns>Whether it was approved.</returns>
    /// <exception cref="OperationCanceledException">The ticket was stopped before.</exception>
    public async Task<bool> AskAsync(TicketEvent.Proposed proposal, CancellationToken cancellationToken)
    {
        Decision decision = new();
        lock (_lock)
        {
            _decisions.Add(proposal.Approval, decision);
            _waiting++;
            Status = TicketStatus.Waiting;
            Restart();
        }
        Add(proposal);
        try
        {
            // Whoever is first, decides: an approval, or the stop.
            using CancellationTokenRegistration stopped = cancellationToken.Register(() => decision.Made.TrySetCanceled(cancellationToken));
            return await decision.Made.Task;
        }
        finally
        {
            lock (_lock)
            {
                _waiting--;
                decision.IsOver = true;
                if (Status == TicketStatus.Waiting && _waiting == 0)
                    Status = TicketStatus.Running;
                Restart();
            }
        }
    }

    /// <summary>Decides on a change.</summary>
    /// <returns>What came of it; null if there is no such change.</returns>
    public DecisionOutcome? Decide(string approval, bool approved)
    {
        lock (_lock)
        {
            if (!_decisions.TryGetValue(approval, out Decision? decision))
                return null;
            if (decision.Value is { } earlier)
                return earlier == approved ? DecisionOutcome.Repeated : DecisionOutcome.DecidedOtherwise;
            if (decision.IsOver || _stop.IsCancellationRequested || !decision.Made.TrySetResult(approved))
                return DecisionOutcome.TooLate;
            decision.Value = approved;
            // Within the lock, so that nothing that the tool tells comes before it.
            Add(new TicketEvent.Decided(approval, approved));
            return DecisionOutcome.Taken;
        }
    }

    /// <summary>Stops the ticket: what runs is cancelled, what waits is not done.</summary>
    /// <param name="reason">Why, for the page.</param>
    public void Stop(string reason)
    {
        lock (_lock)
        {
            if (_isDisposed || _events is [.., TicketEvent.Closed] || _stop.IsCancellationRequested)
                return;
            _stopReason = reason;
        }
        _stop.Cancel();
    }

    /// <summary>Why it was stopped.</summary>
    public string StopReason
    {
        get
        {
            lock (_lock)
                return _stopReason;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            _left?.Dispose();
        }
        _stop.Dispose();
    }

    /// <summary>Somebody looks.</summary>
    public void Come()
    {
        lock (_lock)
        {
            _readers++;
            Restart();
        }
    }

    /// <summary>Somebody looks no more. When the last has left, the ticket is stopped after a while.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            _readers--;
            Restart();
        }
    }

    private void Restart()
    {
        _left?.Dispose();
        _left = _readers > 0 || _isDisposed || _events is [.., TicketEvent.Closed]
            ? null
            : _time.CreateTimer(OnLeft, null, _waiting > 0 ? _absence.WhileWaiting : _absence.WhileRunning, Timeout.InfiniteTimeSpan);
    }

    private void OnLeft(object? state)
    {
        lock (_lock)
        {
            if (_readers > 0)
                return;
        }
        Stop("Nobody was looking any more.");
    }

    private sealed class Decision
    {
        public TaskCompletionSource<bool> Made { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool? Value { get; set; }

        public bool IsOver { get; set; }
    }
}

/// <summary>How long a ticket goes on without anybody looking: long enough for a page that is loaded again.</summary>
/// <param name="WhileRunning">While a model works.</param>
/// <param name="WhileWaiting">While a change waits to be approved.</param>
internal sealed record Absence(TimeSpan WhileRunning, TimeSpan WhileWaiting)
{
    /// <summary>How long whoever opened a ticket may take to look at it.</summary>
    public static TimeSpan ToArrive { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Eight seconds, and half an hour.</summary>
    public static Absence Default { get; } = new(TimeSpan.FromSeconds(8), TimeSpan.FromMinutes(30));
}

/// <summary>What came of a decision.</summary>
internal enum DecisionOutcome
{
    /// <summary>It holds.</summary>
    Taken,

    /// <summary>The same was decided before.</summary>
    Repeated,

    /// <summary>The opposite was decided before.</summary>
    DecidedOtherwise,

    /// <summary>The ticket had been stopped.</summary>
    TooLate,
}

namespace BankDesk.Tickets;

/// <summary>All tickets since the program began; of those that are closed, the newest.</summary>
/// <remarks>Safe for concurrent use.</remarks>
/// <param name="worker">Works on them.</param>
/// <param name="time">The clock.</param>
/// <param name="absence">How long a ticket goes on without anybody looking.</param>
internal sealed class TicketBook(TicketWorker worker, TimeProvider time, Absence absence) : IAsyncDisposable
{
    /// <summary>How many tickets may be worked on at once.</summary>
    public const int MaxOpen = 16;

    private const int MaxKept = 200;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Ticket> _tickets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Ticket> _requests = new(StringComparer.Ordinal);
    private readonly List<Ticket> _order = [];
    private readonly Dictionary<Ticket, Task> _work = [];
    private int _count;

    /// <summary>The tickets, newest first.</summary>
    public IReadOnlyList<Ticket> All
    {
        get
        {
            lock (_lock)
                return [.. Enumerable.Reverse(_order)];
        }
    }

    /// <summary>A ticket, or null.</summary>
    public Ticket? Find(string id)
    {
        lock (_lock)
            return _tickets.GetValueOrDefault(id);
    }

    /// <summary>Opens a ticket and begins to work on it.</summary>
    /// <param name="request">The page's id of the request: the same one twice opens one ticket.</param>
    /// <param name="customerId">The customer.</param>
    /// <param name="message">The message.</param>
    /// <param name="retryOf">The ticket that is tried again, so that what it has changed is not changed a second time; null for none.</param>
    /// <returns>The ticket; null if too many are open.</returns>
    public Ticket? Open(string request, string customerId, string message, Ticket? retryOf)
    {
        Ticket ticket;
        lock (_lock)
        {
            if (_requests.TryGetValue(request, out Ticket? known))
                return known;
            if (_order.Count(static ticket => ticket.Status is TicketStatus.Running or TicketStatus.Waiting) >= MaxOpen)
                return null;
            string id = $"T-{++_count}-{Guid.NewGuid().ToString("N")[..8]}";
            ticket = new Ticket(id, customerId, message, retryOf?.Operation ?? id, time, absence);
            _tickets.Add(id, ticket);
            _requests.Add(request, ticket);
            _order.Add(ticket);
            Forget();
            _work.Add(ticket, Task.Run(() => worker.RunAsync(ticket)));
        }
        return ticket;
    }

    /// <summary>Stops all work and waits for its end.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (Ticket ticket in All)
            ticket.Stop("The desk was closed.");
        Task[] work;
        lock (_lock)
            work = [.. _work.Values];
        await Task.WhenAll(work);
        foreach (Ticket ticket in All)
            ticket.Dispose();
    }

    private void Forget()
    {
        while (_order.Count > MaxKept && _order.Find(static ticket => ticket.Status is not (TicketStatus.Running or TicketStatus.Waiting)) is { } oldest)
        {
            _order.Remove(oldest);
            _tickets.Remove(oldest.Id);
            _work.Remove(oldest);
            foreach (string request in _requests.Where(pair => pair.Value == oldest).Select(static pair => pair.Key).ToList())
                _requests.Remove(request);
            oldest.Dispose();
        }
    }
}

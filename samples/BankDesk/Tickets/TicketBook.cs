using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

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
    private const int MaxBehind = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Ticket> _tickets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Ticket> _requests = new(StringComparer.Ordinal);
    private readonly List<Ticket> _order = [];
    private readonly Dictionary<Ticket, Task> _work = [];
    private readonly ConcurrentDictionary<ChannelWriter<(Ticket? Ticket, int Number, TicketEvent? Event)>, int> _feeds = [];
    private int _viewers;
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
    /// <param name="message">The message, or the question.</param>
    /// <param name="isQuestion">Whether the desk asks its handbook.</param>
    /// <param name="retryOf">The ticket that is tried again, so that what it has changed is not changed a second time; null for none.</param>
    /// <returns>The ticket; null if too many are open.</returns>
    public Ticket? Open(string request, string customerId, string message, bool isQuestion, Ticket? retryOf)
    {
        Ticket ticket;
        lock (_lock)
        {
            if (_requests.TryGetValue(request, out Ticket? known))
                return known;
            if (_order.Count(static ticket => ticket.Status is TicketStatus.Running or TicketStatus.Waiting) >= MaxOpen)
                return null;
            string id = $"T-{++_count}-{Guid.NewGuid().ToString("N")[..8]}";
            ticket = new Ticket(id, customerId, message, isQuestion, retryOf?.Operation ?? id, time, absence, _viewers, Tell);
            _tickets.Add(id, ticket);
            _requests.Add(request, ticket);
            _order.Add(ticket);
            Forget();
            _work.Add(ticket, Task.Run(() => worker.RunAsync(ticket)));
        }
        return ticket;
    }

    /// <summary>What happens in all tickets from now on. Who reads it looks at the desk: none of its tickets is stopped for want of somebody looking.</summary>
    /// <remarks>A reader who falls far behind is let go; it comes back and asks for what it missed.</remarks>
    /// <param name="cancellationToken">The reader has left.</param>
    /// <returns>First nothing, once no event is missed any more; then the events, each with its ticket and its number there.</returns>
    public async IAsyncEnumerable<(Ticket? Ticket, int Number, TicketEvent? Event)> FollowAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Channel<(Ticket?, int, TicketEvent?)> feed = Channel.CreateBounded<(Ticket?, int, TicketEvent?)>(new BoundedChannelOptions(MaxBehind) { SingleReader = true });
        lock (_lock)
        {
            _feeds.TryAdd(feed.Writer, 0);
            _viewers++;
            foreach (Ticket ticket in _order)
                ticket.Come();
        }
        try
        {
            yield return default;
            while (true)
            {
                Task<bool> more = feed.Reader.WaitToReadAsync(cancellationToken).AsTask();
                // That a reader leaves is nothing exceptional.
                await ((Task)more).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (!more.IsCompletedSuccessfully || !await more)
                    yield break;
                while (feed.Reader.TryRead(out (Ticket?, int, TicketEvent?) item))
                    yield return item;
            }
        }
        finally
        {
            lock (_lock)
            {
                _feeds.TryRemove(feed.Writer, out _);
                _viewers--;
                foreach (Ticket ticket in _order)
                    ticket.Leave();
            }
        }
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

    // Called within a ticket's lock: it takes none of its own.
    private void Tell(Ticket ticket, int number, TicketEvent added)
    {
        foreach (ChannelWriter<(Ticket?, int, TicketEvent?)> feed in _feeds.Keys)
        {
            if (!feed.TryWrite((ticket, number, added)))
                feed.TryComplete();
        }
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

using System.Collections.Concurrent;

namespace AiSdk;

/// <summary>A journal that lasts as long as the process. For effects that must not happen again after a crash use <see cref="FileToolJournal"/>, or one over your database.</summary>
/// <remarks>Safe for concurrent use. It keeps what has ended last, and all that has been begun and not ended.</remarks>
public sealed class MemoryToolJournal : IToolJournal
{
    private const int DefaultCapacity = 100_000;

    private readonly ConcurrentDictionary<string, ToolJournalEntry> _entries = new(StringComparer.Ordinal);

    private readonly ConcurrentQueue<string> _ended = new();
    private readonly int _capacity;

    /// <summary>An empty journal.</summary>
    /// <param name="capacity">How many effects that have ended it remembers: so many later ones, the same one may happen again.</param>
    public MemoryToolJournal(int capacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _capacity = capacity;
    }

    /// <summary>The one that is used where none is given.</summary>
    internal static MemoryToolJournal Shared { get; } = new();

    /// <inheritdoc/>
    public ValueTask<ToolJournalEntry> BeginAsync(string key, string tool, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (!_entries.TryAdd(key, ToolJournalEntry.Interrupted))
        {
            if (_entries.TryGetValue(key, out ToolJournalEntry? known))
                return new ValueTask<ToolJournalEntry>(known);
        }
        return new ValueTask<ToolJournalEntry>(ToolJournalEntry.New);
    }

    /// <inheritdoc/>
    public ValueTask EndAsync(string key, ToolJournalEntry entry, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.State == ToolJournalState.New)
        {
            _entries.TryRemove(key, out _);
            return ValueTask.CompletedTask;
        }
        _entries[key] = entry;
        _ended.Enqueue(key);
        while (_ended.Count > _capacity && _ended.TryDequeue(out string? oldest))
            _entries.TryRemove(oldest, out _);
        return ValueTask.CompletedTask;
    }
}

using System.Collections.Concurrent;

namespace AiSdk;

/// <summary>A journal that lasts as long as the process. For effects that must not happen again after a crash use <see cref="FileToolJournal"/>, or one over your database.</summary>
/// <remarks>Safe for concurrent use. It keeps every key.</remarks>
public sealed class MemoryToolJournal : IToolJournal
{
    private readonly ConcurrentDictionary<string, ToolJournalEntry> _entries = new(StringComparer.Ordinal);

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
        _entries[key] = entry;
        return ValueTask.CompletedTask;
    }
}

namespace AiSdk;

/// <summary>Remembers which effects were begun and how they ended, so that none happens twice. Given to <c>AsAiTools</c>, or registered as a service.</summary>
/// <remarks>Implementations are safe for concurrent use, and know a key for as long as it could come again.</remarks>
public interface IToolJournal
{
    /// <summary>Claims a key before its effect. Of several that claim the same, one gets <see cref="ToolJournalState.New"/>; once that has returned, the claim outlives the process.</summary>
    /// <param name="key">What stands for the effect.</param>
    /// <param name="tool">The tool, for people who read the journal.</param>
    /// <param name="cancellationToken">Cancels the claim.</param>
    /// <returns><see cref="ToolJournalState.New"/>, and the effect may happen; else what is known of it.</returns>
    ValueTask<ToolJournalEntry> BeginAsync(string key, string tool, CancellationToken cancellationToken);

    /// <summary>Notes how an effect ended that was begun.</summary>
    /// <param name="key">What stands for the effect.</param>
    /// <param name="entry"><see cref="ToolJournalState.Succeeded"/> or <see cref="ToolJournalState.Failed"/>; <see cref="ToolJournalState.New"/> gives the claim back: nothing has happened, and the key may be claimed again.</param>
    /// <param name="cancellationToken">Cancels the note.</param>
    ValueTask EndAsync(string key, ToolJournalEntry entry, CancellationToken cancellationToken);
}

/// <summary>What a journal knows of an effect.</summary>
public enum ToolJournalState
{
    /// <summary>Nothing: it may happen now.</summary>
    New,

    /// <summary>It was begun, and no end is known: it runs at this moment, or its process ended.</summary>
    Interrupted,

    /// <summary>It happened.</summary>
    Succeeded,

    /// <summary>It was begun and ended in an error.</summary>
    Failed,
}

/// <summary>What a journal knows of an effect.</summary>
/// <param name="State">How far it came.</param>
/// <param name="Result">The tool's result as JSON, or what went wrong.</param>
public sealed record ToolJournalEntry(ToolJournalState State, string? Result = null)
{
    /// <summary>Nothing is known of it.</summary>
    public static ToolJournalEntry New { get; } = new(ToolJournalState.New);

    /// <summary>It was begun, and no end is known.</summary>
    public static ToolJournalEntry Interrupted { get; } = new(ToolJournalState.Interrupted);

    /// <summary>It happened.</summary>
    /// <param name="result">The tool's result as JSON; <see langword="null"/> for none.</param>
    public static ToolJournalEntry Succeeded(string? result) => new(ToolJournalState.Succeeded, result);

    /// <summary>It ended in an error.</summary>
    /// <param name="message">What went wrong.</param>
    public static ToolJournalEntry Failed(string message) => new(ToolJournalState.Failed, message);
}

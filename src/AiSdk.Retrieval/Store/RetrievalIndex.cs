using Microsoft.Data.Sqlite;
using Microsoft.Extensions.AI;

namespace AiSdk.Retrieval;

/// <summary>Documents in one SQLite file, cut into passages that are found by their words and, with an embedding generator, by their meaning.</summary>
/// <remarks>
/// Safe for concurrent use, by threads and by processes: many read while one writes, and a search sees one state of the file. What a process was killed over leaves each document as it was before or as it
/// became.
/// </remarks>
public sealed class RetrievalIndex : IDisposable
{
    private readonly Lock _lock = new();
    private Snapshot? _snapshot;

    private RetrievalIndex(string path, RetrievalIndexOptions options)
    {
        options.Validate();
        Options = options;
        Analyzer = new TextAnalyzer(options.Language, options.RemoveStopWords, options.Stem);
        Database = new Database(path, options.Tenant, options.WriteTimeout);
    }

    /// <summary>The file.</summary>
    public string Path => Database.Path;

    /// <summary>Whose documents are seen.</summary>
    public string Tenant => Options.Tenant;

    internal RetrievalIndexOptions Options { get; }

    internal TextAnalyzer Analyzer { get; }

    internal Database Database { get; }

    /// <summary>Opens an index; the file is made if it is not there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Settings, or <see langword="null"/> for the defaults.</param>
    /// <exception cref="RetrievalIndexException">The file cannot be opened, or is no index of this version.</exception>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public static RetrievalIndex Open(string path, RetrievalIndexOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new RetrievalIndex(path, options ?? new RetrievalIndexOptions());
    }

#pragma warning disable RS0026 // The two differ in what holds the documents, which is always given.
    /// <summary>Stores documents: new and changed ones are written, those that are as they were cost a hash, and those that are missing go.</summary>
    /// <param name="documents">The documents.</param>
    /// <param name="options">How, or <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Ends it; what is stored stays, and nothing is removed.</param>
    /// <returns>What was done, and which documents were refused.</returns>
    /// <remarks>Several documents are written in one transaction; each is there as a whole or not at all. When it fails or is ended, the next one goes on where it stopped.</remarks>
    public Task<IngestReport> IngestAsync(IAsyncEnumerable<Document> documents, IngestOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documents);
        options ??= new IngestOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Parallelism, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.EmbeddingBatch, 1);
        // Cutting and writing keep a thread busy; it need not be the caller's.
        return Task.Run(() => new Ingest(this, options).RunAsync(documents, cancellationToken), cancellationToken);
    }

    /// <inheritdoc cref="IngestAsync(IAsyncEnumerable{Document}, IngestOptions?, CancellationToken)"/>
    public Task<IngestReport> IngestAsync(IEnumerable<Document> documents, IngestOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documents);
        return IngestAsync(documents.ToAsyncEnumerable(), options, cancellationToken);
    }
#pragma warning restore RS0026

    /// <summary>Removes documents.</summary>
    /// <param name="keys">Their keys; those that are not there are passed over.</param>
    /// <returns>How many were removed.</returns>
    public int Remove(params IEnumerable<string> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        using IndexWriter writer = new(this);
        int removed = 0;
        foreach (string key in keys)
        {
            if (writer.Find(key) is not { } known)
                continue;
            writer.Remove(known.Row);
            removed++;
        }
        writer.Commit();
        return removed;
    }

    /// <summary>What is in it.</summary>
    public RetrievalIndexInfo GetInfo()
    {
        using IndexReader reader = Read(checkTerms: false);
        using SqliteConnection connection = Database.Open();
        int documents = (int)connection.Scalar<long>($"SELECT count(*) FROM {Database.Prefix}documents");
        int vectors = (int)connection.Scalar<long>($"SELECT count(*) FROM {Database.Prefix}vectors WHERE encoder = $encoder", ("$encoder", reader.Snapshot.EncoderRow));
        long bytes = new[] { Path, Path + "-wal" }.Where(File.Exists).Sum(static file => new FileInfo(file).Length);
        return new RetrievalIndexInfo(documents, reader.Snapshot.AliveCount, vectors, bytes);
    }

    /// <summary>The keys of its documents, in ordinal order.</summary>
    public IReadOnlyList<string> GetDocuments()
    {
        using SqliteConnection connection = Database.Open();
        using SqliteCommand command = connection.Command($"SELECT key FROM {Database.Prefix}documents ORDER BY key", null);
        using SqliteDataReader reader = command.ExecuteReader();
        List<string> keys = [];
        while (reader.Read())
            keys.Add(reader.GetString(0));
        return keys;
    }

    /// <summary>The passages of a document, in their order; none if there is no such document.</summary>
    /// <param name="key">The document's key.</param>
    public IReadOnlyList<Passage> GetPassages(string key)
    {
        using IndexReader reader = Read(checkTerms: false);
        return reader.PassagesOf(key);
    }

    /// <summary>A passage by its id; <see langword="null"/> if there is none.</summary>
    /// <param name="id">The id.</param>
    public Passage? GetPassage(string id)
    {
        using IndexReader reader = Read(checkTerms: false);
        return reader.Find(id) is { } slot ? reader.Read([slot])[0] : null;
    }

    /// <summary>Reads the file into memory, so that the first search need not.</summary>
    public void Load() => Read(checkTerms: false).Dispose();

    /// <inheritdoc/>
    public void Dispose() => Database.Dispose();

    /// <summary>Begins to read one state of the file.</summary>
    /// <param name="checkTerms">Whether the terms of the index must be of this analyzer's making.</param>
    internal IndexReader Read(bool checkTerms = true)
    {
        SqliteConnection connection = Database.Rent();
        try
        {
            while (true)
            {
                SqliteTransaction transaction = connection.BeginTransaction(deferred: true);
                if (Current(connection, transaction) is { } snapshot)
                {
                    if (checkTerms && snapshot.Count > 0)
                        CheckTerms(connection, transaction);
                    return new IndexReader(Database, connection, transaction, snapshot, Analyzer, Options.Bm25K1);
                }
                transaction.Dispose();
            }
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A vector for a text.</summary>
    internal async ValueTask<float[]?> EmbedAsync(string text, CancellationToken cancellationToken)
    {
        if (Options.Embeddings is null)
            return null;
        GeneratedEmbeddings<Embedding<float>> made = await Options.Embeddings.GenerateAsync([text], null, cancellationToken).ConfigureAwait(false);
        return made[0].Vector.ToArray();
    }

    /// <summary>The snapshot of what the transaction sees, or null if that is older than what another thread has loaded meanwhile.</summary>
    private Snapshot? Current(SqliteConnection connection, SqliteTransaction transaction)
    {
        long generation = Snapshot.State(connection, transaction, Database.Prefix, "generation");
        lock (_lock)
        {
            if (_snapshot is { } known && known.Generation >= generation)
                return known.Generation == generation ? known : null;
            return _snapshot = Snapshot.Load(connection, transaction, Database.Prefix, Options, generation, _snapshot);
        }
    }

    private void CheckTerms(SqliteConnection connection, SqliteTransaction transaction)
    {
        string stored = connection.Scalar<string>($"SELECT coalesce((SELECT value FROM {Database.Prefix}state WHERE name = 'analyzer'), '')", transaction);
        if (!string.Equals(stored, Analyzer.Fingerprint, StringComparison.Ordinal))
            throw new RetrievalIndexException($"The index {Path} was made with other settings of language, stop words or stemming ({stored}) than it is searched with ({Analyzer.Fingerprint}). Ingest the documents again, or open it with the settings it was made with.");
    }
}

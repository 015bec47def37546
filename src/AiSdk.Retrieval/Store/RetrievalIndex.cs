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
    private readonly SemaphoreSlim _loading = new(1, 1);
    private volatile Snapshot? _snapshot;

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
    /// <param name="cancellationToken">Ends it; nothing is removed then.</param>
    /// <returns>How many were removed.</returns>
    public Task<int> RemoveAsync(IEnumerable<string> keys, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return WriteAsync(
            writer =>
            {
                int removed = 0;
                foreach (string key in keys)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (writer.Find(key) is not { } known)
                        continue;
                    writer.Remove(known.Row);
                    removed++;
                }
                return removed;
            },
            cancellationToken);
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
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task LoadAsync(CancellationToken cancellationToken = default) => (await ReadAsync(checkTerms: false, cancellationToken).ConfigureAwait(false)).Dispose();

    /// <inheritdoc/>
    public void Dispose()
    {
        Database.Dispose();
        _loading.Dispose();
    }

    /// <summary>Writes in one transaction, on another thread: waiting for the file and writing are not the caller's.</summary>
    internal Task<T> WriteAsync<T>(Func<IndexWriter, T> write, CancellationToken cancellationToken) => Task.Run(
        async () =>
        {
            using IndexWriter writer = await IndexWriter.BeginAsync(this, cancellationToken).ConfigureAwait(false);
            T result = write(writer);
            cancellationToken.ThrowIfCancellationRequested();
            writer.Commit();
            return result;
        },
        cancellationToken);

    /// <summary>Begins to read one state of the file. What has changed since the last one is loaded on another thread.</summary>
    /// <param name="checkTerms">Whether the terms of the index must be of this analyzer's making.</param>
    /// <param name="cancellationToken">Ends the loading.</param>
    internal async ValueTask<IndexReader> ReadAsync(bool checkTerms, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        OpenConnection connection = Database.Rent();
        SqliteTransaction? transaction = null;
        try
        {
            while (true)
            {
                Snapshot? before = _snapshot;
                transaction = connection.BeginTransaction(deferred: true);
                (long Number, long Stamp) generation = Snapshot.Current(connection, transaction, Database.Prefix);
                Snapshot? snapshot = before is not null && before.IsOf(generation) ? before : await LoadAsync(connection, transaction, generation, before, cancellationToken).ConfigureAwait(false);
                if (snapshot is not null)
                {
                    if (checkTerms && snapshot.Count > 0)
                        CheckTerms(connection, transaction);
                    return new IndexReader(Database, connection, transaction, snapshot, Analyzer, Options.Bm25K1);
                }
                await transaction.DisposeAsync().ConfigureAwait(false);
            }
        }
        catch
        {
            if (transaction is not null)
                await transaction.DisposeAsync().ConfigureAwait(false);
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary><see cref="ReadAsync"/> for those whose callers wait.</summary>
    internal IndexReader Read(bool checkTerms = true) => ReadAsync(checkTerms, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    /// <summary>A vector for a text.</summary>
    internal async ValueTask<float[]?> EmbedAsync(string text, CancellationToken cancellationToken)
    {
        if (Options.Embeddings is null)
            return null;
        GeneratedEmbeddings<Embedding<float>> made = await Options.Embeddings.GenerateAsync([text], null, cancellationToken).ConfigureAwait(false);
        return made[0].Vector.ToArray();
    }

    /// <summary>The snapshot of what the transaction sees, or null if that is older than what another thread has loaded since the transaction began.</summary>
    /// <remarks>What is older than the snapshot that was there before the transaction began is no such thing: the file went back, to a backup, say, and is loaded as it is.</remarks>
    private async Task<Snapshot?> LoadAsync(OpenConnection connection, SqliteTransaction transaction, (long Number, long Stamp) generation, Snapshot? before, CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_snapshot is { } known && (known.IsOf(generation) || known != before && known.Generation > generation.Number))
                return known.IsOf(generation) ? known : null;
            return _snapshot = await Task.Run(() => Snapshot.Load(connection, transaction, Database.Prefix, Options, generation, _snapshot, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _loading.Release();
        }
    }

    /// <summary>Whether terms or vectors are not made as those of queries are.</summary>
    internal async Task<bool> IsMixedAsync(CancellationToken cancellationToken)
    {
        try
        {
            using IndexReader reader = await ReadAsync(checkTerms: true, cancellationToken).ConfigureAwait(false);
            reader.CheckVectors();
            return false;
        }
        catch (RetrievalIndexException)
        {
            return true;
        }
    }

    /// <summary>Refuses an index whose terms, or some of them, are not made as those of queries are.</summary>
    private void CheckTerms(SqliteConnection connection, SqliteTransaction transaction)
    {
        string documents = $"{Database.Prefix}documents";
        using SqliteCommand command = connection.Command(
            $"SELECT (SELECT min(analyzer) FROM {documents}), (SELECT max(analyzer) FROM {documents}), (SELECT id FROM {Database.Prefix}analyzers WHERE name = $name), (SELECT group_concat(name, ', ') FROM {Database.Prefix}analyzers WHERE name <> $name)",
            transaction, ("$name", Analyzer.Fingerprint));
        using SqliteDataReader reader = command.ExecuteReader();
        if (!reader.Read() || reader.IsDBNull(0))
            return;
        long? own = reader.IsDBNull(2) ? null : reader.GetInt64(2);
        (long least, long most) = (reader.GetInt64(0), reader.GetInt64(1));
        if (least == own && most == own)
            return;
        string stored = reader.IsDBNull(3) ? "several" : reader.GetString(3);
        throw new RetrievalIndexException(least == most && least > 0
            ? $"The index {Path} was made with other settings of language, stop words or stemming ({stored}) than it is searched with ({Analyzer.Fingerprint}). Ingest the documents again, or open it with the settings it was made with."
            : $"The index {Path} is mixed: some documents were ingested with other settings of language, stop words or stemming ({stored}) than it is searched with ({Analyzer.Fingerprint}). Ingest all of the documents again, to the end.");
    }
}

using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace AiSdk.Retrieval;

/// <summary>The SQLite file, as one tenant sees it: connections, tables, generations.</summary>
/// <remarks>Safe for concurrent use.</remarks>
internal sealed class Database : IDisposable
{
    /// <summary>The form of the tables; a file of another form is refused.</summary>
    private const int Version = 3;

    private const string ReadIdentity = "SELECT value FROM identity";

    private readonly TimeSpan _writeTimeout;
    private readonly ConcurrentBag<OpenConnection> _readers = [];
    private readonly string _identity;
    private DateTime _created;
    private volatile bool _isDisposed;

    public Database(string path, string tenant, TimeSpan writeTimeout)
    {
        Path = System.IO.Path.GetFullPath(path);
        Tenant = tenant;
        _writeTimeout = writeTimeout;
        try
        {
            if (System.IO.Path.GetDirectoryName(Path) is { Length: > 0 } folder)
                Directory.CreateDirectory(folder);
            using SqliteConnection connection = Connect(Path, SqliteOpenMode.ReadWriteCreate, writeTimeout);
            Prefix = CreateTables(connection);
            _identity = connection.Scalar<string>(ReadIdentity);
            _created = File.GetCreationTimeUtc(Path);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new RetrievalIndexException($"The index {Path} cannot be opened: {e.Message}", e);
        }
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Whose tables these are.</summary>
    public string Tenant { get; }

    /// <summary>What the names of the tenant's tables begin with. Every statement names its tables with it: there is none that could name another's.</summary>
    public string Prefix { get; }

    /// <summary>Whether a file has tables of a tenant. Makes neither the file nor tables.</summary>
    /// <exception cref="RetrievalIndexException">The file cannot be opened, or is no index of this version.</exception>
    public static bool Knows(string path, string tenant, TimeSpan timeout)
    {
        path = System.IO.Path.GetFullPath(path);
        if (!File.Exists(path))
            return false;
        try
        {
            using SqliteConnection connection = Connect(path, SqliteOpenMode.ReadWrite, timeout);
            return Form(connection, path) == Version && Find(connection, tenant) is not null;
        }
        catch (SqliteException e)
        {
            throw new RetrievalIndexException($"The index {path} cannot be opened: {e.Message}", e);
        }
    }

    /// <summary>A connection for reading; give it back.</summary>
    /// <exception cref="RetrievalIndexException">The file is gone, or another index is in its place.</exception>
    public OpenConnection Rent()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        // Connections keep reading a file that was replaced: the new one has another time. Where the file system does not tell when a file was made a write changes it too; that costs new connections and nothing else.
        DateTime created = File.GetCreationTimeUtc(Path);
        if (created != _created)
        {
            while (_readers.TryTake(out OpenConnection? old))
                old.Dispose();
            OpenConnection fresh = Open();
            _created = fresh.FileCreated;
            return fresh;
        }
        return _readers.TryTake(out OpenConnection? connection) ? connection : Open();
    }

    /// <summary>Takes a connection back.</summary>
    public void Return(OpenConnection connection)
    {
        if (connection.FileCreated != _created)
        {
            connection.Dispose();
            return;
        }
        _readers.Add(connection);
        if (_isDisposed)
            Dispose();
        else if (_readers.Count > Environment.ProcessorCount && _readers.TryTake(out OpenConnection? spare))
            spare.Dispose();
    }

    /// <summary>A connection of the caller's own.</summary>
    /// <exception cref="RetrievalIndexException">The file is gone, or another index is in its place.</exception>
    public OpenConnection Open()
    {
        OpenConnection connection;
        try
        {
            connection = Connect(Path, SqliteOpenMode.ReadWrite, _writeTimeout);
        }
        catch (SqliteException e)
        {
            throw new RetrievalIndexException($"The index {Path}, which was opened before, cannot be opened any more: {(File.Exists(Path) ? e.Message : "the file is gone")}.", e);
        }
        try
        {
            if (string.Equals(connection.Scalar<string>(ReadIdentity), _identity, StringComparison.Ordinal))
                return connection;
        }
        catch (SqliteException)
        {
            // What has no such table is no index of this version.
        }
        connection.Dispose();
        throw new RetrievalIndexException($"The file {Path} was replaced since it was opened: another index is in its place. Dispose this one and open the file again.");
    }

    private static OpenConnection Connect(string path, SqliteOpenMode mode, TimeSpan writeTimeout)
    {
        OpenConnection connection = new(
            new SqliteConnectionStringBuilder
            {
                DataSource = path,
                Mode = mode,
                DefaultTimeout = Math.Max(1, (int)writeTimeout.TotalSeconds),
                Pooling = false,
            }.ToString(),
            File.GetCreationTimeUtc(path));
        try
        {
            connection.Open();
            // A write that has been committed survives the process; the last may be lost with the machine, as a whole.
            connection.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 268435456;");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        while (_readers.TryTake(out OpenConnection? connection))
            connection.Dispose();
    }

    private string CreateTables(SqliteConnection connection)
    {
        if (Form(connection, Path) == Version && Find(connection, Tenant) is { } known)
            return Named(known);

        using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
        connection.Execute("CREATE TABLE IF NOT EXISTS tenants(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)", transaction);
        connection.Execute("CREATE TABLE IF NOT EXISTS identity(value TEXT NOT NULL)", transaction);
        connection.Execute("INSERT INTO identity SELECT lower(hex(randomblob(16))) WHERE NOT EXISTS(SELECT 1 FROM identity)", transaction);
        connection.Execute("INSERT OR IGNORE INTO tenants(name) VALUES($name)", transaction, ("$name", Tenant));
        string prefix = Named(connection.Scalar<long>("SELECT id FROM tenants WHERE name = $name", transaction, ("$name", Tenant)));
        connection.Execute(
            $"""
            CREATE TABLE IF NOT EXISTS {prefix}state(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS {prefix}generations(generation INTEGER PRIMARY KEY, stamp INTEGER NOT NULL);
            INSERT OR IGNORE INTO {prefix}generations VALUES(0, random());
            CREATE TABLE IF NOT EXISTS {prefix}encoders(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, dimensions INTEGER NOT NULL);
            CREATE TABLE IF NOT EXISTS {prefix}documents(id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, hash BLOB NOT NULL, title TEXT, analyzer INTEGER NOT NULL);
            CREATE INDEX IF NOT EXISTS {prefix}documents_analyzer ON {prefix}documents(analyzer);
            CREATE TABLE IF NOT EXISTS {prefix}analyzers(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
            CREATE TABLE IF NOT EXISTS {prefix}metadata(key TEXT NOT NULL, value TEXT NOT NULL, document INTEGER NOT NULL, PRIMARY KEY(key, value, document)) WITHOUT ROWID;
            CREATE INDEX IF NOT EXISTS {prefix}metadata_document ON {prefix}metadata(document);
            CREATE TABLE IF NOT EXISTS {prefix}chunks(id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, document INTEGER NOT NULL, length INTEGER NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL);
            CREATE INDEX IF NOT EXISTS {prefix}chunks_document ON {prefix}chunks(document);
            CREATE TABLE IF NOT EXISTS {prefix}texts(chunk INTEGER PRIMARY KEY, headings TEXT NOT NULL, text BLOB NOT NULL);
            CREATE VIRTUAL TABLE IF NOT EXISTS {prefix}terms USING fts5(terms, content = '', contentless_delete = 1, tokenize = 'ascii');
            CREATE VIRTUAL TABLE IF NOT EXISTS {prefix}occurrences USING fts5vocab('{prefix}terms', 'instance');
            CREATE TABLE IF NOT EXISTS {prefix}vectors(chunk INTEGER PRIMARY KEY, encoder INTEGER NOT NULL, hash BLOB NOT NULL, vector BLOB NOT NULL);
            CREATE INDEX IF NOT EXISTS {prefix}vectors_hash ON {prefix}vectors(hash, encoder);
            CREATE TABLE IF NOT EXISTS {prefix}codes(chunk INTEGER PRIMARY KEY, encoder INTEGER NOT NULL, code BLOB NOT NULL);
            CREATE TABLE IF NOT EXISTS {prefix}removed(generation INTEGER NOT NULL, chunk INTEGER NOT NULL, PRIMARY KEY(generation, chunk)) WITHOUT ROWID;
            PRAGMA user_version = {Version};
            """,
            transaction);
        // More memory for what is not yet written makes fewer, larger segments.
        connection.Execute($"INSERT INTO {prefix}terms({prefix}terms, rank) VALUES('hashsize', 16777216)", transaction);
        transaction.Commit();
        return prefix;
    }

    /// <summary>The form of a file's tables; 0 if there are none.</summary>
    private static long Form(SqliteConnection connection, string path)
    {
        long form = connection.Scalar<long>("PRAGMA user_version");
        return form is 0 or Version
            ? form
            : throw new RetrievalIndexException($"The index {path} has form {form}, which this version does not know (it knows {Version}). Delete the file and ingest the documents again.");
    }

    private static long? Find(SqliteConnection connection, string tenant) =>
        connection.Scalar<long>("SELECT coalesce((SELECT id FROM tenants WHERE name = $name), 0)", ("$name", tenant)) is > 0 and long known ? known : null;

    private static string Named(long tenant) => string.Create(CultureInfo.InvariantCulture, $"t{tenant}_");
}

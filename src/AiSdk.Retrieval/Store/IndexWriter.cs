using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AiSdk.Retrieval;

/// <summary>One transaction of writing. Until it is committed the file is as it was.</summary>
internal sealed class IndexWriter : IDisposable
{
    // How many generations' removals are remembered, for readers that go from one snapshot to the next without loading all.
    private const int Remembered = 1000;

    // Milliseconds between two tries to begin.
    private const int MaxWait = 50;

    private static readonly string[] _tablesByChunk = ["terms WHERE rowid", "texts WHERE chunk", "vectors WHERE chunk", "codes WHERE chunk", "chunks WHERE id"];

    private readonly RetrievalIndex _index;
    private readonly SqliteConnection _connection;
    private readonly string _prefix;
    private readonly long _generation;
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);
    private readonly List<string> _terms = [];
    private readonly StringBuilder _termText = new();
    private long _encoder;
    private int _dimensions;
    private long _analyzer;
    private bool _isCommitted;

    private IndexWriter(RetrievalIndex index, SqliteConnection connection)
    {
        _index = index;
        _prefix = index.Database.Prefix;
        _connection = connection;
        _generation = Snapshot.Current(connection, null, _prefix).Generation + 1;
    }

    /// <summary>Begins to write. Waits for another's write, as long as the options say, without keeping a thread.</summary>
    /// <exception cref="RetrievalIndexException">The other's write took too long.</exception>
    public static async Task<IndexWriter> BeginAsync(RetrievalIndex index, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        OpenConnection connection = index.Database.Open();
        try
        {
            long started = Stopwatch.GetTimestamp();
            // SqliteCommand would wait by sleeping.
            for (int wait = 1; ; wait = Math.Min(wait * 2, MaxWait))
            {
                int result = raw.sqlite3_exec(connection.Handle, "BEGIN IMMEDIATE");
                if (result == raw.SQLITE_OK)
                    return new IndexWriter(index, connection);
                if (result != raw.SQLITE_BUSY)
                    throw new SqliteException($"The index {index.Path} cannot be written: {raw.sqlite3_errmsg(connection.Handle).utf8_to_string()}", result);
                if (Stopwatch.GetElapsedTime(started) > index.Options.WriteTimeout)
                    throw new RetrievalIndexException($"The index {index.Path} cannot be written: another write has held it for {index.Options.WriteTimeout}. RetrievalIndexOptions.WriteTimeout says how long to wait.");
                await Task.Delay(wait, cancellationToken).ConfigureAwait(false);
            }
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Notes how far the two ways of searching can be trusted.</summary>
    public void SetCalibration(ArmCalibration calibration, int chunks)
    {
        SetState("calibration", calibration.Write());
        SetState("calibrated with", string.Create(CultureInfo.InvariantCulture, $"{chunks}\n{_index.Analyzer.Fingerprint}\n{_index.Options.Encoder}"));
    }

    /// <summary>A document's row and hash.</summary>
    public (long Row, byte[] Hash)? Find(string key)
    {
        SqliteCommand command = Command($"SELECT id, hash FROM {_prefix}documents WHERE key = $key", "$key");
        command.Parameters[0].Value = key;
        using SqliteDataReader reader = command.ExecuteReader();
        return reader.Read() ? (reader.GetInt64(0), (byte[])reader.GetValue(1)) : null;
    }

    /// <summary>Removes a document and all that is of it.</summary>
    public void Remove(long document)
    {
        List<long> chunks = [];
        SqliteCommand select = Command($"SELECT id FROM {_prefix}chunks WHERE document = $document", "$document");
        select.Parameters[0].Value = document;
        using (SqliteDataReader reader = select.ExecuteReader())
        {
            while (reader.Read())
                chunks.Add(reader.GetInt64(0));
        }
        foreach (long chunk in chunks)
            RemoveChunk(chunk);
        Run($"DELETE FROM {_prefix}metadata WHERE document = $document", ("$document", document));
        Run($"DELETE FROM {_prefix}documents WHERE id = $document", ("$document", document));
    }

    /// <summary>Writes a document in the place of the one with its key.</summary>
    /// <param name="document">The document.</param>
    /// <param name="hash">Its hash.</param>
    /// <param name="title">Its title, or null.</param>
    /// <param name="chunks">Its passages.</param>
    /// <param name="vectors">Their unit vectors, or null without encoder.</param>
    /// <returns>The document's row.</returns>
    public long Write(Document document, byte[] hash, string? title, IReadOnlyList<Chunk> chunks, IReadOnlyList<float[]>? vectors)
    {
        if (Find(document.Key) is { } known)
            Remove(known.Row);
        Run(
            $"INSERT INTO {_prefix}documents(key, hash, title, analyzer) VALUES($key, $hash, $title, $analyzer)",
            ("$key", document.Key), ("$hash", hash), ("$title", (object?)title ?? DBNull.Value), ("$analyzer", Analyzer()));
        long row = LastRow();
        foreach ((string key, string value) in document.Metadata)
            Run($"INSERT INTO {_prefix}metadata VALUES($key, $value, $document)", ("$key", key), ("$value", value), ("$document", row));
        HashSet<string> ids = new(StringComparer.Ordinal);
        for (int i = 0; i < chunks.Count; i++)
            WriteChunk(row, document.Key, title, chunks[i], vectors?[i], ids);
        return row;
    }

    /// <summary>Removes a passage, and its document when it was the last of it.</summary>
    public void RemovePassage(string id)
    {
        if (Chunk(id) is not { } known)
            return;
        RemoveChunk(known.Row);
        Touch(known.Document);
        SqliteCommand command = Command($"SELECT count(*) FROM {_prefix}chunks WHERE document = $document", "$document");
        command.Parameters[0].Value = known.Document;
        if ((long)command.ExecuteScalar()! == 0)
            Remove(known.Document);
    }

    /// <summary>Writes one passage in the place of the one with its id.</summary>
    /// <param name="record">The passage.</param>
    /// <param name="vector">Its unit vector, or null.</param>
    /// <param name="isOwn">Whether the vector is the caller's own, and not what the encoder makes of the text.</param>
    /// <returns>Its id.</returns>
    public string WritePassage(PassageRecord record, float[]? vector, bool isOwn)
    {
        if (record.Id.Length > 0)
            RemovePassage(record.Id);
        long document;
        if (Find(record.Source) is { } known)
        {
            document = known.Row;
            Touch(document);
            // Its other passages may have terms of another analyzer: the document is then of neither.
            Run($"UPDATE {_prefix}documents SET analyzer = CASE analyzer WHEN $analyzer THEN $analyzer ELSE 0 END WHERE id = $document", ("$analyzer", Analyzer()), ("$document", document));
            Run($"DELETE FROM {_prefix}metadata WHERE document = $document", ("$document", document));
        }
        else
        {
            Run($"INSERT INTO {_prefix}documents(key, hash, analyzer) VALUES($key, x'', $analyzer)", ("$key", record.Source), ("$analyzer", Analyzer()));
            document = LastRow();
        }
        foreach ((string key, string value) in record.Metadata)
            Run($"INSERT INTO {_prefix}metadata VALUES($key, $value, $document)", ("$key", key), ("$value", value), ("$document", document));
        Chunk chunk = ChunkOf(record);
        // Another text with this one's words shall not get the caller's vector.
        return WriteChunk(document, record.Source, null, chunk, vector, [], record.Id, isOwn ? [] : null);
    }

    /// <summary>A record as what is stored.</summary>
    public static Chunk ChunkOf(PassageRecord record) => new(record.Text, record.Start, record.End, [.. record.Headings]);

    /// <summary>Makes it so.</summary>
    public void Commit()
    {
        Run($"INSERT INTO {_prefix}generations VALUES($generation, random())", ("$generation", _generation));
        long forgotten = _generation - Remembered;
        if (forgotten > 0)
        {
            Run($"DELETE FROM {_prefix}removed WHERE generation <= $forgotten", ("$forgotten", forgotten));
            Run($"DELETE FROM {_prefix}generations WHERE generation < $forgotten", ("$forgotten", forgotten));
        }
        _connection.Execute("COMMIT");
        _isCommitted = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SqliteCommand command in _commands.Values)
            command.Dispose();
        if (!_isCommitted && _connection.State == System.Data.ConnectionState.Open)
            _ = raw.sqlite3_exec(_connection.Handle, "ROLLBACK");
        _connection.Dispose();
    }

    /// <summary>What a text is embedded as: with what it stands under, which its words may not repeat.</summary>
    public static string EmbeddedText(string? title, Chunk chunk)
    {
        IEnumerable<string> path = title is null || chunk.Headings.Contains(title, StringComparer.Ordinal) ? chunk.Headings : chunk.Headings.Prepend(title);
        string context = string.Join(" > ", path);
        return context.Length == 0 ? chunk.Text : context + "\n" + chunk.Text;
    }

    /// <summary>The hash by which vectors of a text are found again.</summary>
    public static byte[] TextHash(string text) => SHA256.HashData(MemoryMarshal.AsBytes(text.AsSpan()))[..16];

    private string WriteChunk(long document, string key, string? title, Chunk chunk, float[]? vector, HashSet<string> ids, string givenId = "", byte[]? hash = null)
    {
        _terms.Clear();
        _index.Analyzer.Analyze(title ?? "", _terms);
        foreach (string heading in chunk.Headings)
        {
            if (!string.Equals(heading, title, StringComparison.Ordinal))
                _index.Analyzer.Analyze(heading, _terms);
        }
        _index.Analyzer.Analyze(chunk.Text, _terms);

        string id = givenId.Length > 0 ? givenId : Id(key, chunk.Text, ids);
        Run(
            $"INSERT INTO {_prefix}chunks(key, document, length, start, stop) VALUES($key, $document, $length, $start, $stop)",
            ("$key", id), ("$document", document), ("$length", _terms.Count), ("$start", chunk.Start), ("$stop", chunk.End));
        long row = LastRow();
        Run(
            $"INSERT INTO {_prefix}texts VALUES($chunk, $headings, $text)",
            ("$chunk", row), ("$headings", string.Join('\n', chunk.Headings.Select(static heading => heading.Replace('\n', ' ').Replace('\0', ' ')))), ("$text", Encoding.UTF8.GetBytes(chunk.Text)));
        _termText.Clear().AppendJoin(' ', _terms);
        Run($"INSERT INTO {_prefix}terms(rowid, terms) VALUES($chunk, $terms)", ("$chunk", row), ("$terms", _termText.ToString()));
        if (vector is null)
            return id;
        if (_encoder == 0 || vector.Length != _dimensions)
            (_encoder, _dimensions) = (Encoder(vector.Length), vector.Length);
        Run(
            $"INSERT INTO {_prefix}vectors VALUES($chunk, $encoder, $hash, $vector)",
            ("$chunk", row), ("$encoder", _encoder), ("$hash", hash ?? TextHash(EmbeddedText(title, chunk))), ("$vector", MemoryMarshal.AsBytes(vector.AsSpan()).ToArray()));
        Run($"INSERT INTO {_prefix}codes VALUES($chunk, $encoder, $code)", ("$chunk", row), ("$encoder", _encoder), ("$code", VectorBlocks.Encode(vector)));
        return id;
    }

    private (long Row, long Document)? Chunk(string id)
    {
        SqliteCommand command = Command($"SELECT id, document FROM {_prefix}chunks WHERE key = $id", "$id");
        command.Parameters[0].Value = id;
        using SqliteDataReader reader = command.ExecuteReader();
        return reader.Read() ? (reader.GetInt64(0), reader.GetInt64(1)) : null;
    }

    private void RemoveChunk(long chunk)
    {
        foreach (string table in _tablesByChunk)
            Run($"DELETE FROM {_prefix}{table} = $chunk", ("$chunk", chunk));
        // A passage that was written in this transaction no reader has seen.
        Run($"INSERT OR IGNORE INTO {_prefix}removed VALUES($generation, $chunk)", ("$generation", _generation), ("$chunk", chunk));
    }

    /// <summary>Notes that a document is no longer what was ingested, so that the next ingest writes it.</summary>
    private void Touch(long document) => Run($"UPDATE {_prefix}documents SET hash = x'' WHERE id = $document", ("$document", document));

    /// <summary>An id that the same text of the same document always has; the second of two alike gets a number.</summary>
    private string Id(string key, string text, HashSet<string> ids)
    {
        byte[] digest = SHA256.HashData(Encoding.UTF8.GetBytes(key + "\n" + text));
        string stem = Convert.ToHexStringLower(digest.AsSpan(0, 6));
        SqliteCommand command = Command($"SELECT 1 FROM {_prefix}chunks WHERE key = $id", "$id");
        for (int number = 1; ; number++)
        {
            string id = number == 1 ? stem : string.Create(CultureInfo.InvariantCulture, $"{stem}-{number}");
            command.Parameters[0].Value = id;
            if (!ids.Contains(id) && command.ExecuteScalar() is null)
            {
                ids.Add(id);
                return id;
            }
        }
    }

    private long Encoder(int dimensions)
    {
        string name = _index.Options.Encoder;
        Run($"INSERT OR IGNORE INTO {_prefix}encoders(name, dimensions) VALUES($name, $dimensions)", ("$name", name), ("$dimensions", dimensions));
        SqliteCommand command = Command($"SELECT id, dimensions FROM {_prefix}encoders WHERE name = $name", "$name");
        command.Parameters[0].Value = name;
        using SqliteDataReader reader = command.ExecuteReader();
        reader.Read();
        return reader.GetInt32(1) == dimensions
            ? reader.GetInt64(0)
            : throw new RetrievalIndexException($"The encoder '{name}' made vectors of {reader.GetInt32(1)} dimensions before and makes {dimensions} now. Give the new one another name with RetrievalIndexOptions.EncoderId.");
    }

    private long Analyzer()
    {
        if (_analyzer == 0)
        {
            Run($"INSERT OR IGNORE INTO {_prefix}analyzers(name) VALUES($name)", ("$name", _index.Analyzer.Fingerprint));
            SqliteCommand command = Command($"SELECT id FROM {_prefix}analyzers WHERE name = $name", "$name");
            command.Parameters[0].Value = _index.Analyzer.Fingerprint;
            _analyzer = (long)command.ExecuteScalar()!;
        }
        return _analyzer;
    }

    private void SetState(string name, string value) => Run($"INSERT INTO {_prefix}state VALUES($name, $value) ON CONFLICT(name) DO UPDATE SET value = $value", ("$name", name), ("$value", value));

    private long LastRow() => (long)Command("SELECT last_insert_rowid()").ExecuteScalar()!;

    private void Run(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        if (!_commands.TryGetValue(sql, out SqliteCommand? command))
            _commands.Add(sql, command = _connection.Command(sql, null, parameters));
        for (int i = 0; i < parameters.Length; i++)
            command.Parameters[i].Value = parameters[i].Value;
        command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string sql, params ReadOnlySpan<string> parameters)
    {
        if (!_commands.TryGetValue(sql, out SqliteCommand? command))
        {
            command = _connection.Command(sql, null);
            foreach (string name in parameters)
                command.Parameters.Add(new SqliteParameter { ParameterName = name });
            _commands.Add(sql, command);
        }
        return command;
    }
}

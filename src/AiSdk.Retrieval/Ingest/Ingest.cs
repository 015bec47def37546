using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;

namespace AiSdk.Retrieval;

/// <summary>One run: reads documents, and writes in batches those that are not stored as they are.</summary>
internal sealed class Ingest(RetrievalIndex index, IngestOptions options)
{
    // A batch is what is held in memory and written in one transaction.
    private const int BatchDocuments = 1024;
    private const int BatchCharacters = 4 << 20;
    private const int MaxKey = 1024;
    private const int MaxTitle = 1000;

    // SQLite's limit for a value is a billion bytes; a document of that size is none.
    internal const int MaxText = 256 << 20;

    private sealed record Pending(Document Document, byte[] Hash)
    {
        public StructuredText? Text { get; set; }

        public List<Chunk> Chunks { get; set; } = [];

        // Each passage is found by it, so that a long one is not.
        public string? Title => (Document.Title ?? Text?.Title) is { } title ? StructuredText.Cut(title, MaxTitle) : null;

        public string? Refusal { get; set; }
    }

    private readonly RetrievalIndexOptions _settings = index.Options;
    private readonly Chunker _chunker = new(index.Options.Chunks);
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly List<RefusedDocument> _refused = [];
    private readonly List<Pending> _batch = [];
    private readonly string _fingerprint = $"1|{index.Options.Chunks.Fingerprint}|{index.Analyzer.Fingerprint}|{index.Options.Encoder}";
    private int _documents;
    private int _written;
    private int _told;
    private int _unchanged;
    private int _chunks;
    private int _embedded;

    public async Task<IngestReport> RunAsync(IAsyncEnumerable<Document> documents, CancellationToken cancellationToken)
    {
        using SqliteConnection connection = index.Database.Open();
        using SqliteCommand find = connection.Command($"SELECT hash FROM {index.Database.Prefix}documents WHERE key = $key", null);
        find.Parameters.Add("$key", SqliteType.Text);
        int characters = 0;
        await foreach (Document document in documents.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            _documents++;
            if (Refusal(document) is { } reason)
            {
                Refuse(document, reason);
                continue;
            }
            byte[] hash = Hash(document);
            find.Parameters[0].Value = document.Key;
            if (find.ExecuteScalar() is byte[] stored && stored.AsSpan().SequenceEqual(hash))
            {
                _unchanged++;
                continue;
            }
            _batch.Add(new Pending(document, hash));
            characters += document.Text.Length;
            if (_batch.Count >= BatchDocuments || characters >= BatchCharacters)
            {
                await WriteBatchAsync(cancellationToken).ConfigureAwait(false);
                characters = 0;
            }
        }
        await WriteBatchAsync(cancellationToken).ConfigureAwait(false);
        // The last ones may be unchanged, or refused.
        if (_told < _documents)
            Tell();
        int removed = options.RemoveMissing ? await RemoveMissingAsync(cancellationToken).ConfigureAwait(false) : 0;
        // Also what an earlier run was killed before; not among terms or vectors of two kinds.
        if (_settings.Embeddings is not null && !await index.IsMixedAsync(cancellationToken).ConfigureAwait(false))
            await CalibrateAsync(cancellationToken).ConfigureAwait(false);
        return new IngestReport
        {
            Documents = _documents,
            Written = _written,
            Unchanged = _unchanged,
            Removed = removed,
            Chunks = _chunks,
            Embedded = _embedded,
            Refused = _refused,
        };
    }

    /// <summary>Measures the two ways of searching, if that was not done yet or the documents have become twice or half as many.</summary>
    private async Task CalibrateAsync(CancellationToken cancellationToken)
    {
        int chunks;
        using (IndexReader reader = await index.ReadAsync(checkTerms: false, cancellationToken).ConfigureAwait(false))
        {
            chunks = reader.Snapshot.AliveCount;
            if (reader.Calibration(_settings.Encoder) is { } known && known.Chunks <= chunks * 2 && chunks <= known.Chunks * 2)
                return;
        }
        if (await ArmCalibration.MeasureAsync(index, cancellationToken).ConfigureAwait(false) is not { } measured)
            return;
        using IndexWriter writer = await IndexWriter.BeginAsync(index, cancellationToken).ConfigureAwait(false);
        writer.SetCalibration(measured, chunks);
        writer.Commit();
    }

    private string? Refusal(Document? document) => document switch
    {
        null => "it is null",
        { Refusal: { } reason } => reason,
        { Key: null or "" } => "it has no key",
        { Key.Length: > MaxKey } => $"its key is longer than {MaxKey} characters",
        { Key: { } key } when key.Any(char.IsControl) || !IsUnicode(key) => "its key has control characters or is no Unicode text",
        { Text: null } => "its text is null",
        { Text.Length: > MaxText } => $"it has more than {MaxText} characters; cut it into several documents",
        { Metadata: null } => "its metadata is null",
        _ when document.Metadata.FirstOrDefault(static entry => string.IsNullOrEmpty(entry.Key) || entry.Value is null || entry.Key.Contains('\0') || entry.Value.Contains('\0') || !IsUnicode(entry.Key) || !IsUnicode(entry.Value)) is { Key: not null } entry =>
            $"the metadata '{entry.Key}' has no value, has NUL in it, or is no Unicode text",
        _ when !_seen.Add(document.Key) => "there was another with its key before it in the same ingest",
        _ => null,
    };

    private void Refuse(Document? document, string reason)
    {
        // What is refused is not missing: what was stored of it before stays.
        if (document?.Key is { } key)
            _seen.Add(key);
        _refused.Add(new RefusedDocument(document?.Key ?? "", reason));
    }

    private byte[] Hash(Document document)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(_fingerprint);
        Append(document.Format.ToString());
        Append(document.Title ?? "\0");
        foreach ((string key, string value) in document.Metadata.OrderBy(static entry => entry.Key, StringComparer.Ordinal))
        {
            Append(key);
            Append(value);
        }
        Append(document.Text);
        return hash.GetHashAndReset();

        void Append(string text)
        {
            Span<byte> length = stackalloc byte[sizeof(int)];
            MemoryMarshal.Write(length, text.Length);
            hash.AppendData(length);
            hash.AppendData(MemoryMarshal.AsBytes(text.AsSpan()));
        }
    }

    private async Task WriteBatchAsync(CancellationToken cancellationToken)
    {
        if (_batch.Count == 0)
            return;
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = options.Parallelism, CancellationToken = cancellationToken };
        Parallel.ForEach(_batch, parallel, Cut);
        foreach (Pending refused in _batch.Where(static pending => pending.Refusal is not null))
            Refuse(refused.Document, refused.Refusal!);
        _batch.RemoveAll(static pending => pending.Refusal is not null);

        Dictionary<string, float[]>? vectors = null;
        if (_settings.Embeddings is not null)
        {
            (vectors, int made) = await new TextEmbedder(index, options.EmbeddingBatch)
                .EmbedAsync(_batch.SelectMany(static pending => pending.Chunks.Select(chunk => IndexWriter.EmbeddedText(pending.Title, chunk))), parallel).ConfigureAwait(false);
            _embedded += made;
        }
        cancellationToken.ThrowIfCancellationRequested();
        using (IndexWriter writer = await IndexWriter.BeginAsync(index, cancellationToken).ConfigureAwait(false))
        {
            foreach (Pending pending in _batch)
            {
                cancellationToken.ThrowIfCancellationRequested();
                IReadOnlyList<float[]>? own = vectors is null ? null : [.. pending.Chunks.Select(chunk => vectors[IndexWriter.EmbeddedText(pending.Title, chunk)])];
                writer.Write(pending.Document, pending.Hash, pending.Title, pending.Chunks, own);
                _written++;
                _chunks += pending.Chunks.Count;
            }
            writer.Commit();
        }
        _batch.Clear();
        Tell();
    }

    private void Tell()
    {
        _told = _documents;
        options.Progress?.Report(new IngestProgress(_documents, _written, _chunks));
    }

    private void Cut(Pending pending)
    {
        try
        {
            pending.Text = DocumentReader.Read(pending.Document);
            pending.Chunks = _chunker.Cut(pending.Text);
        }
        catch (Exception e) when (e is not (OutOfMemoryException or OperationCanceledException))
        {
            pending.Refusal = $"it could not be read as {pending.Document.Format}: {e.Message}";
        }
    }

    private async Task<int> RemoveMissingAsync(CancellationToken cancellationToken)
    {
        List<string> missing = [.. index.GetDocuments().Where(key => !_seen.Contains(key))];
        int removed = 0;
        foreach (string[] keys in missing.Chunk(BatchDocuments))
            removed += await index.RemoveAsync(keys, cancellationToken).ConfigureAwait(false);
        return removed;
    }

    internal static bool IsUnicode(string text)
    {
        for (ReadOnlySpan<char> rest = text; !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out int consumed) != System.Buffers.OperationStatus.Done)
                return false;
            rest = rest[consumed..];
        }
        return true;
    }
}

using System.Buffers;
using Microsoft.Data.Sqlite;

namespace AiSdk.Retrieval;

/// <summary>
/// What searching needs of a tenant's passages in one generation of the file, in memory: lengths, owners, vectors. A slot is a passage's place here; slots are in the order of the passages' rows.
/// </summary>
/// <remarks>Immutable but for the cache of postings; a newer one shares the arrays of the one before and adds behind what that sees. Safe for concurrent use.</remarks>
internal sealed class Snapshot
{
    private readonly long[] _rows;
    private readonly int[] _lengths;
    private readonly int[] _documents;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Postings> _postings = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();
    private readonly long _cacheBytes;
    private readonly double _k1;
    private readonly double _b;
    private long _cached;
    private float[]? _norms;

    private Snapshot((long Number, long Stamp) generation, int count, long[] rows, int[] lengths, int[] documents, ulong[] alive, VectorBlocks? vectors, long encoder, RetrievalIndexOptions options)
    {
        (Generation, Stamp) = generation;
        Count = count;
        _rows = rows;
        _lengths = lengths;
        _documents = documents;
        Alive = alive;
        Vectors = vectors;
        EncoderRow = encoder;
        _cacheBytes = options.TermCacheBytes;
        _k1 = options.Bm25K1;
        _b = options.Bm25B;
        long total = 0;
        for (int i = 0; i < count; i++)
        {
            if (IsAlive(i))
            {
                AliveCount++;
                VectorCount += vectors?.Has(i) == true ? 1 : 0;
                total += lengths[i];
            }
        }
        AverageLength = AliveCount == 0 ? 1 : Math.Max(1, total / (double)AliveCount);
    }

    /// <summary>The generation of the file that this is of.</summary>
    public long Generation { get; }

    /// <summary>What tells the generation from another of its number: a file that goes back to what it was makes its next generations anew.</summary>
    public long Stamp { get; }

    /// <summary>The slots, those of removed passages among them.</summary>
    public int Count { get; }

    /// <summary>The passages that are there.</summary>
    public int AliveCount { get; }

    /// <summary>Those among them that have a vector of the encoder.</summary>
    public int VectorCount { get; }

    /// <summary>Which slots are those.</summary>
    public ulong[] Alive { get; }

    /// <summary>The mean number of terms.</summary>
    public double AverageLength { get; }

    /// <summary>The vectors of the encoder, if there are any.</summary>
    public VectorBlocks? Vectors { get; }

    /// <summary>The row of the encoder whose vectors these are; 0 for none.</summary>
    public long EncoderRow { get; }

    /// <summary>A slot's row.</summary>
    public long Row(int slot) => _rows[slot];

    /// <summary>The slot of a row, or a negative number.</summary>
    public int Slot(long row) => Array.BinarySearch(_rows, 0, Count, row);

    /// <summary>The row of a slot's document.</summary>
    public int Document(int slot) => _documents[slot];

    /// <summary>Whether this is of a generation.</summary>
    public bool IsOf((long Number, long Stamp) generation) => (Generation, Stamp) == generation;

    public bool IsAlive(int slot) => (Alive[slot >> 6] & (1UL << (slot & 63))) != 0;

    /// <summary>The part of BM25's denominator that hangs on a passage's length.</summary>
    public float[] Norms
    {
        get
        {
            if (_norms is { } known)
                return known;
            float[] norms = new float[Count];
            for (int i = 0; i < norms.Length; i++)
                norms[i] = (float)(_k1 * (1 - _b + _b * _lengths[i] / AverageLength));
            return _norms = norms;
        }
    }

    /// <summary>The snapshot of the generation that a connection's transaction sees.</summary>
    /// <param name="connection">In a transaction.</param>
    /// <param name="transaction">The transaction.</param>
    /// <param name="prefix">What the tenant's tables begin with.</param>
    /// <param name="options">The index's.</param>
    /// <param name="generation">The generation.</param>
    /// <param name="previous">One of before, or null.</param>
    /// <param name="cancellationToken">Ends the loading.</param>
    public static Snapshot Load(SqliteConnection connection, SqliteTransaction transaction, string prefix, RetrievalIndexOptions options, (long Number, long Stamp) generation, Snapshot? previous, CancellationToken cancellationToken)
    {
        long encoder = 0;
        int dimensions = 0;
        // Without a generator there may be vectors that the application has written: those of the encoder without name.
        using (SqliteCommand command = connection.Command($"SELECT id, dimensions FROM {prefix}encoders WHERE name = $name", transaction, ("$name", options.Encoder)))
        using (SqliteDataReader reader = command.ExecuteReader())
        {
            if (reader.Read())
                (encoder, dimensions) = (reader.GetInt64(0), reader.GetInt32(1));
        }
        // A file that went back has another history than the snapshot; what was removed is remembered for a while only; and the slots of what was removed are given back when they are many.
        if (previous is not null
            && (previous.EncoderRow != encoder
                || connection.Scalar<long>($"SELECT count(*) FROM {prefix}generations WHERE generation = $generation AND stamp = $stamp", transaction, ("$generation", previous.Generation), ("$stamp", previous.Stamp)) == 0
                || previous.Count - previous.AliveCount > 10_000 && previous.Count > previous.AliveCount * 4 / 3))
            previous = null;

        int count = previous?.Count ?? 0;
        long last = count == 0 ? 0 : previous!._rows[count - 1];
        int added = (int)connection.Scalar<long>($"SELECT count(*) FROM {prefix}chunks WHERE id > $last", transaction, ("$last", last));
        (long[] rows, int[] lengths, int[] documents) = previous is null
            ? (new long[added], new int[added], new int[added])
            : (Grown(previous._rows, count, added), Grown(previous._lengths, count, added), Grown(previous._documents, count, added));
        ulong[] alive = new ulong[(count + added + 63) / 64];
        previous?.Alive.CopyTo(alive, 0);
        if (previous is not null)
        {
            using SqliteCommand command = connection.Command($"SELECT chunk FROM {prefix}removed WHERE generation > $generation", transaction, ("$generation", previous.Generation));
            using SqliteDataReader reader = command.ExecuteReader();
            while (reader.Read())
            {
                int slot = previous.Slot(reader.GetInt64(0));
                if (slot >= 0)
                    alive[slot >> 6] &= ~(1UL << (slot & 63));
            }
        }
        int to = count;
        using (SqliteCommand command = connection.Command($"SELECT id, length, document FROM {prefix}chunks WHERE id > $last ORDER BY id", transaction, ("$last", last)))
        using (SqliteDataReader reader = command.ExecuteReader())
        {
            for (; reader.Read(); to++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                rows[to] = reader.GetInt64(0);
                lengths[to] = reader.GetInt32(1);
                documents[to] = reader.GetInt32(2);
                alive[to >> 6] |= 1UL << (to & 63);
            }
        }
        VectorBlocks? vectors = null;
        if (encoder > 0)
        {
            vectors = previous?.Vectors ?? new VectorBlocks(dimensions, options.VectorFormat);
            vectors.EndAt(count);
            vectors.Skip(count);
            LoadVectors(connection, transaction, prefix, vectors, encoder, last, rows, to, cancellationToken);
        }
        return new Snapshot(generation, to, rows, lengths, documents, alive, vectors, encoder, options);
    }

    /// <summary>The generation that a transaction sees.</summary>
    public static (long Generation, long Stamp) Current(SqliteConnection connection, SqliteTransaction? transaction, string prefix)
    {
        using SqliteCommand command = connection.Command($"SELECT generation, stamp FROM {prefix}generations ORDER BY generation DESC LIMIT 1", transaction);
        using SqliteDataReader reader = command.ExecuteReader();
        reader.Read();
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    /// <summary>Where a term occurs among the slots.</summary>
    public Postings Postings(string term, SqliteConnection connection, SqliteTransaction transaction, string prefix, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_postings.TryGetValue(term, out Postings? known))
                return known;
        }
        Postings read = ReadPostings(term, connection, transaction, prefix, cancellationToken);
        lock (_lock)
        {
            if (read.Bytes > _cacheBytes || !_postings.TryAdd(term, read))
                return read;
            _order.Enqueue(term);
            _cached += read.Bytes;
            while (_cached > _cacheBytes && _order.TryDequeue(out string? oldest) && _postings.Remove(oldest, out Postings? dropped))
                _cached -= dropped.Bytes;
        }
        return read;
    }

    private Postings ReadPostings(string term, SqliteConnection connection, SqliteTransaction transaction, string prefix, CancellationToken cancellationToken)
    {
        int[] slots = ArrayPool<int>.Shared.Rent(1024);
        byte[] counts = ArrayPool<byte>.Shared.Rent(1024);
        int count = 0;
        int slot = 0;
        long lastRow = -1;
        bool isThere = false;
        using SqliteCommand command = connection.Command($"SELECT doc FROM {prefix}occurrences WHERE term = $term", transaction, ("$term", term));
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            long row = reader.GetInt64(0);
            if (row == lastRow)
            {
                if (isThere && counts[count - 1] < byte.MaxValue)
                    counts[count - 1]++;
                continue;
            }
            lastRow = row;
            slot = SlotFrom(slot, row);
            isThere = slot < Count && _rows[slot] == row && IsAlive(slot);
            if (!isThere)
                continue;
            if (count == slots.Length || count == counts.Length)
            {
                Grow(ref slots, count);
                Grow(ref counts, count);
            }
            slots[count] = slot;
            counts[count++] = 1;
        }
        Postings postings = count == 0 ? AiSdk.Retrieval.Postings.None : new Postings(slots[..count], counts[..count]);
        ArrayPool<int>.Shared.Return(slots);
        ArrayPool<byte>.Shared.Return(counts);
        return postings;
    }

    /// <summary>The first slot from one on whose row is not below the row: rows come ascending, so that the next is mostly near.</summary>
    private int SlotFrom(int from, long row)
    {
        int step = 1;
        int low = from;
        int high = from;
        while (high < Count && _rows[high] < row)
        {
            low = high + 1;
            high += step;
            step *= 2;
        }
        high = Math.Min(high, Count);
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_rows[middle] < row)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    private static void LoadVectors(SqliteConnection connection, SqliteTransaction transaction, string prefix, VectorBlocks vectors, long encoder, long last, long[] rows, int count, CancellationToken cancellationToken)
    {
        (string column, string table) = vectors.IsExact ? ("vector", "vectors") : ("code", "codes");
        using SqliteCommand command = connection.Command($"SELECT chunk, {column} FROM {prefix}{table} WHERE chunk > $last AND encoder = $encoder ORDER BY chunk", transaction, ("$last", last), ("$encoder", encoder));
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            int slot = Array.BinarySearch(rows, vectors.Count, count - vectors.Count, reader.GetInt64(0));
            if (slot < 0)
                continue;
            vectors.Skip(slot);
            vectors.Add((byte[])reader.GetValue(1));
        }
        vectors.Skip(count);
    }

    /// <summary>The array with room for more; the same one where it has the room, since older snapshots look at its beginning only.</summary>
    private static T[] Grown<T>(T[] array, int count, int added)
    {
        if (count + added <= array.Length)
            return array;
        T[] larger = new T[Math.Max(count + added, count + count / 2)];
        Array.Copy(array, larger, count);
        return larger;
    }

    private static void Grow<T>(ref T[] array, int count)
    {
        T[] larger = ArrayPool<T>.Shared.Rent(count * 2);
        Array.Copy(array, larger, count);
        ArrayPool<T>.Shared.Return(array);
        array = larger;
    }
}

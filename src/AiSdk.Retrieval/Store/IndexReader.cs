using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Data.Sqlite;

namespace AiSdk.Retrieval;

/// <summary>One transaction of reading: both arms and the passages they find are of the same generation.</summary>
internal sealed class IndexReader : IDisposable
{
    private readonly Database _database;
    private readonly OpenConnection _connection;
    private readonly SqliteTransaction _transaction;
    private readonly TextAnalyzer _analyzer;
    private readonly double _k1;
    private ulong[]? _allowed;

    public IndexReader(Database database, OpenConnection connection, SqliteTransaction transaction, Snapshot snapshot, TextAnalyzer analyzer, double k1)
    {
        _database = database;
        _connection = connection;
        _transaction = transaction;
        _analyzer = analyzer;
        _k1 = k1;
        Snapshot = snapshot;
    }

    /// <summary>The generation's snapshot.</summary>
    public Snapshot Snapshot { get; }

    private string Prefix => _database.Prefix;

    /// <summary>Lets only the documents through that a filter does, in both arms.</summary>
    public void Apply(PassageFilter? filter)
    {
        _allowed = Snapshot.Alive;
        if (filter is null)
            return;
        (string condition, (string, object)[] parameters) = FilterSql.Write(filter, Prefix);
        HashSet<int> documents = [];
        using (SqliteCommand command = _connection.Command($"SELECT d.id FROM {Prefix}documents d WHERE {condition}", _transaction, parameters))
        using (SqliteDataReader reader = command.ExecuteReader())
        {
            while (reader.Read())
                documents.Add(reader.GetInt32(0));
        }
        ulong[] allowed = new ulong[Snapshot.Alive.Length];
        for (int slot = 0; slot < Snapshot.Count; slot++)
        {
            if (Snapshot.IsAlive(slot) && documents.Contains(Snapshot.Document(slot)))
                allowed[slot >> 6] |= 1UL << (slot & 63);
        }
        _allowed = allowed;
    }

    /// <summary>The best passages by their words: BM25 over the occurrences that FTS5 keeps.</summary>
    public SearchHit[] SearchLexical(string text, int top, CancellationToken cancellationToken = default)
    {
        top = Math.Min(top, Snapshot.AliveCount);
        List<string> terms = [];
        _analyzer.Analyze(text, terms);
        Snapshot snapshot = Snapshot;
        ulong[] allowed = _allowed ?? snapshot.Alive;
        List<(Postings Postings, float Weight, double Idf)> weighted = [];
        double all = 0;
        foreach (IGrouping<string, string> term in terms.GroupBy(static term => term, StringComparer.Ordinal))
        {
            Postings postings = snapshot.Postings(term.Key, _connection, _transaction, Prefix, cancellationToken);
            double idf = Math.Log(1 + (snapshot.AliveCount - postings.Slots.Length + 0.5) / (postings.Slots.Length + 0.5));
            all += idf;
            if (postings.Slots.Length > 0)
                weighted.Add((postings, (float)(idf * term.Count() * (_k1 + 1)), idf));
        }
        if (weighted.Count == 0)
            return [];

        float[] scores = ArrayPool<float>.Shared.Rent(snapshot.Count);
        try
        {
            scores.AsSpan(0, snapshot.Count).Clear();
            float[] norms = snapshot.Norms;
            foreach ((Postings postings, float weight, _) in weighted)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int[] slots = postings.Slots;
                byte[] counts = postings.Counts;
                for (int i = 0; i < slots.Length && i < counts.Length; i++)
                {
                    int slot = slots[i];
                    float count = counts[i];
                    scores[slot] += weight * count / (count + norms[slot]);
                }
            }
            TopSlots best = new(top);
            Collect(scores.AsSpan(0, snapshot.Count), allowed, best);
            return [.. best.ToSorted().Select(found => new SearchHit(found.Slot, found.Score, Coverage(found.Slot, weighted, all)))];
        }
        finally
        {
            ArrayPool<float>.Shared.Return(scores);
        }
    }

    /// <summary>The best passages by meaning.</summary>
    public SearchHit[] SearchDense(ReadOnlySpan<float> query, int top)
    {
        if (Snapshot.Vectors is not { } vectors)
            return [];
        if (query.Length != vectors.Dimensions)
            throw new ArgumentException($"The query's vector has {query.Length} numbers, those of the index have {vectors.Dimensions}.", nameof(query));
        float[] unit = Unit(query);
        top = Math.Min(top, Snapshot.AliveCount);
        int wanted = vectors.IsExact ? top : (int)Math.Min(Math.Max(top * 4L, 100), Snapshot.AliveCount);
        (float Score, int Slot)[] found = vectors.Search(unit, Snapshot.Count, _allowed ?? Snapshot.Alive, wanted);
        if (!vectors.IsExact)
            found = Rescore(unit, found, top);
        return [.. found.Where(static hit => !float.IsNaN(hit.Score)).Select(static hit => new SearchHit(hit.Slot, hit.Score, Math.Clamp(hit.Score, 0, 1)))];
    }

    /// <summary>Refuses an index of whose passages only some have a vector of the encoder: a search by meaning would pass over the others in silence.</summary>
    /// <exception cref="RetrievalIndexException">It is such.</exception>
    public void CheckVectors()
    {
        if (Snapshot.VectorCount < Snapshot.AliveCount)
        {
            throw new RetrievalIndexException(string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"The index {_database.Path} is mixed: {Snapshot.VectorCount} of {Snapshot.AliveCount} passages have a vector of this encoder, so that it cannot be searched by meaning. Ingest all of the documents again, to the end, or search by words (SearchMode.Lexical)."));
        }
    }

    /// <summary>The passages in slots, in their order.</summary>
    public Passage[] Read(IReadOnlyList<int> slots)
    {
        using SqliteCommand command = _connection.Command(
            $"SELECT c.key, d.key, c.start, c.stop, t.headings, t.text, d.id FROM {Prefix}chunks c JOIN {Prefix}texts t ON t.chunk = c.id JOIN {Prefix}documents d ON d.id = c.document WHERE c.id = $row", _transaction);
        SqliteParameter row = command.Parameters.Add("$row", SqliteType.Integer);
        Dictionary<long, IReadOnlyDictionary<string, string>> metadata = [];
        Passage[] passages = new Passage[slots.Count];
        for (int i = 0; i < passages.Length; i++)
        {
            row.Value = Snapshot.Row(slots[i]);
            using SqliteDataReader reader = command.ExecuteReader();
            if (!reader.Read())
                throw new RetrievalIndexException($"The index {_database.Path} has lost passage {row.Value}. Delete the file and ingest the documents again.");
            long document = reader.GetInt64(6);
            if (!metadata.TryGetValue(document, out IReadOnlyDictionary<string, string>? values))
                metadata[document] = values = Metadata(document);
            string headings = reader.GetString(4);
            passages[i] = new Passage
            {
                Id = reader.GetString(0),
                Source = reader.GetString(1),
                Start = reader.GetInt32(2),
                End = reader.GetInt32(3),
                Headings = headings.Length == 0 ? [] : headings.Split('\n'),
                Text = reader.Utf8(5),
                Metadata = values,
            };
        }
        return passages;
    }

    /// <summary>How far the two ways of searching can be trusted; null where it was not measured with this encoder and these settings.</summary>
    public (ArmCalibration Calibration, int Chunks)? Calibration(string encoder)
    {
        using SqliteCommand command = _connection.Command(
            $"SELECT (SELECT value FROM {Prefix}state WHERE name = 'calibration'), (SELECT value FROM {Prefix}state WHERE name = 'calibrated with')", _transaction);
        using SqliteDataReader reader = command.ExecuteReader();
        if (!reader.Read() || reader.IsDBNull(0) || reader.IsDBNull(1))
            return null;
        string[] with = reader.GetString(1).Split('\n');
        return with is [var chunks, var analyzer, var name] && analyzer == _analyzer.Fingerprint && name == encoder
            ? (ArmCalibration.Parse(reader.GetString(0)), int.Parse(chunks, System.Globalization.CultureInfo.InvariantCulture))
            : null;
    }

    /// <summary>The slot of a passage, or null.</summary>
    public int? Find(string id)
    {
        using SqliteCommand command = _connection.Command($"SELECT id FROM {Prefix}chunks WHERE key = $id", _transaction, ("$id", id));
        return command.ExecuteScalar() is long row ? Snapshot.Slot(row) : null;
    }

    /// <summary>Some of the slots that the filter lets through, in order.</summary>
    public List<int> Allowed(int skip, int top)
    {
        ulong[] allowed = _allowed ?? Snapshot.Alive;
        List<int> slots = [];
        for (int slot = 0; slot < Snapshot.Count && slots.Count < top; slot++)
        {
            if ((allowed[slot >> 6] & (1UL << (slot & 63))) != 0 && skip-- <= 0)
                slots.Add(slot);
        }
        return slots;
    }

    /// <summary>The passages of a document, in order.</summary>
    public Passage[] PassagesOf(string document)
    {
        List<int> slots = [];
        using (SqliteCommand command = _connection.Command($"SELECT c.id FROM {Prefix}chunks c JOIN {Prefix}documents d ON d.id = c.document WHERE d.key = $key ORDER BY c.id", _transaction, ("$key", document)))
        using (SqliteDataReader reader = command.ExecuteReader())
        {
            while (reader.Read())
                slots.Add(Snapshot.Slot(reader.GetInt64(0)));
        }
        return Read(slots);
    }

    /// <summary>The vector of a slot, in full; empty if it has none.</summary>
    public float[] Vector(int slot)
    {
        using SqliteCommand command = _connection.Command($"SELECT vector FROM {Prefix}vectors WHERE chunk = $row AND encoder = $encoder", _transaction, ("$row", Snapshot.Row(slot)), ("$encoder", Snapshot.EncoderRow));
        return command.ExecuteScalar() is byte[] stored ? MemoryMarshal.Cast<byte, float>(stored).ToArray() : [];
    }

    /// <summary>A vector of length 1; as it is if it has no length.</summary>
    public static float[] Unit(ReadOnlySpan<float> vector)
    {
        float[] unit = new float[vector.Length];
        float length = TensorPrimitives.Norm(vector);
        if (length > 0 && float.IsFinite(length))
            TensorPrimitives.Divide(vector, length, unit);
        else
            vector.CopyTo(unit);
        return unit;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _transaction.Dispose();
        _database.Return(_connection);
    }

    private (float Score, int Slot)[] Rescore(float[] query, (float Score, int Slot)[] found, int top)
    {
        TopSlots best = new(top);
        using SqliteCommand command = _connection.Command($"SELECT vector FROM {Prefix}vectors WHERE chunk = $row", _transaction);
        SqliteParameter row = command.Parameters.Add("$row", SqliteType.Integer);
        foreach ((_, int slot) in found)
        {
            row.Value = Snapshot.Row(slot);
            if (command.ExecuteScalar() is byte[] stored)
                best.Add(TensorPrimitives.Dot(query, MemoryMarshal.Cast<byte, float>(stored)), slot);
        }
        return best.ToSorted();
    }

    private static void Collect(ReadOnlySpan<float> scores, ulong[] allowed, TopSlots best)
    {
        float threshold = 0;
        int at = 0;
        while (at < scores.Length)
        {
            // Most slots have no score; the vector code finds those that have.
            int next = IndexOfGreater(scores[at..], threshold);
            if (next < 0)
                return;
            int slot = at + next;
            if ((allowed[slot >> 6] & (1UL << (slot & 63))) != 0)
            {
                best.Add(scores[slot], slot);
                threshold = Math.Max(0, best.Threshold);
            }
            at = slot + 1;
        }
    }

    private static int IndexOfGreater(ReadOnlySpan<float> scores, float threshold)
    {
        int width = System.Numerics.Vector<float>.Count;
        System.Numerics.Vector<float> limit = new(threshold);
        int i = 0;
        for (; i <= scores.Length - width; i += width)
        {
            if (!System.Numerics.Vector.GreaterThanAny(new System.Numerics.Vector<float>(scores[i..]), limit))
                continue;
            break;
        }
        for (; i < scores.Length; i++)
        {
            if (scores[i] > threshold)
                return i;
        }
        return -1;
    }

    /// <summary>The share of what the query's terms weigh that a passage has.</summary>
    private static double Coverage(int slot, List<(Postings Postings, float Weight, double Idf)> weighted, double all) =>
        all == 0 ? 0 : weighted.Where(term => Array.BinarySearch(term.Postings.Slots, slot) >= 0).Sum(static term => term.Idf) / all;

    private Dictionary<string, string> Metadata(long document)
    {
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        using SqliteCommand command = _connection.Command($"SELECT key, value FROM {Prefix}metadata WHERE document = $document", _transaction, ("$document", document));
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
            values.Add(reader.GetString(0), reader.GetString(1));
        return values;
    }
}

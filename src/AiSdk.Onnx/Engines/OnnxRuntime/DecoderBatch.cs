using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;

namespace AiSdk.Onnx;

/// <summary>The caches of several decoders as the rows of one, so that one run gives each of them a token. Not thread-safe.</summary>
/// <remarks>
/// The rows lie one behind the other without a gap, each as long as it is: the graph's GroupQueryAttention takes a row's length from the mask and writes its new keys
/// and values behind it. A row that has no token to read takes part all the same; what is written for it is written over by its next token.
/// </remarks>
internal sealed class DecoderBatch(InferenceSession session, DecoderGraph graph, string graphPath, IReadOnlyList<KeyValuePair<string, string>> runEntries) : IDisposable
{
    private const int FirstRows = 4;
    private const int Margin = 128;

    private readonly List<Row> _rows = [];
    private CacheBuffer? _cache;
    private NativeBuffer? _logits;

    // One [rows] for the ids, one for the positions, and the mask behind them.
    private NativeBuffer? _integers;
    private RunOptions? _runOptions;
    private OrtIoBinding? _binding;
    private OrtValue[] _values = [];

    /// <summary>Takes over what a decoder has read, unless it is here; it must not run by itself until it is removed.</summary>
    public void Add(OnnxRuntimeDecoder decoder)
    {
        if (IndexOf(decoder) >= 0)
            return;
        Reserve(_rows.Count + 1, decoder.Length + 1);
        decoder.CopyTo(_cache!, _rows.Count);
        _rows.Add(new Row(decoder, decoder.Length));
        Unbind();
    }

    /// <summary>Gives a decoder what was read for it; one that is not here has everything.</summary>
    public void Remove(OnnxRuntimeDecoder decoder)
    {
        int row = IndexOf(decoder);
        if (row < 0)
            return;
        int last = _rows.Count - 1;
        try
        {
            decoder.TakeBack(_cache!, row, _rows[row].Joined);
        }
        finally
        {
            if (row < last)
                _cache!.CopyFrom(_cache, _cache.Capacity, _cache.Capacity, 0, _rows[last].Decoder.Length, last, row);
            _rows[row] = _rows[last];
            _rows.RemoveAt(last);
            if (last == 0)
                Dispose();
            else
                Unbind();
        }
    }

    /// <summary>Runs the model over one more token of decoders that are here.</summary>
    /// <param name="tokens">The decoders and their tokens.</param>
    /// <exception cref="OnnxModelException">The model failed; the decoders hold what they held.</exception>
    public void Run(IReadOnlyList<(OnnxRuntimeDecoder Decoder, int Token)> tokens)
    {
        int longest = 0;
        foreach (Row row in _rows)
            longest = Math.Max(longest, row.Decoder.Length + 1);
        Reserve(_rows.Count, longest);
        int[] given = new int[_rows.Count];
        foreach ((OnnxRuntimeDecoder decoder, int token) in tokens)
            given[IndexOf(decoder)] = token;
        TimeSpan time = RunSession(given, longest);
        int bytes = graph.VocabularySize * GraphTensors.Size(graph.LogitsType);
        foreach ((OnnxRuntimeDecoder decoder, _) in tokens)
            decoder.Accept(_logits!.Address + ((nint)IndexOf(decoder) * bytes), time / tokens.Count);
    }

    /// <summary>Releases the memory, as the last row does when it goes; the next row takes it again.</summary>
    public void Dispose()
    {
        Unbind();
        _runOptions?.Dispose();
        _runOptions = null;
        _cache?.Dispose();
        _cache = null;
        _logits?.Dispose();
        _logits = null;
        _integers?.Dispose();
        _integers = null;
    }

    private TimeSpan RunSession(int[] given, int longest)
    {
        int rows = _rows.Count;
        int idSize = GraphTensors.Size(graph.IdType);
        int positionSize = graph.PositionType is { } type ? GraphTensors.Size(type) : 0;
        int maskSize = GraphTensors.Size(graph.MaskType!.Value);
        nint positionsAt = _integers!.Address + (rows * idSize);
        // Aligned for the widest of the types.
        nint maskAt = positionsAt + (rows * positionSize) + sizeof(long) - 1 & -sizeof(long);
        GraphTensors.Write(_integers.Address, graph.IdType, given);
        for (int row = 0; row < rows; row++)
        {
            int length = _rows[row].Decoder.Length;
            if (graph.PositionType is { } positionType)
                GraphTensors.Write(positionsAt + (row * positionSize), positionType, [length]);
            nint rowAt = maskAt + ((nint)row * longest * maskSize);
            GraphTensors.Fill(rowAt, graph.MaskType.Value, 1, length + 1);
            GraphTensors.Fill(rowAt + ((length + 1) * maskSize), graph.MaskType.Value, 0, longest - length - 1);
        }
        Bind(positionsAt);
        using OrtValue mask = GraphTensors.Create(graph.MaskType.Value, [rows, longest], maskAt, (long)rows * longest * maskSize);
        _binding!.BindInput(graph.Names.AttentionMask, mask);
        long started = Stopwatch.GetTimestamp();
        try
        {
            session.RunWithBinding(_runOptions!, _binding);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new OnnxModelException($"Running '{graphPath}' for {rows.ToString(System.Globalization.CultureInfo.InvariantCulture)} replies together failed: {exception.Message}", exception);
        }
        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>Binds what keeps its shape as long as the rows are the same.</summary>
    private void Bind(nint positionsAt)
    {
        if (_binding is not null && !graph.CopiesInputs)
            return;
        Unbind();
        int rows = _rows.Count;
        _binding = session.CreateIoBinding();
        List<OrtValue> values = [];
        values.Add(GraphTensors.Create(graph.IdType, [rows, 1], _integers!.Address, rows * GraphTensors.Size(graph.IdType)));
        _binding.BindInput(graph.Names.InputIds, values[^1]);
        if (graph.PositionType is { } type)
        {
            values.Add(GraphTensors.Create(type, [rows, 1], positionsAt, rows * GraphTensors.Size(type)));
            _binding.BindInput(graph.Names.PositionIds, values[^1]);
        }
        values.Add(GraphTensors.Create(graph.LogitsType, [rows, 1, graph.VocabularySize], _logits!.Address, (long)rows * graph.VocabularySize * GraphTensors.Size(graph.LogitsType)));
        _binding.BindOutput(graph.Names.Logits, values[^1]);
        for (int i = 0; i < graph.Cache.Count; i++)
        {
            CacheTensor tensor = graph.Cache[i];
            long[] shape = [.. tensor.Shape];
            shape[0] = rows;
            shape[^2] = _cache!.Capacity;
            values.Add(GraphTensors.Create(graph.Device, tensor.Type, shape, _cache.Address(i), (long)rows * _cache.Capacity * tensor.TokenBytes));
            _binding.BindInput(tensor.Past, values[^1]);
            _binding.BindOutput(tensor.Present, values[^1]);
        }
        _values = [.. values];
    }

    private void Unbind()
    {
        _binding?.Dispose();
        _binding = null;
        foreach (OrtValue value in _values)
            value.Dispose();
        _values = [];
    }

    /// <summary>Makes room; what is there stays.</summary>
    private void Reserve(int rows, int tokens)
    {
        if (_cache is not null && rows <= _cache.Rows && tokens <= _cache.Capacity)
            return;
        int newRows = _cache is null ? Math.Max(rows, FirstRows) : rows <= _cache.Rows ? _cache.Rows : Math.Max(rows, 2 * _cache.Rows);
        int newCapacity = _cache is null ? tokens + Margin : tokens <= _cache.Capacity ? _cache.Capacity : Math.Max(tokens + Margin, 2 * _cache.Capacity);
        CacheBuffer larger = new(graph.Device, graph.Cache, newCapacity, newRows);
        for (int row = 0; row < _rows.Count; row++)
            larger.CopyFrom(_cache!, _cache!.Capacity, newCapacity, 0, _rows[row].Decoder.Length, row, row);
        Unbind();
        _cache?.Dispose();
        _cache = larger;
        _logits?.Dispose();
        _logits = new NativeBuffer((long)newRows * graph.VocabularySize * GraphTensors.Size(graph.LogitsType));
        _integers?.Dispose();
        _integers = new NativeBuffer((long)sizeof(long) * newRows * (newCapacity + 3));
        if (_runOptions is not null)
            return;
        _runOptions = new RunOptions();
        foreach ((string key, string value) in runEntries)
            _runOptions.AddRunConfigEntry(key, value);
    }

    private int IndexOf(OnnxRuntimeDecoder decoder) => _rows.FindIndex(row => row.Decoder == decoder);

    /// <summary>A decoder, and how many tokens it had read by itself.</summary>
    private readonly record struct Row(OnnxRuntimeDecoder Decoder, int Joined);
}

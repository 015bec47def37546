using System.Diagnostics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace AiSdk.Onnx;

/// <summary>The decode loop's state on ONNX Runtime: a cache, in the memory of what runs the graph, that the session reads and writes in place.</summary>
/// <remarks>
/// Everything of fixed shape is bound once. Where the graph extends its cache in place, so is the cache. Elsewhere two buffers take
/// turns: what one run wrote as present is the next run's past, and the cache is never copied.
/// </remarks>
internal sealed class OnnxRuntimeDecoder : IDecoder
{
    // More would take memory for little: a guess is shorter.
    private const int MostKeptLogits = 32;

    private readonly DecoderGraph _graph;
    private readonly InferenceSession _session;
    private readonly SessionAdapter? _adapter;
    private readonly IDisposable _lease;
    private readonly string _graphPath;
    private int _capacity;
    private readonly int _chunkSize;
    private readonly RunOptions _runOptions = new();
    private readonly IRunBinding _binding;
    private readonly NativeBuffer _logits;
    private readonly OrtValue _logitsValue;
    private readonly float[]? _convertedLogits;
    private float[] _keptLogits = [];
    private int _kept;
    private readonly OrtValue[] _past;
    private readonly OrtValue[] _present;
    private readonly long[][] _shapes;
    private readonly NativeBuffer _oneToken = new(2 * sizeof(long));
    private readonly OrtValue _oneId;
    private readonly OrtValue? _onePosition;
    private CacheBuffer _pastBuffer;
    private CacheBuffer? _presentBuffer;
    private NativeBuffer? _mask;
    private int _maskCapacity;
    private bool _boundToOneToken;
    private bool _hasLogits;

    // Only results in memory of ONNX Runtime's choosing show their real shape, so the first run does not write in place.
    private bool _hasSeenLogits;
    private bool _disposed;

    /// <summary>Prepares an empty state.</summary>
    /// <param name="session">The model's session.</param>
    /// <param name="graph">What the session's graph wants.</param>
    /// <param name="graphPath">The graph's file, for messages.</param>
    /// <param name="runEntries">ONNX Runtime's run settings.</param>
    /// <param name="capacity">The most tokens the state will hold.</param>
    /// <param name="chunkSize">The most tokens of one run.</param>
    /// <param name="lease">Keeps the session and its adapters alive; disposed with the decoder.</param>
    /// <param name="adapter">The adapter of its runs, or null.</param>
    public OnnxRuntimeDecoder(
        InferenceSession session, DecoderGraph graph, string graphPath, IReadOnlyList<KeyValuePair<string, string>> runEntries, int capacity, int chunkSize, IDisposable lease, SessionAdapter? adapter = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(chunkSize, 1);
        _session = session;
        _graph = graph;
        _graphPath = graphPath;
        _capacity = capacity;
        _chunkSize = chunkSize;
        _lease = lease;
        foreach ((string key, string value) in runEntries)
            _runOptions.AddRunConfigEntry(key, value);
        _adapter = adapter;
        if (adapter is not null)
            _runOptions.AddActiveLoraAdapter(adapter.Weights);
        _binding = adapter is null ? new SessionBinding(session, graph.Device) : new AdapterBinding(session);
        _logits = new NativeBuffer((long)graph.VocabularySize * GraphTensors.Size(graph.LogitsType));
        _logitsValue = GraphTensors.Create(graph.LogitsType, [1, 1, graph.VocabularySize], _logits.Address, _logits.Bytes);
        _convertedLogits = graph.LogitsType == TensorElementType.Float ? null : new float[graph.VocabularySize];
        _oneId = GraphTensors.Create(graph.IdType, [1, 1], _oneToken.Address, GraphTensors.Size(graph.IdType));
        if (graph.PositionType is { } positionType)
            _onePosition = GraphTensors.Create(positionType, [1, 1], _oneToken.Address + sizeof(long), GraphTensors.Size(positionType));
        _past = new OrtValue[graph.Cache.Count];
        _present = new OrtValue[graph.Cache.Count];
        _shapes = [.. graph.Cache.Select(static tensor => tensor.Shape.ToArray())];
        // The logits are bound first, so that they are the first of the bound results.
        BindLogitsToNewMemory(1);
        _pastBuffer = new CacheBuffer(graph.Device, graph.Cache, graph.SharesBuffers ? capacity : 1);
        if (graph.SharesBuffers)
            BindSharedCache(capacity);
        else
            CreateCacheValues(_past, _pastBuffer, 0);
    }

    /// <inheritdoc/>
    public int Length { get; private set; }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Logits
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_hasLogits)
                throw new InvalidOperationException("There are no logits: append tokens first.");
            return _convertedLogits ?? (ReadOnlySpan<float>)_logits.AsSpan<float>(_graph.VocabularySize);
        }
    }

    /// <inheritdoc/>
    public TimeSpan EngineTime { get; private set; }

    /// <inheritdoc/>
    public int Capacity => _capacity;

    /// <inheritdoc/>
    public string? Adapter => _adapter?.Name;

    /// <inheritdoc/>
    public int MaxKeptLogits => MostKeptLogits;

    /// <inheritdoc/>
    public bool CanCopy => true;

    /// <inheritdoc/>
    public bool CanRewind => true;

    /// <inheritdoc/>
    public long CacheBytes => _pastBuffer.Bytes + (_presentBuffer?.Bytes ?? 0);

    /// <inheritdoc/>
    public ReadOnlySpan<float> KeptLogits(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)_kept, nameof(index));
        return index == _kept - 1 ? Logits : _keptLogits.AsSpan(index * _graph.VocabularySize, _graph.VocabularySize);
    }

    /// <inheritdoc/>
    public void Append(ReadOnlySpan<int> tokens, int kept, CancellationToken cancellationToken)
    {
        Check(tokens, kept);
        cancellationToken.ThrowIfCancellationRequested();
        _hasLogits = false;
        _runOptions.Terminate = false;
        // Disposing the registration waits for the callback, so no later run can be hit by it.
        using (cancellationToken.UnsafeRegister(static state => ((RunOptions)state!).Terminate = true, _runOptions))
        {
            try
            {
                // The logits that are kept are those of one run.
                int chunk = Math.Max(_chunkSize, kept);
                while (tokens.Length > chunk)
                {
                    int piece = Math.Min(chunk, tokens.Length - kept);
                    Run(tokens[..piece], 1);
                    tokens = tokens[piece..];
                    cancellationToken.ThrowIfCancellationRequested();
                }
                Run(tokens, kept);
            }
            catch (OnnxRuntimeException exception) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException("The run was stopped.", exception, cancellationToken);
            }
            catch (OnnxRuntimeException exception)
            {
                throw new OnnxModelException($"Running '{_graphPath}' failed: {exception.Message}", exception);
            }
        }
        _hasLogits = true;
        _kept = kept;
    }

    /// <summary>Refuses tokens that <see cref="Append"/> would refuse.</summary>
    public void Check(ReadOnlySpan<int> tokens, int kept)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        AppendedTokens.Check(this, tokens, kept, _graph.VocabularySize);
    }

    /// <inheritdoc/>
    public void Reserve(int capacity)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (capacity <= _capacity)
            return;
        if (_graph.SharesBuffers)
        {
            CacheBuffer larger = new(_graph.Device, _graph.Cache, capacity);
            larger.CopyFrom(_pastBuffer, _capacity, capacity, 0, Length);
            Dispose(_past);
            _pastBuffer.Dispose();
            _pastBuffer = larger;
            BindSharedCache(capacity);
        }
        _capacity = capacity;
        _hasLogits = false;
    }

    /// <inheritdoc/>
    public void CopyFrom(IDecoder other, int length)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var source = (OnnxRuntimeDecoder)other;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Math.Min(source.Length, _capacity));
        if (Length > 0 || source._session != _session || source._adapter != _adapter)
            throw new InvalidOperationException("Only an empty decoder of the same model and adapter can take over a state.");
        if (_graph.SharesBuffers)
        {
            _pastBuffer.CopyFrom(source._pastBuffer, source._capacity, _capacity, 0, length);
        }
        else
        {
            Dispose(_past);
            _pastBuffer.Dispose();
            _pastBuffer = new CacheBuffer(_graph.Device, _graph.Cache, Grow(0, length));
            _pastBuffer.CopyFrom(source._pastBuffer, source.Length, length, 0, length);
            CreateCacheValues(_past, _pastBuffer, length);
        }
        Length = length;
    }

    /// <summary>Gives a batch what was read so far; the graph must extend its cache in place.</summary>
    public void CopyTo(CacheBuffer rows, int row) => rows.CopyFrom(_pastBuffer, _capacity, rows.Capacity, 0, Length, 0, row);

    /// <summary>Takes over what a batch has read for this decoder.</summary>
    /// <param name="rows">The batch's memory.</param>
    /// <param name="row">The decoder's row.</param>
    /// <param name="start">How many tokens are here already.</param>
    public void TakeBack(CacheBuffer rows, int row, int start)
    {
        Reserve(Length);
        _pastBuffer.CopyFrom(rows, rows.Capacity, _capacity, start, Length, row, 0);
    }

    /// <summary>Counts a token that a batch has read for this decoder.</summary>
    /// <param name="logits">The logits behind it.</param>
    /// <param name="time">Its share of the run's time.</param>
    public unsafe void Accept(nint logits, TimeSpan time)
    {
        if (_convertedLogits is null)
            new ReadOnlySpan<float>((void*)logits, _graph.VocabularySize).CopyTo(_logits.AsSpan<float>(_graph.VocabularySize));
        else
            TensorPrimitives.ConvertToSingle(new ReadOnlySpan<Half>((void*)logits, _graph.VocabularySize), _convertedLogits);
        Length++;
        EngineTime += time;
        _kept = 1;
        _hasLogits = true;
    }

    /// <inheritdoc/>
    public void Rewind(int length)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        if (length == Length)
            return;
        if (!_graph.SharesBuffers)
        {
            _pastBuffer.Truncate(Length, length);
            Dispose(_past);
            CreateCacheValues(_past, _pastBuffer, length);
        }
        Length = length;
        _hasLogits = false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _binding.Dispose();
        _runOptions.Dispose();
        Dispose(_past);
        Dispose(_present);
        _pastBuffer.Dispose();
        _presentBuffer?.Dispose();
        _mask?.Dispose();
        _logitsValue.Dispose();
        _logits.Dispose();
        _oneId.Dispose();
        _onePosition?.Dispose();
        _oneToken.Dispose();
        _lease.Dispose();
    }

    private void BindSharedCache(int capacity)
    {
        CreateCacheValues(_past, _pastBuffer, capacity);
        for (int i = 0; i < _past.Length; i++)
        {
            _binding.BindInput(_graph.Cache[i].Past, _past[i]);
            _binding.BindOutput(_graph.Cache[i].Present, _past[i]);
        }
    }

    private void Run(ReadOnlySpan<int> tokens, int kept)
    {
        int total = Length + tokens.Length;
        using OrtValue? mask = BindMask(total);
        PrepareCache(total);
        if (tokens.Length == 1 && _hasSeenLogits)
            RunOne(tokens[0]);
        else
            RunMany(tokens, kept);
        if (!_graph.SharesBuffers)
        {
            Dispose(_past);
            _present.CopyTo(_past);
            Array.Clear(_present);
            (_pastBuffer, _presentBuffer) = (_presentBuffer!, _pastBuffer);
        }
        Length = total;
    }

    private void RunOne(int token)
    {
        GraphTensors.Write(_oneToken.Address, _graph.IdType, [token]);
        if (_graph.PositionType is { } positionType)
            GraphTensors.Write(_oneToken.Address + sizeof(long), positionType, [Length]);
        if (!_boundToOneToken || _graph.CopiesInputs)
        {
            _binding.BindInput(_graph.Names.InputIds, _oneId);
            if (_onePosition is not null)
                _binding.BindInput(_graph.Names.PositionIds, _onePosition);
            _binding.BindOutput(_graph.Names.Logits, _logitsValue);
            _boundToOneToken = true;
        }
        RunSession();
        if (_convertedLogits is not null)
            TensorPrimitives.ConvertToSingle(_logits.AsSpan<Half>(_graph.VocabularySize), _convertedLogits);
    }

    private void RunMany(ReadOnlySpan<int> tokens, int kept)
    {
        long[] shape = [1, tokens.Length];
        using var memory = new NativeBuffer(2L * tokens.Length * sizeof(long));
        nint positionsAt = memory.Address + tokens.Length * sizeof(long);
        using OrtValue ids = GraphTensors.Create(_graph.IdType, shape, memory.Address, tokens.Length * GraphTensors.Size(_graph.IdType));
        GraphTensors.Write(memory.Address, _graph.IdType, tokens);
        _binding.BindInput(_graph.Names.InputIds, ids);
        OrtValue? positions = null;
        try
        {
            if (_graph.PositionType is { } positionType)
            {
                GraphTensors.WriteRange(positionsAt, positionType, Length, tokens.Length);
                positions = GraphTensors.Create(positionType, shape, positionsAt, tokens.Length * GraphTensors.Size(positionType));
                _binding.BindInput(_graph.Names.PositionIds, positions);
            }
            BindLogitsToNewMemory(tokens.Length);
            _boundToOneToken = false;
            RunSession();
            CopyLastLogits(kept);
        }
        finally
        {
            positions?.Dispose();
            // The binding holds a reference to the logits of all tokens, which can be large.
            BindLogitsToNewMemory(1);
        }
    }

    private void RunSession()
    {
        long started = Stopwatch.GetTimestamp();
        _binding.Run(_runOptions);
        EngineTime += Stopwatch.GetElapsedTime(started);
    }

    private void BindLogitsToNewMemory(int tokens) => _binding.BindOutputToNewMemory(_graph.Names.Logits, _graph.LogitsType, [1, _graph.GivesLastLogitsOnly ? 1 : tokens, _graph.VocabularySize]);

    private unsafe void CopyLastLogits(int kept)
    {
        using OrtValue all = _binding.TakeNewOutput();
        long[] shape = all.GetTensorTypeAndShape().Shape;
        if (shape is not [1, > 0, _] || shape[2] != _graph.VocabularySize)
            throw DecoderGraph.VocabularyMismatch(_graphPath, shape[^1], _graph.VocabularySize);
        _hasSeenLogits = true;
        int vocabulary = _graph.VocabularySize;
        if (_keptLogits.Length < kept * vocabulary && kept > 1)
            _keptLogits = new float[kept * vocabulary];
        Span<float> target = _keptLogits.AsSpan(0, kept > 1 ? kept * vocabulary : 0);
        long rowBytes = (long)vocabulary * GraphTensors.Size(_graph.LogitsType);
        if (_convertedLogits is null)
        {
            nint first = Address<float>(all) + (nint)((shape[1] - kept) * rowBytes);
            fixed (float* at = target)
                _binding.NewOutputDevice.Read((nint)at, first, target.Length * sizeof(float));
            _binding.NewOutputDevice.Read(_logits.Address, first + (nint)((kept - 1) * rowBytes), rowBytes);
        }
        else
        {
            using NativeBuffer read = new(kept * rowBytes);
            _binding.NewOutputDevice.Read(read.Address, Address<Float16>(all) + (nint)((shape[1] - kept) * rowBytes), read.Bytes);
            ReadOnlySpan<Half> logits = read.AsSpan<Half>(kept * vocabulary);
            TensorPrimitives.ConvertToSingle(logits[..target.Length], target);
            TensorPrimitives.ConvertToSingle(logits[^vocabulary..], _convertedLogits);
        }
    }

    /// <summary>Where a tensor's memory begins, in the addresses of the device that it is on.</summary>
    private static unsafe nint Address<T>(OrtValue value)
        where T : unmanaged => (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(value.GetTensorDataAsSpan<T>()));

    private OrtValue? BindMask(int total)
    {
        if (_graph.MaskType is not { } type)
            return null;
        if (total > _maskCapacity)
        {
            int capacity = Grow(_maskCapacity, total);
            var mask = new NativeBuffer(capacity * GraphTensors.Size(type));
            GraphTensors.Fill(mask.Address, type, 1, capacity);
            _mask?.Dispose();
            _mask = mask;
            _maskCapacity = capacity;
        }
        OrtValue value = GraphTensors.Create(type, [1, total], _mask!.Address, total * GraphTensors.Size(type));
        _binding.BindInput(_graph.Names.AttentionMask, value);
        return value;
    }

    private void PrepareCache(int total)
    {
        if (_graph.SharesBuffers)
        {
            for (int i = 0; _graph.CopiesInputs && i < _past.Length; i++)
                _binding.BindInput(_graph.Cache[i].Past, _past[i]);
            return;
        }
        if (_presentBuffer is null || _presentBuffer.Capacity < total)
        {
            // What is replaced holds nothing any more, so growing copies nothing.
            int old = _presentBuffer?.Capacity ?? 0;
            _presentBuffer?.Dispose();
            _presentBuffer = null;
            _presentBuffer = new CacheBuffer(_graph.Device, _graph.Cache, Grow(Math.Max(old, _pastBuffer.Capacity), total));
        }
        // A run that was stopped leaves its values behind.
        Dispose(_present);
        CreateCacheValues(_present, _presentBuffer, total);
        for (int i = 0; i < _past.Length; i++)
        {
            _binding.BindInput(_graph.Cache[i].Past, _past[i]);
            _binding.BindOutput(_graph.Cache[i].Present, _present[i]);
        }
    }

    private int Grow(int current, int needed)
    {
        const int margin = 128;
        return needed <= current ? current : (int)Math.Min(_capacity, Math.Max((long)needed + margin, 2L * current));
    }

    private void CreateCacheValues(OrtValue[] values, CacheBuffer buffer, int tokens)
    {
        for (int i = 0; i < values.Length; i++)
        {
            CacheTensor tensor = _graph.Cache[i];
            _shapes[i][^2] = tokens;
            values[i] = GraphTensors.Create(_graph.Device, tensor.Type, _shapes[i], buffer.Address(i), tokens * tensor.TokenBytes);
        }
    }

    private static void Dispose(OrtValue[] values)
    {
        foreach (OrtValue? value in values)
            value?.Dispose();
        Array.Clear(values);
    }
}

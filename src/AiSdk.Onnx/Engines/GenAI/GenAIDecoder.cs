using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace AiSdk.Onnx;

/// <summary>One sequence in a generator of the GenAI library, which is left no choice of a token: the logits are taken out and the next tokens put in.</summary>
internal sealed class GenAIDecoder : IDecoder
{
    private const string Reading = "Reading the logits";

    // As ONNX numbers it.
    private const int Float = 1;

    private readonly GenAIEngine _engine;
    private readonly float[] _logits;
    private readonly List<int> _tokens = [];

    // Null after something that it cannot be used behind.
    private GenAIGeneratorHandle? _generator;
    private int _read;
    private bool _hasLogits;
    private bool _disposed;

    /// <summary>Prepares an empty state.</summary>
    /// <param name="engine">The engine, rented; released with the decoder.</param>
    /// <param name="capacity">The most tokens the state will hold.</param>
    /// <param name="adapter">The adapter of its runs, or null.</param>
    public GenAIDecoder(GenAIEngine engine, int capacity, string? adapter)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, engine.Config.ContextLength);
        _engine = engine;
        _logits = new float[engine.Config.VocabularySize];
        Adapter = adapter;
        Capacity = Room(capacity);
        _generator = engine.CreateGenerator(Capacity, Adapter);
    }

    /// <inheritdoc/>
    public int Length => _tokens.Count;

    /// <inheritdoc/>
    public ReadOnlySpan<float> Logits
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _hasLogits ? _logits : throw new InvalidOperationException("There are no logits: append tokens first.");
        }
    }

    /// <inheritdoc/>
    public TimeSpan EngineTime { get; private set; }

    /// <inheritdoc/>
    public int Capacity { get; private set; }

    /// <inheritdoc/>
    public string? Adapter { get; }

    /// <inheritdoc/>
    public int MaxKeptLogits => 1;

    /// <inheritdoc/>
    public bool CanCopy => false;

    /// <inheritdoc/>
    public bool CanRewind => true;

    /// <inheritdoc/>
    public long CacheBytes => _engine.TokenBytes * (_engine.SharesBuffers ? Capacity : Length);

    /// <inheritdoc/>
    public ReadOnlySpan<float> KeptLogits(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(index, 0);
        return Logits;
    }

    /// <inheritdoc/>
    public void Append(ReadOnlySpan<int> tokens, int kept, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        AppendedTokens.Check(this, tokens, kept, _logits.Length);
        cancellationToken.ThrowIfCancellationRequested();
        _hasLogits = false;
        _engine.BeginRun();
        try
        {
            _engine.EnterDevice(cancellationToken);
            try
            {
                Synchronize(cancellationToken);
                Feed(tokens, cancellationToken);
                _tokens.AddRange(tokens);
                ReadLogits();
            }
            finally
            {
                _engine.LeaveDevice();
            }
        }
        catch
        {
            // What the generator holds now is not known.
            Forget();
            throw;
        }
        finally
        {
            _engine.EndRun();
        }
        _hasLogits = true;
    }

    /// <inheritdoc/>
    public void Reserve(int capacity)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (capacity <= Capacity)
            return;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, _engine.Config.ContextLength);
        // A generator's room is fixed: what is there goes into a new one, with the next tokens.
        DropGenerator();
        Capacity = Room(capacity);
        _hasLogits = false;
    }

    /// <inheritdoc/>
    public void CopyFrom(IDecoder other, int length) => throw new NotSupportedException("The GenAI library does not copy a state.");

    /// <inheritdoc/>
    public void Rewind(int length)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        if (length == Length)
            return;
        // The generator follows with the next tokens, as it has no logits before.
        _tokens.RemoveRange(length, Length - length);
        _hasLogits = false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        DropGenerator();
        _engine.Release();
    }

    // Buffers of fixed size cost what they are made for; others cost nothing before they are filled, so that they need never be made again.
    private int Room(int capacity)
    {
        const int step = 256;
        int context = _engine.Config.ContextLength;
        return _engine.SharesBuffers ? (int)Math.Min(context, ((long)capacity + step - 1) / step * step) : context;
    }

    /// <summary>Lets the generator hold what the decoder does.</summary>
    private void Synchronize(CancellationToken cancellationToken)
    {
        if (_generator is not null && _read > Length)
        {
            // A generator that begins anew is as good as one rewound to nothing, and surer.
            if (Length == 0 || !_engine.CanAppendAgain || GenAILibrary.Error(GenAINative.OgaGenerator_RewindTo(_generator, (nuint)Length)) is not null)
                DropGenerator();
            else
                _read = Length;
        }
        _generator ??= _engine.CreateGenerator(Capacity, Adapter);
        if (_read < Length)
            Feed(CollectionsMarshal.AsSpan(_tokens)[_read..], cancellationToken);
    }

    private void Feed(ReadOnlySpan<int> tokens, CancellationToken cancellationToken)
    {
        while (!tokens.IsEmpty)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool appends = _engine.CanAppendAgain || _read == 0;
            int piece = !appends ? 1 : _engine.CanAppendAgain ? Math.Min(_engine.ChunkSize, tokens.Length) : tokens.Length;
            long started = Stopwatch.GetTimestamp();
            string? error;
            // Disposing the registration waits for the callback, so that the generator is not destroyed under it.
            using (cancellationToken.UnsafeRegister(static state => Terminate((GenAIGeneratorHandle)state!), _generator))
                error = appends ? GenAILibrary.Error(GenAINative.OgaGenerator_AppendTokens(_generator!, tokens[..piece], (nuint)piece)) : Select(tokens[0]);
            EngineTime += Stopwatch.GetElapsedTime(started);
            // Also where the run ended before it was stopped: the generator refuses to go on.
            cancellationToken.ThrowIfCancellationRequested();
            if (error is not null && appends && _read > 0 && _engine.ObserveRefusal(error))
                continue;
            if (error is not null)
                throw new OnnxModelException($"Running '{_engine.Folder}' failed: ONNX Runtime GenAI says: {error}");
            _read += piece;
            tokens = tokens[piece..];
        }
    }

    /// <summary>Gives the generator a token by leaving it no other to choose.</summary>
    private unsafe string? Select(int token)
    {
        if (GenAILibrary.Error(GenAINative.OgaGenerator_GetLogits(_generator!, out GenAITensorHandle tensor)) is { } error)
            return error;
        using (tensor)
        {
            tensor.Own(_generator);
            Span<float> logits = new((void*)Data(tensor), _logits.Length);
            logits.Fill(float.MinValue);
            logits[token] = 0;
            return GenAILibrary.Error(GenAINative.OgaGenerator_SetLogits(_generator!, tensor))
                ?? GenAILibrary.Error(GenAINative.OgaGenerator_GenerateNextToken(_generator!))
                // Only this runs the model over it.
                ?? GenAILibrary.Error(Discard(GenAINative.OgaGenerator_GetLogits(_generator!, out GenAITensorHandle next), next));
        }

        static nint Discard(nint result, GenAITensorHandle tensor)
        {
            tensor.Dispose();
            return result;
        }
    }

    // What it says is of no use: the run has ended by itself, or it will.
    private static void Terminate(GenAIGeneratorHandle generator) => GenAILibrary.Error(GenAINative.OgaGenerator_SetRuntimeOption(generator, "terminate_session", "1"));

    private unsafe void ReadLogits()
    {
        long started = Stopwatch.GetTimestamp();
        _engine.Check(GenAINative.OgaGenerator_GetLogits(_generator!, out GenAITensorHandle tensor), Reading);
        using (tensor)
        {
            tensor.Own(_generator);
            EngineTime += Stopwatch.GetElapsedTime(started);
            new ReadOnlySpan<float>((void*)Data(tensor), _logits.Length).CopyTo(_logits);
        }
    }

    /// <summary>Where a tensor's logits are, as many numbers as the model has tokens.</summary>
    private nint Data(GenAITensorHandle tensor)
    {
        _engine.Check(GenAINative.OgaTensorGetType(tensor, out int type), Reading);
        _engine.Check(GenAINative.OgaTensorGetShapeRank(tensor, out nuint rank), Reading);
        long[] shape = new long[rank];
        _engine.Check(GenAINative.OgaTensorGetShape(tensor, shape, rank), Reading);
        // The library converts what a model gives.
        if (type != Float || shape is not [.., var vocabulary] || vocabulary != _logits.Length || TensorPrimitives.Product<long>(shape) != vocabulary)
            throw new OnnxModelException(string.Create(CultureInfo.InvariantCulture, $"'{_engine.Folder}' gives logits of the shape [{string.Join(", ", shape)}] and the type {type} of ONNX; this engine reads one row of float ({Float}), and {GenAIConfig.FileName} says model.vocab_size {_logits.Length}."));
        _engine.Check(GenAINative.OgaTensorGetData(tensor, out nint data), Reading);
        return data;
    }

    private void Forget()
    {
        DropGenerator();
        // To read all of it again is for who goes on, not for the keeping of ended replies.
        _tokens.Clear();
    }

    private void DropGenerator()
    {
        _generator?.Dispose();
        _generator = null;
        _read = 0;
    }
}

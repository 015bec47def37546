namespace AiSdk.Onnx;

/// <summary>A decode loop of our own on an ONNX Runtime session.</summary>
internal sealed class OnnxRuntimeEngine : IEngine
{
    private readonly SharedSession _session;
    private readonly DecoderGraph _graph;
    private readonly string _graphPath;
    private readonly SessionSettings _settings;
    private readonly int _chunkSize;
    private readonly DecodeScheduler? _scheduler;

    /// <summary>Loads a graph.</summary>
    /// <param name="owner">The object that a caller knows, for <see cref="ObjectDisposedException"/>.</param>
    /// <param name="graphPath">The graph's file.</param>
    /// <param name="config">The model's configuration.</param>
    /// <param name="options">What the application says.</param>
    /// <param name="isReproducible">Whether the model's output stays the same however its input is cut into runs.</param>
    /// <exception cref="OnnxModelException">The graph or the execution provider cannot be used.</exception>
    public OnnxRuntimeEngine(object owner, string graphPath, GenAIConfig config, OnnxModelOptions options, bool isReproducible)
    {
        _graphPath = graphPath;
        _settings = config.Session;
        _chunkSize = options.PrefillChunkSize ?? config.Search.ChunkSize ?? int.MaxValue;
        _session = new SharedSession(owner, graphPath, config.Session, options.IntraOpThreads, options.AllowSpinning, options.ProviderName, options.ProviderOptions);
        try
        {
            _graph = DecoderGraph.Inspect(_session.Session, config, _session.Device, graphPath);
            if (isReproducible && _graph.TakesBatches && options.MaxBatchSize > 1)
                _scheduler = new DecodeScheduler(new DecoderBatch(_session.Session, _graph, graphPath, _settings.RunEntries), options.MaxBatchSize, _chunkSize);
        }
        catch
        {
            _session.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public OnnxEngine Kind => OnnxEngine.OnnxRuntime;

    /// <inheritdoc/>
    public bool SharesBuffers => _graph.SharesBuffers;

    /// <inheritdoc/>
    public bool KeepsWhenGrowing => true;

    /// <summary>What runs the model for several replies together; null where each runs by itself.</summary>
    public DecodeScheduler? Scheduler => _scheduler;

    /// <inheritdoc/>
    public int Decoders => _session.Leases;

    /// <inheritdoc/>
    public void ThrowIfDisposed() => _session.Rent().Dispose();

    /// <inheritdoc/>
    public IDecoder CreateDecoder(int capacity)
    {
        IDisposable lease = _session.Rent();
        try
        {
            return new OnnxRuntimeDecoder(_session.Session, _graph, _graphPath, _settings.RunEntries, capacity, _chunkSize, lease);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IDecoder? CreateBatchDecoder(GenerationSettings settings, int capacity) => null;

    /// <inheritdoc/>
    public ScheduledReply? Schedule(IDecoder decoder) => _scheduler is null ? null : new ScheduledReply(_scheduler, (OnnxRuntimeDecoder)decoder);

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();
}

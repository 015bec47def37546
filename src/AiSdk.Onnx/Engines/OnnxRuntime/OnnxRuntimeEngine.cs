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
    private readonly Dictionary<string, SessionAdapter> _adapters;

    /// <summary>Loads a graph.</summary>
    /// <param name="owner">The object that a caller knows, for <see cref="ObjectDisposedException"/>.</param>
    /// <param name="folder">The model's folder.</param>
    /// <param name="graphPath">The graph's file.</param>
    /// <param name="config">The model's configuration.</param>
    /// <param name="options">What the application says.</param>
    /// <param name="isReproducible">Whether the model's output stays the same however its input is cut into runs.</param>
    /// <exception cref="OnnxModelException">The graph, the execution provider or an adapter cannot be used.</exception>
    public OnnxRuntimeEngine(object owner, string folder, string graphPath, GenAIConfig config, OnnxModelOptions options, bool isReproducible)
    {
        _graphPath = graphPath;
        _settings = config.Session;
        _chunkSize = options.PrefillChunkSize ?? config.Search.ChunkSize ?? int.MaxValue;
        _adapters = SessionAdapter.Load(folder, options.Adapters);
        _session = new SharedSession(owner, graphPath, config.Session, options.IntraOpThreads, options.AllowSpinning, options.ProviderName, options.ProviderOptions, _adapters.Values);
        try
        {
            _graph = DecoderGraph.Inspect(_session, config, graphPath);
            foreach (SessionAdapter adapter in _adapters.Values)
                adapter.RequireFit(_session.Session, graphPath);
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
    public IDecoder CreateDecoder(int capacity, string? adapter = null)
    {
        IDisposable lease = _session.Rent();
        try
        {
            return new OnnxRuntimeDecoder(_session.Session, _graph, _graphPath, _settings.RunEntries, capacity, _chunkSize, lease, adapter is null ? null : _adapters[adapter]);
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
    // The rows of a batch are run with one set of weights.
    public ScheduledReply? Schedule(IDecoder decoder) => _scheduler is null || decoder.Adapter is not null ? null : new ScheduledReply(_scheduler, (OnnxRuntimeDecoder)decoder);

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();
}

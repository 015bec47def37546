using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace AiSdk.Onnx;

/// <summary>A model in the native library of ONNX Runtime GenAI.</summary>
internal sealed class GenAIEngine : IEngine
{
    private const string Cpu = "cpu";

    // Where genai_config.json does not say how large a token's cache is: that of a small model, so that too little is kept rather than too much.
    private const long UnknownTokenBytes = 64 << 10;

    private readonly string _folder;
    private readonly GenAIConfig _config;
    private readonly int _chunkSize;
    private readonly GenAIModelHandle _model;
    private readonly GenAIAdaptersHandle? _adapters;
    private readonly GenAIBatchEngine? _batch;
    private readonly SharedLifetime _lifetime;

    // Generators of one model share a stream on a device; null on the CPU, where each runs by itself.
    private readonly SemaphoreSlim? _device;
    private int _running;

    /// <summary>Loads a model.</summary>
    /// <param name="owner">The object that a caller knows, for <see cref="ObjectDisposedException"/>.</param>
    /// <param name="library">The native library's file.</param>
    /// <param name="folder">The model's folder.</param>
    /// <param name="config">The model's configuration.</param>
    /// <param name="options">What the application says.</param>
    /// <exception cref="OnnxModelException">The library, the model, the execution provider or an adapter cannot be used.</exception>
    public GenAIEngine(object owner, string library, string folder, GenAIConfig config, OnnxModelOptions options)
    {
        GenAILibrary.Load(library);
        _lifetime = new SharedLifetime(owner, ReleaseModel);
        _folder = folder;
        _config = config;
        _chunkSize = options.PrefillChunkSize ?? config.Search.ChunkSize ?? int.MaxValue;
        _model = LoadModel(folder, options);
        try
        {
            Device = ReadDevice();
            if (options.Adapters.Count > 0)
            {
                _adapters = LoadAdapters(options.Adapters);
                TryAdapters(options.Adapters.Keys);
            }
        }
        catch
        {
            _adapters?.Dispose();
            _model.Dispose();
            throw;
        }
        CanAppendAgain = Device != "directml";
        _device = Device == Cpu ? null : new SemaphoreSlim(1, 1);
        // The library's batches know no adapters, so that replies with one are made by themselves.
        if (GenAILibrary.HasBatching && options.MaxBatchSize > 1)
            _batch = new GenAIBatchEngine(this, options.MaxBatchSize);
        TokenBytes = config.CacheElements is { } elements ? elements * (Device == Cpu ? sizeof(float) : sizeof(ushort)) : UnknownTokenBytes;
    }

    /// <inheritdoc/>
    public OnnxEngine Kind => OnnxEngine.GenAI;

    /// <inheritdoc/>
    public bool SharesBuffers => _config.Search.ShareBuffer;

    /// <inheritdoc/>
    public bool KeepsWhenGrowing => false;

    /// <inheritdoc/>
    public int Decoders => _lifetime.Users;

    /// <summary>What the model runs on, as the library calls it, in lower case: cpu, cuda, directml.</summary>
    public string Device { get; }

    /// <summary>Whether a generator takes tokens behind those that it has read ("continuous decoding"), which devices such as DirectML refuse.</summary>
    public bool CanAppendAgain { get; private set; }

    /// <summary>The most tokens of one run.</summary>
    public int ChunkSize => _chunkSize;

    /// <summary>The memory that a token takes in the cache, in bytes, as far as the configuration says.</summary>
    public long TokenBytes { get; }

    /// <summary>The model's folder, for messages.</summary>
    public string Folder => _folder;

    public GenAIConfig Config => _config;

    public GenAIModelHandle Model => _model;

    /// <summary>What runs several replies together; null where that is off or not possible.</summary>
    public GenAIBatchEngine? Batch => _batch;

    /// <inheritdoc/>
    public void ThrowIfDisposed() => _lifetime.ThrowIfDisposed();

    /// <inheritdoc/>
    public IDecoder CreateDecoder(int capacity, string? adapter = null)
    {
        Rent();
        try
        {
            return new GenAIDecoder(this, capacity, adapter);
        }
        catch
        {
            Release();
            throw;
        }
    }

    /// <inheritdoc/>
    public IDecoder? CreateBatchDecoder(GenerationSettings settings, int capacity)
    {
        if (_batch is null || !GenAIBatchEngine.CanChoose(settings))
            return null;
        // A reply that is made alone gains nothing, and could not be read further from where an earlier one ended.
        if (!_config.HasPagedCache && Volatile.Read(ref _running) == 0 && _batch.Count == 0)
            return null;
        Rent();
        try
        {
            IDecoder? decoder = _batch.TryCreateDecoder(settings, capacity);
            if (decoder is null)
                Release();
            return decoder;
        }
        catch
        {
            Release();
            throw;
        }
    }

    /// <summary>Takes note of a refusal to take tokens behind others.</summary>
    /// <returns>Whether the error is one; the generator is then as it was.</returns>
    public bool ObserveRefusal(string error)
    {
        if (!error.Contains("Continuous decoding is not supported", StringComparison.Ordinal))
            return false;
        CanAppendAgain = false;
        return true;
    }

    /// <summary>Whether loading failed because the library does not know this kind of model (<c>model.type</c> of genai_config.json).</summary>
    public static bool IsUnknownModel(OnnxModelException exception) => exception.Message.Contains("Unsupported model_type", StringComparison.Ordinal);

    /// <summary>Takes note that a decoder wants to run; each is followed by <see cref="EndRun"/>.</summary>
    public void BeginRun() => Interlocked.Increment(ref _running);

    /// <summary>Takes note that a decoder has run.</summary>
    public void EndRun() => Interlocked.Decrement(ref _running);

    /// <summary>Waits for the device, which runs one at a time; each is followed by <see cref="LeaveDevice"/>.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public void EnterDevice(CancellationToken cancellationToken) => _device?.Wait(cancellationToken);

    /// <summary>Gives the device to the next one.</summary>
    public void LeaveDevice() => _device?.Release();

    /// <summary>Keeps the model until <see cref="Release"/>, also when it is disposed meanwhile.</summary>
    public void Rent() => _lifetime.Rent();

    /// <summary>Ends a <see cref="Rent"/>; the model goes with the last one.</summary>
    public void Release() => _lifetime.Release();

    /// <inheritdoc/>
    public ScheduledReply? Schedule(IDecoder decoder) => null;

    /// <inheritdoc/>
    public void Dispose() => _lifetime.Dispose();

    /// <summary>The error for what the library says.</summary>
    public void Check(nint result, string what) => GenAILibrary.Check(result, $"{what} of '{_folder}' failed");

    /// <summary>Parameters for one sequence, to be disposed by the caller.</summary>
    public GenAIParametersHandle CreateParameters(int maxLength)
    {
        int length = Math.Min(maxLength, _config.ContextLength);
        Check(GenAINative.OgaCreateGeneratorParams(_model, out GenAIParametersHandle parameters), "Preparing a run");
        try
        {
            parameters.Own(_model);
            SetNumber(parameters, "max_length", length);
            SetNumber(parameters, "batch_size", 1);
            Check(GenAINative.OgaGeneratorParamsSetSearchBool(parameters, "past_present_share_buffer", _config.Search.ShareBuffer), "Setting search.past_present_share_buffer");
            return parameters;
        }
        catch
        {
            parameters.Dispose();
            throw;
        }
    }

    /// <summary>Sets a number of the search section.</summary>
    public void SetNumber(GenAIParametersHandle parameters, string name, double value) =>
        Check(GenAINative.OgaGeneratorParamsSetSearchNumber(parameters, name, value), string.Create(CultureInfo.InvariantCulture, $"Setting search.{name} to {value}"));

    /// <summary>A generator with nothing in it, to be disposed by the caller.</summary>
    public GenAIGeneratorHandle CreateGenerator(int maxLength, string? adapter = null)
    {
        using GenAIParametersHandle parameters = CreateParameters(maxLength);
        // Where it is made to choose, it has nothing to draw from.
        Check(GenAINative.OgaGeneratorParamsSetSearchBool(parameters, "do_sample", false), "Setting search.do_sample");
        Check(GenAINative.OgaCreateGenerator(_model, parameters, out GenAIGeneratorHandle generator), "Preparing a run");
        try
        {
            generator.Own(_adapters ?? (GenAIHandle)_model);
            if (adapter is not null)
                Check(GenAINative.OgaSetActiveAdapter(generator, _adapters!, adapter), $"Using the adapter '{adapter}'");
            return generator;
        }
        catch
        {
            generator.Dispose();
            throw;
        }
    }

    private void ReleaseModel()
    {
        _batch?.Dispose();
        _adapters?.Dispose();
        _model.Dispose();
        _device?.Dispose();
    }

    private static GenAIModelHandle LoadModel(string folder, OnnxModelOptions options)
    {
        string what = $"Loading '{folder}' failed";
        GenAILibrary.Check(GenAINative.OgaCreateConfig(folder, out GenAIConfigHandle config), what);
        using (config)
        {
            config.Own(null);
            // Where the model runs is the application's to say; without providers it is the CPU.
            GenAILibrary.Check(GenAINative.OgaConfigClearProviders(config), what);
            string used = what;
            if (options.ProviderName is { } provider)
            {
                used = $"{what}: the execution provider '{provider}' cannot be used (the packages Microsoft.ML.OnnxRuntimeGenAI.Cuda and Microsoft.ML.OnnxRuntimeGenAI.DirectML bring cuda and dml), or the model cannot be run on it";
                GenAILibrary.Check(GenAINative.OgaConfigAppendProvider(config, provider), used);
                foreach ((string key, string value) in options.ProviderOptions)
                    GenAILibrary.Check(GenAINative.OgaConfigSetProviderOption(config, provider, key, value), $"{what}: the option '{key}' of the execution provider '{provider}' cannot be set");
            }
            if (SessionOverlay(options) is { } overlay)
                GenAILibrary.Check(GenAINative.OgaConfigOverlay(config, overlay), what);
            GenAILibrary.Check(GenAINative.OgaCreateModelFromConfig(config, out GenAIModelHandle model), used);
            model.Own(null);
            return model;
        }
    }

    private static string? SessionOverlay(OnnxModelOptions options)
    {
        if (options is { IntraOpThreads: null, AllowSpinning: null })
            return null;
        using MemoryStream json = new();
        using (Utf8JsonWriter writer = new(json))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("model");
            writer.WriteStartObject("decoder");
            writer.WriteStartObject("session_options");
            if (options.IntraOpThreads is { } threads)
                writer.WriteNumber("intra_op_num_threads", threads);
            if (options.AllowSpinning is { } spins)
                writer.WriteString("session.intra_op.allow_spinning", spins ? "1" : "0");
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(json.ToArray());
    }

    private GenAIAdaptersHandle LoadAdapters(IDictionary<string, string> files)
    {
        Check(GenAINative.OgaCreateAdapters(_model, out GenAIAdaptersHandle adapters), "Loading adapters");
        try
        {
            adapters.Own(_model);
            foreach ((string name, string file) in files)
            {
                string path = AdapterFiles.Path(_folder, name, file);
                Check(GenAINative.OgaLoadAdapter(adapters, path, name), $"Loading the adapter '{name}' from '{path}' for the model");
            }
            return adapters;
        }
        catch
        {
            adapters.Dispose();
            throw;
        }
    }

    /// <summary>Reads a token with each adapter: the library finds out only in a run that one belongs to another model, and the first request is too late for that.</summary>
    private void TryAdapters(IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            using GenAIGeneratorHandle generator = CreateGenerator(2, name);
            Check(GenAINative.OgaGenerator_AppendTokens(generator, [_config.BeginToken ?? 0], 1), $"A first run with the adapter '{name}' (is it one for another model?)");
        }
    }

    private string ReadDevice()
    {
        Check(GenAINative.OgaModelGetDeviceType(_model, out nint text), "Asking for the device");
        try
        {
            return (Marshal.PtrToStringUTF8(text) ?? "").ToLowerInvariant();
        }
        finally
        {
            GenAINative.OgaDestroyString(text);
        }
    }
}

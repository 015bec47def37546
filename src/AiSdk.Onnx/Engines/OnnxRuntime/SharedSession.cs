using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace AiSdk.Onnx;

/// <summary>A session that several users run, released with the last of them: releasing one that runs would end the process. Thread-safe.</summary>
internal sealed class SharedSession : IDisposable
{
    private readonly SharedLifetime _lifetime;

    /// <summary>Loads a graph.</summary>
    /// <param name="owner">The object that a caller knows, for <see cref="ObjectDisposedException"/>.</param>
    /// <param name="path">The graph's file.</param>
    /// <param name="settings">What the model's configuration says of the session.</param>
    /// <param name="intraOpThreads">What the application says instead, or <see langword="null"/>.</param>
    /// <param name="allowSpinning">What the application says of spinning, or <see langword="null"/>.</param>
    /// <param name="provider">The execution provider; null for the CPU.</param>
    /// <param name="providerOptions">Its settings; null for none.</param>
    /// <param name="adapters">What runs may use beside it, released with it; also where it cannot be loaded.</param>
    /// <exception cref="OnnxModelException">ONNX Runtime cannot load it.</exception>
    public SharedSession(
        object owner, string path, SessionSettings settings, int? intraOpThreads, bool? allowSpinning, string? provider = null, IDictionary<string, string>? providerOptions = null,
        IReadOnlyCollection<SessionAdapter>? adapters = null)
    {
        _lifetime = new SharedLifetime(owner, () =>
        {
            Session?.Dispose();
            foreach (SessionAdapter adapter in adapters ?? [])
                adapter.Dispose();
        });
        CopiesInputs = provider is not null;
        // Nothing leaves the process. On Windows ONNX Runtime would otherwise write events.
        OrtEnv.Instance().DisableTelemetryEvents();
        using var options = new SessionOptions();
        try
        {
            if ((intraOpThreads ?? settings.IntraOpThreads) is { } intra)
                options.IntraOpNumThreads = intra;
            if (settings.InterOpThreads is { } inter)
                options.InterOpNumThreads = inter;
            if (settings.LogId is { } logId)
                options.LogId = logId;
            // A library does not write to the console; and of each weight that an adapter may replace ONNX Runtime would warn that it can be replaced.
            options.LogSeverityLevel = (OrtLoggingLevel?)settings.LogSeverity ?? OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR;
            if (settings.CpuArena is { } arena)
                options.EnableCpuMemArena = arena;
            if (settings.MemoryPattern is { } pattern)
                options.EnableMemoryPattern = pattern;
            foreach ((string key, string value) in settings.Entries)
                options.AddSessionConfigEntry(key, value);
            if (allowSpinning is { } spin)
                options.AddSessionConfigEntry("session.intra_op.allow_spinning", spin ? "1" : "0");
            if (provider is not null)
                AppendProvider(options, path, provider, providerOptions);
            Session = new InferenceSession(path, options);
            try
            {
                Device = IsCuda(provider) ? CudaDevice.Get(DeviceId(providerOptions)) : CacheDevice.Cpu;
            }
            catch
            {
                Session.Dispose();
                throw;
            }
        }
        catch (OnnxRuntimeException exception)
        {
            _lifetime.Dispose();
            throw new OnnxModelException($"ONNX Runtime cannot load '{path}': {exception.Message}", exception);
        }
    }

    /// <summary>The session; to be run by whoever holds a lease.</summary>
    public InferenceSession Session { get; }

    /// <summary>Whether ONNX Runtime takes what is bound away to a device, at once: what changes in the CPU's memory afterwards it does not see.</summary>
    public bool CopiesInputs { get; }

    /// <summary>Where caches lie best.</summary>
    public CacheDevice Device { get; }

    /// <summary>How many leases are not disposed.</summary>
    public int Leases => _lifetime.Users;

    /// <summary>Keeps the session alive until it is disposed.</summary>
    /// <exception cref="ObjectDisposedException">The owner was disposed.</exception>
    public IDisposable Rent()
    {
        _lifetime.Rent();
        return new Lease(_lifetime);
    }

    /// <summary>Refuses new users; the session goes with the last one.</summary>
    public void Dispose() => _lifetime.Dispose();

    private static bool IsCuda(string? provider) => provider is not null && (provider.Equals("cuda", StringComparison.OrdinalIgnoreCase) || provider.Equals("CUDAExecutionProvider", StringComparison.OrdinalIgnoreCase));

    private static int DeviceId(IDictionary<string, string>? settings) =>
        settings is not null && settings.TryGetValue("device_id", out string? device) && int.TryParse(device, CultureInfo.InvariantCulture, out int id) ? id : 0;

    // Tokens and logits stay in the memory of the CPU whatever the provider; ONNX Runtime copies what has to be elsewhere.
    private static void AppendProvider(SessionOptions options, string path, string provider, IDictionary<string, string>? settings)
    {
        Dictionary<string, string> given = new(settings ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        bool isCuda = IsCuda(provider);
        try
        {
            if (isCuda)
            {
                using OrtCUDAProviderOptions cuda = new();
                // By default ONNX Runtime multiplies 32-bit floats with a mantissa of 10 bits, so that replies would not be those of the CPU.
                given.TryAdd("use_tf32", "0");
                cuda.UpdateOptions(given);
                options.AppendExecutionProvider_CUDA(cuda);
            }
            else if (provider.Equals("dml", StringComparison.OrdinalIgnoreCase) || provider.Equals("DmlExecutionProvider", StringComparison.OrdinalIgnoreCase))
            {
                options.AppendExecutionProvider_DML(DeviceId(given));
            }
            else
            {
                options.AppendExecutionProvider(provider, given);
            }
        }
        // A library without the provider refuses it or does not have its function.
        catch (Exception exception) when (exception is OnnxRuntimeException or EntryPointNotFoundException or NotSupportedException or ArgumentException)
        {
            string package = isCuda ? "Microsoft.ML.OnnxRuntime.Gpu, and CUDA and cuDNN must be installed" : "with that provider, such as Microsoft.ML.OnnxRuntime.DirectML for dml";
            throw new OnnxModelException($"ONNX Runtime cannot run '{path}' on the execution provider '{provider}': {exception.Message} The application has to bring the package {package}; without {nameof(OnnxModelOptions)}.{nameof(OnnxModelOptions.ExecutionProvider)} the model runs on the CPU.", exception);
        }
    }

    private sealed class Lease(SharedLifetime lifetime) : IDisposable
    {
        private SharedLifetime? _lifetime = lifetime;

        public void Dispose() => Interlocked.Exchange(ref _lifetime, null)?.Release();
    }
}

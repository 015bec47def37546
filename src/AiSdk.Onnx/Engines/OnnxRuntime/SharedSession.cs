using Microsoft.ML.OnnxRuntime;

namespace AiSdk.Onnx;

/// <summary>A session that several users run, released with the last of them: releasing one that runs would end the process. Thread-safe.</summary>
internal sealed class SharedSession : IDisposable
{
    private readonly Lock _gate = new();
    private readonly object _owner;

    // Its owner is the first of them.
    private int _users = 1;
    private bool _isDisposed;

    /// <summary>Loads a graph.</summary>
    /// <param name="owner">The object that a caller knows, for <see cref="ObjectDisposedException"/>.</param>
    /// <param name="path">The graph's file.</param>
    /// <param name="settings">What the model's configuration says of the session.</param>
    /// <param name="intraOpThreads">What the application says instead, or <see langword="null"/>.</param>
    /// <param name="allowSpinning">What the application says of spinning, or <see langword="null"/>.</param>
    /// <exception cref="OnnxModelException">ONNX Runtime cannot load it.</exception>
    public SharedSession(object owner, string path, SessionSettings settings, int? intraOpThreads, bool? allowSpinning)
    {
        _owner = owner;
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
            if (settings.LogSeverity is { } severity)
                options.LogSeverityLevel = (OrtLoggingLevel)severity;
            if (settings.CpuArena is { } arena)
                options.EnableCpuMemArena = arena;
            if (settings.MemoryPattern is { } pattern)
                options.EnableMemoryPattern = pattern;
            foreach ((string key, string value) in settings.Entries)
                options.AddSessionConfigEntry(key, value);
            if (allowSpinning is { } spin)
                options.AddSessionConfigEntry("session.intra_op.allow_spinning", spin ? "1" : "0");
            Session = new InferenceSession(path, options);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new OnnxModelException($"ONNX Runtime cannot load '{path}': {exception.Message}", exception);
        }
    }

    /// <summary>The session; to be run by whoever holds a lease.</summary>
    public InferenceSession Session { get; }

    /// <summary>Keeps the session alive until it is disposed.</summary>
    /// <exception cref="ObjectDisposedException">The owner was disposed.</exception>
    public IDisposable Rent()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, _owner);
            _users++;
        }
        return new Lease(this);
    }

    /// <summary>Refuses new users; the session goes with the last one.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
        }
        Release();
    }

    private void Release()
    {
        lock (_gate)
        {
            if (--_users > 0)
                return;
        }
        Session.Dispose();
    }

    private sealed class Lease(SharedSession session) : IDisposable
    {
        private SharedSession? _session = session;

        public void Dispose() => Interlocked.Exchange(ref _session, null)?.Release();
    }
}

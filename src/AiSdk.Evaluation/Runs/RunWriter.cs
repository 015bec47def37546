using System.Diagnostics;
using System.Text.Json;

namespace AiSdk.Evaluation;

/// <summary>A run's folder while it is written.</summary>
/// <remarks>A line reaches the system within a twentieth of a second, the disk at least each second and at the end; a line that a crash cut off is taken away when the run goes on.</remarks>
internal sealed class RunWriter : IDisposable
{
    private static readonly TimeSpan _flushAfter = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _persistAfter = TimeSpan.FromSeconds(1);

    private readonly string _folder;
    private readonly FileStream _stream;
    private readonly Utf8JsonWriter _json;
    private readonly Lock _lock = new();
    private readonly Dictionary<(int Index, int Repeat), (string Hash, bool IsUnmeasured)> _recorded = [];
    private long _flushed = Stopwatch.GetTimestamp();
    private long _persisted = Stopwatch.GetTimestamp();

    private RunWriter(string folder, RunManifest manifest, FileStream stream)
    {
        _folder = folder;
        Manifest = manifest;
        _stream = stream;
        _json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
    }

    /// <summary>The manifest: that of the folder, if the run goes on.</summary>
    public RunManifest Manifest { get; }

    /// <summary>Begins a run, or goes on with one.</summary>
    /// <exception cref="EvalRunException">The folder holds another run, or another process is writing to it.</exception>
    public static RunWriter Open(string folder, RunManifest manifest, Action<CaseResult, bool> seen)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, RunFiles.Manifest);
        RunManifest? before = File.Exists(path) ? RunFiles.ReadManifest(folder) : null;
        if (before is null && File.Exists(Path.Combine(folder, RunFiles.Results)))
            throw new EvalRunException($"{folder} has {RunFiles.Results} but no {RunFiles.Manifest}: give another folder.");
        if (before is not null && Difference(before, manifest) is { } difference)
            throw new EvalRunException($"{folder} holds a run of something else: {difference}. Give another folder, or delete this one.");
        FileStream stream;
        try
        {
            stream = new FileStream(Path.Combine(folder, RunFiles.Results), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, 1 << 16);
        }
        catch (IOException e)
        {
            throw new EvalRunException($"{folder} cannot be written to; another process may be at work on it: {e.Message}", e);
        }
        // A dictionary in the manifest that goes on may have been reordered; what counts is what the folder says.
        RunWriter writer = new(folder, before is null ? manifest : before with { Metrics = manifest.Metrics }, stream);
        if (before is null)
            RunFiles.WriteManifest(folder, manifest);
        else
            writer.Resume(seen);
        return writer;
    }

    /// <summary>Whether a case is done.</summary>
    public bool Has(int index, int repeat, out string? hash, out bool isUnmeasured)
    {
        bool has = _recorded.TryGetValue((index, repeat), out (string Hash, bool IsUnmeasured) recorded);
        (hash, isUnmeasured) = recorded;
        return has;
    }

    /// <summary>Writes a line.</summary>
    public void Write(CaseResult result)
    {
        lock (_lock)
        {
            _json.Reset();
            JsonSerializer.Serialize(_json, result, RunJson.Lines.CaseResult);
            _json.Flush();
            _stream.WriteByte((byte)'\n');
            if (Stopwatch.GetElapsedTime(_persisted) > _persistAfter)
            {
                _stream.Flush(flushToDisk: true);
                _persisted = _flushed = Stopwatch.GetTimestamp();
            }
            else if (Stopwatch.GetElapsedTime(_flushed) > _flushAfter)
            {
                _stream.Flush();
                _flushed = Stopwatch.GetTimestamp();
            }
        }
    }

    /// <summary>Writes what the manifest says at the end.</summary>
    public void Finish(RunManifest manifest)
    {
        lock (_lock)
            _stream.Flush(flushToDisk: true);
        RunFiles.WriteManifest(_folder, manifest);
    }

    public void Dispose()
    {
        _json.Dispose();
        _stream.Dispose();
    }

    private void Resume(Action<CaseResult, bool> seen)
    {
        long end = 0;
        foreach ((CaseResult result, long lineEnd) in RunFiles.ReadResults(_folder))
        {
            bool replaces = !_recorded.TryAdd((result.Index, result.Repeat), (result.Hash, result.State == CaseState.Unmeasured));
            _recorded[(result.Index, result.Repeat)] = (result.Hash, result.State == CaseState.Unmeasured);
            seen(result, replaces);
            end = lineEnd;
        }
        _stream.SetLength(end);
        _stream.Seek(0, SeekOrigin.End);
    }

    private static string? Difference(RunManifest before, RunManifest now)
    {
        (string What, string Before, string Now)[] parts =
        [
            ("the name", before.Name, now.Name),
            ("the functions and prompts", Functions(before), Functions(now)),
            ("the model", before.Model ?? "", now.Model ?? ""),
            ("the model's files", before.ModelHash ?? "", now.ModelHash ?? ""),
            ("the settings", Settings(before), Settings(now)),
            ("the seed", $"{before.Seed}", $"{now.Seed}"),
            ("the number of repeats", $"{before.Repeats}", $"{now.Repeats}"),
            ("the metrics", Names(before), Names(now)),
            ("the data set", before.Dataset ?? "", now.Dataset ?? ""),
            ("the package", before.PackageVersion, now.PackageVersion),
        ];
        foreach ((string what, string old, string current) in parts)
        {
            if (old != current)
                return $"{what} was '{old}' and is '{current}'";
        }
        return null;

        static string Functions(RunManifest manifest) => string.Join(", ", manifest.Functions.Select(static function => $"{function.Id} {function.PromptHash}"));
        static string Settings(RunManifest manifest) => string.Join(", ", manifest.Options.OrderBy(static option => option.Key, StringComparer.Ordinal).Select(static option => $"{option.Key}={option.Value}"));
        static string Names(RunManifest manifest) => string.Join(", ", manifest.Metrics.Select(static metric => metric.Name));
    }
}

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
    private readonly FileStream _exclusive;
    private readonly FileStream _stream;
    private readonly Utf8JsonWriter _json;
    private readonly Lock _lock = new();
    private readonly Dictionary<(int Index, int Repeat), (string Hash, bool IsUnmeasured)> _recorded = [];
    private long _flushed = Stopwatch.GetTimestamp();
    private long _persisted = Stopwatch.GetTimestamp();

    private RunWriter(string folder, RunManifest manifest, FileStream exclusive, FileStream stream)
    {
        _folder = folder;
        _exclusive = exclusive;
        Manifest = manifest;
        _stream = stream;
        _json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
    }

    /// <summary>The manifest: that of the folder, if the run goes on.</summary>
    public RunManifest Manifest { get; }

    /// <summary>Begins a run, or goes on with one, unless it <paramref name="startsAnew"/>.</summary>
    /// <exception cref="EvalRunException">The folder holds another run, or another process is writing to it, or what it holds is no run.</exception>
    public static RunWriter Open(string folder, RunManifest manifest, Action<CaseResult, bool> seen, bool startsAnew = false)
    {
        // Before anything is written: not even the lock belongs into somebody else's folder.
        if (startsAnew)
            RunFiles.RequireReplaceable(folder);
        Directory.CreateDirectory(folder);
        FileStream exclusive = Lock(folder);
        try
        {
            string path = Path.Combine(folder, RunFiles.Manifest);
            if (startsAnew && File.Exists(path))
            {
                // In this order: what is cut off between them is a run that is not complete, never a complete one without results, and never results without a manifest, which nobody may replace.
                RunFiles.MarkIncomplete(folder);
                File.Delete(Path.Combine(folder, RunFiles.Results));
                File.Delete(path);
            }
            RunManifest? before = File.Exists(path) ? RunFiles.ReadManifest(folder) : null;
            // An empty file is what a process leaves that was killed before its first line.
            if (before is null && new FileInfo(Path.Combine(folder, RunFiles.Results)) is { Exists: true, Length: > 0 })
                throw new EvalRunException($"{folder} has {RunFiles.Results} but no {RunFiles.Manifest}: give another folder.");
            if (before is not null && Difference(before, manifest) is { } difference)
                throw new EvalRunException($"{folder} holds a run of something else: {difference}. Give another folder, or delete this one.");
            if (before is null)
                RunFiles.WriteManifest(folder, manifest);
            FileStream stream = new(Path.Combine(folder, RunFiles.Results), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, 1 << 16);
            // A dictionary in the manifest that goes on may have been reordered; what counts is what the folder says.
            RunWriter writer = new(folder, before is null ? manifest : before with { Metrics = manifest.Metrics, SliceBy = manifest.SliceBy }, exclusive, stream);
            if (before is not null)
                writer.Resume(seen);
            return writer;
        }
        catch
        {
            exclusive.Dispose();
            throw;
        }
    }

    /// <summary>How many cases have a line.</summary>
    public int CaseCount { get; private set; }

    // Not the results themselves: other processes may read them while the run goes on, and where files are locked by agreement, as on Unix, only one that nobody shares keeps a second writer out. It is never
    // deleted, since whoever waits for a deleted file would lock one that nobody sees.
    private static FileStream Lock(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, RunFiles.Lock), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EvalRunException($"{folder} cannot be written to; another process is at work on the run, or the folder is read-only: {e.Message}", e);
        }
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
        _exclusive.Dispose();
    }

    private void Resume(Action<CaseResult, bool> seen)
    {
        long end = 0;
        foreach ((CaseResult result, long lineEnd) in RunFiles.ReadResults(_folder))
        {
            bool replaces = !_recorded.TryAdd((result.Index, result.Repeat), (result.Hash, result.State == CaseState.Unmeasured));
            _recorded[(result.Index, result.Repeat)] = (result.Hash, result.State == CaseState.Unmeasured);
            CaseCount = Math.Max(CaseCount, result.Index + 1);
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
        static string Names(RunManifest manifest) => string.Join(", ", manifest.Metrics.Select(static metric => $"{metric.Name}{(metric.Settings is null ? "" : $" ({metric.Settings})")}{(metric.Judge is null ? "" : $" judged by {metric.Judge}")}"));
    }
}

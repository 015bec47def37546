using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AiSdk.Training;

/// <summary>Where a run stands, but for the arrays.</summary>
internal sealed record CheckpointState
{
    /// <summary>What the run's settings, model and data came to; another run's must be equal.</summary>
    public required string Run { get; init; }

    /// <summary>When the run began, which is the time that its chat template reads.</summary>
    public DateTimeOffset? Began { get; init; }

    public int Step { get; init; }

    public int Epoch { get; init; }

    /// <summary>The batches of the epoch that have been learnt.</summary>
    public int Batch { get; init; }

    public long Tokens { get; init; }

    public double BestLoss { get; init; } = double.MaxValue;

    /// <summary>Evaluations since the best.</summary>
    public int Worse { get; init; }

    /// <summary>Whether an evaluation was to follow the step, which was cut off.</summary>
    public bool EvaluationDue { get; init; }

    /// <summary>The seconds that the run has taken.</summary>
    public double Elapsed { get; init; }

    public bool HasEnded { get; init; }

    public bool StoppedEarly { get; init; }

    public IReadOnlyList<double> Losses { get; init; } = [];

    public IReadOnlyList<TrainingEvaluation> Evaluations { get; init; } = [];

    /// <summary>The names and shapes of the weights that are trained, which are the first arrays.</summary>
    public IReadOnlyList<string> Weights { get; init; } = [];
}

[JsonSerializable(typeof(CheckpointState))]
internal sealed partial class CheckpointJson : JsonSerializerContext;

/// <summary>Checkpoints in a folder: each a file with a header, the arrays and a hash, written beside its place, flushed to the disk and renamed, so that none is half there.</summary>
internal static class Checkpoint
{
    private const string Prefix = "checkpoint-";
    private const string Suffix = ".bin";
    private const string Unfinished = ".tmp";
    private const string LockFile = "run.lock";
    private const int Kept = 2;
    private static readonly byte[] s_magic = "AiSdkTrainingCheckpoint1"u8.ToArray();

    /// <summary>Makes the folder, keeps other runs from it, deletes what broken-off writes have left in it, and tries whether it can be written to, before hours of work depend on it.</summary>
    /// <returns>Keeps the folder until it is disposed.</returns>
    /// <exception cref="TrainingException">It cannot be written to, or another run keeps it.</exception>
    public static FileStream Prepare(string folder)
    {
        FileStream? kept = null;
        try
        {
            Writing(folder, () =>
            {
                Directory.CreateDirectory(folder);
                kept = Keep(folder);
                foreach (string unfinished in Files(folder, Suffix + Unfinished))
                    File.Delete(unfinished);
                string probe = Path.Combine(folder, $"probe-{Guid.NewGuid():N}.tmp");
                File.WriteAllBytes(probe, []);
                File.Delete(probe);
            });
            return kept!;
        }
        catch
        {
            kept?.Dispose();
            throw;
        }
    }

    /// <summary>Writes a checkpoint and deletes all but the last two.</summary>
    /// <returns>Its file.</returns>
    /// <exception cref="TrainingException">It cannot be written.</exception>
    public static string Write(string folder, CheckpointState state, IEnumerable<float[]> arrays)
    {
        string path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{state.Step:D9}{Suffix}"));
        Writing(folder, () =>
        {
            Directory.CreateDirectory(folder);
            string unfinished = path + Unfinished;
            try
            {
                using (FileStream stream = File.Create(unfinished))
                    Write(stream, state, arrays);
                File.Move(unfinished, path, overwrite: true);
            }
            catch
            {
                TryDelete(unfinished);
                throw;
            }
            foreach (string old in Files(folder, Suffix).SkipLast(Kept))
                File.Delete(old);
        });
        return path;
    }

    /// <summary>Reads the newest checkpoint that is whole into the arrays.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="runs">What the run may be called; the first is what it is called now.</param>
    /// <param name="arrays">Where the arrays go.</param>
    /// <returns>Its state and file; null if the folder has none.</returns>
    /// <exception cref="TrainingException">It belongs to a run with other settings, model or data; or none is whole.</exception>
    public static (CheckpointState State, string Path)? ReadLast(string folder, IReadOnlyList<string> runs, IReadOnlyList<float[]> arrays) => ReadNewest(folder, state =>
    {
        if (!runs.Contains(state.Run))
            throw new TrainingException($"The checkpoints in '{folder}' belong to another run: its settings, model or data are\n{state.Run}\nand this run's are\n{runs[0]}\nUse another {nameof(TrainerOptions.CheckpointFolder)} (with {nameof(TrainerOptions.StartFrom)}, to begin with their weights), or delete these files to begin anew.");
        return arrays;
    });

    /// <summary>When the run began whose newest whole checkpoint a folder has; null if it has none that says so.</summary>
    public static DateTimeOffset? Began(string folder) => ReadNewest(folder, static _ => [], out _)?.State.Began;

    /// <summary>Reads the weights of a checkpoint, whatever run it is of.</summary>
    /// <param name="path">The checkpoint, or a folder of which the newest that is whole is taken.</param>
    /// <param name="shapes">The weights' names and shapes.</param>
    /// <param name="weights">Where they go.</param>
    /// <exception cref="TrainingException">There is none, none is whole, or its weights are others.</exception>
    public static void ReadWeights(string path, IReadOnlyList<string> shapes, IReadOnlyList<float[]> weights)
    {
        IReadOnlyList<float[]> Check(CheckpointState state) => state.Weights.SequenceEqual(shapes)
            ? weights
            : throw new TrainingException($"The checkpoint in '{path}' has other weights than this run trains: {Others(state.Weights, shapes)}");
        if (File.Exists(path) ? Read(path, Check, out string problem) is null : ReadNewest(path, Check, out problem) is null)
            throw new TrainingException($"{nameof(TrainerOptions)}.{nameof(TrainerOptions.StartFrom)} names '{path}', where there is no checkpoint that can be read{(problem.Length == 0 ? "" : $" ({problem})")}.");
    }

    // What keeps it is the open file, not that it is there: that of a run that was killed hinders nobody.
    private static FileStream Keep(string folder)
    {
        string path = Path.Combine(folder, LockFile);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (IOException exception) when (exception.GetType() == typeof(IOException) && File.Exists(path))
        {
            throw new TrainingException($"Another run writes its checkpoints to '{folder}' ('{LockFile}' is open): two would delete each other's. Wait until it is over, or use another {nameof(TrainerOptions.CheckpointFolder)}.", exception);
        }
    }

    private static string Others(IReadOnlyList<string> found, IReadOnlyList<string> wanted)
    {
        int at = found.Zip(wanted).TakeWhile(static pair => pair.First == pair.Second).Count();
        string Name(IReadOnlyList<string> list) => at < list.Count ? $"'{list[at]}'" : "nothing";
        return string.Create(CultureInfo.InvariantCulture, $"its weight {at + 1} is {Name(found)}, where {Name(wanted)} is needed.");
    }

    private static void Writing(string folder, Action write)
    {
        try
        {
            write();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new TrainingException($"The checkpoint folder '{folder}' cannot be written to: {exception.Message}", exception);
        }
    }

    // What failed to be written is the error to tell.
    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }
    }

    private static void Write(FileStream stream, CheckpointState state, IEnumerable<float[]> arrays)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Put(ReadOnlySpan<byte> bytes)
        {
            hash.AppendData(bytes);
            stream.Write(bytes);
        }
        byte[] header = JsonSerializer.SerializeToUtf8Bytes(state, CheckpointJson.Default.CheckpointState);
        Put(s_magic);
        Put(BitConverter.GetBytes(header.Length));
        Put(header);
        foreach (float[] array in arrays)
            Put(MemoryMarshal.AsBytes<float>(array));
        stream.Write(hash.GetHashAndReset());
        stream.Flush(flushToDisk: true);
    }

    private static (CheckpointState State, string Path)? ReadNewest(string folder, Func<CheckpointState, IReadOnlyList<float[]>> arrays) =>
        ReadNewest(folder, arrays, out string problem) is { } found ? found
        : problem.Length == 0 ? null
        : throw new TrainingException($"None of the checkpoints in '{folder}' can be read ({problem}). Delete them to begin anew.");

    private static (CheckpointState State, string Path)? ReadNewest(string folder, Func<CheckpointState, IReadOnlyList<float[]>> arrays, out string problem)
    {
        problem = "";
        foreach (string path in Directory.Exists(folder) ? Enumerable.Reverse(Files(folder, Suffix)) : [])
        {
            if (Read(path, arrays, out problem) is { } state)
                return (state, path);
        }
        return null;
    }

    private static CheckpointState? Read(string path, Func<CheckpointState, IReadOnlyList<float[]>> arrays, out string problem)
    {
        problem = $"'{Path.GetFileName(path)}' is cut off or damaged";
        using FileStream stream = Open(path);
        // Nothing is overwritten before the file has proved whole.
        if (!IsWhole(stream))
            return null;
        stream.Position = s_magic.Length;
        var length = new byte[sizeof(int)];
        stream.ReadExactly(length);
        var header = new byte[BitConverter.ToInt32(length)];
        stream.ReadExactly(header);
        CheckpointState state = JsonSerializer.Deserialize(header, CheckpointJson.Default.CheckpointState)!;
        foreach (float[] array in arrays(state))
            stream.ReadExactly(MemoryMarshal.AsBytes(array.AsSpan()));
        return state;
    }

    private static FileStream Open(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"The checkpoint '{path}' cannot be read: {exception.Message}", exception);
        }
    }

    private static bool IsWhole(FileStream stream)
    {
        long left = stream.Length - SHA256.HashSizeInBytes;
        if (left < s_magic.Length + sizeof(int))
            return false;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 16];
        for (bool isFirst = true; left > 0; isFirst = false)
        {
            int count = (int)Math.Min(left, buffer.Length);
            stream.ReadExactly(buffer, 0, count);
            if (isFirst && !buffer.AsSpan(0, s_magic.Length).SequenceEqual(s_magic))
                return false;
            hash.AppendData(buffer, 0, count);
            left -= count;
        }
        var stated = new byte[SHA256.HashSizeInBytes];
        stream.ReadExactly(stated);
        return hash.GetHashAndReset().AsSpan().SequenceEqual(stated);
    }

    // Those that were written here: a user's file of a similar name is neither read nor deleted.
    private static string[] Files(string folder, string suffix) => [.. Directory.GetFiles(folder, Prefix + "*" + suffix).Where(path => !Path.GetFileName(path).AsSpan(Prefix.Length..^suffix.Length).ContainsAnyExceptInRange('0', '9')).Order(StringComparer.Ordinal)];
}

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

    public int Step { get; init; }

    public int Epoch { get; init; }

    /// <summary>The batches of the epoch that have been learnt.</summary>
    public int Batch { get; init; }

    public long Tokens { get; init; }

    public double BestLoss { get; init; } = double.MaxValue;

    /// <summary>Evaluations since the best.</summary>
    public int Worse { get; init; }

    public bool HasEnded { get; init; }

    public bool StoppedEarly { get; init; }

    public IReadOnlyList<double> Losses { get; init; } = [];

    public IReadOnlyList<TrainingEvaluation> Evaluations { get; init; } = [];
}

[JsonSerializable(typeof(CheckpointState))]
internal sealed partial class CheckpointJson : JsonSerializerContext;

/// <summary>Checkpoints in a folder: each a file with a header, the arrays and a hash, written beside its place, flushed to the disk and renamed, so that none is half there.</summary>
internal static class Checkpoint
{
    private const string Prefix = "checkpoint-";
    private const string Suffix = ".bin";
    private const int Kept = 2;
    private static readonly byte[] s_magic = "AiSdkTrainingCheckpoint1"u8.ToArray();

    /// <summary>Writes a checkpoint and deletes all but the last two.</summary>
    /// <returns>Its file.</returns>
    public static string Write(string folder, CheckpointState state, IEnumerable<float[]> arrays)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{state.Step:D9}{Suffix}"));
        string unfinished = path + ".tmp";
        using (FileStream stream = File.Create(unfinished))
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
        File.Move(unfinished, path, overwrite: true);
        foreach (string old in Files(folder).SkipLast(Kept))
            File.Delete(old);
        return path;
    }

    /// <summary>Reads the newest checkpoint that is whole into the arrays.</summary>
    /// <returns>Its state; null if the folder has none.</returns>
    /// <exception cref="TrainingException">It belongs to a run with other settings, model or data; or none is whole.</exception>
    public static CheckpointState? ReadLast(string folder, string run, IReadOnlyList<float[]> arrays)
    {
        if (!Directory.Exists(folder))
            return null;
        string[] files = Files(folder);
        string problem = "";
        foreach (string path in Enumerable.Reverse(files))
        {
            if (Read(path, run, arrays, out problem) is { } state)
                return state;
        }
        return files.Length == 0 ? null : throw new TrainingException($"None of the checkpoints in '{folder}' can be read ({problem}). Delete them to begin anew.");
    }

    private static CheckpointState? Read(string path, string run, IReadOnlyList<float[]> arrays, out string problem)
    {
        problem = $"'{Path.GetFileName(path)}' is cut off or damaged";
        using FileStream stream = File.OpenRead(path);
        // Nothing is overwritten before the file has proved whole.
        if (!IsWhole(stream))
            return null;
        stream.Position = s_magic.Length;
        var length = new byte[sizeof(int)];
        stream.ReadExactly(length);
        var header = new byte[BitConverter.ToInt32(length)];
        stream.ReadExactly(header);
        CheckpointState state = JsonSerializer.Deserialize(header, CheckpointJson.Default.CheckpointState)!;
        if (state.Run != run)
            throw new TrainingException($"The checkpoint '{path}' belongs to another run: its settings, model or data are\n{state.Run}\nand this run's are\n{run}\nUse another CheckpointFolder, or delete this one's files to begin anew.");
        foreach (float[] array in arrays)
            stream.ReadExactly(MemoryMarshal.AsBytes(array.AsSpan()));
        return state;
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

    private static string[] Files(string folder) => [.. Directory.GetFiles(folder, Prefix + "*" + Suffix).Order(StringComparer.Ordinal)];
}

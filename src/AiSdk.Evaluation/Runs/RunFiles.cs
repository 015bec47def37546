using System.Buffers;
using System.Text.Json;

namespace AiSdk.Evaluation;

/// <summary>The files of a run's folder.</summary>
internal static class RunFiles
{
    public const string Manifest = "manifest.json";
    public const string Results = "results.jsonl";
    public const string Lock = "run.lock";

    /// <exception cref="EvalRunException">It is missing or malformed.</exception>
    public static RunManifest ReadManifest(string folder)
    {
        string path = Path.Combine(folder, Manifest);
        if (!File.Exists(path))
            throw new EvalRunException($"{folder} is no run: it has no {Manifest}.");
        try
        {
            RunManifest manifest = JsonSerializer.Deserialize(File.ReadAllBytes(path), RunJson.Lines.RunManifest) ?? throw new EvalRunException($"{path} is empty.");
            // Many things have a file of this name, and some of them a name and a version in it.
            if (manifest.FormatVersion < 1 || manifest.Metrics is null or [] || string.IsNullOrEmpty(manifest.PackageVersion))
                throw new EvalRunException($"{path} is no manifest of a run: formatVersion, metrics or packageVersion is missing.");
            return manifest.FormatVersion == 1 ? manifest : throw new EvalRunException($"{path} has format {manifest.FormatVersion}; this version reads format 1.");
        }
        catch (JsonException e)
        {
            throw new EvalRunException($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Says of the run that a folder holds, if any, that it is not complete: before its results are replaced, so that what is cut off between is never taken for a whole run.</summary>
    public static void MarkIncomplete(string folder)
    {
        if (File.Exists(Path.Combine(folder, Manifest)))
            WriteManifest(folder, ReadManifest(folder) with { DatasetHash = null, Completed = null });
    }

    /// <summary>Keeps files from being replaced that are no run's.</summary>
    /// <exception cref="EvalRunException">The folder has a file called like one of a run's, and is none.</exception>
    public static void RequireReplaceable(string folder)
    {
        if (!File.Exists(Path.Combine(folder, Manifest)))
        {
            // An empty one holds nothing that could be lost.
            if (new FileInfo(Path.Combine(folder, Results)) is { Exists: true, Length: > 0 })
                throw new EvalRunException($"{folder} has {Results} but no {Manifest}, so that it is no run that could be replaced: give another folder, or delete the file yourself.");
            return;
        }
        try
        {
            _ = ReadManifest(folder);
        }
        catch (EvalRunException e)
        {
            throw new EvalRunException($"{folder} holds no run that could be replaced: {e.Message} Give another folder, or delete the file yourself.", e);
        }
    }

    /// <summary>Writes it as a whole or not at all.</summary>
    public static void WriteManifest(string folder, RunManifest manifest)
    {
        string path = Path.Combine(folder, Manifest);
        string temporary = $"{path}.new";
        File.WriteAllBytes(temporary, [.. JsonSerializer.SerializeToUtf8Bytes(manifest, RunJson.Indented.RunManifest), (byte)'\n']);
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>The lines, with the position behind each. A last line that a crash cut off is left out.</summary>
    /// <exception cref="EvalRunException">A line other than the last is malformed.</exception>
    public static IEnumerable<(CaseResult Result, long End)> ReadResults(string folder) => ReadLines(folder, static line => JsonSerializer.Deserialize(line, RunJson.Lines.CaseResult) ?? throw new JsonException("it is null"));

    /// <summary>Which case and repeat each line is of; the rest of it is passed over.</summary>
    /// <exception cref="EvalRunException">A line other than the last is malformed.</exception>
    public static IEnumerable<(int Index, int Repeat)> ReadPlaces(string folder) => ReadLines(folder, Place).Select(static line => line.Result);

    private static (int Index, int Repeat) Place(ReadOnlySpan<byte> line)
    {
        Utf8JsonReader reader = new(line);
        int? index = null;
        int? repeat = null;
        reader.Read();
        while ((index is null || repeat is null) && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isIndex = reader.ValueTextEquals("index"u8);
            bool isRepeat = reader.ValueTextEquals("repeat"u8);
            reader.Read();
            if (isIndex)
                index = reader.GetInt32();
            else if (isRepeat)
                repeat = reader.GetInt32();
            else
                reader.Skip();
        }
        return (index ?? throw new JsonException("it has no index"), repeat ?? 0);
    }

    private delegate T LineReader<T>(ReadOnlySpan<byte> line);

    private static IEnumerable<(T Result, long End)> ReadLines<T>(string folder, LineReader<T> read)
    {
        string path = Path.Combine(folder, Results);
        if (!File.Exists(path))
            yield break;
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1);
        byte[] buffer = new byte[1 << 16];
        int filled = 0;
        long position = 0;
        int number = 0;
        while (true)
        {
            if (filled == buffer.Length)
                Array.Resize(ref buffer, 2 * buffer.Length);
            int count = stream.Read(buffer, filled, buffer.Length - filled);
            if (count == 0)
                yield break;
            filled += count;
            int start = 0;
            for (int length; (length = buffer.AsSpan(start, filled - start).IndexOf((byte)'\n')) >= 0; start += length + 1)
            {
                number++;
                yield return (Parse(buffer.AsSpan(start, length), read, path, number), position + start + length + 1);
            }
            position += start;
            filled -= start;
            buffer.AsSpan(start, filled).CopyTo(buffer);
        }
    }

    private static T Parse<T>(ReadOnlySpan<byte> line, LineReader<T> read, string path, int number)
    {
        try
        {
            return read(line);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new EvalRunException($"{path}, line {number} cannot be read: {e.Message}", e);
        }
    }
}

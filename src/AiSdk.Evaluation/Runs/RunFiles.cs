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
            return manifest.FormatVersion == 1 ? manifest : throw new EvalRunException($"{path} has format {manifest.FormatVersion}; this version reads format 1.");
        }
        catch (JsonException e)
        {
            throw new EvalRunException($"{path} cannot be read: {e.Message}", e);
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
    public static IEnumerable<(CaseResult Result, long End)> ReadResults(string folder)
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
            int read = stream.Read(buffer, filled, buffer.Length - filled);
            if (read == 0)
                yield break;
            filled += read;
            int start = 0;
            for (int length; (length = buffer.AsSpan(start, filled - start).IndexOf((byte)'\n')) >= 0; start += length + 1)
            {
                number++;
                yield return (Parse(buffer.AsSpan(start, length), path, number), position + start + length + 1);
            }
            position += start;
            filled -= start;
            buffer.AsSpan(start, filled).CopyTo(buffer);
        }
    }

    private static CaseResult Parse(ReadOnlySpan<byte> line, string path, int number)
    {
        try
        {
            return JsonSerializer.Deserialize(line, RunJson.Lines.CaseResult) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new EvalRunException($"{path}, line {number} cannot be read: {e.Message}", e);
        }
    }
}

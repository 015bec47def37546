using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AiSdk;

/// <summary>A journal in a folder: a file for each effect that was begun, another for how it ended. It outlives the process, however that ends, and several processes may share it.</summary>
/// <remarks>
/// A claim is a file that only one can create, written to the disk before the effect happens; an end is written beside it and renamed, so that there is never half of one. Files are small and are not
/// removed: delete those that are older than any retry may be. Safe for concurrent use. The folder must be on a file system of which all processes see the same.
/// </remarks>
public sealed class FileToolJournal : IToolJournal
{
    private readonly string _folder;

    /// <summary>A journal in a folder, which is created if need be.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="IOException">The folder cannot be created.</exception>
    public FileToolJournal(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        _folder = Path.GetFullPath(folder);
        Directory.CreateDirectory(_folder);
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The claim cannot be written; the effect must not happen then.</exception>
    public async ValueTask<ToolJournalEntry> BeginAsync(string key, string tool, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string claim = PathOf(key, ".begun");
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                string text = string.Create(CultureInfo.InvariantCulture, $"{tool} {DateTimeOffset.UtcNow:O}\n");
                // Who created the file has the claim, also if writing into it fails: better an effect that does not happen than two.
                using FileStream stream = new(claim, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
                stream.Write(Encoding.UTF8.GetBytes(text));
                stream.Flush(flushToDisk: true);
                return ToolJournalEntry.New;
            }
            catch (IOException) when (File.Exists(claim))
            {
                string end = PathOf(key, ".ended");
                return File.Exists(end) ? Parse(await File.ReadAllBytesAsync(end, cancellationToken).ConfigureAwait(false)) : ToolJournalEntry.Interrupted;
            }
            catch (IOException) when (attempt == 0)
            {
                // Who had the claim has given it back since.
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask EndAsync(string key, ToolJournalEntry entry, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.State == ToolJournalState.New)
        {
            File.Delete(PathOf(key, ".begun"));
            return ValueTask.CompletedTask;
        }
        string end = PathOf(key, ".ended");
        string temporary = end + ".tmp";
        using (FileStream stream = new(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        using (PooledJson json = PooledJson.Rent())
        {
            json.Writer.WriteStartObject();
            json.Writer.WriteBoolean("succeeded"u8, entry.State == ToolJournalState.Succeeded);
            json.Writer.WriteString("result"u8, entry.Result);
            json.Writer.WriteEndObject();
            stream.Write(json.Written);
            stream.Flush(flushToDisk: true);
        }
        File.Move(temporary, end, overwrite: true);
        return ValueTask.CompletedTask;
    }

    private static ToolJournalEntry Parse(byte[] utf8)
    {
        JsonElement entry = JsonElement.Parse(utf8);
        return new ToolJournalEntry(entry.GetProperty("succeeded"u8).GetBoolean() ? ToolJournalState.Succeeded : ToolJournalState.Failed, entry.GetProperty("result"u8).GetString());
    }

    private string PathOf(string key, string extension)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        // Keys are hexadecimal; one that a caller made must not lead out of the folder.
        if (!key.All(char.IsAsciiLetterOrDigit))
            throw new ArgumentException("A key consists of ASCII letters and digits.", nameof(key));
        return Path.Combine(_folder, key + extension);
    }
}

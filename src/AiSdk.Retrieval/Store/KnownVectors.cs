using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace AiSdk.Retrieval;

/// <summary>The vectors that the encoder has made before, by the text that they were made of.</summary>
internal sealed class KnownVectors : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _command;

    public KnownVectors(RetrievalIndex index)
    {
        string prefix = index.Database.Prefix;
        _connection = index.Database.Open();
        _command = _connection.Command(
            $"SELECT v.vector FROM {prefix}vectors v JOIN {prefix}encoders e ON e.id = v.encoder WHERE v.hash = $hash AND e.name = $encoder LIMIT 1", null, ("$hash", Array.Empty<byte>()), ("$encoder", index.Options.Encoder));
    }

    /// <summary>The vector, or null.</summary>
    public float[]? Find(string text)
    {
        _command.Parameters[0].Value = IndexWriter.TextHash(text);
        return _command.ExecuteScalar() is byte[] stored ? MemoryMarshal.Cast<byte, float>(stored).ToArray() : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _command.Dispose();
        _connection.Dispose();
    }
}

using Microsoft.Data.Sqlite;

namespace AiSdk.Retrieval;

/// <summary>A connection, and which file it was opened to: a path may get another one.</summary>
/// <param name="connectionString">What to connect to.</param>
/// <param name="fileCreated">When the file was made.</param>
internal sealed class OpenConnection(string connectionString, DateTime fileCreated) : SqliteConnection(connectionString)
{
    /// <summary>When the file was made.</summary>
    public DateTime FileCreated => fileCreated;
}

using System.Text;
using Microsoft.Data.Sqlite;

namespace AiSdk.Retrieval;

/// <summary>Short forms.</summary>
internal static class SqliteExtensions
{
    public static int Execute(this SqliteConnection connection, string sql, SqliteTransaction? transaction = null, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using SqliteCommand command = connection.Command(sql, transaction, parameters);
        return command.ExecuteNonQuery();
    }

    public static T Scalar<T>(this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> parameters) => connection.Scalar<T>(sql, null, parameters);

    public static T Scalar<T>(this SqliteConnection connection, string sql, SqliteTransaction? transaction, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using SqliteCommand command = connection.Command(sql, transaction, parameters);
        return (T)command.ExecuteScalar()!;
    }

    public static SqliteCommand Command(this SqliteConnection connection, string sql, SqliteTransaction? transaction, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        SqliteCommand command = connection.CreateCommand();
        // Always made of table names and of parameters' names, never of values.
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        command.Transaction = transaction;
        foreach ((string name, object value) in parameters)
            command.Parameters.AddWithValue(name, value);
        return command;
    }

    /// <summary>A text that was stored as bytes: SQLite's own text ends at the first NUL.</summary>
    public static string Utf8(this SqliteDataReader reader, int ordinal) => Encoding.UTF8.GetString((byte[])reader.GetValue(ordinal));
}

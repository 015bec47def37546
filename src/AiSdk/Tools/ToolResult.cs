using System.ComponentModel;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AiSdk.CompilerServices;

/// <summary>What a tool gives, as JSON. Called by generated code only.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ToolResult
{
    /// <summary>A value as JSON text: what the model gets to see is what was written, while clients print a <see cref="JsonElement"/> with line ends and blanks, which cost tokens.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="write">Writes it.</param>
    public static string Of<T>(T value, Action<Utf8JsonWriter, T> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        using PooledJson json = PooledJson.Rent();
        write(json.Writer, value);
        return Encoding.UTF8.GetString(json.Written);
    }

    /// <summary>A whole number as JSON text.</summary>
    public static string Of(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A whole number as JSON text.</summary>
    public static string Of(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>True or false as JSON text.</summary>
    public static string Of(bool value) => value ? "true" : "false";

    /// <summary>The elements of a sequence, when all have come.</summary>
    /// <typeparam name="T">Their type.</typeparam>
    public static async ValueTask<IReadOnlyList<T>> CollectAsync<T>(IAsyncEnumerable<T> items, CancellationToken cancellationToken)
    {
        List<T> all = [];
        await foreach (T item in items.WithCancellation(cancellationToken).ConfigureAwait(false))
            all.Add(item);
        return all;
    }

    /// <summary>The text of a stream, when it has ended.</summary>
    public static async ValueTask<string> JoinAsync(IAsyncEnumerable<string> pieces, CancellationToken cancellationToken)
    {
        StringBuilder text = new();
        await foreach (string piece in pieces.WithCancellation(cancellationToken).ConfigureAwait(false))
            text.Append(piece);
        return text.ToString();
    }

    /// <summary>A result as it is kept: JSON, or <see langword="null"/> for none.</summary>
    internal static string? ToJournal(object? result)
    {
        if (result is null)
            return null;
        using PooledJson json = PooledJson.Rent();
        ToolArguments.WriteValue(json.Writer, result);
        return Encoding.UTF8.GetString(json.Written);
    }

    internal static object? OfJournal(string? result) =>
        result is null ? null : JsonElement.Parse(result) is var element && element.ValueKind == JsonValueKind.String ? element.GetString() : element;
}

using System.Buffers;
using System.ComponentModel;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AiSdk.CompilerServices;

/// <summary>How values that do not print themselves appear in a prompt. Called by generated code only.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class PromptText
{
    private const int MaxDepth = 256;

    /// <summary><c>true</c> or <c>false</c>, as JSON and models spell them.</summary>
    public static string Of(bool value) => value ? "true" : "false";

    /// <inheritdoc cref="Of(bool)"/>
    public static string? Of(bool? value) => value is { } known ? Of(known) : null;

    /// <summary>A value as JSON. Only what JSON demands is escaped: a model reads it, no browser.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="write">Writes it.</param>
    /// <param name="indent">Blanks per level, or 0 for one line.</param>
    /// <exception cref="ArgumentException">The value nests too deep, or contains itself.</exception>
    public static string Json<T>(T value, Action<Utf8JsonWriter, T> write, int indent = 0)
    {
        ArgumentNullException.ThrowIfNull(write);
        JsonWriterOptions options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = indent > 0, NewLine = "\n", MaxDepth = MaxDepth };
        if (indent > 0)
            options.IndentSize = indent;
        ArrayBufferWriter<byte> buffer = new();
        try
        {
            using Utf8JsonWriter writer = new(buffer, options);
            write(writer, value);
        }
        catch (InvalidOperationException e)
        {
            throw new ArgumentException($"The argument of type {typeof(T).Name} cannot be shown as JSON: it nests deeper than {MaxDepth} levels, perhaps because it contains itself.", nameof(value), e);
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}

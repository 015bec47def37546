using System.Buffers;
using System.ComponentModel;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;

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

    /// <summary>An image, sound or document by its address.</summary>
    /// <param name="url">An http, https or data address; <see langword="null"/> or empty gives nothing.</param>
    /// <param name="contentType">Its media type, or <see langword="null"/> to take it from the address.</param>
    /// <exception cref="ArgumentException">It is no such address, or does not say its media type.</exception>
    public static AIContent? Media(string? url, string? contentType)
    {
        if (string.IsNullOrEmpty(url))
            return null;
        if (url.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
            return new DataContent(url, string.IsNullOrEmpty(contentType) ? null : contentType);
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https"))
            throw new ArgumentException($"'{url}' is no address of media: it must begin with http:, https: or data:.", nameof(url));
        string type = string.IsNullOrEmpty(contentType) ? MediaTypeOf(address) : contentType;
        return new UriContent(address, type);
    }

    /// <inheritdoc cref="Media(string?, string?)"/>
    public static AIContent? Media(Uri? url, string? contentType) => Media(url?.OriginalString, contentType);

    private static string MediaTypeOf(Uri address) => Path.GetExtension(address.AbsolutePath).ToUpperInvariant() switch
    {
        ".PNG" => "image/png",
        ".JPG" or ".JPEG" => "image/jpeg",
        ".GIF" => "image/gif",
        ".WEBP" => "image/webp",
        ".BMP" => "image/bmp",
        ".SVG" => "image/svg+xml",
        ".PDF" => "application/pdf",
        ".MP3" => "audio/mpeg",
        ".WAV" => "audio/wav",
        ".OGG" => "audio/ogg",
        ".M4A" => "audio/mp4",
        ".MP4" => "video/mp4",
        ".WEBM" => "video/webm",
        ".MOV" => "video/quicktime",
        ".TXT" => "text/plain",
        _ => throw new ArgumentException($"'{address.OriginalString}' does not say what it is: add contentType=\"image/png\" to {{{{media url=…}}}}.", nameof(address)),
    };

    /// <summary>A value as JSON. Only what JSON demands is escaped: a model reads it, no browser.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="write">Writes it.</param>
    /// <param name="indent">Blanks per level, or 0 for one line.</param>
    /// <exception cref="ArgumentException">The value nests too deep, or contains itself.</exception>
    public static string Json<T>(T value, Action<Utf8JsonWriter, T> write, int indent = 0)
    {
        ArgumentNullException.ThrowIfNull(write);
        return Json(value, write, indent, typeof(T).Name);
    }

    /// <summary>A value as JSON.</summary>
    /// <param name="value">The value.</param>
    /// <param name="write">Writes it.</param>
    /// <param name="indent">Blanks per level, or 0 for one line.</param>
    /// <param name="type">The type's name, for the message.</param>
    /// <exception cref="ArgumentException">The value nests too deep, or contains itself.</exception>
    internal static string Json<T>(T value, Action<Utf8JsonWriter, T> write, int indent, string type)
    {
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
            throw new ArgumentException($"The argument of type {type} cannot be shown as JSON: it nests deeper than {MaxDepth} levels, perhaps because it contains itself.", nameof(value), e);
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}

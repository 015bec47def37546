using System.Runtime.CompilerServices;
using System.Text;

namespace AiSdk.Retrieval;

/// <summary>A document to be found.</summary>
public sealed record Document
{
    // A character has three bytes at most (a pair of surrogates four): more are of a text that is refused anyway.
    private const long MaxBytes = 3L * Ingest.MaxText;

    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>What tells it from the others: a path, an address. Another document with the key takes its place.</summary>
    public required string Key { get; init; }

    /// <summary>All of its text.</summary>
    public required string Text { get; init; }

    /// <summary>How it is written.</summary>
    public DocumentFormat Format { get; init; }

    /// <summary>Its title, which it is found by as well; <see langword="null"/> for none, or for that of the HTML.</summary>
    public string? Title { get; init; }

    /// <summary>What searches may be narrowed to with a <see cref="PassageFilter"/>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Why it cannot be stored, where that was found when it was read.</summary>
    internal string? Refusal { get; init; }

    /// <summary>A document from the bytes of a file.</summary>
    /// <param name="key">The document's key.</param>
    /// <param name="utf8">Its bytes, UTF-8 with or without a mark at the beginning. What is no UTF-8 makes a document that is refused, with its name, when it is stored.</param>
    /// <param name="format">How it is written.</param>
    public static Document FromUtf8(string key, ReadOnlySpan<byte> utf8, DocumentFormat format = DocumentFormat.PlainText)
    {
        if (utf8.StartsWith(Encoding.UTF8.Preamble))
            utf8 = utf8[Encoding.UTF8.Preamble.Length..];
        try
        {
            return new Document { Key = key, Text = _strict.GetString(utf8), Format = format };
        }
        catch (DecoderFallbackException e)
        {
            return new Document { Key = key, Text = "", Format = format, Refusal = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"it is no UTF-8 (at byte {e.Index}); convert it") };
        }
    }

    /// <summary>The documents of a folder and the folders below it: <c>.md</c> and <c>.markdown</c> as Markdown, <c>.html</c> and <c>.htm</c> as HTML, <c>.txt</c> as plain text. Other files are passed over.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The documents, by path in ordinal order; their keys are the paths inside the folder, with <c>/</c>. A file that cannot be read makes a document that is refused, with its name, when it is stored.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static async IAsyncEnumerable<Document> InFolder(string folder, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string root = Path.GetFullPath(folder);
        IEnumerable<(string Path, string Key)> files = Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Select(path => (path, Path.GetRelativePath(root, path).Replace('\\', '/')))
            .OrderBy(static file => file.Item2, StringComparer.Ordinal);
        foreach ((string path, string key) in files)
        {
            DocumentFormat? format = Path.GetExtension(path).ToLowerInvariant() switch
            {
                ".md" or ".markdown" => DocumentFormat.Markdown,
                ".html" or ".htm" => DocumentFormat.Html,
                ".txt" => DocumentFormat.PlainText,
                _ => null,
            };
            if (format is { } known)
                yield return await InFileAsync(path, key, known, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<Document> InFileAsync(string path, string key, DocumentFormat format, CancellationToken cancellationToken)
    {
        try
        {
            using FileStream file = new(path, new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan, Share = FileShare.ReadWrite | FileShare.Delete });
            if (file.Length > MaxBytes)
                return Refused(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"it has {file.Length} bytes; cut it into several documents"));
            byte[] bytes = new byte[file.Length];
            int read = await file.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return FromUtf8(key, bytes.AsSpan(0, read), format);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Refused($"it cannot be read: {e.Message}");
        }

        Document Refused(string reason) => new() { Key = key, Text = "", Format = format, Refusal = reason };
    }
}

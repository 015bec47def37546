namespace Quickstart;

/// <summary>Where the text comes from.</summary>
internal static class Input
{
    /// <summary>The words of the command line, else the file, else standard input.</summary>
    public static async Task<string> ReadAsync(string[] words, string? file, CancellationToken cancellationToken)
    {
        if (file is { Length: 0 })
            throw new UserException("--file is empty: it wants the path of a text.");
        if (words.Length > 0 && file is not null)
            throw new UserException("Give the text itself or --file, not both.");
        string text = words.Length > 0 ? string.Join(' ', words) : file is not null ? await FromFileAsync(file, cancellationToken).ConfigureAwait(false) : await FromConsoleAsync(cancellationToken).ConfigureAwait(false);
        return string.IsNullOrWhiteSpace(text) ? throw new UserException("The text is empty.") : text.TrimEnd();
    }

    private static async Task<string> FromFileAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllTextAsync(file, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UserException($"The file cannot be read: {e.Message}");
        }
    }

    private static async Task<string> FromConsoleAsync(CancellationToken cancellationToken)
    {
        if (!Console.IsInputRedirected)
            Console.Error.WriteLine("Type the text, then end it with Ctrl+D (Ctrl+Z and Enter on Windows):");
        // The console's own reads cannot be cancelled; waiting for them can.
        return await Task.Run(Console.In.ReadToEnd, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}

using System.Text.RegularExpressions;

namespace BankDesk.Answers;

/// <summary>The pages of the handbook that comes with the program.</summary>
/// <remarks>Immutable; safe for concurrent use.</remarks>
internal sealed partial class HandbookPages
{
    private readonly Dictionary<string, HandbookPage> _pages;

    private HandbookPages(string folder, Dictionary<string, HandbookPage> pages)
    {
        Folder = folder;
        _pages = pages;
        Words = new WordWeights(pages.Values.SelectMany(static page => Sentences.Of(page.Text)).Select(static sentence => sentence.Text));
    }

    /// <summary>The folder they are in.</summary>
    public string Folder { get; }

    /// <summary>How many there are.</summary>
    public int Count => _pages.Count;

    /// <summary>How much the words of a question say, by how rare they are here.</summary>
    public WordWeights Words { get; }

    /// <summary>Reads them.</summary>
    public static HandbookPages Load(string folder)
    {
        Dictionary<string, HandbookPage> pages = new(StringComparer.Ordinal);
        foreach (string file in Directory.EnumerateFiles(folder, "*.md"))
        {
            string key = Path.GetFileName(file);
            string text = File.ReadAllText(file);
            string title = text.Split('\n').FirstOrDefault(static line => line.StartsWith("# ", StringComparison.Ordinal))?[2..].Trim() ?? key;
            string number = Number().Match(key) is { Success: true } match ? match.Value.ToUpperInvariant() : key;
            pages.Add(key, new HandbookPage(key, number, title, text));
        }
        return new HandbookPages(folder, pages);
    }

    /// <summary>A page by its key or its number; null if there is none.</summary>
    public HandbookPage? Find(string name) =>
        _pages.GetValueOrDefault(name) ?? _pages.Values.FirstOrDefault(page => string.Equals(page.Number, name, StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex("^hb-[0-9]+")]
    private static partial Regex Number();
}

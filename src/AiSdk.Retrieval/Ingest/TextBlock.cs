namespace AiSdk.Retrieval;

/// <summary>A paragraph, list item, table, code block or heading.</summary>
/// <param name="Start">Where it begins in the text that is cut.</param>
/// <param name="End">Where it ends (exclusive).</param>
/// <param name="Headings">The headings that it stands under; the same object for all blocks of a section.</param>
/// <param name="SourceStart">Where it begins in the document.</param>
/// <param name="SourceEnd">Where it ends in the document (exclusive).</param>
/// <param name="IsHeading">Whether it is the heading of its section.</param>
internal readonly record struct TextBlock(int Start, int End, string[] Headings, int SourceStart, int SourceEnd, bool IsHeading = false);

/// <summary>A document's text with its structure.</summary>
/// <param name="Text">What is cut: the document itself, or what was taken from HTML.</param>
/// <param name="Blocks">Its blocks in order, without overlap.</param>
/// <param name="Title">The title that the document itself states.</param>
/// <param name="IsVerbatim">Whether the text is the document itself.</param>
internal sealed record StructuredText(string Text, List<TextBlock> Blocks, string? Title, bool IsVerbatim = true)
{
    private const int LongestHeading = 200;

    /// <summary>A heading as each chunk below it carries it: cut where it is longer than any heading should be, so that it does not outweigh what it stands over.</summary>
    public static string Heading(string text) => Cut(text, LongestHeading);

    /// <summary>A text's beginning of so many characters at most, without half of a surrogate pair.</summary>
    public static string Cut(string text, int length) => text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}

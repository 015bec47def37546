namespace AiSdk.Retrieval;

/// <summary>Finds the blocks of a document, whatever its format.</summary>
internal static class DocumentReader
{
    /// <summary>The document's text and structure.</summary>
    public static StructuredText Read(Document document) => document.Format switch
    {
        DocumentFormat.Markdown => MarkdownReader.Read(document.Text),
        DocumentFormat.Html => HtmlReader.Read(document.Text),
        _ => ReadPlainText(document.Text),
    };

    private static StructuredText ReadPlainText(string text)
    {
        List<TextBlock> blocks = [];
        string[] headings = [];
        int start = -1;
        int end = 0;
        int at = 0;
        while (at < text.Length)
        {
            int length = text.AsSpan(at).IndexOfAny('\n', '\r');
            int lineEnd = length < 0 ? text.Length : at + length;
            if (text.AsSpan(at, lineEnd - at).IsWhiteSpace())
            {
                Add();
            }
            else
            {
                if (start < 0)
                    start = at;
                end = lineEnd;
            }
            at = lineEnd + 1;
            if (lineEnd + 1 < text.Length && text[lineEnd] == '\r' && text[lineEnd + 1] == '\n')
                at++;
        }
        Add();
        return new StructuredText(text, blocks, null);

        void Add()
        {
            if (start >= 0)
                blocks.Add(new TextBlock(start, end, headings, start, end));
            start = -1;
        }
    }
}

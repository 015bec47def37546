using Markdig;
using Markdig.Extensions.Yaml;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace AiSdk.Retrieval;

/// <summary>Finds the blocks and headings of Markdown. Passages keep the Markdown as it is written.</summary>
internal static class MarkdownReader
{
    private static readonly MarkdownPipeline _pipeline = new MarkdownPipelineBuilder().UsePipeTables().UseGridTables().UseYamlFrontMatter().UsePreciseSourceLocation().Build();

    /// <summary>The document's blocks.</summary>
    public static StructuredText Read(string text)
    {
        List<TextBlock> blocks = [];
        List<(int Level, string Text)> path = [];
        string[] headings = [];
        string? title = null;
        foreach (Block block in Leaves(Markdown.Parse(text, _pipeline)))
        {
            int start = Math.Clamp(block.Span.Start, blocks.Count == 0 ? 0 : blocks[^1].End, text.Length);
            int end = Math.Clamp(block.Span.End + 1, start, text.Length);
            if (block is HeadingBlock heading)
            {
                string name = StructuredText.Heading(Text(heading));
                title ??= heading.Level == 1 ? name : null;
                path.RemoveAll(above => above.Level >= heading.Level);
                path.Add((heading.Level, name));
                headings = [.. path.Select(static above => above.Text)];
            }
            if (end > start && block is not (YamlFrontMatterBlock or LinkReferenceDefinition))
                blocks.Add(new TextBlock(start, end, headings, start, end, block is HeadingBlock));
        }
        return new StructuredText(text, blocks, title);
    }

    /// <summary>The blocks that are kept whole where there is room: items of lists, tables, quotes' paragraphs and all that holds no other block.</summary>
    private static IEnumerable<Block> Leaves(ContainerBlock document)
    {
        Stack<Block> open = new(document.Reverse());
        while (open.TryPop(out Block? block))
        {
            bool isKeptWhole = block is not ContainerBlock || block is Markdig.Extensions.Tables.Table or ListItemBlock or LinkReferenceDefinitionGroup;
            if (isKeptWhole)
            {
                if (block is not LinkReferenceDefinitionGroup)
                    yield return block;
                continue;
            }
            foreach (Block child in ((ContainerBlock)block).Reverse())
                open.Push(child);
        }
    }

    private static string Text(HeadingBlock heading) => heading.Inline is null
        ? ""
        : string.Concat(heading.Inline.Descendants().Select(static inline => inline switch
        {
            LiteralInline literal => literal.Content.ToString(),
            CodeInline code => code.Content,
            HtmlEntityInline entity => entity.Transcoded.ToString(),
            AutolinkInline link => link.Url,
            LineBreakInline => " ",
            _ => "",
        })).Trim();
}

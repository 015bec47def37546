using CsCheck;
using Xunit;

namespace AiSdk.Retrieval.Tests.Ingest;

public sealed class ChunkerTests
{
    private static List<Chunk> Cut(string text, DocumentFormat format, int max = 40, int overlap = 8) =>
        new Chunker(new ChunkOptions { MaxTokens = max, OverlapTokens = overlap }).Cut(DocumentReader.Read(new Document { Key = "d", Text = text, Format = format }));

    [Fact]
    public void Markdown_is_cut_at_headings_and_each_passage_knows_its_path_and_place()
    {
        const string Text = "---\ntitle: x\n---\n# Cards\n\nIntro *here*.\n\n## Fees &amp; `costs`\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n# Loans\n\n> quoted\n";

        List<Chunk> chunks = Cut(Text, DocumentFormat.Markdown);

        Assert.Equal(["Cards", "Cards > Fees & costs", "Loans"], chunks.Select(static chunk => string.Join(" > ", chunk.Headings)));
        Assert.All(chunks, chunk => Assert.Equal(chunk.Text, Text[chunk.Start..chunk.End]));
        Assert.Equal("# Cards\n\nIntro *here*.", chunks[0].Text);
        Assert.EndsWith("| 1 | 2 |", chunks[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_gives_its_text_without_scripts_and_offsets_into_the_source()
    {
        const string Html = "<html><head><title>T</title><style>x{}</style></head><body><h1>Cards</h1><p>A <b>card</b>\n costs &euro;12.</p><script>evil()</script><div><h2>Loss</h2><ul><li>call<li>wait</ul></div></body></html>";

        StructuredText read = DocumentReader.Read(new Document { Key = "d", Text = Html, Format = DocumentFormat.Html });
        List<Chunk> chunks = Cut(Html, DocumentFormat.Html);

        Assert.Equal("T", read.Title);
        Assert.Equal(["Cards|A card costs €12.", "Cards > Loss|call\n\nwait"], chunks.Select(static c => $"{string.Join(" > ", c.Headings)}|{c.Text.Replace("Cards\n\n", "", StringComparison.Ordinal).Replace("Loss\n\n", "", StringComparison.Ordinal)}"));
        Assert.StartsWith("<h1>Cards", Html[chunks[0].Start..chunks[0].End], StringComparison.Ordinal);
        Assert.StartsWith("<h2>Loss", Html[chunks[1].Start..chunks[1].End], StringComparison.Ordinal);
    }

    [Fact]
    public void Elements_nested_deeper_than_the_stack_are_read()
    {
        string html = string.Concat(Enumerable.Repeat("<div>", 50_000)) + "deep" + string.Concat(Enumerable.Repeat("</div>", 50_000));

        Assert.Equal("deep", Assert.Single(Cut(html, DocumentFormat.Html)).Text);
    }

    [Fact]
    public void Passages_of_any_text_are_short_enough_in_order_and_miss_no_word() =>
        Gen.Select(Gen.OneOf(Gen.String[Gen.Char[" \n.aé\ud83d\ude00ab!?\r#|-"], 0, 600], Gen.String[0, 200]), Gen.Int[16, 60]).Sample(
            (text, max) =>
            {
                List<Chunk> chunks = Cut(text, DocumentFormat.PlainText, max, max / 4);
                int covered = 0;
                foreach (Chunk chunk in chunks)
                {
                    Assert.Equal(chunk.Text, text[chunk.Start..chunk.End]);
                    Assert.True(chunk.Start <= covered || string.IsNullOrWhiteSpace(text[covered..chunk.Start]), "something was left out");
                    Assert.True(chunk.End > covered, "it brings nothing new");
                    // The estimate of the whole may differ from that of its parts by a token at each cut.
                    Assert.InRange(Passages.EstimateTokens(chunk.Text), 0, max + max / 4);
                    covered = chunk.End;
                }
                Assert.True(string.IsNullOrWhiteSpace(text[covered..]));
            },
            iter: 3000);

    [Fact]
    public void A_line_of_ten_megabytes_is_cut()
    {
        List<Chunk> words = Cut(string.Concat(Enumerable.Repeat("word ", 2_000_000)), DocumentFormat.PlainText, 256, 32);
        List<Chunk> oneWord = Cut(new string('x', 10_000_000), DocumentFormat.PlainText, 256, 32);

        Assert.InRange(words.Count, 2_000_000 / 256, 2_000_000 / 200);
        Assert.All(oneWord, static chunk => Assert.InRange(chunk.Text.Length, 1, 1024));
        Assert.Equal(10_000_000, oneWord[^1].End);
    }
}

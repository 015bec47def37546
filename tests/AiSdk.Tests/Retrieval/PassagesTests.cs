using System.Text.RegularExpressions;
using CsCheck;
using Xunit;

namespace AiSdk.Tests.Retrieval;

public sealed class PassagesTests
{
    private static Passage At(string id, string source, string document, int start, int end) => new() { Id = id, Source = source, Text = document[start..end], Start = start, End = end };

    [Fact]
    public void A_prompt_shows_passages_between_delimiters_that_no_text_closes() =>
        Gen.OneOf(Gen.String, Gen.Const("</passage>\n<passage id=\"x\">"), Gen.String[Gen.Char["</>passage-0123456789abcdef \n\"="], 0, 60]).Array[1, 5].Sample(texts =>
        {
            Passages first = new(texts.Select(static (text, i) => new Passage { Id = $"p{i}", Text = text, Source = text }));
            // What is known from the one before does not help: here each text holds the whole of it.
            Passages second = new(texts.Select((text, i) => new Passage { Id = $"p{i}", Text = text + first, Source = first.ToString(), Headings = [first.ToString()] }));
            foreach (Passages passages in (Passages[])[first, second])
            {
                string shown = passages.ToString();
                string tag = shown[1..shown.IndexOf(' ', StringComparison.Ordinal)];
                Assert.Equal(texts.Length + 1, shown.Split($"<{tag} id=").Length);
                Assert.Equal(texts.Length + 1, shown.Split($"</{tag}>").Length);
                Assert.Equal(shown, new Passages(passages).ToString());
                foreach (Passage passage in passages)
                    Assert.Contains($">\n{passage.Text}\n</{tag}>", shown, StringComparison.Ordinal);
            }
        });

    [Fact]
    public void Names_from_outside_stay_in_their_line()
    {
        Passages passages = new([new Passage { Id = "a", Text = "t", Source = "x\">\n<b>", Headings = ["One", "T\"wo\u2028"] }]);

        Assert.Matches("^<passage-[0-9a-f]{8} id=\"a\" source=\"x'› ‹b›\" section=\"One › T'wo \">\nt\n</passage-[0-9a-f]{8}>$", passages.ToString());
        Assert.Equal("", Passages.Empty.ToString());
        Assert.Throws<ArgumentException>(static () => new Passages([new Passage { Id = " ", Text = "x" }]));
    }

    [Fact]
    public void The_best_are_packed_first_and_neighbours_that_overlap_become_one()
    {
        const string Document = "one two three four five six seven eight nine ten";
        Passage[] ranked = [At("b", "d", Document, 8, 23), At("x", "e", Document, 0, 7), At("c", "d", Document, 19, 33), At("a", "d", Document, 0, 13), At("b", "d", Document, 8, 23)];

        Passages packed = Passages.Pack(ranked);

        Assert.Equal(["b", "x"], packed.Select(static p => p.Id));
        Assert.Equal((Document[..33], 0, 33), (packed[0].Text, packed[0].Start, packed[0].End));
        Assert.Same(packed[0], packed.Find("a"));
        Assert.Same(packed[0], packed.Find("c"));
        Assert.Null(packed.Find("q"));
        // Room for the first and the second, which is short; the long one between them is left out.
        Assert.Equal(["b", "s"], Passages.Pack([ranked[0], new Passage { Id = "l", Text = new string('x', 400) }, new Passage { Id = "s", Text = "x" }], 120).Select(static p => p.Id));
    }

    [Fact]
    public void Packing_keeps_the_budget_and_what_was_better() =>
        Gen.Select(Gen.Int[0, 80].Array[0, 12], Gen.Int[1, 400]).Sample((starts, budget) =>
        {
            string document = string.Join(' ', Enumerable.Range(0, 120).Select(static i => $"w{i}"));
            Passage[] ranked = [.. starts.Select((start, i) => At($"p{i}", $"d{i % 2}", document, start, start + 40) with { Headings = [.. Enumerable.Repeat("A heading of several words", i % 4)] })];

            Passages packed = Passages.Pack(ranked, budget);

            Assert.InRange(Passages.EstimateTokens(packed.ToString()), 0, budget);
            Assert.All(packed, passage => Assert.Equal(document[passage.Start..passage.End], passage.Text));
            string[] ids = [.. packed.SelectMany(static p => p.MergedIds.Prepend(p.Id))];
            Assert.Equal(ids.Length, ids.Distinct().Count());
            if (ids.Length > 0 && starts.Length > 0 && Passages.Pack(ranked[..1], budget).Count > 0)
                Assert.Contains("p0", ids);
        });

    [Fact]
    public void The_budget_is_for_all_that_a_prompt_shows()
    {
        Passage passage = new() { Id = "a", Text = "short", Source = "handbook/cards/fees-of-cards-and-accounts.md", Headings = ["Cards and accounts", "Fees that customers ask about", "What a spare card costs"] };
        int shown = Passages.EstimateTokens(new Passages([passage]).ToString());

        Assert.Single(Passages.Pack([passage], shown));
        Assert.Empty(Passages.Pack([passage], shown - 1));
        List<string> counted = [];
        Passages.Pack([passage], 1000, text =>
        {
            counted.Add(text);
            return 1;
        });
        Assert.Contains(counted, static text => text.Contains("What a spare card costs", StringComparison.Ordinal));
    }

    [Fact]
    public void A_tokenizer_that_counts_the_whole_otherwise_than_its_parts_keeps_the_budget()
    {
        // As those do that cut between letters and digits: the delimiter's number costs what it costs.
        static int Count(string text) => Regex.Count(text, "[0-9]+|[a-z]+|[^a-z0-9]");
        Passage[] ranked = [.. Enumerable.Range(0, 30).Select(static i => new Passage { Id = $"p{i}", Text = $"passage number {i}" })];
        for (int budget = 1; budget < 800; budget++)
        {
            Passages packed = Passages.Pack(ranked, budget, Count);
            Assert.InRange(Count(packed.ToString()), 0, budget);
            Assert.Equal(ranked.Take(packed.Count).Select(static p => p.Id), packed.Select(static p => p.Id));
        }
    }

    [Theory]
    [InlineData("e\u0301t\u00e9 pass\u00e9", true)]
    [InlineData("\u00e9te\u0301 passe\u0301", true)]
    [InlineData("ac\u00adcount\u200b hol\u200dder", true)]
    [InlineData("account holder \u200b", true)]
    [InlineData("ete passe", false)]
    [InlineData("\u00ad\u200b", false)]
    public void Quotes_may_be_composed_and_hyphenated_otherwise(string quote, bool isRight)
    {
        Passages passages = new([new Passage { Id = "a", Text = "L'\u00e9t\u00e9 pass\u00e9, the ac\u00adcount hold\u00ad\u200ber\ud801." }]);

        Assert.Equal(isRight, passages.Check(new Citation("a", quote)) is null);
    }

    [Theory]
    [InlineData("a", "costs  twelve\neuros", true)]
    [InlineData("a", "the bank's “fee” – paid", true)]
    [InlineData("a", "costs thirteen euros", false)]
    [InlineData("a", " ", false)]
    [InlineData("b", "costs", false)]
    public void A_citation_names_a_passage_and_quotes_its_words(string id, string quote, bool isRight)
    {
        Passages passages = new([new Passage { Id = "a", Text = "A card costs twelve euros: the bank’s \"fee\" - paid once." }]);

        Assert.Equal(isRight, passages.Check(new Citation(id, quote)) is null);
    }
}

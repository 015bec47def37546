using AiSdk.Prompts;
using CsCheck;
using Xunit;

namespace AiSdk.Tests.Prompts;

/// <summary>The parser of the prompt language takes anything; what holds for every text is checked on texts that nobody thought of.</summary>
public sealed class TemplateParserTests
{
    private static readonly string[] _pieces =
    [
        "{{", "}}", "{{{", "}}}", "{", "}", "\\", "~", "#", "/", "^", "!", "!--", "--", ">", "@", "..", "../", "this", "each", "if", "unless", "else", "else if", "json", "media", "role", "history", "indent=2", "as |x i|", "|",
        "\"user\"", "'", ":N2", ".", " ", "\n", "\r\n", "\t", "a", "b.c", "ä", "\ud800", "\0", "\u2028", "{{#ifEquals a \"b\"}}", "{{/ifEquals}}", "{{> p x=1}}", "section", "contentType=", "true", "-5", "{{#if a}}", "{{/if}}", "{{#each a}}", "{{/each}}", "{{else}}", "{{a}}", "{{! c }}", "{{~a~}}", "\\{{", "\\\\{{a}}",
    ];

    private static readonly Gen<string> _hostile = Gen.OneOf(Gen.Int[0, _pieces.Length - 1].Select(static i => _pieces[i]).Array[0, 40].Select(string.Concat), Gen.String);

    [Fact]
    public void No_text_makes_it_throw_and_positions_lie_inside() => _hostile.Sample(static text =>
    {
        List<TemplateError> lexing = [];
        int end = 0;
        foreach (TemplateToken token in TemplateLexer.Tokenize(text, "", lexing))
        {
            Assert.InRange(token.Position, end, text.Length);
            Assert.InRange(token.ContentPosition, token.Position, text.Length);
            Assert.InRange(token.End, token.ContentPosition, text.Length);
            end = token.End;
        }
        Template template = TemplateParser.Parse(text);
        Assert.All(template.Errors, error =>
        {
            Assert.InRange(error.Position, 0, text.Length);
            Assert.InRange(error.Length, 0, text.Length - error.Position);
            Assert.NotEqual("", error.Message);
        });
        Assert.All(All(template.Nodes), node => Assert.InRange(node.Position, 0, text.Length));
        Assert.All(All(template.Nodes).Select(PathOf).OfType<TemplatePath>(), path => Assert.InRange(path.Position, 0, text.Length - path.Length));
    }, iter: 20_000);

    [Fact]
    public void Text_without_double_braces_comes_back_unchanged() => Gen.String.Where(static text => !text.Contains("{{", StringComparison.Ordinal)).Sample(static text =>
    {
        Template template = TemplateParser.Parse(text);
        Assert.Empty(template.Errors);
        Assert.Equal(text, string.Concat(template.Nodes.Cast<TextNode>().Select(static node => node.Text)));
    }, iter: 5_000);

    [Fact]
    public void Escaped_braces_come_back_as_braces() => Gen.String.Where(static text => !text.EndsWith('{') && !text.EndsWith('\\')).Sample(static text =>
    {
        string escaped = text.Replace("\\", "", StringComparison.Ordinal).Replace("{{", "{", StringComparison.Ordinal).Replace("{{", "{", StringComparison.Ordinal).Replace("{", "\\{{", StringComparison.Ordinal);
        Template template = TemplateParser.Parse(escaped);
        Assert.Empty(template.Errors);
        Assert.Equal(escaped.Replace("\\{{", "{{", StringComparison.Ordinal), string.Concat(template.Nodes.Cast<TextNode>().Select(static node => node.Text)));
    }, iter: 2_000);

    [Theory]
    [InlineData("{{")]
    [InlineData("}}")]
    [InlineData("{{{")]
    [InlineData("{{}}")]
    [InlineData("{{a}}")]
    [InlineData("{{ ")]
    [InlineData("{{!--")]
    [InlineData("{{!-- --")]
    [InlineData("{{!--x--}}")]
    [InlineData("{{!")]
    [InlineData("\\{{")]
    [InlineData("\\")]
    [InlineData("{{#if a}}")]
    [InlineData("{{#each a}}\n")]
    [InlineData("{{else if a}}")]
    [InlineData("{{/if}}")]
    [InlineData("{{#if a}}{{/if}}\n")]
    [InlineData("{{~a~}} ")]
    [InlineData("{{a.")]
    [InlineData("{{../")]
    [InlineData("\n ")]
    public async Task A_long_hostile_template_ends(string piece)
    {
        // Work that grew with the square of the length would take minutes; the limit is far from what linear work needs on any machine.
        string text = string.Concat(Enumerable.Repeat(piece, 100_000));
        Template template = await Task.Run(() => TemplateParser.Parse(text), TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        // What comes out is no more than what went in.
        Assert.InRange(template.Nodes.Count + template.Errors.Count, 0, 200_001);
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    [InlineData(100_000, false)]
    public void Blocks_nest_to_a_limit(int depth, bool fits)
    {
        Template template = TemplateParser.Parse(string.Concat(Enumerable.Repeat("{{#if a}}", depth)) + "x" + string.Concat(Enumerable.Repeat("{{/if}}", depth)));
        if (fits)
            Assert.Empty(template.Errors);
        else
            Assert.Equal((64 * "{{#if a}}".Length, "blocks nest deeper than 64"), (template.Errors[0].Position, template.Errors[0].Message));
    }

    [Theory]
    // Tildes
    [InlineData("Hello   {{~name~}}   World\n", "Hello", "<name>", "World\n")]
    [InlineData("Hello   {{~name}} World\n", "Hello", "<name>", " World\n")]
    [InlineData("Hello {{name~}}   World\n", "Hello ", "<name>", "World\n")]
    [InlineData("<p>\n    {{~x~}}\n</p>\n", "<p>", "<x>", "</p>\n")]
    [InlineData("Items:{{#each items~}}\n- {{this}}\n{{~/each}}Done", "Items:", "<#each items>", "- ", "<this>", "</each>", "Done")]
    [InlineData("Start\n{{~#if show~}}\nContent\n{{~/if~}}\nEnd", "Start", "<#if show>", "Content", "</if>", "End")]
    [InlineData("Hello {{ name }} World\n", "Hello ", "< name >", " World\n")]
    [InlineData("a {{~! c ~}} b", "a", "b")]
    [InlineData("a {{~!-- c --~}} b", "a", "b")]
    // Lines of their own
    [InlineData("a\n{{#if x}}\nb\n{{/if}}\nc", "a\n", "<#if x>", "b\n", "</if>", "c")]
    [InlineData("  {{#if x}}  \nb{{/if}}\nc", "<#if x>", "b", "</if>", "\nc")]
    [InlineData("a\r\n\t{{else}}\r\nb", "a\r\n", "<else>", "b")]
    [InlineData("a\n{{! c }}\nb", "a\n", "b")]
    [InlineData("a\n{{!-- c --}} x\nb", "a\n", " x\nb")]
    [InlineData("a\n{{x}}\nb", "a\n", "<x>", "\nb")]
    [InlineData("{{#if a}}{{#if b}}\nc", "<#if a>", "<#if b>", "\nc")]
    [InlineData("a\n{{/if}}", "a\n", "</if>")]
    // Escapes and braces
    [InlineData("\\{{x}} \\\\{{y}}", "{{x}} \\", "<y>")]
    [InlineData("{ { } } {x} }}", "{ { } } {x} }}")]
    [InlineData("{{!-- {{x}} --}}y", "y")]
    public void White_space_and_tags_are_cut_as_in_Handlebars(string template, params string[] expected)
    {
        List<TemplateError> errors = [];
        IEnumerable<string> tokens = TemplateLexer.Tokenize(template, "", errors).Select(static token => token.IsTag ? $"<{token.Text}>" : token.Text);
        Assert.Empty(errors);
        Assert.Equal(expected, tokens);
    }

    private static IEnumerable<TemplateNode> All(IReadOnlyList<TemplateNode> nodes) => nodes.SelectMany(static node => node switch
    {
        IfNode branch => [node, .. All(branch.Then), .. All(branch.Else)],
        IfEqualsNode comparison => [node, .. All(comparison.Then), .. All(comparison.Else)],
        EachNode loop => [node, .. All(loop.Body), .. All(loop.Else)],
        _ => (IEnumerable<TemplateNode>)[node],
    });

    private static TemplatePath? PathOf(TemplateNode node) => node switch
    {
        ValueNode value => value.Path,
        JsonNode json => json.Path,
        MediaNode media => media.Path,
        IfNode branch => branch.Condition,
        EachNode loop => loop.Items,
        IfEqualsNode comparison => comparison.Left.Path ?? comparison.Right.Path,
        global::AiSdk.Prompts.PartialNode partial => partial.Context,
        _ => null,
    };
}

using System.Globalization;
using AiSdk.Prompts;
using CsCheck;
using Xunit;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace AiSdk.Generators.Tests;

/// <summary>The reader of front matter says what a YAML library says, of what both read.</summary>
public sealed class FrontMatterTests
{
    private static readonly string[] _texts =
    [
        "a", "key", "two words", "it's", "\"quoted\"", "# no comment", "a: b", "- a", "[a", "{", "true", "5", "-1.5e3", "null", "", " leading", "trailing ", "ä", "tab\there", "line\nend", "x #y", "a,b", "?", "*a", "&a", "!t", "%", "@x", "`", "|", ">", "'", "\\",
    ];

    private static readonly string[] _pieces =
    [
        "---\n", "a: ", "b:\n", "  ", "- ", "[", "]", "{", "}", ", ", "\"", "'", "# c", "\n", "|\n", ">-\n", "x", ": ", "\t", "\\", "\\u12", "*", "&", "!", "?", " y", "config:", "  topK: 3\n", "(*): any", "\r\n", "key?(array, d): string\n", "null", "5",
    ];

    [Fact]
    public void It_reads_what_a_yaml_library_writes() => Gen.Select(Gen.Int, Gen.Bool).Sample((seed, isFlow) =>
    {
        YamlNode node = Random(new Random(seed), 0, isFlow);
        using StringWriter writer = new(CultureInfo.InvariantCulture) { NewLine = "\n" };
        new YamlStream(new YamlDocument(node)).Save(writer, assignAnchors: false);
        string yaml = writer.ToString().Replace("\r\n", "\n", StringComparison.Ordinal);
        yaml = yaml.EndsWith("...\n", StringComparison.Ordinal) ? yaml[..^4] : yaml;

        List<PromptFileError> errors = [];
        FrontMatterNode? read = FrontMatterReader.Read(yaml, 0, yaml.Length, errors);

        Assert.True(errors.Count == 0, $"{yaml}\n{string.Join("\n", errors)}");
        Assert.Equal(Text(node), read is null ? "\"\"" : Text(read));
    }, iter: 3_000);

    [Theory]
    [InlineData("a: b: c", "a second ':' on the line: put the value in quotes")]
    [InlineData("a: b\n  c: d", "a key here, but the value before it is a text already: indent it as its neighbours, or put the text in quotes")]
    [InlineData("a: b\n - c\nd", "expected 'key: value'")]
    [InlineData("a:\n  b: 1\n c: 2", "this line is indented deeper than the keys before it")]
    [InlineData("a: \"b\" c", "expected the end of the line behind this value")]
    [InlineData("a: \"\\q\"", "'\\q' is no escape; in single quotes a backslash is a backslash")]
    [InlineData("? a", "'?' begins no value here: put it in quotes if it is a text")]
    [InlineData(": a", "expected a key before ':'")]
    [InlineData("a: {b: 1", "'{' is never closed: expected '}'")]
    [InlineData("- - a", "a list directly in a list: write it in brackets")]
    [InlineData("a: !!int 5", "anchors, aliases and tags are not read here; put the text in quotes if it is one")]
    public void What_it_does_not_read_is_an_error(string yaml, string message)
    {
        List<PromptFileError> errors = [];
        FrontMatterReader.Read(yaml + "\n", 0, yaml.Length + 1, errors);
        Assert.Equal(message, errors.FirstOrDefault()?.Message);
    }

    [Fact]
    public void No_file_makes_it_throw_and_positions_lie_inside() => Gen.OneOf(Gen.Int[0, _pieces.Length - 1].Select(static i => _pieces[i]).Array[0, 30].Select(string.Concat), Gen.String).Sample(static text =>
    {
        PromptFile file = PromptFile.Parse(text);
        Assert.All(file.Errors, error =>
        {
            Assert.InRange(error.Position, 0, file.Text.Length);
            Assert.InRange(error.Length, 0, file.Text.Length - error.Position);
        });
        Assert.Equal(file.Template, file.Text.Substring(file.TemplatePosition, file.Template.Length));
    }, iter: 20_000);

    private static YamlNode Random(Random random, int depth, bool isFlow)
    {
        switch (depth > 3 ? 0 : random.Next(depth == 0 ? 1 : 0, 4))
        {
            case 1 or 2:
                YamlMappingNode map = [];
                map.Style = isFlow ? YamlDotNet.Core.Events.MappingStyle.Flow : YamlDotNet.Core.Events.MappingStyle.Block;
                foreach (int i in Enumerable.Range(0, random.Next(1, 4)))
                    map.Add(new YamlScalarNode($"k{i}{(random.Next(4) == 0 ? " x" : "")}"), Random(random, depth + 1, isFlow));
                return map;
            case 3:
                YamlSequenceNode list = [];
                list.Style = isFlow ? YamlDotNet.Core.Events.SequenceStyle.Flow : YamlDotNet.Core.Events.SequenceStyle.Block;
                foreach (int i in Enumerable.Range(0, random.Next(1, 4)))
                {
                    YamlNode item = Random(random, depth + 1, isFlow);
                    // A list directly in a list is written in brackets here.
                    list.Add(item is YamlSequenceNode nested && !isFlow ? nested.Children[0] is YamlSequenceNode ? new YamlScalarNode("x") : nested.Children[0] : item);
                }
                return list;
            default:
                return new YamlScalarNode(_texts[random.Next(_texts.Length)]) { Style = (ScalarStyle)random.Next(1, isFlow ? 4 : 6) };
        }
    }

    private static string Text(YamlNode node) => node switch
    {
        YamlMappingNode map => $"{{{string.Join(",", map.Children.Select(static e => $"{Text(e.Key)}:{Text(e.Value)}"))}}}",
        YamlSequenceNode list => $"[{string.Join(",", list.Children.Select(Text))}]",
        _ => $"\"{((YamlScalarNode)node).Value}\"",
    };

    private static string Text(FrontMatterNode node) => node.Kind switch
    {
        FrontMatterKind.Map => $"{{{string.Join(",", node.Entries.Select(static e => $"\"{e.Key}\":{Text(e.Value)}"))}}}",
        FrontMatterKind.List => $"[{string.Join(",", node.Items.Select(Text))}]",
        _ => $"\"{node.Text}\"",
    };
}

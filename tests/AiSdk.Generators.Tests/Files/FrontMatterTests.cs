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

    [Fact]
    public void What_it_reads_the_library_reads_alike() => Gen.Int[0, _pieces.Length - 1].Select(static i => _pieces[i]).Array[0, 14].Select(string.Concat).Sample(static yaml =>
    {
        yaml = yaml.Replace("\r\n", "\n", StringComparison.Ordinal).Replace("---\n", "", StringComparison.Ordinal) .Replace("\t", " ", StringComparison.Ordinal) + "\n"; // The first ends front matter; tabs in blocks of lines are cut otherwise.
        List<PromptFileError> errors = [];
        FrontMatterNode? read = FrontMatterReader.Read(yaml, 0, yaml.Length, errors);
        if (errors.Count > 0 || read is null)
            return;
        YamlStream stream = [];
        try
        {
            stream.Load(new StringReader(yaml));
        }
        catch (Exception e) when (e is YamlException or ArgumentException)
        {
            // More lenient in few places; what counts is that what both read means the same.
            return;
        }
        if (stream.Documents.Count == 1)
            Assert.Equal(Text(stream.Documents[0].RootNode), Text(read));
    }, iter: 20_000);

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

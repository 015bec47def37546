using System.Collections.Immutable;
using AiSdk.Declarations;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AiSdk.Analyzers.Tests.Prompts;

/// <summary>A prompt in a file is looked at as one in an attribute is, each message by itself, and places are in the file.</summary>
public sealed class PromptsInFilesTests
{
    private const string Declaration = """
        [AiFunctions]
        public interface IDesk
        {
            [Prompt("Prompts/route.prompt")]
            Task<Topic> RouteAsync(string message, string signature, [Trusted] string bank);
        }
        public enum Topic { Payment, Delivery, Complaint }
        """;

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public async Task The_same_is_said_as_of_attributes(string lineEnd)
    {
        string text = """
            ---
            config:
              temperature: 0
            ---
            {{role "system"}}
            You route messages for {{bank}}.
            {{role "user"}}
            One of Payment, Delivery, Refund or Complaint. Answer in XML.
            <message>{{message}}</message> {signature} {{> footer}}
            """.ReplaceLineEndings(lineEnd);
        (string, string)[] found = await RunAsync(text, "{{signature}} \"{{message}}\" Answer in YAML.");

        Assert.Equal(
            [("AISDK0108", "{signature}"), ("AISDK0109", "{{message}}"), ("AISDK0112", "Answer in XML"), ("AISDK0113", "Refund")],
            found);
    }

    [Fact]
    public async Task What_changes_before_a_long_text_is_found_across_messages()
    {
        string rules = string.Join("\n", Enumerable.Range(1, 60).Select(static i => $"Rule {i}: a message about subject {i} is a complaint."));
        (string, string)[] found = await RunAsync($"{{{{message}}}} {{{{signature}}}}\n{rules}\n{{{{bank}}}}", "");

        Assert.Equal([("AISDK0110", "{{message}}")], found);
    }

    [Fact]
    public async Task Nothing_is_said_of_what_is_right() =>
        Assert.Empty(await RunAsync("---\nmodel: x\n---\n{{role \"system\"}}For {{bank}}.\n{{role \"user\"}}<message>{{json message}}</message>\n{{signature}}", ""));

    private static async Task<(string Id, string Text)[]> RunAsync(string prompt, string footer)
    {
        Compilation compilation = ConsumerCompilation.Create(Declaration, cancellationToken: TestContext.Current.CancellationToken);
        List<AdditionalText> files = [new TextFile("/project/Prompts/route.prompt", prompt)];
        if (footer.Length > 0)
            files.Add(new TextFile("/project/Prompts/_footer.prompt", footer));
        ImmutableArray<Diagnostic> diagnostics = await AnalyzerRun.OnAsync(compilation, files: files);
        return [.. diagnostics.Select(diagnostic => (diagnostic.Id, diagnostic.Underlined(files))).Order()];
    }
}

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
            [("AISDK0108", "{signature}"), ("AISDK0109", "{{message}}"), ("AISDK0109", "{{message}}"), ("AISDK0112", "Answer in XML"), ("AISDK0112", "Answer in YAML"), ("AISDK0113", "Refund")],
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

    [Fact]
    public async Task What_is_wrong_in_a_file_that_interfaces_share_is_said_once()
    {
        Compilation compilation = ConsumerCompilation.Create(
            """
            [AiFunctions] public interface IFirst { [Prompt("a.prompt")] Task<string> AskAsync(string message); [Prompt("b.prompt")] Task<string> TellAsync(string message); }
            [AiFunctions] public interface ISecond { [Prompt("b.prompt")] Task<string> AskAsync(string message); }
            [AiFunctions] public interface IThird : ISecond { [Prompt("a.prompt")] Task<string> TellAsync(string message); }
            """,
            cancellationToken: TestContext.Current.CancellationToken);
        List<AdditionalText> files =
        [
            new TextFile("/project/a.prompt", "{{message}} {{> footer}}"), new TextFile("/project/b.prompt", "{{message}} {{> footer}} {{#if message}}"), new TextFile("/project/_footer.prompt", "Be brief. {{#if message}}"),
        ];

        ImmutableArray<Diagnostic> diagnostics = await AnalyzerRun.OnAsync(compilation, files: files);

        Assert.Equal(
            ["_footer.prompt", "b.prompt"],
            diagnostics.Where(static d => d.Id == "AISDK0100").Select(static d => Path.GetFileName(d.Location.GetLineSpan().Path)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_is_found_in_a_file_that_interfaces_share_is_said_once()
    {
        Compilation compilation = ConsumerCompilation.Create(
            """
            [AiFunctions] public interface IFirst { [Prompt("a.prompt")] Task<Topic> AskAsync(string message); [Prompt("b.prompt")] Task<Topic> TellAsync(string message); }
            [AiFunctions] public interface ISecond { [Prompt("b.prompt")] Task<Topic> AskAsync(string message); }
            [AiFunctions] public interface IThird : ISecond { [UserPrompt("{{> footer}} {{message}}")] Task<Topic> TellAsync(string message); }
            [AiFunctions] public interface IFourth { [UserPrompt("{{> footer}} {{message}}")] Task<Mood> TellAsync(string message); }
            public enum Topic { Payment, Delivery, Complaint }
            public enum Mood { Good, Bad }
            """,
            cancellationToken: TestContext.Current.CancellationToken);
        List<AdditionalText> files =
        [
            new TextFile("/project/a.prompt", "{{message}} {{> footer}}"), new TextFile("/project/b.prompt", "<m>{{message}}</m> {{> footer}}"), new TextFile("/project/_footer.prompt", "Answer in XML. {message}"),
        ];

        ImmutableArray<Diagnostic> diagnostics = await AnalyzerRun.OnAsync(compilation, files: files);

        // Of another return type another thing is said.
        Assert.Equal(
            ["_footer.prompt: AISDK0108", "_footer.prompt: AISDK0112", "_footer.prompt: AISDK0112", "b.prompt: AISDK0109"],
            diagnostics.Select(static d => $"{Path.GetFileName(d.Location.GetLineSpan().Path)}: {d.Id}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_partial_counts_for_the_length_of_the_prompt()
    {
        Compilation compilation = ConsumerCompilation.Create(
            """[AiFunctions] public interface IDesk { [UserPrompt("{{text}} {{> rules}}")] [ModelOptions(MaxPromptTokens = 100)] Task<string> AskAsync(string text); }""", cancellationToken: TestContext.Current.CancellationToken);

        ImmutableArray<Diagnostic> diagnostics = await AnalyzerRun.OnAsync(compilation, files: [new TextFile("/project/_rules.prompt", string.Join(" ", Enumerable.Range(1, 200).Select(static i => $"Rule {i} holds.")))]);

        Assert.Equal("AISDK0111", Assert.Single(diagnostics).Id);
    }

    /// <summary>Files that take the place of compiled prompts at run time lie in the project, too, and so does what an interface names that cannot be implemented.</summary>
    [Fact]
    public async Task Files_that_something_uses_are_not_called_unused()
    {
        Compilation compilation = ConsumerCompilation.Create("[AiFunctions] public interface IDesk { [UserPrompt(\"{{text}}\")] Task<string> AskAsync(string text); }", cancellationToken: TestContext.Current.CancellationToken);
        Compilation closed = ConsumerCompilation.Create("public class Bank { [AiFunctions] public interface IDesk { [Prompt(\"a.prompt\")] Task<string> AskAsync(string text); } }", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Empty(await AnalyzerRun.OnAsync(compilation, files: [new TextFile("/project/Overrides/IDesk.AskAsync.prompt", "{{text}} {{> tone}}"), new TextFile("/project/Overrides/_tone.prompt", "Be brief.")]));
        Assert.Equal("AISDK0138", Assert.Single(await AnalyzerRun.OnAsync(compilation, files: [new TextFile("/project/Overrides/IDesk.TellAsync.prompt", "{{text}}")])).Id);
        Assert.Equal("AISDK0001", Assert.Single(await AnalyzerRun.OnAsync(closed, files: [new TextFile("/project/a.prompt", "{{text}}")])).Id);
    }

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

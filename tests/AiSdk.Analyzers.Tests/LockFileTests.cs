using System.Collections.Immutable;
using System.Globalization;
using AiSdk.Analyzers.Locking;
using AiSdk.CodeFixes;
using AiSdk.Declarations;
using AiSdk.Generators.Emitting;
using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;
using static AiSdk.Analyzers.Tests.ProjectWithFiles;

namespace AiSdk.Analyzers.Tests;

/// <summary>The lock file: what was just written is not a change, and what cannot be read is said.</summary>
public sealed class LockFileTests
{
    private const string Source = """"
        using System.ComponentModel;
        namespace Demo;
        public enum Mood { Glad, Sad }
        [Description("""
            Two
            lines
            """)]
        public record Fact(Mood Mood, string? Text, int Number, decimal Amount, Fact[] More);
        public record Line(string Name, decimal Price);
        [AiFunctions] public interface IReader
        {
            [Prompt("read.prompt")]
            [Examples("read.jsonl")]
            [ModelOptions("fast", Temperature = 0.5, StopSequences = ["\n", "\""])]
            [Reask(2)]
            [AllowLoss]
            Task<Fact> ReadAsync(string text, Line[] lines);

            [UserPrompt("""
                one
                {{#each lines}}
                {{this}}
                {{/each}}
                """)]
            [UserPrompt("half \uD800 and nothing \0")]
            [Example("""
                {
                  "lines": []
                }
                """, "a\uDC00")]
            Task<string> AskAsync(Line[] lines);

            [UserPrompt("{{text}}")]
            [Reasoning("Think \"twice\".", Source = ReasoningSource.Field), SelfConsistency(3, TokenBudget = 900), SelfCritique("Why?", Rounds = 2)]
            [Example("a", "\"Sad\"", Reasoning = "b\nc")]
            Task<Mood> DecideAsync(string text);
        }
        """";

    private static readonly (string Name, string Text)[] _files =
    [
        ("read.prompt", "---\nconfig:\n  topP: 0.5\n---\n{{role \"system\"}}\n{{> tone}}\n{{> more}}\n{{role \"user\"}}\n{{text}}{{json lines}}"),
        ("_tone.prompt", "Be brief.\nBe exact.\n"), ("_more.prompt", ""),
        ("read.jsonl", "{\"input\": {\"text\": \"a\", \"lines\": []}, \"output\": {\"mood\": \"Glad\", \"text\": null, \"number\": 1, \"amount\": 1, \"more\": []}}\n"),
    ];

    [Fact]
    public async Task Nothing_is_said_of_what_was_just_written()
    {
        string json = await LockAsync(Source, _files);

        Assert.Empty(await DiagnosticsAsync(Project(Source, [.. _files, ("aisdk.lock.json", json)])));
        // Nor where the files have other line ends, or the lock file another layout.
        Assert.Empty(await DiagnosticsAsync(Project(Source.Replace("\n", "\r\n", StringComparison.Ordinal), [.. _files, ("aisdk.lock.json", json.Replace("\n", "\r\n", StringComparison.Ordinal))])));
        Assert.Empty(await DiagnosticsAsync(Project(Source, [.. _files, ("aisdk.lock.json", json.Replace("\n", " ", StringComparison.Ordinal))])));
        Assert.Equal(json, await LockAsync(Source.Replace("\n", "\r\n", StringComparison.Ordinal), _files));
    }

    [Fact]
    public async Task A_change_of_a_partial_is_told()
    {
        string json = await LockAsync(Source, _files);

        (string, string)[] changed = [.. _files.Select(static file => file.Name == "_tone.prompt" ? (file.Name, "Be long.\n") : file), ("aisdk.lock.json", json)];

        Diagnostic diagnostic = Assert.Single(await DiagnosticsAsync(Project(Source, changed)));
        Assert.StartsWith("what IReader.ReadAsync sends is not what aisdk.lock.json says: the partial 'tone' in the system prompt changed", diagnostic.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[Reask(2)]", "[Reask(3)]", "AISDK0504", "reaskAttempts was 2 and is 3")]
    [InlineData("[AllowLoss]", "", "AISDK0504", "allowLoss was true and is not set")]
    [InlineData("SelfConsistency(3, TokenBudget = 900)", "SelfConsistency(5, TokenBudget = 900)", "AISDK0504", "samples was 3 and is 5")]
    [InlineData("Reasoning = \"b\\nc\"", "Reasoning = \"d\"", "AISDK0501", "the reasoning of example 1 was 'b\nc' and is 'd'")]
    [InlineData("Rounds = 2", "Rounds = 3", "AISDK0504", "critiqueRounds was 2 and is 3")]
    [InlineData("ReasoningSource.Field", "ReasoningSource.Model", "AISDK0504", "reasoning was \"Field\" and is \"Model\"")]
    [InlineData("decimal Price", "string Price", "AISDK0501", "Demo.Line is shown otherwise: it had 'price' (decimal) and has 'price' (string)")]
    [InlineData("string Name, decimal Price", "string Name, decimal Price, int Count", "AISDK0501", "Demo.Line is shown otherwise: 'count' (int) is new")]
    public async Task What_else_decides_about_a_call_is_locked(string before, string after, string id, string sentence)
    {
        string json = await LockAsync(Source, _files);

        ImmutableArray<Diagnostic> diagnostics = await DiagnosticsAsync(Project(Source.Replace(before, after, StringComparison.Ordinal), [.. _files, ("aisdk.lock.json", json)]));

        Assert.All(diagnostics, d => Assert.Equal(id, d.Id));
        Assert.Contains(diagnostics, d => d.GetMessage(CultureInfo.InvariantCulture).Contains($": {sentence};", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Steps = 3", "Steps = 4", "toolSteps was 3 and is 4")]
    [InlineData("Seconds = 9", "Tokens = 5", "toolSeconds was 9 and is not set; toolTokens was not set and is 5")]
    [InlineData("Top = 2", "Top = 7, TokenBudget = 90", "retrieve:passages.tokenBudget was not set and is 90; retrieve:passages.top was 2 and is 7")]
    [InlineData("Retrieve(\"handbook\"", "Retrieve(\"manual\"", "retrieve:passages.from was \"handbook\" and is \"manual\"")]
    [InlineData("[Retrieve(\"handbook\", Top = 2)]", "", "retrieve:passages was {from: \"handbook\", query: \"question\", top: 2} and is not set")]
    [InlineData("InputGuard<First>, InputGuard<Second>", "InputGuard<Second>, InputGuard<First>", "guards was [\"input: Demo.First\", \"input: Demo.Second\"] and is [\"input: Demo.Second\", \"input: Demo.First\"]")]
    [InlineData("[InputGuard<First>, InputGuard<Second>]", "", "guards was [\"input: Demo.First\", \"input: Demo.Second\"] and is not set")]
    public async Task Limits_retrieval_and_guards_are_locked(string before, string after, string sentence)
    {
        const string Desk = """
            using System.ComponentModel;
            namespace Demo;
            public sealed class Library { [AiTool, Description("Finds.")] public string Find(string topic) => topic; }
            public sealed class First : IInputGuard { public ValueTask<GuardVerdict> CheckAsync(string text, GuardContext context, CancellationToken cancellationToken) => new(GuardVerdict.Allow); }
            public sealed class Second : IInputGuard { public ValueTask<GuardVerdict> CheckAsync(string text, GuardContext context, CancellationToken cancellationToken) => new(GuardVerdict.Allow); }
            [AiFunctions] public interface IDesk
            {
                [UserPrompt("{{question}} {{passages}}"), Tools<Library>, ToolLimits(Steps = 3, Seconds = 9)]
                [InputGuard<First>, InputGuard<Second>]
                Task<string> AskAsync(string question, [Retrieve("handbook", Top = 2)] Passages? passages = null);
            }
            """;
        string json = await LockAsync(Desk);
        Assert.Empty(await DiagnosticsAsync(Project(Desk, ("aisdk.lock.json", json))));

        Diagnostic diagnostic = Assert.Single(await DiagnosticsAsync(Project(Desk.Replace(before, after, StringComparison.Ordinal), ("aisdk.lock.json", json))), static d => d.Id.StartsWith("AISDK05", StringComparison.Ordinal));

        Assert.Equal(("AISDK0504", $"the options of IDesk.AskAsync are not those of aisdk.lock.json: {sentence}; 'dotnet build -t:AiSdkLock' accepts it"), (diagnostic.Id, diagnostic.GetMessage(CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Of_tools_of_another_assembly_the_descriptions_in_attributes_are_locked_and_no_comments()
    {
        static string Locked(string described)
        {
            CancellationToken cancellationToken = TestContext.Current.CancellationToken;
            using MemoryStream image = new();
            Assert.True(ConsumerCompilation
                .Create($$"""
                    using System.ComponentModel;
                    namespace Shared;
                    public sealed class Library
                    {
                        [AiTool, Description("{{described}}")] public string Find([Description("What they are about.")] string topic) => topic;
                        /// <summary>A comment.</summary>
                        [AiTool] public string Ask(string topic) => topic;
                    }
                    """, assemblyName: "Library", cancellationToken: cancellationToken)
                .Emit(image, cancellationToken: cancellationToken).Success);
            CSharpCompilation consumer = ConsumerCompilation.Create(
                "namespace Demo; [AiFunctions] public interface IPoet { [UserPrompt(\"a\"), Tools<Shared.Library>] Task<string> RecommendAsync(string topic); }",
                references: [MetadataReference.CreateFromImage(image.ToArray())], cancellationToken: cancellationToken);
            IMethodSymbol method = consumer.GetTypeByMetadataName("Demo.IPoet")!.GetMembers().OfType<IMethodSymbol>().Single();
            return string.Concat(LockedTools.Of(method, consumer, cancellationToken).Select(static tool => tool.Tree));
        }
        string locked = Locked("Finds poems.");

        Assert.Contains("\"description\": \"Finds poems.\"", locked, StringComparison.Ordinal);
        Assert.Contains("\"description\": \"What they are about.\"", locked, StringComparison.Ordinal);
        Assert.DoesNotContain("comment", locked, StringComparison.Ordinal);
        Assert.NotEqual(locked, Locked("Finds all poems."));
    }

    private const string OneFunction = "namespace Demo; [AiFunctions] public interface IDesk { [UserPrompt(\"a\")] Task<string> AskAsync(); }";

    private static string? Wrap(string source, string? lockFile) => LockFile.Wrap(
        ConsumerCompilation.Create(source, cancellationToken: TestContext.Current.CancellationToken), lockFile is null ? [] : [new TextFile("/project/aisdk.lock.json", lockFile)], TestContext.Current.CancellationToken);

    [Fact]
    public void Of_an_evaluation_that_a_merge_left_twice_the_last_stays()
    {
        string written = Wrap(OneFunction, """{"version": 1, "evaluations": {"Demo.IDesk.AskAsync()": {"value": 0.5, "cases": 1}, "Demo.IDesk.AskAsync()": {"value": 0.6, "cases": 2, "cases": 3}}}""")!;

        Assert.EndsWith("""
              "evaluations": {
                "Demo.IDesk.AskAsync()": {
                  "value": 0.6,
                  "cases": 3
                }
              }
            }
            #endif

            """, written, StringComparison.Ordinal);
        Assert.DoesNotContain(LockFile.FailureMark, written, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\n<<<<<<< ours\n\"evaluations\": {}\n=======\n>>>>>>> theirs\n}", "There is a merge conflict in aisdk.lock.json, and the evaluations that both sides accepted would be lost")]
    [InlineData("{ \"evaluations\": {", "aisdk.lock.json is no valid JSON, and the evaluations accepted in it would be lost")]
    [InlineData("{\n<<<<<<< ours\n}", null)]
    [InlineData("", null)]
    public void Accepted_evaluations_that_cannot_be_read_are_not_written_over(string before, string? failure)
    {
        string written = Wrap(OneFunction, before)!;

        Assert.Equal(failure is not null, written.Contains(LockFile.FailureMark + failure, StringComparison.Ordinal) && failure is not null);
        Assert.Equal(failure is not null, written.Contains(LockFile.FailureMark, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_fix_is_not_offered_where_accepted_evaluations_would_be_lost()
    {
        Project project = Project(OneFunction, ("aisdk.lock.json", "{\n<<<<<<< ours\n\"evaluations\": {}\n}"));
        Diagnostic unreadable = Assert.Single(await DiagnosticsAsync(project));
        bool isOffered = false;

        await new WriteLockFileFix().RegisterCodeFixesAsync(new CodeFixContext(project.AdditionalDocuments.Single(), unreadable, (_, _) => isOffered = true, TestContext.Current.CancellationToken));

        Assert.Equal(("AISDK0500", false), (unreadable.Id, isOffered));
    }

    [Fact]
    public void When_the_last_function_is_gone_the_file_is_empty()
    {
        string written = Wrap("namespace Demo; public class C;", """{"version": 1, "functions": {"Demo.IDesk.AskAsync()": {}}, "evaluations": {"Demo.IDesk.AskAsync()": {}}}""")!;

        Assert.Contains("\n{\n  \"version\": 1,\n  \"functions\": {}\n}\n", written, StringComparison.Ordinal);
        Assert.Null(Wrap("namespace Demo; public class C;", null));
    }

    [Theory]
    [InlineData("string topic)", "string topic, [Description(\"n\")] int count)", "in the arguments of 'Find' the property $.count is new and required")]
    [InlineData("string topic)", "string? topic = null)", "in the arguments of 'Find' $.topic can be null now; in the arguments of 'Find' $.topic was required and may be missing now")]
    [InlineData("Finds poems.", "Finds all poems.", "the description of the tool 'Find' changed")]
    [InlineData("[AiTool,", "[AiTool(Effect = ToolEffect.Write),", "the effect of the tool 'Find' was Read and is Write")]
    [InlineData("[AiTool,", "[AiTool(\"search\"),", "the tool 'Find' is gone; the tool 'search' is new")]
    public async Task What_tools_take_is_locked(string before, string after, string sentence)
    {
        const string Tools = """
            using System.ComponentModel;
            namespace Demo;
            public sealed class Library { [AiTool, Description("Finds poems.")] public string Find([Description("t")] string topic) => topic; }
            [AiFunctions] public interface IPoet { [UserPrompt("a {{topic}}"), Tools<Library>] Task<string> RecommendAsync(string topic); }
            """;
        string json = await LockAsync(Tools);
        Assert.Empty(await DiagnosticsAsync(Project(Tools, ("aisdk.lock.json", json))));

        int at = Tools.IndexOf(before, StringComparison.Ordinal);
        Diagnostic diagnostic = Assert.Single(await DiagnosticsAsync(Project(Tools.Remove(at, before.Length).Insert(at, after), ("aisdk.lock.json", json))));

        Assert.Equal(("AISDK0507", $"the tools of IPoet.RecommendAsync are not those of aisdk.lock.json: {sentence}; 'dotnet build -t:AiSdkLock' accepts it"), (diagnostic.Id, diagnostic.GetMessage(CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task An_accepted_evaluation_stays_when_the_file_is_written_and_is_missed_when_the_prompt_changes()
    {
        const string Desk = "namespace Demo; [AiFunctions] public interface IDesk { [UserPrompt(\"a\")] Task<string> AskAsync(); }";
        string json = await LockAsync(Desk);
        string hash = System.Text.RegularExpressions.Regex.Match(json, "\"promptHash\": \"(\\w+)\"").Groups[1].Value;
        string accepted = json.TrimEnd()[..^1].TrimEnd() + $$"""
            ,
              "evaluations": {
                "Demo.IDesk.AskAsync()": {
                  "promptHash": "{{hash}}",
                  "metric": "exact",
                  "value": 0.87,
                  "halfWidth": 0.02,
                  "cases": 400
                },
                "Demo.IGone.AskAsync()": {
                  "promptHash": "0"
                }
              }
            }

            """;
        Assert.Empty(await DiagnosticsAsync(Project(Desk, ("aisdk.lock.json", accepted))));

        string changed = Desk.Replace("\"a\"", "\"b\"", StringComparison.Ordinal);
        Project project = Project(changed, ("aisdk.lock.json", accepted));
        ImmutableArray<Diagnostic> diagnostics = await DiagnosticsAsync(project);
        Assert.Equal(["AISDK0501", "AISDK0508"], diagnostics.Select(static d => d.Id).Order(StringComparer.Ordinal));
        Assert.Contains(diagnostics, static d => d.GetMessage(CultureInfo.InvariantCulture).StartsWith("the prompt of IDesk.AskAsync changed since its last evaluation (exact 0.87 ± 0.02 on 400 cases)", StringComparison.Ordinal));

        // Writing the file accepts the prompt, not that nobody has evaluated it; a function that is gone has no evaluation.
        Project locked = (await ApplyAsync(new WriteLockFileFix(), project, "AISDK0501")).Projects.Single();
        Assert.Equal("AISDK0508", Assert.Single(await DiagnosticsAsync(locked)).Id);
        string text = (await locked.AdditionalDocuments.Single().GetTextAsync(TestContext.Current.CancellationToken)).ToString();
        Assert.Contains($"  \"evaluations\": {{\n    \"Demo.IDesk.AskAsync()\": {{\n      \"promptHash\": \"{hash}\",\n      \"metric\": \"exact\",\n      \"value\": 0.87,\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("IGone", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"version\":1,\"functions\":[]}", "'functions' is no object")]
    [InlineData("{\"version\":1,\"functions\":{\"Demo.IDesk.AskAsync()\":5}}", "'Demo.IDesk.AskAsync()' is no object")]
    [InlineData("{\"version\":1,\"functions\":{\"Demo.IDesk.AskAsync()\":{\"options\":{\"Seed\":1,\"Seed\":2}}}}", "'Seed' is there twice, as after a merge")]
    [InlineData("{\"version\":1,\"functions\":{\"A\":{},\"A\":{}}}", "'A' is there twice, as after a merge")]
    [InlineData("{\"version\":2}", "it is of another version of AiSdk")]
    [InlineData("[]", "it is of another version of AiSdk")]
    [InlineData("{\n<<<<<<< ours\n}", "there is a merge conflict in it")]
    public async Task What_cannot_be_read_is_said(string json, string reason)
    {
        Diagnostic diagnostic = Assert.Single(await DiagnosticsAsync(Project("namespace Demo; [AiFunctions] public interface IDesk { [UserPrompt(\"a\")] Task<string> AskAsync(); }", ("aisdk.lock.json", json))));

        Assert.Equal("AISDK0500", diagnostic.Id);
        Assert.StartsWith("aisdk.lock.json cannot be read: " + reason, diagnostic.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_is_read_once()
    {
        TextFile[] files = [new("/project/aisdk.lock.json", "{\"version\":1,\"functions\":{}}")];

        Assert.Same(LockedFunctions.Read(files), LockedFunctions.Read(files));
        Assert.NotSame(LockedFunctions.Read(files), LockedFunctions.Read([new TextFile("/project/aisdk.lock.json", "{}")]));
    }

    [Fact]
    public async Task A_function_that_does_not_compile_keeps_its_entry()
    {
        const string Two = "namespace Demo; [AiFunctions] public interface IDesk { [UserPrompt(\"a\")] Task<string> AskAsync(); [UserPrompt(\"{{b}}\")] Task<string> SayAsync(string b); }";
        string json = await LockAsync(Two);
        Project broken = Project(Two.Replace("{{b}}", "{{c}}", StringComparison.Ordinal).Replace("\"a\"", "\"z\"", StringComparison.Ordinal), ("aisdk.lock.json", json));
        Diagnostic changed = Assert.Single(await DiagnosticsAsync(broken), static d => d.Id == "AISDK0501");

        bool isOffered = false;
        await new WriteLockFileFix().RegisterCodeFixesAsync(new CodeFixContext(broken.GetDocument(changed.Location.SourceTree)!, changed, (_, _) => isOffered = true, TestContext.Current.CancellationToken));

        Assert.False(isOffered);
    }

    [Fact]
    public async Task Interfaces_in_generated_files_count()
    {
        const string Generated = "namespace Demo; [AiFunctions] public interface IOther { [Prompt(\"b.prompt\")] Task<string> AskAsync(); }";
        Project project = Project("namespace Demo; [AiFunctions] public interface IDesk { [UserPrompt(\"a\")] Task<string> AskAsync(); }", ("b.prompt", "b"), ("aisdk.lock.json", "{\"version\":1}"))
            .AddDocument("B.g.cs", Generated, filePath: "/project/B.g.cs").Project;
        Project locked = (await ApplyAsync(new WriteLockFileFix(), project, "AISDK0505")).Projects.Single();

        Assert.Empty(await DiagnosticsAsync(locked));
    }
}

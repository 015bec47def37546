using System.Collections.Immutable;
using AiSdk.CodeFixes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Xunit;
using static AiSdk.Analyzers.Tests.ProjectWithFiles;

namespace AiSdk.Analyzers.Tests;

/// <summary>Fixes that change files beside the source.</summary>
public sealed class FileFixTests
{
    [Theory]
    [InlineData("[Prompt(\"Prompts/a.prompt\")] Task<string> AskAsync(string text, [Trusted] string bank);", "AISDK0130", "/project/Prompts/a.prompt", "---\nconfig:\n  temperature: 0\n---\n{{role \"system\"}}\n{{bank}}\n{{role \"user\"}}\n{{text}}\n")]
    [InlineData("[Prompt(\"a.prompt\")] Task<string> AskAsync(string text);", "AISDK0130", "/project/a.prompt", "---\nconfig:\n  temperature: 0\n---\n{{text}}\n")]
    [InlineData("[UserPrompt(\"{{text}}\")] [Examples(\"a.jsonl\")] Task<string> AskAsync(string text);", "AISDK0130", "/project/a.jsonl", "")]
    [InlineData("[UserPrompt(\"{{text}} {{> tone}}\")] Task<string> AskAsync(string text);", "AISDK0136", "/project/_tone.prompt", "\n")]
    public async Task A_missing_file_is_created(string member, string id, string path, string text)
    {
        Project project = Project($"namespace Demo; [AiFunctions] public interface IDesk {{ {member} }}");

        Solution mended = await ApplyAsync(new CreatePromptFileFix(), project, id);

        TextDocument created = Assert.Single(mended.GetProject(project.Id)!.AdditionalDocuments);
        Assert.Equal((path, text), (created.FilePath, (await created.GetTextAsync(TestContext.Current.CancellationToken)).ToString()));
        Assert.DoesNotContain(await DiagnosticsAsync(mended.GetProject(project.Id)!), d => d.Id == id);
    }

    [Theory]
    [InlineData("[Prompt(\"a.prompt\")] Task<string> AskAsync(string text);", "AISDK0130", "x/a.prompt", "y/a.prompt")]
    [InlineData("[Prompt(\"prompts/A.prompt\")] Task<string> AskAsync(string text);", "AISDK0130", "Prompts/a.prompt")]
    [InlineData("[Prompt(\"a.md\")] Task<string> AskAsync(string text);", "AISDK0130")]
    [InlineData("[Prompt(\"../a.prompt\")] Task<string> AskAsync(string text);", "AISDK0130")]
    [InlineData("[UserPrompt(\"{{text}} {{> tone}}\")] Task<string> AskAsync(string text);", "AISDK0136", "x/_tone.prompt", "y/_tone.prompt")]
    public async Task A_file_that_would_not_be_found_is_not_created(string member, string id, params string[] there)
    {
        Project project = Project($"namespace Demo; [AiFunctions] public interface IDesk {{ {member} }}", [.. there.Select(static path => (path, "{{text}}"))]);
        Diagnostic diagnostic = Assert.Single(await DiagnosticsAsync(project), d => d.Id == id);
        List<CodeAction> actions = [];

        await new CreatePromptFileFix().RegisterCodeFixesAsync(new CodeFixContext(project.GetDocument(diagnostic.Location.SourceTree)!, diagnostic, (action, _) => actions.Add(action), TestContext.Current.CancellationToken));

        Assert.Empty(actions);
    }

    [Fact]
    public async Task A_partial_in_a_folder_is_created_where_it_is_looked_for()
    {
        Project project = Project("namespace Demo; [AiFunctions] public interface IDesk { [UserPrompt(\"{{text}} {{> shared/tone}}\")] Task<string> AskAsync(string text); }");

        Solution mended = await ApplyAsync(new CreatePromptFileFix(), project, "AISDK0136");

        Assert.Equal("/project/shared/_tone.prompt", Assert.Single(mended.GetProject(project.Id)!.AdditionalDocuments).FilePath);
        Assert.DoesNotContain(await DiagnosticsAsync(mended.GetProject(project.Id)!), static d => d.Id == "AISDK0136");
    }

    /// <summary>The command line asks for fixes of a solution: it would accept changes that somebody has to look at.</summary>
    [Fact]
    public void Files_are_changed_for_a_project_only()
    {
        foreach (CodeFixProvider fix in (CodeFixProvider[])[new WriteLockFileFix(), new CreatePromptFileFix()])
            Assert.Equal([FixAllScope.Project], fix.GetFixAllProvider()!.GetSupportedFixAllScopes());
    }

    [Fact]
    public async Task The_lock_file_is_written_anew()
    {
        const string Source = """
            namespace Demo;
            public enum Mood { Glad, Sad }
            [AiFunctions] public interface IReader { [UserPrompt("{{text}}")] [ModelOptions(Temperature = 0.5, StopSequences = ["\n"])] Task<Mood> ReadAsync(string text); [UserPrompt("a\nb")] Task<string> AskAsync(); }
            """;
        Project project = Project(Source, ("aisdk.lock.json", "{\n  \"version\": 1,\n  \"functions\": {\"Demo.IReader.GoneAsync()\": {}}\n}\n"));
        Assert.Equal(["AISDK0505", "AISDK0505", "AISDK0506"], (await DiagnosticsAsync(project)).Select(static d => d.Id).Order(StringComparer.Ordinal));

        Project mended = (await ApplyAsync(new WriteLockFileFix(), project, "AISDK0505")).GetProject(project.Id)!;

        Assert.Empty(await DiagnosticsAsync(mended));
        string json = (await mended.AdditionalDocuments.Single().GetTextAsync(TestContext.Current.CancellationToken)).ToString();
        using System.Text.Json.JsonDocument document = System.Text.Json.JsonDocument.Parse(json);
        Assert.Equal(["Demo.IReader.AskAsync()", "Demo.IReader.ReadAsync(string)"], document.RootElement.GetProperty("functions").EnumerateObject().Select(static p => p.Name));
        Assert.EndsWith("}\n", json, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', json);

        // What changes is told in words.
        string[] told = [.. (await DiagnosticsAsync(Project(
            Source.Replace("a\\nb", "a\\nc", StringComparison.Ordinal).Replace("Sad", "Angry, Calm", StringComparison.Ordinal).Replace("0.5", "0", StringComparison.Ordinal), ("aisdk.lock.json", json))))
            .Select(static d => $"{d.Id} {d.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}").Order(StringComparer.Ordinal)];
        const string Accept = "; 'dotnet build -t:AiSdkLock' accepts it";
        Assert.Equal(
            [
                "AISDK0501 what IReader.AskAsync sends is not what aisdk.lock.json says: the user prompt changed: line 2 was 'b' and is 'c'" + Accept,
                "AISDK0502 replies of IReader.ReadAsync that were stored may not be readable any more: $.value has lost the value 'Sad'" + Accept,
                "AISDK0503 the return type of IReader.ReadAsync is not that of aisdk.lock.json: $.value has the new value 'Angry'; $.value has the new value 'Calm'" + Accept,
                "AISDK0504 the options of IReader.ReadAsync are not those of aisdk.lock.json: Temperature was 0.5 and is 0" + Accept,
            ],
            told);
    }

    [Theory]
    [InlineData("public record T(int A);", "public record T(int A, string B);", true, "the property $.b is new and required")]
    [InlineData("public record T(int A);", "public record T(int A, string? B);", false, "the property $.b is new")]
    [InlineData("public record T(int A, string B);", "public record T(int A);", true, "the property $.b is gone")]
    [InlineData("public record T(int? A);", "public record T(int A);", true, "$.a could be null and cannot be any more; $.a could be missing and is required now")]
    [InlineData("public record T(int A);", "public record T(double A);", false, "$.a was integer and is number")]
    [InlineData("public record T(double A);", "public record T(int A);", true, "$.a was number and is integer")]
    [InlineData("public record T(long A);", "public record T(int A);", true, "$.a was long and is int")]
    [InlineData("public record T(int A);", "public record T(long A);", false, "$.a was int and is long")]
    [InlineData("public record T(uint A);", "public record T(int A);", true, "$.a was uint and is int")]
    [InlineData("public record T(int A);", "public record T(byte A);", true, "$.a was int and is byte")]
    [InlineData("public record T(double A);", "public record T(float A);", true, "$.a was double and is float")]
    [InlineData("public record T(float A);", "public record T(double A);", false, "$.a was float and is double")]
    [InlineData("public record T(decimal A);", "public record T(float A);", true, "$.a was decimal and is float")]
    [InlineData("public record T(long A);", "public record T(float A);", true, "$.a was integer and is number")]
    [InlineData("public record T(int A, string B);", "public record T(string B, int A);", false, "the order of the properties of $ changed")]
    [InlineData("public record T(U A); public enum U { B, C }", "public record T(U A); public enum U { C, B }", false, "the order of the values of $.a changed")]
    [InlineData("public record T(string[] A);", "public record T(int[] A);", true, "$.a[] was string and is integer")]
    [InlineData("public record T(Dictionary<string, int> A);", "public record T(Dictionary<string, bool> A);", true, "$.a.* was integer and is boolean")]
    [InlineData("public record T(U A); public record U(int B);", "public record T(U A); public record U(int B, int C);", true, "the property $.a.c is new and required")]
    [InlineData("public record T(int A, T? Next);", "public record T(int A, T? Next, int C);", true, "the property $.c is new and required")]
    [InlineData("public abstract record T { public record A(int X) : T; public record B(int Y) : T; }", "public abstract record T { public record A(int X) : T; }", true, "$.value has lost the alternative \"B\"")]
    public async Task A_change_of_a_type_is_told_in_words(string before, string after, bool isBreaking, string sentence)
    {
        const string Desk = " [AiFunctions] public interface IDesk { [UserPrompt(\"x\")] Task<T> AskAsync(); }";
        Project locked = (await ApplyAsync(new WriteLockFileFix(), Project("namespace Demo; " + before + Desk, ("aisdk.lock.json", "{\"version\":1}")), "AISDK0505")).Projects.Single();
        string json = (await locked.AdditionalDocuments.Single().GetTextAsync(TestContext.Current.CancellationToken)).ToString();

        ImmutableArray<Diagnostic> diagnostics = await DiagnosticsAsync(Project("namespace Demo; " + after + Desk, ("aisdk.lock.json", json)));

        Assert.Contains(diagnostics, d => d.Id == (isBreaking ? "AISDK0502" : "AISDK0503") && d.GetMessage(System.Globalization.CultureInfo.InvariantCulture).Contains(": " + sentence + ";", StringComparison.Ordinal));
    }
}

using System.Collections.Immutable;
using AiSdk.CodeFixes;
using AiSdk.Declarations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using Xunit;

namespace AiSdk.Analyzers.Tests;

/// <summary>Projects in memory with files beside the source.</summary>
internal static class ProjectWithFiles
{
    private const string Folder = "/project/";

    /// <summary>A project in memory.</summary>
    public static Project Project(string source, params (string Name, string Text)[] files)
    {
        AdhocWorkspace workspace = new();
        Project project = workspace.AddProject(ProjectInfo.Create(
            ProjectId.CreateNewId(), VersionStamp.Default, "Consumer", "Consumer", LanguageNames.CSharp, Folder + "Consumer.csproj",
            compilationOptions: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable),
            parseOptions: new CSharpParseOptions(LanguageVersion.CSharp14), metadataReferences: ConsumerCompilation.References));
        project = project.AddDocument("Usings.cs", ConsumerCompilation.Usings, filePath: Folder + "Usings.cs").Project;
        project = project.AddDocument("Source.cs", source, filePath: Folder + "Source.cs").Project;
        foreach ((string name, string text) in files)
            project = project.AddAdditionalDocument(name, SourceText.From(text), filePath: Folder + name).Project;
        return project;
    }

    /// <summary>Its warnings and errors.</summary>
    public static async Task<ImmutableArray<Diagnostic>> DiagnosticsAsync(Project project) =>
        [.. (await AnalyzerRun.OnAsync((await project.GetCompilationAsync(TestContext.Current.CancellationToken))!, null, project.AnalyzerOptions.AdditionalFiles)).Where(static d => d.Severity >= DiagnosticSeverity.Warning)];

    /// <summary>A lock file for source as the fix writes it.</summary>
    public static async Task<string> LockAsync(string source, params (string Name, string Text)[] files)
    {
        Project project = Project(source, [.. files, ("aisdk.lock.json", "{\"version\":1}")]);
        Solution locked = await ApplyAsync(new WriteLockFileFix(), project, "AISDK0505");
        return (await locked.Projects.Single().AdditionalDocuments.Single(static d => d.Name == "aisdk.lock.json").GetTextAsync(TestContext.Current.CancellationToken)).ToString();
    }

    /// <summary>The solution after the only action of a fix for the first diagnostic of an id.</summary>
    public static async Task<Solution> ApplyAsync(CodeFixProvider fix, Project project, string id)
    {
        Diagnostic diagnostic = (await DiagnosticsAsync(project)).First(d => d.Id == id);
        List<CodeAction> actions = [];
        Document document = project.GetDocument(diagnostic.Location.SourceTree)!;
        await fix.RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (action, _) => actions.Add(action), TestContext.Current.CancellationToken));
        ImmutableArray<CodeActionOperation> operations = await Assert.Single(actions).GetOperationsAsync(TestContext.Current.CancellationToken);
        return operations.OfType<ApplyChangesOperation>().Single().ChangedSolution;
    }
}

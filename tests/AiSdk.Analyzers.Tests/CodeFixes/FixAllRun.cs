using System.Collections.Immutable;
using AiSdk.Declarations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Testing;
using Xunit;

namespace AiSdk.Analyzers.Tests.CodeFixes;

/// <summary>Applies a fix to all occurrences in a project at once. The testing library would also do it one after the other, compiling again each time.</summary>
internal static class FixAllRun
{
    /// <summary>Checks what a fix makes of code, in which the places of diagnostics are marked.</summary>
    /// <param name="fix">The fix.</param>
    /// <param name="before">The code.</param>
    /// <param name="after">What it must become.</param>
    /// <param name="occurrences">How many occurrences there are in each run.</param>
    /// <param name="runs">How often it is applied to all.</param>
    public static async Task CheckAsync(Type fix, string before, string after, int occurrences, int runs = 1)
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        CodeFixProvider provider = (CodeFixProvider)Activator.CreateInstance(fix)!;
        using AdhocWorkspace workspace = new();
        Project project = workspace.AddProject("Consumer", LanguageNames.CSharp)
            .WithCompilationOptions(new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable))
            .WithParseOptions(new CSharpParseOptions(LanguageVersion.CSharp14))
            .WithMetadataReferences(ConsumerCompilation.References)
            .AddDocument("Usings.cs", ConsumerCompilation.Usings).Project;
        Document document = project.AddDocument("Source.cs", Unmarked(before));
        document = document.Project.Solution.WithOptions(document.Project.Solution.Options.WithChangedOption(FormattingOptions.NewLine, LanguageNames.CSharp, "\n")).GetDocument(document.Id)!;

        string id = "";
        for (int i = 0; i < runs; i++)
        {
            ImmutableArray<Diagnostic> diagnostics = [.. (await DiagnosticsAsync(document.Project)).Where(d => provider.FixableDiagnosticIds.Contains(d.Id))];
            Assert.Equal(occurrences, diagnostics.Length);
            id = diagnostics[0].Id;
            document = await ApplyAsync(provider, document, diagnostics, cancellationToken);
        }

        Assert.Equal(Unmarked(after), (await document.GetTextAsync(cancellationToken)).ToString());
        Assert.DoesNotContain(await DiagnosticsAsync(document.Project), d => d.Id == id);
        Assert.Empty(AnalyzerRun.Errors((await document.Project.GetCompilationAsync(cancellationToken))!));
    }

    private static async Task<Document> ApplyAsync(CodeFixProvider provider, Document document, ImmutableArray<Diagnostic> diagnostics, CancellationToken cancellationToken)
    {
        CodeAction? first = null;
        await provider.RegisterCodeFixesAsync(new CodeFixContext(document, diagnostics[0], (action, _) => first ??= action, cancellationToken));
        Assert.NotNull(first);
        FixAllContext context = new(document, provider, FixAllScope.Project, first.EquivalenceKey!, provider.FixableDiagnosticIds, new Source(diagnostics), cancellationToken);
        CodeAction all = (await provider.GetFixAllProvider()!.GetFixAsync(context))!;
        Solution changed = (await all.GetOperationsAsync(cancellationToken)).OfType<ApplyChangesOperation>().Single().ChangedSolution;
        return changed.GetDocument(document.Id)!;
    }

    private static async Task<ImmutableArray<Diagnostic>> DiagnosticsAsync(Project project) => await AnalyzerRun.OnAsync((await project.GetCompilationAsync(TestContext.Current.CancellationToken))!);

    private static string Unmarked(string code)
    {
        TestFileMarkupParser.GetSpans(code, out string unmarked, out ImmutableArray<Microsoft.CodeAnalysis.Text.TextSpan> _);
        return unmarked;
    }

    private sealed class Source(ImmutableArray<Diagnostic> diagnostics) : FixAllContext.DiagnosticProvider
    {
        public override Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) => Task.FromResult<IEnumerable<Diagnostic>>(diagnostics);

        public override async Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken)
        {
            SyntaxTree? tree = await document.GetSyntaxTreeAsync(cancellationToken);
            return diagnostics.Where(d => d.Location.SourceTree == tree);
        }

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) => Task.FromResult<IEnumerable<Diagnostic>>([]);
    }
}

using System.Collections.Immutable;
using System.Composition;
using System.Text;
using AiSdk.Analyzers;
using AiSdk.Generators.Emitting;
using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.CodeFixes;

/// <summary>Writes the lock file anew: what was changed is meant.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, DocumentKinds = ["Document", "AdditionalDocument"]), Shared]
public sealed class WriteLockFileFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } =
    [
        DiagnosticIds.CorrectTheLockFile,
        DiagnosticIds.LockTheChangedPrompt,
        DiagnosticIds.KeepStoredRepliesReadable,
        DiagnosticIds.LockTheChangedType,
        DiagnosticIds.LockTheChangedOptions,
        DiagnosticIds.LockTheNewFunction,
        DiagnosticIds.UnlockTheFunctionThatIsGone,
    ];

    /// <summary>The file is written as a whole, so that one application mends all occurrences.</summary>
    public override FixAllProvider GetFixAllProvider() => SolutionFixAllProvider.Of(static (project, _, cancellationToken) => File(project) is { } file ? WriteAsync(project, file, cancellationToken) : Task.FromResult(project.Solution));

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        Project project = context.TextDocument.Project;
        // What does not compile has no entry, and would lose the one that it had.
        if (File(project) is { } file && await ModelsAsync(project, context.CancellationToken).ConfigureAwait(false) is { } models && !LockFile.Failures(models).Any())
            context.RegisterCodeFix(CodeAction.Create($"Accept the changes in {LockFile.Name}", cancellationToken => WriteAsync(project, file, cancellationToken), nameof(WriteLockFileFix)), context.Diagnostics);
    }

    private static async Task<IReadOnlyList<InterfaceModel>?> ModelsAsync(Project project, CancellationToken cancellationToken) =>
        await project.GetCompilationAsync(cancellationToken).ConfigureAwait(false) is { } compilation
            ? [.. ParsedInterfaces.Of(compilation, project.AnalyzerOptions.AdditionalFiles).All(cancellationToken).Select(static one => one.Parsed.Model)]
            : null;

    private static TextDocument? File(Project project) => project.AdditionalDocuments.FirstOrDefault(static document => document.Name == LockFile.Name);

    private static async Task<Solution> WriteAsync(Project project, TextDocument file, CancellationToken cancellationToken)
    {
        if (await ModelsAsync(project, cancellationToken).ConfigureAwait(false) is not { } models || LockFile.Failures(models).Any())
            return project.Solution;
        string json = InvariantCulture.Run(() => LockFile.Write(models));
        return project.Solution.WithAdditionalDocumentText(file.Id, SourceText.From(json, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)));
    }
}

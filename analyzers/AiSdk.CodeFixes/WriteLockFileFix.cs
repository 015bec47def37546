using System.Collections.Immutable;
using System.Composition;
using System.Text;
using AiSdk.Analyzers;
using AiSdk.Generators.Emitting;
using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using AiSdk.Generators.Parsing;
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
        DiagnosticIds.LockTheChangedTools,
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
        if (File(project) is { } file && await ParsedAsync(project, context.CancellationToken).ConfigureAwait(false) is ({ } interfaces, _) && !Fail(interfaces) && LockFile.Unreadable(await TextAsync(file, context.CancellationToken).ConfigureAwait(false)) is null)
            context.RegisterCodeFix(CodeAction.Create($"Accept the changes in {LockFile.Name}", cancellationToken => WriteAsync(project, file, cancellationToken), nameof(WriteLockFileFix)), context.Diagnostics);
    }

    private static async Task<(IReadOnlyList<ParseResult<InterfaceModel>>? Interfaces, Compilation? Compilation)> ParsedAsync(Project project, CancellationToken cancellationToken) =>
        await project.GetCompilationAsync(cancellationToken).ConfigureAwait(false) is { } compilation
            ? ([.. ParsedInterfaces.Of(compilation, project.AnalyzerOptions.AdditionalFiles).All(cancellationToken).Select(static one => one.Parsed)], compilation)
            : default;

    private static bool Fail(IReadOnlyList<ParseResult<InterfaceModel>> interfaces) => LockFile.Failures(interfaces.Select(static parsed => parsed.Model)).Any();

    private static TextDocument? File(Project project) => project.AdditionalDocuments.FirstOrDefault(static document => document.Name == LockFile.Name);

    private static async Task<string> TextAsync(TextDocument file, CancellationToken cancellationToken) => (await file.GetTextAsync(cancellationToken).ConfigureAwait(false)).ToString();

    private static async Task<Solution> WriteAsync(Project project, TextDocument file, CancellationToken cancellationToken)
    {
        if (await ParsedAsync(project, cancellationToken).ConfigureAwait(false) is not ({ } interfaces, { } compilation) || Fail(interfaces))
            return project.Solution;
        string before = await TextAsync(file, cancellationToken).ConfigureAwait(false);
        if (LockFile.Unreadable(before) is not null)
            return project.Solution;
        string json = InvariantCulture.Run(() => LockFile.Write(interfaces, compilation, before, cancellationToken));
        return project.Solution.WithAdditionalDocumentText(file.Id, SourceText.From(json, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)));
    }
}

using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace AiSdk.CodeFixes;

/// <summary>Applies a fix to all of a project's occurrences at once, where it changes files beside the source.</summary>
internal sealed class SolutionFixAllProvider : FixAllProvider
{
    private readonly Func<Project, ImmutableArray<Diagnostic>, CancellationToken, Task<Solution>> _fix;

    private SolutionFixAllProvider(Func<Project, ImmutableArray<Diagnostic>, CancellationToken, Task<Solution>> fix) => _fix = fix;

    /// <summary>Over a fix of a project.</summary>
    public static SolutionFixAllProvider Of(Func<Project, ImmutableArray<Diagnostic>, CancellationToken, Task<Solution>> fix) => new(fix);

    /// <inheritdoc/>
    // Not a solution: dotnet format asks for that scope, and would accept changes that somebody has to look at, or add files that its workspace cannot add.
    public override IEnumerable<FixAllScope> GetSupportedFixAllScopes() => [FixAllScope.Project];

    /// <inheritdoc/>
    public override async Task<CodeAction?> GetFixAsync(FixAllContext fixAllContext)
    {
        Project project = fixAllContext.Project;
        ImmutableArray<Diagnostic> diagnostics = await fixAllContext.GetAllDiagnosticsAsync(project).ConfigureAwait(false);
        return diagnostics.IsEmpty ? null : CodeAction.Create("Fix all", cancellationToken => _fix(project, diagnostics, cancellationToken), fixAllContext.CodeActionEquivalenceKey);
    }
}

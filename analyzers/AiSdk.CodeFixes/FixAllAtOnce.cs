using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.CodeFixes;

/// <summary>Applies a fix to all occurrences at once; where it is not said which fix, the one that is offered first.</summary>
internal sealed class FixAllAtOnce : FixAllProvider
{
    public static FixAllAtOnce Instance { get; } = new();

    public override IEnumerable<FixAllScope> GetSupportedFixAllScopes() => [FixAllScope.Document, FixAllScope.Project, FixAllScope.Solution];

    public override async Task<CodeAction?> GetFixAsync(FixAllContext fixAllContext)
    {
        List<Diagnostic> diagnostics = await DiagnosticsAsync(fixAllContext).ConfigureAwait(false);
        // dotnet format takes the fix's name from the first diagnostic of the same analyzer: one of another id has no such fix, and so no name for it.
        string? key = fixAllContext.CodeActionEquivalenceKey ?? await FirstKeyAsync(fixAllContext, diagnostics).ConfigureAwait(false);
        return key is null ? null : CodeAction.Create("Fix all", cancellationToken => ApplyAsync(fixAllContext, diagnostics, key, cancellationToken), key);
    }

    /// <summary>The occurrences in the scope that are asked for, in the order in which they are read.</summary>
    private static async Task<List<Diagnostic>> DiagnosticsAsync(FixAllContext context)
    {
        List<Diagnostic> diagnostics = [];
        if (context.Scope == FixAllScope.Document && context.Document is { } document)
        {
            diagnostics.AddRange(await context.GetDocumentDiagnosticsAsync(document).ConfigureAwait(false));
        }
        else
        {
            foreach (Project project in context.Scope == FixAllScope.Solution ? context.Solution.Projects : [context.Project])
                diagnostics.AddRange(await context.GetAllDiagnosticsAsync(project).ConfigureAwait(false));
        }
        return [.. diagnostics.Where(diagnostic => context.DiagnosticIds.Contains(diagnostic.Id) && context.Solution.GetDocument(diagnostic.Location.SourceTree) is not null)
            .OrderBy(static diagnostic => diagnostic.Location.SourceTree!.FilePath, StringComparer.Ordinal).ThenBy(static diagnostic => diagnostic.Location.SourceSpan.Start)];
    }

    private static async Task<string?> FirstKeyAsync(FixAllContext context, List<Diagnostic> diagnostics)
    {
        foreach (Diagnostic diagnostic in diagnostics)
        {
            if (await ActionAsync(context, diagnostic, null, context.CancellationToken).ConfigureAwait(false) is { EquivalenceKey: { } key })
                return key;
        }
        return null;
    }

    /// <summary>The fix of this name for one occurrence, or the first one; null if there is none.</summary>
    private static async Task<CodeAction?> ActionAsync(FixAllContext context, Diagnostic diagnostic, string? key, CancellationToken cancellationToken)
    {
        CodeAction? found = null;
        Document document = context.Solution.GetDocument(diagnostic.Location.SourceTree)!;
        await context.CodeFixProvider.RegisterCodeFixesAsync(
            new CodeFixContext(document, diagnostic, (action, _) => found ??= key is null || action.EquivalenceKey == key ? action : null, cancellationToken)).ConfigureAwait(false);
        return found;
    }

    /// <summary>Each occurrence's fix is taken whole, or not at all where it would change what another one changes: it is then still there, to be mended next.</summary>
    private static async Task<Solution> ApplyAsync(FixAllContext context, List<Diagnostic> diagnostics, string key, CancellationToken cancellationToken)
    {
        Solution solution = context.Solution;
        Dictionary<DocumentId, List<TextChange>> taken = [];
        foreach (Diagnostic diagnostic in diagnostics)
        {
            if (await ActionAsync(context, diagnostic, key, cancellationToken).ConfigureAwait(false) is not { } action
                || (await action.GetOperationsAsync(cancellationToken).ConfigureAwait(false)).OfType<ApplyChangesOperation>().SingleOrDefault() is not { } applied)
                continue;
            List<(DocumentId Document, TextChange Change)> changes = [];
            foreach (DocumentId id in applied.ChangedSolution.GetChanges(solution).GetProjectChanges().SelectMany(static project => project.GetChangedDocuments()))
            {
                foreach (TextChange change in await applied.ChangedSolution.GetDocument(id)!.GetTextChangesAsync(solution.GetDocument(id)!, cancellationToken).ConfigureAwait(false))
                    changes.Add((id, change));
            }
            if (changes.Any(change => taken.TryGetValue(change.Document, out List<TextChange>? others) && others.Any(other => other != change.Change && Collide(other.Span, change.Change.Span))))
                continue;
            foreach ((DocumentId id, TextChange change) in changes)
            {
                if (!taken.TryGetValue(id, out List<TextChange>? list))
                    taken.Add(id, list = []);
                if (!list.Contains(change))
                    list.Add(change);
            }
        }
        foreach (KeyValuePair<DocumentId, List<TextChange>> document in taken)
        {
            SourceText text = await solution.GetDocument(document.Key)!.GetTextAsync(cancellationToken).ConfigureAwait(false);
            // What is inserted at one place follows each other as the occurrences do.
            IEnumerable<TextChange> merged = document.Value.GroupBy(static change => change.Span)
                .Select(static same => new TextChange(same.Key, string.Concat(same.Select(static change => change.NewText))))
                .OrderBy(static change => change.Span.Start).ThenBy(static change => change.Span.Length);
            solution = solution.WithDocumentText(document.Key, text.WithChanges(merged));
        }
        return solution;
    }

    private static bool Collide(TextSpan a, TextSpan b) =>
        a.OverlapsWith(b) || (a.IsEmpty && b.Start < a.Start && a.Start < b.End) || (b.IsEmpty && a.Start < b.Start && b.Start < a.End);
}

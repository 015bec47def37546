using System.Collections.Immutable;
using AiSdk.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Editing;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.CodeFixes;

/// <summary>What the fixes have in common: each can be applied to all occurrences at once unless it wants a decision, and is offered only where it changes something.</summary>
public abstract class FixProvider : CodeFixProvider
{
    private protected FixProvider(params string[] ids) => FixableDiagnosticIds = [.. ids];

    /// <inheritdoc/>
    public sealed override ImmutableArray<string> FixableDiagnosticIds { get; }

    /// <summary>Whether each occurrence wants a decision of its own, so that nothing may do it to all of them: neither an editor's "Fix all" nor <c>dotnet format</c>.</summary>
    private protected virtual bool NeedsDecision => false;

    /// <inheritdoc/>
    public sealed override FixAllProvider? GetFixAllProvider() => NeedsDecision ? null : FixAllAtOnce.Instance;

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        if (await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false) is not { } root)
            return;
        foreach (Diagnostic diagnostic in context.Diagnostics.Where(diagnostic => IsStillThere(diagnostic.Location, root)))
            await RegisterAsync(new Occurrence(context, diagnostic, root)).ConfigureAwait(false);
    }

    // dotnet format applies one fix after another, and may hand out places of before the last one.
    private static bool IsStillThere(Location location, SyntaxNode root)
    {
        if (location.SourceTree is not { } tree || tree == root.SyntaxTree)
            return true;
        SourceText before = tree.GetText(), now = root.GetText();
        return location.SourceSpan.End <= now.Length && before.ToString(location.SourceSpan) == now.ToString(location.SourceSpan);
    }

    /// <summary>Offers what can be done about an occurrence.</summary>
    private protected abstract Task RegisterAsync(Occurrence occurrence);

    /// <summary>A diagnostic that may be fixed.</summary>
    private protected sealed class Occurrence(CodeFixContext context, Diagnostic diagnostic, SyntaxNode root)
    {
        public Document Document => context.Document;
        public Diagnostic Diagnostic { get; } = diagnostic;
        public SyntaxNode Root { get; } = root;
        public CancellationToken CancellationToken => context.CancellationToken;

        /// <summary>The innermost node of a kind around the place.</summary>
        public T? Around<T>()
            where T : SyntaxNode => Root.FindNode(Diagnostic.Location.SourceSpan, getInnermostNodeForTie: true).FirstAncestorOrSelf<T>();

        /// <summary>The same around the other place that the diagnostic names, and its document.</summary>
        public (T Node, Document Document)? AroundOther<T>()
            where T : SyntaxNode =>
            Diagnostic.AdditionalLocations is [{ SourceTree: { } tree } other, ..] && Document.Project.Solution.GetDocument(tree) is { } document
                && tree.GetRoot(CancellationToken).FindNode(other.SourceSpan, getInnermostNodeForTie: true).FirstAncestorOrSelf<T>() is { } node
                ? (node, document)
                : null;

        /// <summary>What the analyzer says for fixes.</summary>
        public string? Property(string name) => Diagnostic.Properties.TryGetValue(name, out string? value) ? value : null;

        public Task<SemanticModel?> ModelAsync() => Document.GetSemanticModelAsync(CancellationToken);

        /// <summary>Offers changes of the document's text.</summary>
        public void Offer(string title, string key, params TextChange[] changes) => Offer(title, key, Document, changes);

        /// <summary>Offers changes of the text of a document.</summary>
        public void Offer(string title, string key, Document document, TextChange[] changes) =>
            context.RegisterCodeFix(
                CodeAction.Create(title, async cancellationToken => document.WithText((await document.GetTextAsync(cancellationToken).ConfigureAwait(false)).WithChanges(changes)), key), Diagnostic);

        /// <summary>Offers changes of the syntax of a document.</summary>
        public void Offer(string title, string key, Document document, Action<DocumentEditor> edit) =>
            context.RegisterCodeFix(
                CodeAction.Create(
                    title,
                    async cancellationToken =>
                    {
                        DocumentEditor editor = await DocumentEditor.CreateAsync(document, cancellationToken).ConfigureAwait(false);
                        edit(editor);
                        return editor.GetChangedDocument();
                    },
                    key),
                Diagnostic);
    }
}

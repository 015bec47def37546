using System.Collections.Immutable;
using System.Composition;
using System.Text;
using AiSdk.Analyzers;
using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.CodeFixes;

/// <summary>Creates the prompt, partial or examples that a declaration names, with what the parameters make of it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, DocumentKinds = ["Document", "AdditionalDocument"]), Shared]
public sealed class CreatePromptFileFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [DiagnosticIds.NameAFileThatIsThere, DiagnosticIds.AddThePartial];

    /// <summary>Each file is created once, however many name it.</summary>
    public override FixAllProvider GetFixAllProvider() => SolutionFixAllProvider.Of(static async (project, diagnostics, cancellationToken) =>
    {
        HashSet<string> created = new(StringComparer.Ordinal);
        foreach (Diagnostic diagnostic in diagnostics)
        {
            TextDocument? document = diagnostic.Location.SourceTree is { } tree ? project.GetDocument(tree) : project.AdditionalDocuments.FirstOrDefault(d => d.FilePath == diagnostic.Location.GetLineSpan().Path);
            if (document is not null && Name(diagnostic) is { } name && Path(document, diagnostic, name) is { } path && !IsThere(path) && created.Add(path))
                project = Add(project, path, await TextAsync(document, diagnostic, name, cancellationToken).ConfigureAwait(false));
        }
        return project.Solution;
    });

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            TextDocument document = context.TextDocument;
            if (Name(diagnostic) is not { } name || Path(document, diagnostic, name) is not { } path || IsThere(path))
                continue;
            string text = await TextAsync(document, diagnostic, name, context.CancellationToken).ConfigureAwait(false);
            context.RegisterCodeFix(CodeAction.Create($"Create {name}", _ => Task.FromResult(Add(document.Project, path, text).Solution), nameof(CreatePromptFileFix)), diagnostic);
        }
    }

    private static string? Name(Diagnostic diagnostic) => diagnostic.Properties.TryGetValue(FixProperties.Name, out string? name) ? name : null;

#pragma warning disable RS1035 // It runs in an editor, and must not write over a file that is there but is none of the project's.
    private static bool IsThere(string path) => System.IO.File.Exists(path);
#pragma warning restore RS1035

    private static Project Add(Project project, string path, string text) =>
        project.AddAdditionalDocument(System.IO.Path.GetFileName(path), SourceText.From(text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)), filePath: path).Project;

    /// <summary>A path counts from the project; a partial lies beside who names it.</summary>
    private static string? Path(TextDocument document, Diagnostic diagnostic, string name)
    {
        string? beside = diagnostic.Id == DiagnosticIds.AddThePartial && document is not Document ? document.FilePath : document.Project.FilePath ?? document.FilePath;
        return System.IO.Path.GetDirectoryName(beside) is { } folder ? System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, name.Replace('\\', '/'))) : null;
    }

    private static async Task<string> TextAsync(TextDocument file, Diagnostic diagnostic, string name, CancellationToken cancellationToken)
    {
        if (diagnostic.Id == DiagnosticIds.AddThePartial || file is not Document document
            || await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false) is not { } root
            || root.FindNode(diagnostic.Location.SourceSpan).FirstAncestorOrSelf<MethodDeclarationSyntax>() is not { } method
            || await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false) is not { } model
            || model.GetDeclaredSymbol(method, cancellationToken) is not { } symbol)
            return "\n";
        List<ParameterInfo> data = [.. symbol.Parameters.Select(ParameterInfo.Of).Where(static p => p.Kind == Generators.Parsing.ParameterKind.Data)];
        if (name.EndsWith(PromptFiles.ExamplesExtension, StringComparison.OrdinalIgnoreCase))
            return "";
        string trusted = string.Concat(data.Where(static p => p.IsTrusted).Select(static p => $"{{{{{p.Symbol.Name}}}}}\n"));
        string rest = string.Concat(data.Where(static p => !p.IsTrusted).Select(static p => $"{{{{{p.Symbol.Name}}}}}\n"));
        return trusted.Length == 0 ? "---\nconfig:\n  temperature: 0\n---\n" + (rest.Length == 0 ? symbol.Name + "\n" : rest) : $"---\nconfig:\n  temperature: 0\n---\n{{{{role \"system\"}}}}\n{trusted}{{{{role \"user\"}}}}\n{rest}";
    }
}

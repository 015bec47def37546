using System.Composition;
using AiSdk.Analyzers;
using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AiSdk.CodeFixes;

/// <summary>Writes a user prompt that shows the parameters.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class AddPromptFix() : FixProvider(DiagnosticIds.GiveTheFunctionAPrompt)
{
    private protected override async Task RegisterAsync(Occurrence occurrence)
    {
        if (occurrence.Around<MethodDeclarationSyntax>() is not { } method || !method.Identifier.Span.Contains(occurrence.Diagnostic.Location.SourceSpan)
            || await occurrence.ModelAsync().ConfigureAwait(false) is not { } model || model.GetDeclaredSymbol(method, occurrence.CancellationToken) is not { } symbol)
            return;
        List<string> placeholders = [.. symbol.Parameters.Where(static p => ParameterInfo.Of(p).Kind == Generators.Parsing.ParameterKind.Data).Select(static p => $"{{{{{p.Name}}}}}")];
        if (placeholders.Count == 0)
            return;
        occurrence.Offer(
            "Add a user prompt that shows the parameters", nameof(AddPromptFix),
            Attributes.Add(method, occurrence.Root.GetText(), [Attributes.UserPrompt(string.Join("\n", placeholders))]));
    }
}

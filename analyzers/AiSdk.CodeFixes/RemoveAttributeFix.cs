using System.Composition;
using AiSdk.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AiSdk.CodeFixes;

/// <summary>Removes an attribute that does nothing: an option without effect, or an empty prompt beside another.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class RemoveAttributeFix() : FixProvider(DiagnosticIds.RemoveUnusedOptions, DiagnosticIds.WriteThePrompt)
{
    private protected override Task RegisterAsync(Occurrence occurrence)
    {
        if (occurrence.Around<AttributeSyntax>() is not { Parent: AttributeListSyntax { Parent: MethodDeclarationSyntax method } } attribute)
            return Task.CompletedTask;
        bool isOnlyPrompt = occurrence.Diagnostic.Id == DiagnosticIds.WriteThePrompt
            && method.AttributeLists.SelectMany(static list => list.Attributes).Count(static a => Attributes.Is(a, "UserPrompt") || Attributes.Is(a, "SystemPrompt")) < 2;
        if (!isOnlyPrompt)
            occurrence.Offer($"Remove [{attribute.Name}]", nameof(RemoveAttributeFix), occurrence.Document, editor => editor.RemoveNode(attribute));
        return Task.CompletedTask;
    }
}

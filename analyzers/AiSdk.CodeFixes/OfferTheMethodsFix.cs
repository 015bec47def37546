using System.Composition;
using AiSdk.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.CodeFixes;

/// <summary>Makes tools of the public methods of a type that is offered and has none.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class OfferTheMethodsFix() : FixProvider(DiagnosticIds.OfferATypeWithTools)
{
    // Each of them is given to a model.
    private protected override bool NeedsDecision => true;

    private protected override async Task RegisterAsync(Occurrence occurrence)
    {
        if (occurrence.Around<AttributeSyntax>() is not { } attribute || await occurrence.ModelAsync().ConfigureAwait(false) is not { } model)
            return;
        TypeSyntax? written = attribute.Name is GenericNameSyntax { TypeArgumentList.Arguments: [{ } argument] } ? argument : (attribute.ArgumentList?.Arguments.FirstOrDefault()?.Expression as TypeOfExpressionSyntax)?.Type;
        if (written is null || model.GetSymbolInfo(written, occurrence.CancellationToken).Symbol is not INamedTypeSymbol { IsGenericType: false, DeclaringSyntaxReferences: [{ } only] } type
            || await only.GetSyntaxAsync(occurrence.CancellationToken).ConfigureAwait(false) is not TypeDeclarationSyntax declaration
            || occurrence.Document.Project.Solution.GetDocument(declaration.SyntaxTree) is not { } document)
            return;
        SourceText text = declaration.SyntaxTree.GetText(occurrence.CancellationToken);
        bool isInterface = declaration is InterfaceDeclarationSyntax;
        TextChange[] changes =
        [
            .. declaration.Members.OfType<MethodDeclarationSyntax>()
                .Where(method => (isInterface || method.Modifiers.Any(static m => m.IsKind(SyntaxKind.PublicKeyword))) && method.TypeParameterList is null && !method.Modifiers.Any(static m => m.IsKind(SyntaxKind.OverrideKeyword))
                    && !method.AttributeLists.SelectMany(static list => list.Attributes).Any(static a => Attributes.Is(a, "AiTool")))
                .Select(method => Attributes.Add(method, text, ["[AiTool]"])),
        ];
        if (changes.Length > 0)
            occurrence.Offer($"Make tools of the public methods of {type.Name}", nameof(OfferTheMethodsFix), document, changes);
    }
}

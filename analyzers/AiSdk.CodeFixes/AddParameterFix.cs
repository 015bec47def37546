using System.Composition;
using AiSdk.Analyzers;
using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AiSdk.CodeFixes;

/// <summary>Adds the string parameter that a placeholder names.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class AddParameterFix() : FixProvider(DiagnosticIds.NameAParameter)
{
    // It changes what callers must give.
    private protected override bool NeedsDecision => true;

    private protected override async Task RegisterAsync(Occurrence occurrence)
    {
        if (occurrence.Property(FixProperties.Name) is not { } name || !SyntaxFacts.IsValidIdentifier(name) || occurrence.AroundOther<MethodDeclarationSyntax>() is not (var method, var document)
            || await document.GetSemanticModelAsync(occurrence.CancellationToken).ConfigureAwait(false) is not { } model)
            return;
        // In a loop the name may be meant for a member of the element, and outside one it may lead to a member; a string has none.
        SeparatedSyntaxList<ParameterSyntax> parameters = method.ParameterList.Parameters;
        int place = 0;
        while (place < parameters.Count && model.GetDeclaredSymbol(parameters[place], occurrence.CancellationToken) is { HasExplicitDefaultValue: false, IsParams: false } parameter
            && ParameterInfo.Of(parameter).Kind is not (Generators.Parsing.ParameterKind.CancellationToken or Generators.Parsing.ParameterKind.Options))
            place++;
        ParameterSyntax added = SyntaxFactory.Parameter(SyntaxFactory.Identifier(SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name))
            .WithType(SyntaxFactory.PredefinedType(SyntaxFactory.Token(SyntaxKind.StringKeyword)).WithTrailingTrivia(SyntaxFactory.Space));
        occurrence.Offer(
            $"Add a parameter 'string {name}'", nameof(AddParameterFix), document,
            editor => editor.ReplaceNode(method, (node, _) =>
            {
                MethodDeclarationSyntax current = (MethodDeclarationSyntax)node;
                return current.WithParameterList(current.ParameterList.WithParameters(current.ParameterList.Parameters.Insert(Math.Min(place, current.ParameterList.Parameters.Count), added)));
            }));
    }
}

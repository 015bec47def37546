using System.Composition;
using AiSdk.Analyzers;
using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AiSdk.CodeFixes;

/// <summary>Gives the alternatives of a union discriminators: their names in camel case.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class AddDiscriminatorsFix() : FixProvider(DiagnosticIds.TellTheAlternativesApart)
{
    private protected override Task RegisterAsync(Occurrence occurrence)
    {
        if (occurrence.AroundOther<TypeDeclarationSyntax>() is not (var type, var document))
            return Task.CompletedTask;
        List<AttributeSyntax> without =
            [.. type.AttributeLists.SelectMany(static list => list.Attributes).Where(static a => Attributes.Is(a, "JsonDerivedType") && a.ArgumentList is { Arguments: [{ Expression: TypeOfExpressionSyntax }] })];
        List<string> names = [.. type.AttributeLists.SelectMany(static list => list.Attributes).Where(static a => Attributes.Is(a, "JsonDerivedType")).Select(static a => a.ArgumentList switch
        {
            { Arguments: [_, { Expression: LiteralExpressionSyntax given }] } => given.Token.ValueText,
            { Arguments: [{ Expression: TypeOfExpressionSyntax named }] } => JsonNames.CamelCase(named.Type.ToString().Split('.').Last()),
            _ => "",
        })];
        // Two alternatives of one name would still not be told apart.
        if (without.Count > 0 && names.Distinct(StringComparer.Ordinal).Count() == names.Count)
        {
            occurrence.Offer("Add the missing discriminators", nameof(AddDiscriminatorsFix), document, editor =>
            {
                foreach (AttributeSyntax attribute in without)
                {
                    TypeSyntax named = ((TypeOfExpressionSyntax)attribute.ArgumentList!.Arguments[0].Expression).Type;
                    string discriminator = JsonNames.CamelCase(named.ToString().Split('.').Last());
                    editor.ReplaceNode(attribute.ArgumentList, attribute.ArgumentList.AddArguments(
                        SyntaxFactory.AttributeArgument(SyntaxFactory.LiteralExpression(SyntaxKind.StringLiteralExpression, SyntaxFactory.Literal(discriminator)))));
                }
            });
        }
        return Task.CompletedTask;
    }
}

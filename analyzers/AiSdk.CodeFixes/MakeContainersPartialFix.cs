using System.Composition;
using AiSdk.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;

namespace AiSdk.CodeFixes;

/// <summary>Makes the types around an interface partial, so that the generated class can lie there.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class MakeContainersPartialFix() : FixProvider(DiagnosticIds.LetAClassImplementTheInterface)
{
    private protected override Task RegisterAsync(Occurrence occurrence)
    {
        List<TypeDeclarationSyntax> closed =
            [.. occurrence.Around<InterfaceDeclarationSyntax>()?.Ancestors().OfType<TypeDeclarationSyntax>().Where(static type => !type.Modifiers.Any(SyntaxKind.PartialKeyword)) ?? []];
        if (closed.Count > 0)
        {
            occurrence.Offer(
                $"Make {string.Join(" and ", closed.Select(static type => type.Identifier.ValueText))} partial", nameof(MakeContainersPartialFix), occurrence.Document,
                editor =>
                {
                    foreach (TypeDeclarationSyntax type in closed)
                        editor.SetModifiers(type, editor.Generator.GetModifiers(type).WithPartial(true));
                });
        }
        return Task.CompletedTask;
    }
}

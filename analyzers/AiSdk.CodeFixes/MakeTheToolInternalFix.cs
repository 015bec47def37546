using System.Composition;
using AiSdk.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.CodeFixes;

/// <summary>Makes a method that is private or protected internal, so that generated code can call it as a tool.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class MakeTheToolInternalFix() : FixProvider(DiagnosticIds.LetTheToolBeCalled)
{
    private protected override Task RegisterAsync(Occurrence occurrence)
    {
        if (occurrence.Around<MethodDeclarationSyntax>() is not { Parent: ClassDeclarationSyntax, TypeParameterList: null } method)
            return Task.CompletedTask;
        List<SyntaxToken> hiding = [.. method.Modifiers.Where(static m => m.IsKind(SyntaxKind.PrivateKeyword) || m.IsKind(SyntaxKind.ProtectedKeyword))];
        bool isReachable = method.Modifiers.Any(static m => m.IsKind(SyntaxKind.PublicKeyword) || m.IsKind(SyntaxKind.InternalKeyword));
        // What overrides has the accessibility of what it overrides, and an explicit implementation none.
        if (isReachable || method.ExplicitInterfaceSpecifier is not null || method.Modifiers.Any(static m => m.IsKind(SyntaxKind.OverrideKeyword) || m.IsKind(SyntaxKind.PartialKeyword)))
            return Task.CompletedTask;
        int start = method.Modifiers.Count > 0 ? method.Modifiers[0].SpanStart : method.ReturnType.SpanStart;
        TextChange change = hiding.Count == 0
            ? new TextChange(new TextSpan(start, 0), "internal ")
            : new TextChange(TextSpan.FromBounds(hiding[0].SpanStart, hiding[hiding.Count - 1].Span.End), "internal");
        occurrence.Offer($"Make '{method.Identifier.ValueText}' internal", nameof(MakeTheToolInternalFix), change);
        return Task.CompletedTask;
    }
}

using System.Collections.Immutable;
using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AiSdk.Analyzers;

/// <summary>
/// Silences rules for code that is called where they look at declarations of functions: a parameter is used by the prompt, and its name, like a method's, is what the prompt and its model see.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DeclarationSuppressor : DiagnosticSuppressor
{
    private static readonly ImmutableArray<SuppressionDescriptor> _all =
    [
        .. new[] { "IDE0060", "CA1801", "RCS1163" }.Select(static rule => new SuppressionDescriptor("AISDK9001", rule, "The prompts of an AI function use its parameters")),
        .. new[] { "IDE1006", "CA1707", "CA1054", "SA1313" }.Select(static rule => new SuppressionDescriptor("AISDK9002", rule, "The names of an AI function and its parameters are those of its prompts and examples")),
    ];

    /// <inheritdoc/>
    public override ImmutableArray<SuppressionDescriptor> SupportedSuppressions => _all;

    /// <inheritdoc/>
    public override void ReportSuppressions(SuppressionAnalysisContext context)
    {
        foreach (Diagnostic diagnostic in context.ReportedDiagnostics)
        {
            if (diagnostic.Location.SourceTree is not { } tree)
                continue;
            SyntaxNode node = tree.GetRoot(context.CancellationToken).FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            SyntaxNode? declaration = node.FirstAncestorOrSelf<SyntaxNode>(static n => n is ParameterSyntax or MethodDeclarationSyntax);
            if (declaration?.FirstAncestorOrSelf<InterfaceDeclarationSyntax>() is null || context.GetSemanticModel(tree).GetDeclaredSymbol(declaration, context.CancellationToken) is not { } symbol)
                continue;
            IMethodSymbol? method = symbol as IMethodSymbol ?? symbol.ContainingSymbol as IMethodSymbol;
            // A method with a body is no AI function, whatever its interface is.
            if (method is { IsAbstract: true, ContainingType: { } type } && type.Has("AiSdk", "AiFunctionsAttribute"))
                context.ReportSuppression(Suppression.Create(_all.First(s => s.SuppressedDiagnosticId == diagnostic.Id), diagnostic));
        }
    }
}

using System.Composition;
using AiSdk.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.CodeFixes;

/// <summary>Marks a parameter as written by the application.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class MarkTrustedFix() : FixProvider(DiagnosticIds.KeepUntrustedTextOutOfTheSystemPrompt)
{
    // It says that text is safe, which nobody can say of all of it at once.
    private protected override bool NeedsDecision => true;

    private protected override Task RegisterAsync(Occurrence occurrence)
    {
        if (occurrence.Property(FixProperties.Name) is { } name && occurrence.AroundOther<MethodDeclarationSyntax>() is (var method, var document)
            && method.ParameterList.Parameters.FirstOrDefault(p => p.Identifier.ValueText == name) is { } parameter)
            occurrence.Offer($"Mark '{name}' [Trusted]: the application writes it", nameof(MarkTrustedFix), document, [new TextChange(new TextSpan(parameter.SpanStart, 0), "[Trusted] ")]);
        return Task.CompletedTask;
    }
}

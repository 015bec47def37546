using System.Composition;
using AiSdk.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.CodeFixes;

/// <summary>Marks a tool's parameter as a service.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class MarkFromServicesFix() : FixProvider(DiagnosticIds.TakeArgumentsThatAModelCanWrite)
{
    // It takes the argument away from the model.
    private protected override bool NeedsDecision => true;

    private protected override Task RegisterAsync(Occurrence occurrence)
    {
        // Where there is an attribute already, that is what is wrong.
        if (occurrence.Around<ParameterSyntax>() is { Type: IdentifierNameSyntax or QualifiedNameSyntax or GenericNameSyntax, AttributeLists.Count: 0 } parameter)
            occurrence.Offer($"Take '{parameter.Identifier.ValueText}' from the services", nameof(MarkFromServicesFix), new TextChange(new TextSpan(parameter.SpanStart, 0), "[FromServices] "));
        return Task.CompletedTask;
    }
}

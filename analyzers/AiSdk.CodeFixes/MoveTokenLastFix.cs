using System.Composition;
using AiSdk.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AiSdk.CodeFixes;

/// <summary>Moves the CancellationToken behind the other parameters.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class MoveTokenLastFix() : FixProvider(DiagnosticIds.PutTheCancellationTokenLast)
{
    private protected override Task RegisterAsync(Occurrence occurrence)
    {
        if (occurrence.Around<ParameterSyntax>() is not { Parent: ParameterListSyntax list } token)
            return Task.CompletedTask;
        bool hasParams = list.Parameters.Last().Modifiers.Any(static m => m.ValueText == "params");
        // Behind parameters with a default it needs one, too.
        bool needsDefault = token.Default is null && list.Parameters.Any(p => p != token && p.Default is not null);
        if (hasParams || needsDefault)
            return Task.CompletedTask;
        occurrence.Offer("Move the CancellationToken to the end", nameof(MoveTokenLastFix), occurrence.Document, editor =>
        {
            List<ParameterSyntax> parameters = [.. list.Parameters.Where(p => p != token), token];
            // The line breaks and commas stay where they are.
            for (int i = 0; i < parameters.Count; i++)
                parameters[i] = parameters[i].WithTriviaFrom(list.Parameters[i]);
            editor.ReplaceNode(list, list.WithParameters(Microsoft.CodeAnalysis.CSharp.SyntaxFactory.SeparatedList(parameters, list.Parameters.GetSeparators())));
        });
        return Task.CompletedTask;
    }
}

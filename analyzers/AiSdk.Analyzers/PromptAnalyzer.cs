using System.Collections.Immutable;
using AiSdk.Analyzers.Prompts;
using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AiSdk.Analyzers;

/// <summary>What is wrong in a prompt.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class PromptAnalyzer : InterfaceAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        DiagnosticDescriptors.CorrectTheTemplate,
        DiagnosticDescriptors.NameAParameter,
        DiagnosticDescriptors.NameAMember,
        DiagnosticDescriptors.ShowTheValueInASupportedWay,
        DiagnosticDescriptors.LoopOverAList,
        DiagnosticDescriptors.AskForSomethingThatCanBeFalse,
        DiagnosticDescriptors.KeepUntrustedTextOutOfTheSystemPrompt,
        DiagnosticDescriptors.UseTheParameter,
        DiagnosticDescriptors.DoubleTheBraces,
        DiagnosticDescriptors.KeepUntrustedTextInsideItsDelimiter,
        DiagnosticDescriptors.PutWhatChangesLast,
        DiagnosticDescriptors.ShortenThePrompt,
        DiagnosticDescriptors.AskForTheFormatOfTheReturnType,
        DiagnosticDescriptors.NameWhatTheReturnTypeHas,
        DiagnosticDescriptors.WriteThePrompt,
    ];

    private protected override void Analyze(InterfaceContext context)
    {
        context.ReportProblems();
        foreach (FunctionFacts function in context.Functions)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            UnusedParameters.Check(context, function);
            PrefixOrder.Check(context, function);
            PromptLength.Check(context, function);
            foreach (PromptFacts prompt in function.Prompts.Concat(function.Partials))
            {
                EmptyPrompts.Check(context, function, prompt);
                SingleBraces.Check(context, function, prompt);
                OpenDelimiters.Check(context, function, prompt);
                RequestedFormat.Check(context, function, prompt);
                NamedValues.Check(context, function, prompt);
            }
        }
    }
}

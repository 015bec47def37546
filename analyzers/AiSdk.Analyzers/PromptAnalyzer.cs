using System.Collections.Immutable;
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
    ];
}

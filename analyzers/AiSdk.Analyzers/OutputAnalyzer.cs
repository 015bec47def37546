using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AiSdk.Analyzers;

/// <summary>Types of replies that cannot be read, or not well.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class OutputAnalyzer : InterfaceAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        DiagnosticDescriptors.ReturnATypeThatCanBeRead,
        DiagnosticDescriptors.UseStringKeys,
        DiagnosticDescriptors.GiveTheValueAType,
        DiagnosticDescriptors.TellTheAlternativesApart,
        DiagnosticDescriptors.NameTheDerivedTypes,
        DiagnosticDescriptors.CorrectTheExample,
    ];
}

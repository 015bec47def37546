using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AiSdk.Analyzers;

/// <summary>Parameters that cannot be filled from documents, and citations of nothing.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class RetrievalAnalyzer : InterfaceAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [DiagnosticDescriptors.NameTheQuery, DiagnosticDescriptors.CorrectTheRetrieval, DiagnosticDescriptors.ShowThePassagesThatAreCited];
}

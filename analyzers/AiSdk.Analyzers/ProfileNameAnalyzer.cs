using System.Collections.Immutable;
using AiSdk.Analyzers.Replies;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AiSdk.Analyzers;

/// <summary>Names of provider profiles in the project that nobody knows.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ProfileNameAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [DiagnosticDescriptors.NameAKnownProfile];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationAction(static compilation =>
        {
            foreach (string name in ProfileAnalyzer.Names(compilation.Options.AnalyzerConfigOptionsProvider).Where(static name => ProfileAnalyzer.Find(name) is null))
                compilation.ReportDiagnostic(Diagnostic.Create(DiagnosticDescriptors.NameAKnownProfile, null, name, string.Join(", ", SchemaProfile.All.Select(static p => p.Name))));
        });
    }
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AiSdk.Analyzers;

/// <summary>Looks at interfaces of AI functions, as the generator's parser sees them.</summary>
public abstract class InterfaceAnalyzer : DiagnosticAnalyzer
{
    private protected InterfaceAnalyzer()
    {
    }

    /// <inheritdoc/>
    public sealed override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            if (start.Compilation.GetTypeByMetadataName(Generators.AttributeNames.AiFunctions) is null)
                return;
            ParsedInterfaces interfaces = ParsedInterfaces.Of(start.Compilation, start.Options.AdditionalFiles);
            InterfaceFindings findings = new(
                interfaces,
                (type, parsed, cancellationToken) =>
                {
                    InterfaceContext context = new(type, parsed, start.Compilation, start.Options, SupportedDiagnostics, cancellationToken);
                    Analyze(context);
                    return context.Findings;
                });
            start.RegisterSymbolAction(
                symbol =>
                {
                    INamedTypeSymbol type = (INamedTypeSymbol)symbol.Symbol;
                    if (interfaces.Get(type, symbol.CancellationToken) is not { } parsed)
                        return;
                    foreach (Diagnostic diagnostic in findings.Of(type, parsed, symbol.CancellationToken))
                        symbol.ReportDiagnostic(diagnostic);
                },
                SymbolKind.NamedType);
            start.RegisterCompilationEndAction(end => AnalyzeEnd(end, interfaces));
        });
    }

    /// <summary>Reports what is seen only when all interfaces are known.</summary>
    private protected virtual void AnalyzeEnd(CompilationAnalysisContext context, ParsedInterfaces interfaces)
    {
    }

    /// <summary>Reports what is wrong. Unless overridden: the parser's problems of the kinds that the analyzer supports.</summary>
    private protected virtual void Analyze(InterfaceContext context) => context.ReportProblems();
}

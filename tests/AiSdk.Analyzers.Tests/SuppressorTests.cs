using System.Collections.Immutable;
using AiSdk.Declarations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Xunit;

namespace AiSdk.Analyzers.Tests;

/// <summary>Rules for code that is called are silent where they look at declarations, and only there.</summary>
public sealed class SuppressorTests
{
    [Theory]
    [InlineData("[AiFunctions] public interface IDesk { [UserPrompt(\"{{text_}}\")] Task<string> Ask_Async(string text_); }", true)]
    [InlineData("public interface IDesk { Task<string> Ask_Async(string text_); }", false)]
    [InlineData("[AiFunctions] public interface IDesk { Task<string> Ask_Async(string text_) => Task.FromResult(\"\"); }", false)]
    public async Task Names_and_parameters(string source, bool isSuppressed)
    {
        ImmutableArray<Diagnostic> diagnostics = await ConsumerCompilation.Create(source, cancellationToken: TestContext.Current.CancellationToken)
            .WithAnalyzers([new EveryNameAnalyzer(), new DeclarationSuppressor()], new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), null, true, false, reportSuppressedDiagnostics: true))
            .GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["CA1707", "IDE0060", "IDE1006"], diagnostics.Select(static d => d.Id).Distinct().Order(StringComparer.Ordinal));
        Assert.All(diagnostics, d => Assert.Equal(isSuppressed, d.IsSuppressed));
    }

    /// <summary>Complains of all methods and parameters, under the ids of the platform's rules.</summary>
#pragma warning disable RS1036, RS1001 // It is run here only.
    private sealed class EveryNameAnalyzer : DiagnosticAnalyzer
    {
        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
            [.. new[] { "CA1707", "IDE0060", "IDE1006" }.Select(static id => new DiagnosticDescriptor(id, id, id, "Test", DiagnosticSeverity.Warning, isEnabledByDefault: true))];

        public override void Initialize(AnalysisContext context)
        {
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.EnableConcurrentExecution();
            context.RegisterSymbolAction(
                symbol =>
                {
                    IMethodSymbol method = (IMethodSymbol)symbol.Symbol;
                    symbol.ReportDiagnostic(Diagnostic.Create(SupportedDiagnostics[0], method.Locations[0]));
                    foreach (IParameterSymbol parameter in method.Parameters)
                    {
                        symbol.ReportDiagnostic(Diagnostic.Create(SupportedDiagnostics[1], parameter.Locations[0]));
                        symbol.ReportDiagnostic(Diagnostic.Create(SupportedDiagnostics[2], parameter.Locations[0]));
                    }
                },
                SymbolKind.Method);
        }
    }
#pragma warning restore RS1036, RS1001
}

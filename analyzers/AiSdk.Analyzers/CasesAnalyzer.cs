using System.Collections.Immutable;
using AiSdk.Analyzers.Locations;
using AiSdk.Generators;
using AiSdk.Generators.Helpers;
using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AiSdk.Analyzers;

/// <summary>Files of cases that do not fit their function.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class CasesAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        DiagnosticDescriptors.EvaluateWhatCasesCanGive,
        DiagnosticDescriptors.CorrectTheCase,
        DiagnosticDescriptors.NameEachCaseOnce,
        DiagnosticDescriptors.NameAFileOfCases,
        DiagnosticDescriptors.ReferenceTheEvaluation,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName(AttributeNames.AiFunctions) is null)
                return;
            PromptFiles files = PromptFiles.OfCases(start.Options.AdditionalFiles);
            start.RegisterSymbolAction(
                symbol =>
                {
                    if (symbol.Symbol is INamedTypeSymbol { TypeKind: TypeKind.Interface } type && type.Attribute("AiSdk", "AiFunctionsAttribute") is { } attribute && InterfaceParser.IsFirst(type, attribute))
                        InvariantCulture.Run(() => Analyze(symbol, type, files));
                },
                SymbolKind.NamedType);
        });
    }

    private static bool Analyze(SymbolAnalysisContext context, INamedTypeSymbol type, PromptFiles files)
    {
        if (CasesParser.Parse(type, context.Compilation, context.CancellationToken) is not { } parsed)
            return false;
        // What is wrong in a file that several functions share is said once.
        HashSet<CaseProblem> said = [];
        foreach (Problem problem in parsed.Problems)
            Report(problem.Kind, problem.Message, problem.Site);
        for (int i = 0; i < parsed.Methods.Count; i++)
        {
            (IMethodSymbol method, AttributeData attribute) = parsed.Methods[i];
            CaseFileChecker.Check(parsed.Model.Functions[i], parsed.Model.Types, files, out IReadOnlyList<CaseProblem> problems, context.CancellationToken);
            foreach (CaseProblem problem in problems.Where(said.Add))
                Report(problem.Kind, problem.Message, new ProblemSite(method, SitePart.Text, attribute) { File = problem.Site });
        }
        return true;

        void Report(ProblemKind kind, string message, ProblemSite site) => context.ReportDiagnostic(Diagnostic.Create(
            DiagnosticDescriptors.Of(kind), SiteLocations.Of(site, context.Compilation, context.CancellationToken) ?? type.Locations[0], message));
    }
}

using System.Collections.Immutable;
using AiSdk.Analyzers.Locations;
using AiSdk.Generators.Models;
using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AiSdk.Analyzers;

/// <summary>An interface under analysis.</summary>
/// <param name="symbol">The compiler's context.</param>
/// <param name="parsed">What the parser says.</param>
/// <param name="interfaces">What it says of the other interfaces.</param>
/// <param name="supported">The diagnostics that may be reported.</param>
internal sealed class InterfaceContext(SymbolAnalysisContext symbol, ParseResult<InterfaceModel> parsed, ParsedInterfaces interfaces, ImmutableArray<DiagnosticDescriptor> supported)
{
    private readonly HashSet<(string Id, FileSite File, string Message)> _saidOfFiles = [];

    /// <summary>The interface.</summary>
    public INamedTypeSymbol Type { get; } = (INamedTypeSymbol)symbol.Symbol;

    /// <summary>Its compilation.</summary>
    public Compilation Compilation => symbol.Compilation;

    /// <summary>Its model.</summary>
    public InterfaceModel Model => parsed.Model;

    /// <summary>MSBuild properties and .editorconfig.</summary>
    public AnalyzerConfigOptionsProvider Options => symbol.Options.AnalyzerConfigOptionsProvider;

    /// <summary>Stops the analysis.</summary>
    public CancellationToken CancellationToken => symbol.CancellationToken;

    /// <summary>The functions that are to be looked at here.</summary>
    public IEnumerable<FunctionFacts> Functions => parsed.Functions.Where(f => ParsedInterfaces.IsMatterOf(Type, f.Method));

    /// <summary>Reports the parser's problems of the supported kinds.</summary>
    public void ReportProblems()
    {
        foreach (Problem problem in parsed.Problems)
        {
            DiagnosticDescriptor descriptor = DiagnosticDescriptors.Of(problem.Kind);
            if (!supported.Contains(descriptor) || !ParsedInterfaces.IsMatterOf(Type, problem.Site.Symbol)
                || (problem.Site.File is not null && interfaces.IsReportedBefore(Type, problem, CancellationToken)))
                continue;
            ImmutableDictionary<string, string?> properties = FixProperties.Of(problem);
            Report(descriptor, problem.Site, problem.Related, properties, problem.Message);
        }
    }

    /// <summary>Reports a diagnostic at a place that is told in terms of symbols.</summary>
    public void Report(DiagnosticDescriptor descriptor, ProblemSite site, params object[] arguments) => Report(descriptor, site, null, null, arguments);

    /// <summary>The same, with a member that has to do with it and with what a fix needs.</summary>
    public void Report(DiagnosticDescriptor descriptor, ProblemSite site, ISymbol? related, ImmutableDictionary<string, string?>? properties, params object[] arguments)
    {
        // What is wrong in a file that several functions share is said once.
        if (site.File is { } file && !_saidOfFiles.Add((descriptor.Id, file, string.Join("\n", arguments))))
            return;
        Location location = SiteLocations.Of(site, Compilation, CancellationToken) ?? Type.Locations[0];
        // A prompt may be a constant from elsewhere; the function then has to be found from there.
        ISymbol? other = related ?? (site.Part == SitePart.Text ? site.Symbol : null);
        IEnumerable<Location> others = other?.Locations.Where(l => l.SourceTree is { } tree && Compilation.ContainsSyntaxTree(tree)).Take(1) ?? [];
        symbol.ReportDiagnostic(Diagnostic.Create(descriptor, location, others, properties, arguments));
    }
}

using System.Collections.Immutable;
using System.Globalization;
using AiSdk.Analyzers.Locations;
using AiSdk.Generators.Models;
using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AiSdk.Analyzers;

/// <summary>An interface under analysis, and what is found at it.</summary>
/// <param name="type">The interface.</param>
/// <param name="parsed">What the parser says.</param>
/// <param name="compilation">Its compilation.</param>
/// <param name="options">What else the compiler knows.</param>
/// <param name="supported">The diagnostics that may be reported.</param>
/// <param name="cancellationToken">Stops the analysis.</param>
internal sealed class InterfaceContext(
    INamedTypeSymbol type, ParseResult<InterfaceModel> parsed, Compilation compilation, AnalyzerOptions options, ImmutableArray<DiagnosticDescriptor> supported, CancellationToken cancellationToken)
{
    private readonly HashSet<FileFinding> _saidOfFiles = [];
    private readonly List<Finding> _findings = [];

    /// <summary>What was found so far.</summary>
    public IReadOnlyList<Finding> Findings => _findings;

    /// <summary>The interface.</summary>
    public INamedTypeSymbol Type { get; } = type;

    /// <summary>Its compilation.</summary>
    public Compilation Compilation { get; } = compilation;

    /// <summary>Its model.</summary>
    public InterfaceModel Model => parsed.Model;

    /// <summary>MSBuild properties and .editorconfig.</summary>
    public AnalyzerConfigOptionsProvider Options => options.AnalyzerConfigOptionsProvider;

    /// <summary>Stops the analysis.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>The functions that are to be looked at here.</summary>
    public IEnumerable<FunctionFacts> Functions => parsed.Functions.Where(f => ParsedInterfaces.IsMatterOf(Type, f.Method));

    /// <summary>Reports the parser's problems of the supported kinds.</summary>
    public void ReportProblems()
    {
        foreach (Problem problem in parsed.Problems)
        {
            DiagnosticDescriptor descriptor = DiagnosticDescriptors.Of(problem.Kind);
            if (!supported.Contains(descriptor) || !ParsedInterfaces.IsMatterOf(Type, problem.Site.Symbol))
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
        Location location = SiteLocations.Of(site, Compilation, CancellationToken) ?? Type.Locations[0];
        // A prompt may be a constant from elsewhere; the function then has to be found from there.
        ISymbol? other = related ?? (site.Part == SitePart.Text ? site.Symbol : null);
        IEnumerable<Location> others = other?.Locations.Where(l => l.SourceTree is { } tree && Compilation.ContainsSyntaxTree(tree)).Take(1) ?? [];
        Diagnostic diagnostic = Diagnostic.Create(descriptor, location, others, properties, arguments);
        FileFinding? inFile = site.File is { } file ? new FileFinding(descriptor.Id, file, diagnostic.GetMessage(CultureInfo.InvariantCulture)) : null;
        // What is wrong in a file that several functions share is said once.
        if (inFile is null || _saidOfFiles.Add(inFile))
            _findings.Add(new Finding(diagnostic, inFile));
    }
}

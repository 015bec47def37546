using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using AiSdk.Declarations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace AiSdk.Generators.Tests;

/// <summary>Runs the generator as the compiler does, and checks on every run what must always hold.</summary>
internal static class GeneratorHarness
{
    private static readonly HashSet<string> _ownSteps = [TrackingNames.ParsedInterfaces, TrackingNames.Interfaces, TrackingNames.InterfacesWithFiles, TrackingNames.Partials, TrackingNames.Tools, TrackingNames.FunctionTools, TrackingNames.Cases, TrackingNames.CheckedCases];

    /// <summary>A compilation with the references of a consumer.</summary>
    public static CSharpCompilation Compile(
        string source, DocumentationMode documentation = DocumentationMode.Parse, IEnumerable<MetadataReference>? references = null, string assemblyName = "Consumer",
        IEnumerable<string>? moreSources = null) =>
        ConsumerCompilation.Create(source, documentation, references, assemblyName, moreSources, TestContext.Current.CancellationToken);

    /// <summary>A driver that notes what each step did.</summary>
    /// <param name="options">How the consumer is parsed.</param>
    /// <param name="files">Files beside the source.</param>
    /// <param name="withTools">Whether tools are generated, too.</param>
    /// <param name="withCases">Whether cases are generated, too.</param>
    public static CSharpGeneratorDriver Driver(CSharpParseOptions? options = null, IEnumerable<AdditionalText>? files = null, bool withTools = false, bool withCases = false) => CSharpGeneratorDriver.Create(
        [new AiFunctionsGenerator().AsSourceGenerator(), .. withTools ? [new AiToolsGenerator().AsSourceGenerator()] : Array.Empty<ISourceGenerator>(), .. withCases ? [new AiCasesGenerator().AsSourceGenerator()] : Array.Empty<ISourceGenerator>()],
        additionalTexts: files,
        parseOptions: options ?? new CSharpParseOptions(LanguageVersion.CSharp14),
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>
    /// Generates, and checks: no exception, no diagnostics from the generator, the output compiles without a warning, a second run finds every step
    /// cached, and no symbol, syntax or compilation is held by the pipeline.
    /// </summary>
    /// <param name="source">The consumer's source.</param>
    /// <param name="documentation">Whether doc comments are parsed, as in a build with a documentation file.</param>
    /// <param name="references">More references.</param>
    /// <param name="moreSources">More files.</param>
    /// <param name="files">Files beside the source.</param>
    /// <param name="withTools">Whether tools are generated, too.</param>
    /// <param name="withCases">Whether cases are generated, too.</param>
    public static GeneratedCode Run(
        string source, DocumentationMode documentation = DocumentationMode.Parse, IEnumerable<MetadataReference>? references = null, IEnumerable<string>? moreSources = null,
        IReadOnlyList<AdditionalText>? files = null, bool withTools = false, bool withCases = false) =>
        Run(Compile(source, documentation, references, moreSources: moreSources), files: files, withTools: withTools, withCases: withCases);

    /// <summary>The same for a compilation.</summary>
    /// <param name="compilation">The consumer.</param>
    /// <param name="sourceMayBeWrong">Whether the consumer's own code need not compile; what is generated must not add to its errors.</param>
    /// <param name="files">Files beside the source.</param>
    /// <param name="withTools">Whether tools are generated, too.</param>
    /// <param name="withCases">Whether cases are generated, too.</param>
    public static GeneratedCode Run(CSharpCompilation compilation, bool sourceMayBeWrong = false, IReadOnlyList<AdditionalText>? files = null, bool withTools = false, bool withCases = false)
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        GeneratorDriver driver = Driver((CSharpParseOptions)compilation.SyntaxTrees[0].Options, files, withTools, withCases)
            .RunGeneratorsAndUpdateCompilation(compilation, out Compilation output, out ImmutableArray<Diagnostic> reported, cancellationToken);
        ImmutableArray<GeneratorRunResult> results = driver.GetRunResult().Results;
        Assert.All(results, static result => Assert.Null(result.Exception));
        Assert.Empty(reported);
        string problems = string.Join("\n", output.GetDiagnostics(cancellationToken)
            .Where(d => d.Severity >= DiagnosticSeverity.Warning && !(sourceMayBeWrong && d.Location.SourceTree is { } tree && compilation.SyntaxTrees.Contains(tree)))
            .Select(static d => d.ToString()));
        Assert.True(problems.Length == 0, problems + "\n\n" + string.Join("\n\n", results.SelectMany(static r => r.GeneratedSources).Select(static s => s.SourceText.ToString())));

        ImmutableArray<GeneratorRunResult> again = driver.RunGenerators(compilation.Clone(), cancellationToken).GetRunResult().Results;
        Assert.All(again.SelectMany(Reasons), static reason => Assert.True(reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, reason.ToString()));
        Assert.All(results, AssertHoldsNoSymbols);
        return new GeneratedCode(
            (CSharpCompilation)output, results.SelectMany(static r => r.GeneratedSources).ToImmutableSortedDictionary(static s => s.HintName, static s => s.SourceText.ToString(), StringComparer.Ordinal));
    }

    /// <summary>What each step of our own, and each output, did in a run.</summary>
    public static IEnumerable<IncrementalStepRunReason> Reasons(GeneratorRunResult result) =>
        result.TrackedSteps.Where(static s => _ownSteps.Contains(s.Key))
            .Concat(result.TrackedOutputSteps)
            .SelectMany(static s => s.Value).SelectMany(static s => s.Outputs).Select(static o => o.Reason);

    /// <summary>What the steps of our own hold is data: no symbol, syntax, compilation or place in them, however deep.</summary>
    public static void AssertHoldsNoSymbols(GeneratorRunResult result)
    {
        foreach ((string name, ImmutableArray<IncrementalGeneratorRunStep> steps) in result.TrackedSteps.Where(static s => _ownSteps.Contains(s.Key)))
        {
            foreach ((object value, _) in steps.SelectMany(static step => step.Outputs))
                AssertHoldsNoSymbols(value, name, []);
        }
    }

    private static void AssertHoldsNoSymbols(object? value, string path, HashSet<object> visited)
    {
        if (value is null or string || value.GetType().IsPrimitive || value.GetType().IsEnum || !visited.Add(value))
            return;
        Assert.False(value is ISymbol or SyntaxNode or SyntaxTree or Compilation or Location or AttributeData or Diagnostic or SemanticModel, $"{path} holds a {value.GetType().Name}");
        if (value is IEnumerable items)
        {
            foreach (object? item in items)
                AssertHoldsNoSymbols(item, path + "[]", visited);
        }
        foreach (FieldInfo field in value.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            AssertHoldsNoSymbols(field.GetValue(value), path + "." + field.Name, visited);
    }
}

/// <summary>What a run of the generator gave.</summary>
/// <param name="Compilation">The consumer with the generated files.</param>
/// <param name="Files">The generated files by hint name.</param>
internal sealed record GeneratedCode(CSharpCompilation Compilation, ImmutableSortedDictionary<string, string> Files)
{
    /// <summary>The only file.</summary>
    public string Single => Files.Values.Single();
}

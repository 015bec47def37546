using System.Collections.Immutable;
using System.Diagnostics;
using AiSdk.Analyzers;
using AiSdk.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.Benchmarks;

/// <summary>
/// What the analyzers cost: all of them over a compilation that nobody has looked at yet, beside the generator on the same code; and after a keystroke in one of its functions, as an editor asks
/// for the diagnostics of the open file.
/// </summary>
internal static class AnalyzersBenchmark
{
    private const int Functions = 1000;
    private const int FunctionsInFiles = 100;
    private const int ColdRuns = 7;
    private const int Edits = 15;

    private static readonly ImmutableArray<DiagnosticAnalyzer> _analyzers =
    [
        .. typeof(DeclarationAnalyzer).Assembly.GetTypes()
            .Where(static t => !t.IsAbstract && typeof(DiagnosticAnalyzer).IsAssignableFrom(t) && !typeof(DiagnosticSuppressor).IsAssignableFrom(t))
            .Select(static t => (DiagnosticAnalyzer)Activator.CreateInstance(t)!),
    ];

    public static int Run(string[] args)
    {
        CSharpParseOptions options = new(LanguageVersion.CSharp14);
        List<SyntaxTree> trees = [.. GeneratedSources.AiFunctions(Functions).Select(source => CSharpSyntaxTree.ParseText(SourceText.From(source.Text), options, source.Name))];
        (string inFiles, IReadOnlyList<(string Name, string Text)> files) = GeneratedSources.AiFunctionsInFiles(FunctionsInFiles);
        trees.Add(CSharpSyntaxTree.ParseText(SourceText.From(inFiles), options, "Files.cs"));
        ImmutableArray<AdditionalText> texts = [.. files.Select(static file => new InMemoryText(file.Name, file.Text))];
        string json = Lock(GeneratorBenchmark.Compilation(trees), texts, options);
        AnalyzerOptions beside = new([.. texts, new InMemoryText("/project/aisdk.lock.json", json)]);
        List<double> analyzers = [], generator = [], bare = [];
        for (int run = 0; run < ColdRuns + 2; run++)
        {
            double generated = Seconds(() => CSharpGeneratorDriver.Create([new AiFunctionsGenerator().AsSourceGenerator()], additionalTexts: beside.AdditionalFiles, parseOptions: options).RunGenerators(GeneratorBenchmark.Compilation(trees)));
            double analyzed = Seconds(() => Expect(0, Analyze(GeneratorBenchmark.Compilation(trees), _analyzers, beside)));
            double nothing = Seconds(() => Expect(0, Analyze(GeneratorBenchmark.Compilation(trees), [new IdleAnalyzer()], beside)));
            if (run < 2)
                continue;
            generator.Add(generated);
            analyzers.Add(analyzed);
            bare.Add(nothing);
        }
        double edit = EditMilliseconds(trees, options, beside);

        double cold = Measure.Median(analyzers);
        Report.Table(
            [$"1,000 functions, 100 more in files, a lock file of {json.Length / 1024:N0} KiB", "seconds"],
            [["generator, cold", $"{Measure.Median(generator):0.000}"], ["all analyzers, cold", $"{cold:0.000}"], ["an analyzer that does nothing", $"{Measure.Median(bare):0.000}"], ["one function edited, its file", $"{edit / 1000:0.0000}"]]);
        Report.Ratio("analyzers.cold_1000_s", cold, "<= 1");
        Report.Ratio("analyzers.vs_generator", cold / Measure.Median(generator), "<= 2");
        Report.Ratio("analyzers.edit_ms", edit, "<= 20");
        return 0;
    }

    private static double EditMilliseconds(List<SyntaxTree> trees, CSharpParseOptions options, AnalyzerOptions beside)
    {
        CSharpCompilation compilation = GeneratorBenchmark.Compilation(trees);
        Expect(0, Analyze(compilation, _analyzers, beside));
        SyntaxTree tree = trees[0];
        List<double> milliseconds = [];
        for (int i = 1; i <= Edits; i++)
        {
            SyntaxTree edited = CSharpSyntaxTree.ParseText(tree.GetText().ToString().Replace("EDIT" + (i - 1), "EDIT" + i, StringComparison.Ordinal), options, tree.FilePath);
            compilation = compilation.ReplaceSyntaxTree(tree, edited);
            tree = edited;
            milliseconds.Add(1000 * Seconds(() =>
            {
                CompilationWithAnalyzers run = compilation.WithAnalyzers(_analyzers, beside);
                Expect(0, run.GetAnalyzerSyntaxDiagnosticsAsync(edited, CancellationToken.None).GetAwaiter().GetResult());
                // What was typed is not what the lock file says.
                Expect(1, run.GetAnalyzerSemanticDiagnosticsAsync(compilation.GetSemanticModel(edited), null, CancellationToken.None).GetAwaiter().GetResult());
            }));
        }
        return Measure.Median(milliseconds);
    }

    /// <summary>The lock file as its target takes it out of what the generator writes.</summary>
    private static string Lock(CSharpCompilation compilation, ImmutableArray<AdditionalText> texts, CSharpParseOptions options)
    {
        GeneratorDriver driver = CSharpGeneratorDriver.Create([new AiFunctionsGenerator().AsSourceGenerator()], texts, options, new LockingOptions()).RunGenerators(compilation);
        string source = driver.GetRunResult().GeneratedTrees.Single(static tree => tree.FilePath.EndsWith("AiSdk.Lock.g.cs", StringComparison.Ordinal)).ToString();
        int start = source.IndexOf('\n', source.IndexOf("#if false", StringComparison.Ordinal)) + 1;
        return source[start..source.LastIndexOf("#endif", StringComparison.Ordinal)];
    }

    private static ImmutableArray<Diagnostic> Analyze(Compilation compilation, ImmutableArray<DiagnosticAnalyzer> analyzers, AnalyzerOptions beside) =>
        compilation.WithAnalyzers(analyzers, beside).GetAnalyzerDiagnosticsAsync(CancellationToken.None).GetAwaiter().GetResult();

    private static void Expect(int count, ImmutableArray<Diagnostic> diagnostics)
    {
        if (diagnostics.Length != count)
            throw new InvalidOperationException($"{diagnostics.Length} diagnostics, the first: {diagnostics[0]}");
    }

    private static double Seconds(Action work)
    {
        long started = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private sealed class InMemoryText(string path, string text) : AdditionalText
    {
        private readonly SourceText _text = SourceText.From(text);

        public override string Path { get; } = path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => _text;
    }

    private sealed class LockingOptions : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Options();

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;

        private sealed class Options : AnalyzerConfigOptions
        {
            public override bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value) => (value = key == "build_property.AiSdkEmitLock" ? "true" : null) is not null;
        }
    }

#pragma warning disable RS1001 // It is run here only.
    private sealed class IdleAnalyzer : DiagnosticAnalyzer
    {
        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [new("IDLE", "Idle", "Idle", "Idle", DiagnosticSeverity.Warning, isEnabledByDefault: true)];

        public override void Initialize(AnalysisContext context)
        {
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.EnableConcurrentExecution();
            context.RegisterSymbolAction(static _ => { }, SymbolKind.NamedType);
        }
    }
#pragma warning restore RS1001
}

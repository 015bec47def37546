using System.Collections.Immutable;
using AiSdk.Declarations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Xunit;

namespace AiSdk.Analyzers.Tests;

/// <summary>Runs analyzers as the compiler does.</summary>
internal static class AnalyzerRun
{
    /// <summary>All analyzers of the package.</summary>
    public static ImmutableArray<DiagnosticAnalyzer> All { get; } =
    [
        .. typeof(InterfaceAnalyzer).Assembly.GetTypes().Where(static t => !t.IsAbstract && typeof(DiagnosticAnalyzer).IsAssignableFrom(t) && !typeof(DiagnosticSuppressor).IsAssignableFrom(t))
            .Select(static t => (DiagnosticAnalyzer)Activator.CreateInstance(t)!),
    ];

    /// <summary>What all analyzers report, in the order of the source; an exception in one of them fails the test.</summary>
    public static async Task<ImmutableArray<Diagnostic>> OnAsync(
        Compilation compilation, IReadOnlyDictionary<string, string>? properties = null, IEnumerable<AdditionalText>? files = null)
    {
        List<Exception> failures = [];
        CompilationWithAnalyzers run = compilation.WithAnalyzers(All, new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([.. files ?? []], new Properties(properties ?? ImmutableDictionary<string, string>.Empty)),
            (exception, analyzer, _) => failures.Add(new InvalidOperationException($"{analyzer.GetType().Name}: {exception.Message}", exception)),
            concurrentAnalysis: false, logAnalyzerExecutionTime: false));
        ImmutableArray<Diagnostic> diagnostics = await run.GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        if (failures.Count > 0)
            throw new AggregateException(failures);
        return [.. diagnostics.OrderBy(static d => d.Location.SourceTree?.FilePath, StringComparer.Ordinal).ThenBy(static d => d.Location.SourceSpan.Start).ThenBy(static d => d.Id, StringComparer.Ordinal)];
    }

    /// <summary>The same for source.</summary>
    public static Task<ImmutableArray<Diagnostic>> OnAsync(string source, params string[] moreSources) =>
        OnAsync(ConsumerCompilation.Create(source, moreSources: moreSources, cancellationToken: TestContext.Current.CancellationToken));

    /// <summary>The source under a diagnostic.</summary>
    public static string Underlined(this Diagnostic diagnostic, IEnumerable<AdditionalText> files) =>
        diagnostic.Location.Kind != LocationKind.ExternalFile ? diagnostic.Underlined()
        : files.Single(file => file.Path == diagnostic.Location.GetLineSpan().Path).GetText()!.ToString(diagnostic.Location.SourceSpan) is { Length: > 0 } text ? text : "the file";

    /// <summary>The same where it can be in source only.</summary>
    public static string Underlined(this Diagnostic diagnostic) =>
        diagnostic.Location.SourceTree?.ToString().Substring(diagnostic.Location.SourceSpan.Start, diagnostic.Location.SourceSpan.Length) ?? "the project";

    /// <summary>Errors of the code itself. The generator, which does not run here, declares the stubs of guards that it implements (CS0759).</summary>
    public static IEnumerable<string> Errors(Compilation compilation) =>
        compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(static d => d is { Severity: DiagnosticSeverity.Error, Id: not "CS0759" }).Select(static d => d.ToString());

    private sealed class Properties(IReadOnlyDictionary<string, string> values) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Options(values);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;

        private sealed class Options(IReadOnlyDictionary<string, string> values) : AnalyzerConfigOptions
        {
            public override bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value) => values.TryGetValue(key, out value);
        }
    }
}

using System.Reflection;
using AiSdk.CodeFixes;
using AiSdk.Declarations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Testing;
using Xunit;

namespace AiSdk.Analyzers.Tests.CodeFixes;

/// <summary>Applies a fix as an editor does: to one occurrence, then to all in a document, a project and a solution, which must all come to the same.</summary>
/// <param name="fix">The fix.</param>
internal sealed class FixRun(Type fix) : CodeFixTest<DefaultVerifier>
{
    /// <summary>Checks what a fix makes of code, in which the places of diagnostics are marked.</summary>
    public static async Task CheckAsync(Type fix, string before, string after)
    {
        FixRun run = new(fix) { ReferenceAssemblies = new ReferenceAssemblies("net10.0"), CompilerDiagnostics = CompilerDiagnostics.Errors };
        foreach (SolutionState state in (SolutionState[])[run.TestState, run.FixedState])
        {
            state.Sources.Add(("/0/Usings.cs", ConsumerCompilation.Usings));
            state.AdditionalReferences.AddRange(ConsumerCompilation.References);
        }
        run.TestState.Sources.Add(("/0/Source.cs", before));
        run.FixedState.Sources.Add(("/0/Source.cs", after));
        run.OptionsTransforms.Add(static options => options.WithChangedOption(FormattingOptions.NewLine, LanguageNames.CSharp, "\n"));
        // What remains of other diagnostics is marked in the code, too.
        run.FixedState.MarkupHandling = MarkupMode.Allow;
        await run.RunAsync(TestContext.Current.CancellationToken);
    }

    public override string Language => LanguageNames.CSharp;

    public override Type SyntaxKindType => typeof(SyntaxKind);

    protected override string DefaultFileExt => "cs";

    protected override CompilationOptions CreateCompilationOptions() => new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable);

    protected override ParseOptions CreateParseOptions() => new CSharpParseOptions(LanguageVersion.CSharp14, DocumentationMode.Diagnose);

    protected override IEnumerable<DiagnosticAnalyzer> GetDiagnosticAnalyzers() => AnalyzerRun.All;

    protected override IEnumerable<CodeFixProvider> GetCodeFixProviders() => [(CodeFixProvider)Activator.CreateInstance(fix)!];

    /// <summary>All fixes of the package.</summary>
    public static IEnumerable<Type> All { get; } = [.. typeof(FixProvider).Assembly.GetTypes().Where(static t => !t.IsAbstract && t.GetCustomAttribute<ExportCodeFixProviderAttribute>() is not null)];
}

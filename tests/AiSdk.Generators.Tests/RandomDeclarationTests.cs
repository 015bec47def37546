using AiSdk.Declarations;
using CsCheck;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace AiSdk.Generators.Tests;

/// <summary>Declarations that nobody thought of: valid ones compile without a warning, broken ones never make the generator fail or add errors of its own.</summary>
public sealed class RandomDeclarationTests
{
    // Compiled together, each in a namespace of its own: most of the time goes into what every compilation begins with.
    private const int AtOnce = 25;

    [Fact]
    public void A_valid_declaration_compiles_without_a_warning() => RandomDeclaration.Valid.Array[AtOnce].Sample(
        static sources =>
        {
            string[] apart = [.. sources.Select(static (source, i) => source.Replace("namespace Demo;", $"namespace Demo{i};", StringComparison.Ordinal))];
            // A warning names its file: the number behind Demo, or behind Source, is the declaration's.
            GeneratedCode code = GeneratorHarness.Run(apart[0], moreSources: apart[1..]);
            Assert.Equal(AtOnce, code.Files.Count);
            Assert.All(code.Files, static file => Assert.DoesNotContain("could not be compiled", file.Value, StringComparison.Ordinal));
        },
        iter: 200 / AtOnce, threads: 1, print: static sources => string.Join("\n", sources.Select(static (source, i) => $"// Demo{i}\n{source[RandomDeclaration.Types.Length..]}")));

    [Fact]
    public void A_broken_declaration_never_makes_the_generator_fail() => RandomDeclaration.Broken.Sample(
        static source =>
        {
            CancellationToken cancellationToken = TestContext.Current.CancellationToken;
            CSharpCompilation compilation = GeneratorHarness.Compile(source);
            GeneratorRunResult result = GeneratorHarness.Driver((CSharpParseOptions)compilation.SyntaxTrees[0].Options)
                .RunGeneratorsAndUpdateCompilation(compilation, out Compilation output, out _, cancellationToken).GetRunResult().Results.Single();
            Assert.Null(result.Exception);
            // Where the code was right before, it still is; where it was wrong, what is generated is at least C#.
            bool wasRight = !compilation.GetDiagnostics(cancellationToken).Any(static d => d.Severity == DiagnosticSeverity.Error);
            IEnumerable<Diagnostic> generated = wasRight
                ? output.GetDiagnostics(cancellationToken)
                : output.SyntaxTrees.Except(compilation.SyntaxTrees).SelectMany(tree => tree.GetDiagnostics(cancellationToken));
            if (compilation.SyntaxTrees.All(tree => !tree.GetDiagnostics(cancellationToken).Any()))
                Assert.DoesNotContain(generated, static d => d.Severity == DiagnosticSeverity.Error);
        },
        iter: 500, threads: 1, print: static source => source);
}

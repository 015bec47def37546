using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using AiSdk.Declarations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using Xunit;

namespace AiSdk.Generators.Tests;

/// <summary>What is generated anew after an edit of a file beside the source.</summary>
public sealed class FileIncrementalityTests
{
    private const string Source = """
        namespace Demo;
        [AiFunctions] public interface IFirst { [Prompt("first.prompt")] Task<string> AskAsync(string x); }
        [AiFunctions] public interface ISecond { [Prompt("second.prompt")] Task<string> AskAsync(string x); }
        [AiFunctions] public interface IThird { [UserPrompt("{{x}} {{> part}}")] Task<string> AskAsync(string x); }
        [AiFunctions] public interface IFourth { [UserPrompt("{{x}}")] [Examples("fourth.jsonl")] Task<int> AskAsync(string x); }
        [AiFunctions] public interface IAlone { [UserPrompt("{{x}}")] Task<string> AskAsync(string x); }
        """;

    private static readonly Dictionary<string, string> _files = new(StringComparer.Ordinal)
    {
        ["/p/first.prompt"] = "first {{x}}",
        ["/p/second.prompt"] = "second {{> part}}",
        ["/p/_part.prompt"] = "part {{x}}",
        ["/p/fourth.jsonl"] = "{\"input\":\"a\",\"output\":1}",
        ["/p/unused.prompt"] = "unused",
        ["/p/data.csv"] = "1",
    };

    [Fact]
    public void An_edit_of_a_prompt_changes_only_who_uses_it() => Edit("/p/first.prompt", "first again {{x}}", "Demo.IFirst.g.cs");

    [Fact]
    public void An_edit_of_a_partial_changes_who_uses_it_directly_or_not() => Edit("/p/_part.prompt", "part again {{x}}", "Demo.ISecond.g.cs", "Demo.IThird.g.cs");

    [Fact]
    public void An_edit_of_examples_changes_only_who_uses_them() => Edit("/p/fourth.jsonl", "{\"input\":\"a\",\"output\":2}", "Demo.IFourth.g.cs");

    [Fact]
    public void An_edit_of_a_prompt_that_nobody_uses_changes_nothing() => Edit("/p/unused.prompt", "still unused");

    [Fact]
    public void An_edit_of_another_file_is_not_even_looked_at()
    {
        GeneratorRunResult result = Edit("/p/data.csv", "2");
        Assert.All(result.TrackedSteps[TrackingNames.Files].SelectMany(static s => s.Outputs), static o => Assert.Equal(IncrementalStepRunReason.Cached, o.Reason));
    }

    [Fact]
    public void Writing_the_same_text_again_changes_nothing() => Edit("/p/first.prompt", "first {{x}}");

    [Fact]
    public void A_file_that_appears_changes_who_lacked_it()
    {
        CSharpCompilation compilation = GeneratorHarness.Compile(Source);
        ImmutableArray<AdditionalText> without = [.. _files.Where(static f => f.Key != "/p/first.prompt").Select(static f => new TextFile(f.Key, f.Value))];
        GeneratorDriver driver = Run(GeneratorHarness.Driver(files: without), compilation);
        Dictionary<string, SourceText> before = Texts(driver);
        Assert.Contains("NotSupportedException", before["Demo.IFirst.g.cs"].ToString(), StringComparison.Ordinal);

        driver = Run(driver.AddAdditionalTexts([new TextFile("/p/first.prompt", "first {{x}}")]), compilation);

        Assert.Equal(["Demo.IFirst.g.cs"], Changed(before, Texts(driver)));
    }

    [Theory]
    [InlineData("namespace Demo; public static class Unrelated { public static int Get() => 2; public static int More; }")]
    [InlineData("\n\nnamespace Demo; public record Order(int Id);")]
    public void An_edit_of_unrelated_source_leaves_everything(string edited)
    {
        GeneratorRunResult result = EditSource(edited);

        GeneratorHarness.AssertHoldsNoSymbols(result);
        Assert.Equal(6, result.TrackedSteps[TrackingNames.ParsedInterfaces].Length);
        Assert.Equal(5, result.TrackedSteps[TrackingNames.InterfacesWithFiles].Length);
        Assert.All(GeneratorHarness.Reasons(result), static reason => Assert.True(reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, reason.ToString()));
        Assert.All(result.TrackedOutputSteps.SelectMany(static s => s.Value).SelectMany(static s => s.Outputs), static o => Assert.Equal(IncrementalStepRunReason.Cached, o.Reason));
    }

    [Fact]
    public void An_edit_of_a_type_that_a_prompt_in_a_file_shows_changes_only_who_shows_it() => EditSource("namespace Demo; public record Order(long Id);", "Demo.IFifth.g.cs");

    [Fact]
    public void A_compilation_that_was_edited_is_not_kept()
    {
        (GeneratorDriver driver, WeakReference before) = Edit();
        for (int i = 0; i < 10 && before.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(before.IsAlive);
        GC.KeepAlive(driver);

        // In a method of its own, whose variables are gone when it is left.
        [MethodImpl(MethodImplOptions.NoInlining)]
        static (GeneratorDriver, WeakReference) Edit()
        {
            GeneratorDriver driver = CSharpGeneratorDriver.Create(
                [new AiFunctionsGenerator().AsSourceGenerator()], [.. _files.Select(static f => new TextFile(f.Key, f.Value))], new CSharpParseOptions(LanguageVersion.CSharp14));
            CSharpCompilation compilation = GeneratorHarness.Compile(Source);
            driver = Run(driver, compilation);
            return (Run(driver, compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText("public class More;", (CSharpParseOptions)compilation.SyntaxTrees[0].Options))), new WeakReference(compilation));
        }
    }

    /// <summary>Where the files are at hand, an interface is found again by its name.</summary>
    [Theory]
    [InlineData("[AiFunctions] public interface IDesk { METHOD }", "IDesk.g.cs")]
    [InlineData("namespace @class.Inner { [AiFunctions] public interface @int { METHOD } }", "class.Inner.int.g.cs")]
    [InlineData("public partial class Outer<T> { public partial record Inner { [AiFunctions] internal interface IDesk<TKey> { METHOD } [AiFunctions] internal interface IDesk { METHOD } } }", "Outer`1+Inner+IDesk.g.cs", "Outer`1+Inner+IDesk`1.g.cs")]
    [InlineData("namespace A.B { [AiFunctions] public partial interface IDesk; public partial interface IDesk { METHOD } } namespace A { public partial class B2 { [AiFunctions] public interface IDesk { METHOD } } }", "A.B.IDesk.g.cs", "A.B2+IDesk.g.cs")]
    public void An_interface_that_names_files_is_found_again(string source, params string[] files)
    {
        GeneratedCode code = GeneratorHarness.Run(
            source.Replace("METHOD", "[Prompt(\"first.prompt\")] Task<string> AskAsync(string x);", StringComparison.Ordinal), files: [new TextFile("/p/first.prompt", "first {{x}}")]);

        Assert.Equal(files, code.Files.Keys);
        Assert.All(code.Files.Values, static text => Assert.DoesNotContain("NotSupportedException", text, StringComparison.Ordinal));
    }

    [Fact]
    public void Of_interfaces_of_one_name_the_first_in_the_source_is_found_again()
    {
        MetadataReference other = GeneratorHarness.Compile("public interface IDesk { }", assemblyName: "Other").ToMetadataReference();
        CSharpCompilation compilation = GeneratorHarness.Compile(
            "[AiFunctions] public interface IDesk { [Prompt(\"first.prompt\")] Task<string> AskAsync(string x); } [AiFunctions] public interface IDesk { [Prompt(\"second.prompt\")] Task<int> TellAsync(string x); }",
            references: [other]);

        GeneratorDriver driver = Run(GeneratorHarness.Driver(files: [.. _files.Select(static f => new TextFile(f.Key, f.Value))]), compilation);

        Assert.Contains("first {{x}}", Assert.Single(Texts(driver)).Value.ToString(), StringComparison.Ordinal);
    }

    private static GeneratorRunResult EditSource(string edited, params string[] changed)
    {
        CSharpCompilation compilation = GeneratorHarness.Compile(Source, moreSources:
        [
            "namespace Demo; [AiFunctions] public interface IFifth { [Prompt(\"fifth.prompt\")] Task<string> AskAsync(Order order); }",
            "namespace Demo; public record Order(int Id);",
            "namespace Demo; public static class Unrelated { public static int Get() => 1; }",
        ]);
        GeneratorDriver driver = Run(GeneratorHarness.Driver(files: [.. _files.Select(static f => new TextFile(f.Key, f.Value)), new TextFile("/p/fifth.prompt", "{{order.Id}}")]), compilation);
        Dictionary<string, SourceText> before = Texts(driver);
        SyntaxTree old = compilation.SyntaxTrees.Single(tree => tree.ToString().Contains(edited.Contains("Order", StringComparison.Ordinal) ? "record Order" : "class Unrelated", StringComparison.Ordinal));

        driver = Run(driver, compilation.ReplaceSyntaxTree(old, old.WithChangedText(SourceText.From(edited))));

        Assert.Equal(changed, Changed(before, Texts(driver)));
        return driver.GetRunResult().Results.Single();
    }

    private static GeneratorRunResult Edit(string path, string text, params string[] changed)
    {
        CSharpCompilation compilation = GeneratorHarness.Compile(Source);
        Dictionary<string, AdditionalText> files = _files.ToDictionary(static f => f.Key, static f => (AdditionalText)new TextFile(f.Key, f.Value));
        GeneratorDriver driver = Run(GeneratorHarness.Driver(files: files.Values), compilation);
        Dictionary<string, SourceText> before = Texts(driver);

        driver = Run(driver.ReplaceAdditionalText(files[path], new TextFile(path, text)), compilation);

        Assert.Equal(changed, Changed(before, Texts(driver)));
        GeneratorRunResult result = driver.GetRunResult().Results.Single();
        // What names no file is not parsed again.
        Assert.All(result.TrackedSteps[TrackingNames.Interfaces].SelectMany(static s => s.Outputs), static o => Assert.Equal(IncrementalStepRunReason.Cached, o.Reason));
        Assert.Equal(changed.Length, result.TrackedSteps[TrackingNames.InterfacesWithFiles].SelectMany(static s => s.Outputs).Count(static o => o.Reason is IncrementalStepRunReason.Modified or IncrementalStepRunReason.New));
        return result;
    }

    private static GeneratorDriver Run(GeneratorDriver driver, CSharpCompilation compilation) => driver.RunGenerators(compilation, TestContext.Current.CancellationToken);

    private static Dictionary<string, SourceText> Texts(GeneratorDriver driver) => driver.GetRunResult().Results.Single().GeneratedSources.ToDictionary(static s => s.HintName, static s => s.SourceText);

    private static IEnumerable<string> Changed(Dictionary<string, SourceText> before, Dictionary<string, SourceText> after) =>
        after.Where(file => !ReferenceEquals(before[file.Key], file.Value)).Select(static file => file.Key).Order(StringComparer.Ordinal);
}

using System.Collections.Immutable;
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

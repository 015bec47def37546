using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using Xunit;

namespace AiSdk.Generators.Tests;

/// <summary>What is recomputed after an edit.</summary>
public sealed class IncrementalityTests
{
    private static readonly string[] _project =
    [
        "namespace Demo; [AiFunctions] public interface IFirst { [UserPrompt(\"a\")] Task<Order> AskAsync(); }",
        "namespace Demo; [AiFunctions] public interface ISecond { [UserPrompt(\"b {{x}}\")] Task<string> AskAsync(string x); }",
        "namespace Demo; [AiFunctions] public interface IThird { [UserPrompt(\"c\")] Task<int> AskAsync(); }",
        "namespace Demo; public record Order(int Id);",
        "namespace Demo; public static class Unrelated { public static int Get() => 1; }",
        "namespace Demo; public record Part(int Id); [AiFunctions] public interface IWatcher { [UserPrompt(\"w\")] IAsyncEnumerable<Partial<Part>> WatchAsync(); }",
    ];

    [Fact]
    public void An_edit_of_an_unrelated_file_leaves_everything() => Edit(4, "namespace Demo; public static class Unrelated { public static int Get() => 2; public static int More; }").Changed();

    [Fact]
    public void A_new_unrelated_file_leaves_everything() => Edit(6, "namespace Demo; public class New;").Changed();

    [Fact]
    public void A_comment_in_an_interface_leaves_everything() => Edit(1, "namespace Demo; /* new */ [AiFunctions] public interface ISecond { [UserPrompt(\"b {{x}}\")] Task<string> AskAsync(string x); // end\n }").Changed();

    [Fact]
    public void A_file_that_moves_by_a_line_changes_only_its_own_output() => Edit(1, "\n" + _project[1]).Changed("Demo.ISecond.g.cs");

    [Fact]
    public void A_changed_template_changes_only_its_own_output() => Edit(1, _project[1].Replace("b {{x}}", "B {{x}}", StringComparison.Ordinal)).Changed("Demo.ISecond.g.cs");

    [Fact]
    public void An_added_function_changes_only_its_own_output() => Edit(2, _project[2].Replace(" }", " [UserPrompt(\"d\")] Task<bool> MoreAsync(); }", StringComparison.Ordinal)).Changed("Demo.IThird.g.cs");

    [Fact]
    public void A_changed_record_changes_only_who_reads_it() => Edit(3, "namespace Demo; public record Order(int Id, string? Note);").Changed("Demo.IFirst.g.cs");

    [Fact]
    public void A_new_rule_changes_only_who_checks_it() =>
        Edit(3, "namespace Demo; public record Order([property: System.ComponentModel.DataAnnotations.DeniedValues(1)] int Id);").Changed("Demo.IFirst.g.cs");

    [Fact]
    public void A_moved_record_changes_nothing() => Edit(3, "\n\nnamespace Demo; public record Order(int Id);").Changed();

    [Fact]
    public void A_streaming_interface_that_moves_leaves_the_properties_of_parts() => Edit(5, "\n" + _project[5]).Changed("Demo.IWatcher.g.cs");

    [Fact]
    public void A_changed_type_of_parts_changes_their_properties() =>
        Edit(5, _project[5].Replace("int Id", "int Id, string Name", StringComparison.Ordinal)).Changed("AiSdk.PartialProperties.g.cs", "Demo.IWatcher.g.cs");

    [Fact]
    public void An_added_interface_adds_only_its_own_output() =>
        Edit(6, "namespace Demo; [AiFunctions] public interface IFourth { [UserPrompt(\"a\")] Task<int> AskAsync(); }").Changed("Demo.IFourth.g.cs");

    [Fact]
    public void A_removed_interface_leaves_the_others()
    {
        EditResult result = Edit(1, "");
        Assert.All(result.After, file => Assert.True(result.Before[file.Key].ContentEquals(file.Value)));
        Assert.Equal(["AiSdk.PartialProperties.g.cs", "Demo.IFirst.g.cs", "Demo.IThird.g.cs", "Demo.IWatcher.g.cs"], result.After.Keys.Order(StringComparer.Ordinal));
    }

    private sealed record EditResult(Dictionary<string, SourceText> Before, Dictionary<string, SourceText> After, GeneratorRunResult Result)
    {
        /// <summary>Only these files are new; every other text is the very same object, and no step of the pipeline was modified for it.</summary>
        public void Changed(params string[] files)
        {
            Assert.Equal(files.Order(StringComparer.Ordinal), After.Where(file => !Before.TryGetValue(file.Key, out SourceText? text) || !ReferenceEquals(text, file.Value)).Select(static f => f.Key).Order(StringComparer.Ordinal));
            Assert.Equal(files.Count(static file => file != "AiSdk.PartialProperties.g.cs"), Fresh(Result.TrackedSteps.GetValueOrDefault(TrackingNames.Interfaces, [])));
            Assert.Equal(files.Count(static file => file == "AiSdk.PartialProperties.g.cs"), Fresh(Result.TrackedSteps.GetValueOrDefault(TrackingNames.Partials, [])));
            Assert.Equal(files.Length, Fresh([.. Result.TrackedOutputSteps.SelectMany(static s => s.Value)]));

            static int Fresh(ImmutableArray<IncrementalGeneratorRunStep> steps) =>
                steps.SelectMany(static s => s.Outputs).Count(static o => o.Reason is IncrementalStepRunReason.New or IncrementalStepRunReason.Modified);
        }
    }

    private static EditResult Edit(int file, string text)
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        CSharpCompilation compilation = GeneratorHarness.Compile(_project[0], moreSources: _project[1..]);
        CSharpParseOptions options = (CSharpParseOptions)compilation.SyntaxTrees[0].Options;
        GeneratorDriver driver = GeneratorHarness.Driver(options).RunGenerators(compilation, cancellationToken);
        Dictionary<string, SourceText> before = Texts(driver.GetRunResult());
        SyntaxTree edited = CSharpSyntaxTree.ParseText(text, options, file == 0 ? "Source.cs" : $"Source{file + 1}.cs", cancellationToken: cancellationToken);
        compilation = file < _project.Length ? compilation.ReplaceSyntaxTree(compilation.SyntaxTrees[file + 1], edited) : compilation.AddSyntaxTrees(edited);
        GeneratorDriverRunResult result = driver.RunGenerators(compilation, cancellationToken).GetRunResult();
        return new EditResult(before, Texts(result), result.Results.Single());

        static Dictionary<string, SourceText> Texts(GeneratorDriverRunResult result) => result.Results.Single().GeneratedSources.ToDictionary(static s => s.HintName, static s => s.SourceText);
    }
}

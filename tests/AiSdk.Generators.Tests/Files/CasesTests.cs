using System.Collections.Immutable;
using AiSdk.Declarations;
using AiSdk.Generators.Models;
using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace AiSdk.Generators.Tests;

/// <summary>Typed cases from files: what they hold, what types they have, and what is generated anew after an edit.</summary>
public sealed class CasesTests
{
    private const string Source = """
        using AiSdk.Evaluation;
        namespace Demo;
        public enum Topic { Card, Transfer }
        public record Line(string Name, decimal Price, DateOnly? Due = null);
        [AiFunctions] public interface IDesk
        {
            [UserPrompt("{{message}} {{bank}} {{#each lines}}{{this}}{{/each}}")] [Cases("route.cases.jsonl")]
            Task<AiResult<Topic>> RouteAsync(string message, Line[] lines, string bank = "Contoso", CancellationToken cancellationToken = default);
            [UserPrompt("{{line}}")] [Cases("say.cases.jsonl")]
            Task<string> SayAsync(Line line);
            [UserPrompt("{{message}}")] [Cases("list.cases.jsonl")]
            IAsyncEnumerable<Line> ListAsync(string message);
        }
        """;

    private static readonly TextFile _route = new("/p/route.cases.jsonl", """
        {"id": "a", "input": {"message": "Lost \"it\" \u00e4", "lines": []}, "expected": "Card", "tags": ["short", "x y"]}

        {"expected": "Transfer", "input": {"lines": [{"name": "tea", "price": 1.5}], "bank": "Other", "message": "m"}, "id": 2}
        """);

    private static readonly TextFile _say = new("/p/cases/say.cases.jsonl", "{\"id\": \"1\", \"input\": {\"line\": {\"name\": \"n\", \"price\": 2, \"due\": \"2026-01-02\"}}, \"expected\": \"two\"}");
    private static readonly TextFile _list = new("/p/list.cases.jsonl", "{\"id\": \"1\", \"input\": \"plain\", \"expected\": [{\"name\": \"n\", \"price\": 2}]}\r\n{\"id\": \"2\", \"input\": {\"message\": \"named\"}, \"expected\": []}\r\n");

    [Fact]
    public async Task Several_parameters_become_a_record()
    {
        LiveCall call = await Live.CallAsync(
            Source, "DeskCases.Route.Select(c => $\"{c.Id}|{c.Input.Message}|{string.Join(',', c.Input.Lines.Select(l => l.Name))}|{c.Input.Bank}|{c.Expected}|{string.Join(',', c.Tags)}\").ToArray()", [_route, _say, _list]);

        Assert.Equal(["a|Lost \"it\" ä||Contoso|Card|short,x y", "2|m|tea|Other|Transfer|"], Assert.IsType<string[]>(call.Value));
    }

    [Fact]
    public async Task One_parameter_is_the_input_itself()
    {
        LiveCall say = await Live.CallAsync(Source, "IReadOnlyList<AiSdk.Evaluation.EvalCase<Line, string>> cases = DeskCases.Say; return (cases[0].Input, cases[0].Expected).ToString();", [_route, _say, _list]);
        LiveCall list = await Live.CallAsync(Source, "IReadOnlyList<AiSdk.Evaluation.EvalCase<string, IReadOnlyList<Line>>> cases = DeskCases.List; return cases[0].Input + cases[0].Expected[0].Price + cases[1].Input;", [_route, _say, _list]);

        Assert.Equal($"({new { Name = "n", Price = 2m, Due = new DateOnly(2026, 1, 2) }.ToString()!.Replace("{", "Line {", StringComparison.Ordinal)}, two)", say.Value);
        Assert.Equal("plain2named", list.Value);
    }

    [Fact]
    public async Task What_does_not_fit_is_not_dropped_in_silence()
    {
        TextFile wrong = new(_say.Path, "{\"id\": \"1\", \"input\": {\"line\": {\"name\": \"n\"}}, \"expected\": \"two\"}");

        LiveCall call = await Live.CallAsync(Source, "DeskCases.Say", [_route, wrong, _list]);

        Assert.Equal(
            "The cases of IDesk.SayAsync cannot be used: the argument 'line' does not fit its type: at $.line: expected the required property 'price' of Line, found none (say.cases.jsonl, line 1, column 31).",
            call.Threw<NotSupportedException>().Message);
    }

    [Fact]
    public async Task Nullable_values_and_odd_names_and_line_ends_of_csharp_in_texts_compile()
    {
        const string Nullable = """
            using AiSdk.Evaluation;
            namespace Demo;
            public enum Topic { Card, Transfer }
            [AiFunctions] public interface IDesk
            {
                [UserPrompt("{{message}}")] [Cases("route.cases.jsonl")] Task<Topic?> RouteAsync(string message);
                [UserPrompt("{{number}}")] [Cases("count.cases.jsonl")] Task<AiResult<int?>> CountAsync(int? number);
                [UserPrompt("{{clone}}{{finalize}}{{equals}}{{getHashCode}}")] [Cases("odd.cases.jsonl")] Task<string> OddAsync(string clone, int finalize, string equals, int? getHashCode = null);
            }
            """;
        TextFile[] files =
        [
            new("/p/route.cases.jsonl", "{\"id\": \"a\u2028\", \"input\": \"b\u2029c\u0085d\", \"expected\": null, \"tags\": [\"\u2028\"]}\n{\"id\": \"b\", \"input\": \"m\", \"expected\": \"Transfer\"}"),
            new("/p/count.cases.jsonl", "{\"id\": \"1\", \"input\": {\"number\": null}, \"expected\": 4}\n{\"id\": \"2\", \"input\": 3, \"expected\": null}"),
            new("/p/odd.cases.jsonl", "{\"id\": \"1\", \"input\": {\"clone\": \"c\", \"finalize\": 1, \"equals\": \"e\"}, \"expected\": \"x\"}"),
        ];

        LiveCall route = await Live.CallAsync(Nullable, "IReadOnlyList<EvalCase<string, Topic?>> cases = DeskCases.Route; return cases[0].Id + cases[0].Input + cases[0].Tags[0] + cases[0].Expected + cases[1].Expected;".Replace("EvalCase", "AiSdk.Evaluation.EvalCase", StringComparison.Ordinal), files);
        LiveCall count = await Live.CallAsync(Nullable, "IReadOnlyList<AiSdk.Evaluation.EvalCase<int?, int?>> cases = DeskCases.Count; return $\"{cases[0].Input}|{cases[0].Expected}|{cases[1].Input}|{cases[1].Expected}\";", files);
        LiveCall odd = await Live.CallAsync(Nullable, "DeskCases.Odd[0].Input.GetType().GetProperties().Select(p => p.Name).ToArray()", files);

        Assert.Equal("a\u2028b\u2029c\u0085d\u2028Transfer", route.Value);
        Assert.Equal("|4|3|", count.Value);
        Assert.Equal(4, Assert.IsType<string[]>(odd.Value).Distinct().Count());
    }

    [Fact]
    public void A_file_is_checked_once_for_a_declaration()
    {
        CSharpCompilation compilation = GeneratorHarness.Compile(Source);
        CaseFileModel first = Check(compilation, _say);

        Assert.Same(first, Check(compilation, _say));
        // As the next key leaves it: another compilation, the same declaration and file.
        Assert.Same(first, Check(compilation.Clone(), _say));
        Assert.NotSame(first, Check(compilation, new TextFile(_say.Path, _say.GetText(TestContext.Current.CancellationToken).ToString())));
        Assert.NotSame(first, Check(GeneratorHarness.Compile(Source.Replace("record Line(string Name", "record Line(string Title", StringComparison.Ordinal)), _say));

        static CaseFileModel Check(CSharpCompilation compilation, TextFile file)
        {
            CasesModel model = CasesParser.Parse(compilation.GetTypeByMetadataName("Demo.IDesk")!, compilation, TestContext.Current.CancellationToken)!.Model;
            return CaseFileChecker.Check(model.Functions.Single(static function => function.MemberName == "Say"), model.Types, PromptFiles.OfCases([file]), out _, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public void Without_the_package_nothing_is_generated() =>
        Assert.Equal(["Demo.IDesk.g.cs"], GeneratorHarness.Run(Source.Replace("using AiSdk.Evaluation;", "", StringComparison.Ordinal), files: [_route, _say, _list], withCases: true).Files.Keys);

    [Fact]
    public void An_edit_of_cases_parses_nothing_anew()
    {
        CSharpCompilation compilation = GeneratorHarness.Compile(Source + " [AiFunctions] public interface IOther { [UserPrompt(\"{{x}}\")] [Examples(\"other.jsonl\")] Task<int> AskAsync(string x); }");
        TextFile examples = new("/p/other.jsonl", "{\"input\": \"a\", \"output\": 1}");
        GeneratorDriver driver = GeneratorHarness.Driver(files: [_route, _say, _list, examples], withCases: true).RunGenerators(compilation, TestContext.Current.CancellationToken);

        TextFile edited = new(_say.Path, _say.GetText(TestContext.Current.CancellationToken) + "\n" + _say.GetText(TestContext.Current.CancellationToken).ToString().Replace("\"1\"", "\"2\"", StringComparison.Ordinal));
        ImmutableArray<GeneratorRunResult> results = driver.ReplaceAdditionalText(_say, edited).RunGenerators(compilation, TestContext.Current.CancellationToken).GetRunResult().Results;

        Assert.All(
            Reasons(results[0], TrackingNames.Interfaces).Concat(Reasons(results[0], TrackingNames.Files)).Concat(Reasons(results[0], TrackingNames.InterfacesWithFiles)).Concat(Reasons(results[1], TrackingNames.Cases)),
            static reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
        Assert.Equal([IncrementalStepRunReason.Modified], Reasons(results[1], TrackingNames.CheckedCases));
    }

    [Fact]
    public void Another_file_of_cases_changes_no_output()
    {
        TextFile other = new("/p/other.cases.jsonl", "{}");
        CSharpCompilation compilation = GeneratorHarness.Compile(Source);
        GeneratorDriver driver = GeneratorHarness.Driver(files: [_route, _say, _list, other], withCases: true).RunGenerators(compilation, TestContext.Current.CancellationToken);

        GeneratorRunResult result = driver.ReplaceAdditionalText(other, new TextFile(other.Path, "{ }")).RunGenerators(compilation, TestContext.Current.CancellationToken).GetRunResult().Results[1];

        Assert.Equal([IncrementalStepRunReason.Unchanged], Reasons(result, TrackingNames.CheckedCases));
    }

    private static IEnumerable<IncrementalStepRunReason> Reasons(GeneratorRunResult result, string step) => result.TrackedSteps[step].SelectMany(static s => s.Outputs).Select(static o => o.Reason);
}

using AiSdk.Evaluation.Tests.Support;
using EvaluateBank;
using Quickstart;
using Xunit;

namespace AiSdk.Evaluation.Tests.Cases;

/// <summary>What the compiler makes of a file of cases, and what the reader of CSV files refuses.</summary>
public sealed class GeneratedCasesTests
{
    [Fact]
    public void A_file_of_cases_is_there_with_its_types()
    {
        IReadOnlyList<EvalCase<string, BankIntent>> cases = RoutingDeskCases.Route;

        Assert.Equal(16, cases.Count);
        Assert.Equal(("lost", "I lost my card somewhere in town yesterday", BankIntent.LostOrStolenCard), (cases[1].Id, cases[1].Input, cases[1].Expected));
        Assert.Equal(["card", "urgent"], cases[1].Tags);
        Assert.Empty(cases.Single(static c => c.Id == "rate").Tags);
        Assert.Same(cases, RoutingDeskCases.Route);
    }

    [Fact]
    public async Task The_same_file_is_read_at_run_time()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "routing.cases.jsonl");

        List<EvalCase<string, BankIntent>> read = await EvalCases.ReadJsonLinesAsync<string, BankIntent>(path, cancellationToken: TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);

        Assert.Equal(RoutingDeskCases.Route.Select(static c => (c.Id, c.Input, c.Expected)), read.Select(static c => (c.Id, c.Input, c.Expected)));
    }

    [Fact]
    public async Task Two_columns_of_one_name_are_refused()
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder.Path("a.csv"), "text,label,Text\na,b,c\n", TestContext.Current.CancellationToken);

        InvalidDataException e = await Assert.ThrowsAsync<InvalidDataException>(async () => await EvalCases
            .ReadCsvAsync(folder.Path("a.csv"), static row => new EvalCase<string, string>("1", row["text"], row["label"]), TestContext.Current.CancellationToken).CountAsync(TestContext.Current.CancellationToken));

        Assert.EndsWith("line 1: two columns are called 'Text', and a row's value would be that of either.", e.Message, StringComparison.Ordinal);
    }
}

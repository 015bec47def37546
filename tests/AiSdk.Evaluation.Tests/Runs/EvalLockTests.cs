using AiSdk.Cli;
using AiSdk.Evaluation.Tests.Support;
using Xunit;

namespace AiSdk.Evaluation.Tests.Runs;

/// <summary>A run that is accepted stands in the lock file, and all else there stays as it is.</summary>
public sealed class EvalLockTests : IDisposable
{
    private const string Locked = """
        {
          "version": 1,
          "functions": {
            "Demo.IDesk.AskAsync(string)": {
              "promptHash": "1111222233334444",
              "note": "a \"quoted\" \u00e4 <b>"
            }
          }
        }

        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private async Task<EvalRun> RunAsync(string name, int wrongEvery, params string[] ids)
    {
        FunctionEvaluation<int, string> evaluation = new()
        {
            Name = "accepted",
            Functions = [.. ids.Select(static id => new EvaluatedFunction($"IDesk.{id}", $"Demo.IDesk.{id}(string)", "1111222233334444", ["user: a"], null))],
            Call = (i, _) => Task.FromResult<EvalOutput<string>>(i % wrongEvery == 0 ? "wrong" : "right"),
            Scorers = [Scorers.Exact<string>()],
        };
        return await evaluation.RunAsync([.. Enumerable.Range(0, 400).Select(static i => new EvalCase<int, string>($"c{i}", i, "right"))], _folder.Path(name), new EvalOptions { Model = "small" }, Cancelled);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public async Task It_is_added_replaced_and_sorted(string lineEnd)
    {
        string before = Locked.Replace("\n", lineEnd, StringComparison.Ordinal);
        await File.WriteAllTextAsync(_folder.Path("aisdk.lock.json"), before, Cancelled);

        Assert.Equal(["IDesk.SayAsync: exact 0.9 ± 0.0295 on 400 cases"], EvalLock.Accept(await RunAsync("a", 10, "SayAsync"), _folder.Path()));
        EvalRun both = await RunAsync("b", 20, "AskAsync");
        EvalLock.Accept(both, _folder.Path("aisdk.lock.json"));
        string after = await File.ReadAllTextAsync(_folder.Path("aisdk.lock.json"), Cancelled);

        string added = $$"""
            ,
              "evaluations": {
                "Demo.IDesk.AskAsync(string)": {
                  "promptHash": "1111222233334444",
                  "metric": "exact",
                  "value": 0.95,
                  "halfWidth": 0.0217,
                  "cases": 400,
                  "model": "small",
                  "datasetHash": "{{both.Manifest.DatasetHash![..16]}}"
                },
                "Demo.IDesk.SayAsync(string)": {
                  "promptHash": "1111222233334444",
                  "metric": "exact",
                  "value": 0.9,
                  "halfWidth": 0.0295,
                  "cases": 400,
                  "model": "small",
                  "datasetHash": "{{both.Manifest.DatasetHash![..16]}}"
                }
              }
            """.Replace("\n", lineEnd, StringComparison.Ordinal);
        int at = before.LastIndexOf($"{lineEnd}}}", StringComparison.Ordinal);
        Assert.Equal(before.Insert(at, added), after);

        EvalLock.Accept(both, _folder.Path());
        Assert.Equal(after, await File.ReadAllTextAsync(_folder.Path("aisdk.lock.json"), Cancelled));
    }

    [Fact]
    public async Task A_run_of_one_case_is_recorded_and_reported_without_an_interval()
    {
        await File.WriteAllTextAsync(_folder.Path("aisdk.lock.json"), Locked, Cancelled);
        async Task<EvalRun> Run(string name, string output)
        {
            FunctionEvaluation<string, string> evaluation = new()
            {
                Name = "one",
                Functions = [new EvaluatedFunction("IDesk.AskAsync", "Demo.IDesk.AskAsync(string)", "1111222233334444", ["user: a"], null)],
                Call = (_, _) => Task.FromResult<EvalOutput<string>>(output),
                Scorers = [Scorers.TokenF1()],
            };
            return await evaluation.RunAsync([new EvalCase<string, string>("a", "x", "red green blue") { Tags = ["t"] }], _folder.Path(name), cancellationToken: Cancelled);
        }
        EvalRun baseline = await Run("base", "red");
        EvalRun run = await Run("run", "red green");

        Assert.Equal(["IDesk.AskAsync: token_f1 0.8 on 1 cases"], EvalLock.Accept(run, _folder.Path()));
        Assert.DoesNotContain("halfWidth", await File.ReadAllTextAsync(_folder.Path("aisdk.lock.json"), Cancelled), StringComparison.Ordinal);
        RunComparison comparison = RunComparison.Of(run, baseline);
        Assert.StartsWith("token_f1: no significant change. 0.5 became 0.8 (+0.3; p = 1 by", comparison.Metrics[0].Words, StringComparison.Ordinal);
        Assert.Equal("token_f1: no change, 0.8 on 1 case.", RunComparison.Of(run, run).Metrics[0].Words);
        Assert.DoesNotContain("NaN", HtmlReport.Render(run, comparison), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_an_evaluation_that_a_merge_left_twice_the_last_is_kept()
    {
        string twice = Locked.TrimEnd()[..^1].TrimEnd() + """
            ,
              "evaluations": {
                "Demo.IDesk.SayAsync(string)": { "value": 0.1, "value": 0.2 },
                "Demo.IDesk.SayAsync(string)": { "value": 0.3, "value": 0.4 }
              }
            }
            """;
        await File.WriteAllTextAsync(_folder.Path("aisdk.lock.json"), twice, Cancelled);
        EvalRun run = await RunAsync("a", 20, "AskAsync");

        Assert.Equal(0, (await AskAsync("eval", "accept", run.Folder, "--lock", _folder.Path())).Code);

        using System.Text.Json.JsonDocument after = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(_folder.Path("aisdk.lock.json"), Cancelled), new() { AllowDuplicateProperties = false });
        Assert.Equal(
            [("Demo.IDesk.AskAsync(string)", 0.95), ("Demo.IDesk.SayAsync(string)", 0.4)],
            after.RootElement.GetProperty("evaluations").EnumerateObject().Select(static entry => (entry.Name, entry.Value.GetProperty("value").GetDouble())));
    }

    [Fact]
    public async Task The_command_line_accepts_what_passes_only()
    {
        await File.WriteAllTextAsync(_folder.Path("aisdk.lock.json"), Locked, Cancelled);
        EvalRun good = await RunAsync("good", 20, "AskAsync");
        EvalRun bad = await RunAsync("bad", 4, "AskAsync");

        Assert.Equal(1, (await AskAsync("eval", "gate", bad.Folder, good.Folder, "--accept", "--lock", _folder.Path())).Code);
        Assert.Equal(Locked, await File.ReadAllTextAsync(_folder.Path("aisdk.lock.json"), Cancelled));
        (int code, string output) = await AskAsync("eval", "gate", good.Folder, "--accept", "--lock", _folder.Path());
        Assert.Equal((0, true), (code, output.Contains("accepted: IDesk.AskAsync: exact 0.95 ± 0.0217 on 400 cases", StringComparison.Ordinal)));
        Assert.Contains("\"value\": 0.95", await File.ReadAllTextAsync(_folder.Path("aisdk.lock.json"), Cancelled), StringComparison.Ordinal);
        Assert.Equal(0, (await AskAsync("eval", "accept", bad.Folder, "--lock", _folder.Path("aisdk.lock.json"), "--json")).Code);
        Assert.Contains("\"value\": 0.75", await File.ReadAllTextAsync(_folder.Path("aisdk.lock.json"), Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_accepted_is_said()
    {
        EvalRun run = await RunAsync("a", 10, "AskAsync");
        Assert.Contains("write it first", Assert.Throws<EvalRunException>(() => EvalLock.Accept(run, _folder.Path())).Message, StringComparison.Ordinal);
        await File.WriteAllTextAsync(_folder.Path("aisdk.lock.json"), "<<<<<<< ours", Cancelled);
        Assert.Contains("cannot be read", Assert.Throws<EvalRunException>(() => EvalLock.Accept(run, _folder.Path())).Message, StringComparison.Ordinal);
        Assert.Contains("does not measure 'bleu'", Assert.Throws<EvalRunException>(() => EvalLock.Accept(run, _folder.Path(), "bleu")).Message, StringComparison.Ordinal);
        EvalRun nameless = await RunAsync("b", 10);
        Assert.Contains("names no function", Assert.Throws<EvalRunException>(() => EvalLock.Accept(nameless, _folder.Path())).Message, StringComparison.Ordinal);
        RunFiles.WriteManifest(run.Folder, run.Manifest with { Completed = null });
        Assert.Contains("is not complete", Assert.Throws<EvalRunException>(() => EvalLock.Accept(EvalRun.Load(run.Folder), _folder.Path())).Message, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output)> AskAsync(params string[] arguments)
    {
        using StringWriter output = new();
        int code = await CommandLine.RunAsync(arguments, output, output, TestContext.Current.CancellationToken);
        return (code, output.ToString());
    }
}

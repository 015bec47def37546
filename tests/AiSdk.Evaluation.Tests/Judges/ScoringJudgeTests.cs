using System.Text.Json;
using AiSdk.Cli;
using AiSdk.Evaluation.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.AI.Evaluation;
using Xunit;

namespace AiSdk.Evaluation.Tests.Judges;

/// <summary>Runs say who judged them, and those of different judges are not compared.</summary>
public sealed class ScoringJudgeTests : IDisposable
{
    private static readonly JudgeCalibration _trusted = JudgeCalibration.Of([.. Enumerable.Range(0, 100).Select(static i => i % 2 == 0 ? PairChoice.First : PairChoice.Second).Select(static label => new JudgedPair(label, label, label))]);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static FunctionEvaluation<string, string> Evaluation(Scorer<string> scorer) => new()
    {
        Name = "judged",
        Call = static (text, _) => Task.FromResult<EvalOutput<string>>($"answer to {text}"),
        Scorers = [scorer],
    };

    private Task<EvalRun> RunAsync(string name, Scorer<string> scorer, int count = 20) =>
        Evaluation(scorer).RunAsync([.. Enumerable.Range(0, count).Select(static i => new EvalCase<string, string>($"c{i}", $"question {i}", "right"))], _folder.Path(name), cancellationToken: Cancelled);

    [Fact]
    public async Task The_manifest_the_report_and_the_command_line_say_who_judged()
    {
        EvalRun run = await RunAsync("run", JudgeScorers.Rubric(new Judge(new NamedClient("judge-1")), "Be short.", _trusted));

        ScoringJudge judge = new("IJudge.RateAsync", Judge.RateAsyncInfo.PromptHash, "judge-1");
        Assert.Equal(judge, run.Manifest.Metrics[0].Judge);
        JsonElement manifest = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(run.Folder, "manifest.json"), Cancelled)).RootElement.GetProperty("metrics")[0].GetProperty("judge");
        Assert.Equal(("IJudge.RateAsync", Judge.RateAsyncInfo.PromptHash, "judge-1"), (manifest.GetProperty("function").GetString(), manifest.GetProperty("promptHash").GetString(), manifest.GetProperty("model").GetString()));
        string words = $"IJudge.RateAsync, prompt {judge.PromptHash}, model judge-1";
        Assert.Contains($"<dt>rubric judged by</dt><dd>{words}</dd>", HtmlReport.Render(run, null), StringComparison.Ordinal);
        Assert.Contains($"rubric judged by {words}", (await AskAsync("eval", "report", run.Folder)).Output, StringComparison.Ordinal);
        JsonElement told = JsonDocument.Parse((await AskAsync("eval", "report", run.Folder, "--json")).Output).RootElement.GetProperty("judges")[0];
        Assert.Equal(("rubric", judge.PromptHash), (told.GetProperty("metric").GetString(), told.GetProperty("promptHash").GetString()));

        // The rest of a run is not judged by somebody else.
        EvalRunException e = await Assert.ThrowsAsync<EvalRunException>(() => RunAsync("run", JudgeScorers.Rubric(new Judge(new NamedClient("judge-2")), "Be short.", _trusted)));
        Assert.Contains("model judge-1' and is 'rubric (Be short.) judged by IJudge.RateAsync, prompt ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_of_different_judges_are_not_compared_and_the_gate_says_so()
    {
        EvalRun baseline = await RunAsync("base", JudgeScorers.Rubric(new Judge(new NamedClient("judge-1", score: 5)), "Be short.", _trusted));
        EvalRun run = await RunAsync("run", JudgeScorers.Rubric(new Judge(new NamedClient("judge-2", score: 1)), "Be short.", _trusted));

        RunComparison comparison = RunComparison.Of(run, baseline);
        Assert.Equal(ComparisonVerdict.NotComparable, comparison.Metrics[0].Verdict);
        string words = $"it is judged by another judge (IJudge.RateAsync, prompt {Judge.RateAsyncInfo.PromptHash}, model judge-1; now IJudge.RateAsync, prompt {Judge.RateAsyncInfo.PromptHash}, model judge-2), so that a difference may be the judges'.";
        Assert.StartsWith($"rubric: {words}", comparison.Metrics[0].Words, StringComparison.Ordinal);
        Assert.Contains(comparison.Changes, static change => change.StartsWith("who judges rubric: IJudge.RateAsync, prompt ", StringComparison.Ordinal));
        GateResult gate = new GatePolicy().Check(run, baseline);
        Assert.Equal(GateOutcome.Error, gate.Outcome);
        Assert.Contains(gate.Errors, error => error.StartsWith($"rubric cannot be compared: {words}", StringComparison.Ordinal));
        Assert.Equal(2, (await AskAsync("eval", "compare", run.Folder, baseline.Folder)).Code);

        // What to do is what the message says: the baseline's outputs under the judge of today.
        EvalRun scored = await Evaluation(JudgeScorers.Rubric(new Judge(new NamedClient("judge-2", score: 5)), "Be short.", _trusted)).RescoreAsync(baseline, _folder.Path("scored"), Cancelled);
        Assert.Equal(GateOutcome.Regression, new GatePolicy().Check(run, scored).Outcome);
    }

    [Fact]
    public async Task A_judge_that_decides_nothing_is_noted()
    {
        Scorer<string>[] Scored(string model) => [Scorers.From<string>("good", static (_, _) => 1), JudgeScorers.Relevance(new Judge(new NamedClient(model)))];
        EvalRun baseline = await Several("base", Scored("judge-1"));
        EvalRun run = await Several("run", Scored("judge-2"));

        GateResult gate = new GatePolicy().Check(run, baseline);

        Assert.Equal(GateOutcome.Passed, gate.Outcome);
        Assert.Contains(gate.Notes, static note => note.StartsWith("relevance: it is judged by another judge", StringComparison.Ordinal));

        Task<EvalRun> Several(string name, Scorer<string>[] scorers) => new FunctionEvaluation<string, string> { Name = "judged", Call = static (text, _) => Task.FromResult<EvalOutput<string>>(text), Scorers = scorers }
            .RunAsync([.. Enumerable.Range(0, 10).Select(static i => new EvalCase<string, string>($"c{i}", $"question {i}", "right"))], _folder.Path(name), cancellationToken: Cancelled);
    }

    [Fact]
    public void A_judge_with_other_prompts_or_of_ones_own_is_another_judge()
    {
        NamedClient client = new("judge-1");
        ScoringJudge compiled = JudgeOf(JudgeScorers.Relevance(new Judge(client)));
        Directory.CreateDirectory(_folder.Path("prompts"));
        File.WriteAllText(_folder.Path("prompts", "IJudge.CheckRelevanceAsync.prompt"), "{{role \"system\"}}Judge kindly.{{role \"user\"}}{{question}} {{answer}}");
        ScoringJudge changed = JudgeOf(JudgeScorers.Relevance(new Judge(client, new AiFunctionsOptions { PromptDirectory = _folder.Path("prompts") })));
        Assert.Equal((compiled.Function, compiled.Model), (changed.Function, changed.Model));
        Assert.NotEqual(compiled.PromptHash, changed.PromptHash);

        Assert.Equal("IJudge.CompareAsync", JudgeOf(JudgeScorers.Preference(new Judge(client))).Function);
        Assert.Equal("IJudge.CompareWithReferenceAsync", JudgeOf(JudgeScorers.Reference(new Judge(client))).Function);
        Assert.Equal("IJudge.CheckGroundingAsync", JudgeOf(JudgeScorers.Groundedness(new Judge(client), static _ => "")).Function);
        Assert.Equal(new ScoringJudge("IJudge.CheckRelevanceAsync", Judge.CheckRelevanceAsyncInfo.PromptHash, null), JudgeOf(JudgeScorers.Relevance(new Judge(new ScriptedChatClient()))));
        Assert.Equal(new ScoringJudge("AiSdk.Evaluation.Tests.Judges.ScoringJudgeTests+OwnJudge.CheckRelevanceAsync", null, null), JudgeOf(JudgeScorers.Relevance(new OwnJudge())));

        // An evaluator of Microsoft.Extensions.AI.Evaluation that asks a model is one, too.
        Assert.Equal("judge-1", JudgeOf(new EvaluatorScorer<string>(Scorers.TokenF1(), new ChatConfiguration(client))).Model);
        Assert.Null(new EvaluatorScorer<string>(Scorers.TokenF1()).Metrics[0].Judge);

        static ScoringJudge JudgeOf(Scorer<string> scorer) => scorer.Metrics[0].Judge!;
    }

    private static async Task<(int Code, string Output)> AskAsync(params string[] arguments)
    {
        using StringWriter output = new();
        int code = await CommandLine.RunAsync(arguments, output, output, TestContext.Current.CancellationToken);
        return (code, string.Join(' ', output.ToString().Split([' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries)));
    }

    /// <summary>A judge's model: it has a name, and one opinion.</summary>
    private sealed class NamedClient(string model, int score = 4) : DelegatingChatClient(new ScriptedChatClient())
    {
        public override Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, $$"""{"reason": "So it is.", "score": {{score}}, "confidence": "High"}""")) { FinishReason = ChatFinishReason.Stop });

        public override object? GetService(Type serviceType, object? serviceKey = null) => serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("tests", defaultModelId: model) : base.GetService(serviceType, serviceKey);
    }

    private sealed class OwnJudge : IJudge
    {
        private static readonly Task<JudgeVerdict> _verdict = Task.FromException<JudgeVerdict>(new NotSupportedException("It is never asked."));

        public Task<JudgeVerdict> RateAsync(string task, string answer, string rubric, CancellationToken cancellationToken = default) => _verdict;

        public Task<PairVerdict> CompareAsync(string task, string first, string second, CancellationToken cancellationToken = default) => Task.FromException<PairVerdict>(new NotSupportedException("It is never asked."));

        public Task<JudgeVerdict> CompareWithReferenceAsync(string task, string answer, string reference, CancellationToken cancellationToken = default) => _verdict;

        public Task<JudgeVerdict> CheckGroundingAsync(string sources, string answer, CancellationToken cancellationToken = default) => _verdict;

        public Task<JudgeVerdict> CheckRelevanceAsync(string question, string answer, CancellationToken cancellationToken = default) => _verdict;
    }
}

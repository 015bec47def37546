using System.Text.Json;
using AiSdk.Cli;
using AiSdk.Evaluation.Tests.Support;
using Xunit;

namespace AiSdk.Evaluation.Tests.Reports;

/// <summary>Reports and the command line over runs on the disk.</summary>
public sealed class ReportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private async Task<EvalRun> RunAsync(string name, int wrongEvery, string input = "text", int count = 300)
    {
        FunctionEvaluation<string, string> evaluation = new()
        {
            Name = "Routing <of> \"messages\"",
            Functions = [new EvaluatedFunction("IDesk.Route", "Desk.IDesk.Route(string)", $"hash{wrongEvery}", ["system: Name the intent.", $"user: {{{{message}}}} {wrongEvery}"], """{"type":"string"}""")],
            Call = (text, _) => Task.FromResult(new EvalOutput<string>(int.Parse(text.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture) % wrongEvery == 0 ? "wrong" : "right")),
            Scorers = [Scorers.Exact<string>()],
        };
        return await evaluation.RunAsync([.. Enumerable.Range(0, count).Select(i => new EvalCase<string, string>($"c{i}", $"{input} {i}", "right") { Tags = [i % 3 == 0 ? "a" : "b"] })], _folder.Path(name), cancellationToken: TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_report_is_one_file_that_asks_nothing_of_elsewhere_and_escapes_what_cases_say()
    {
        EvalRun run = await RunAsync("a", 10, "<script>alert(1)</script><img src=x onerror=y> \u202Eevil");
        string html = HtmlReport.Render(run, null);
        Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", html, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202E', html);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", html, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", html, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", html, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", html, StringComparison.Ordinal);
        foreach (string part in (string[])["<h1>Routing &lt;of&gt; &quot;messages&quot;</h1>", "Slices", "Confusion matrix", "Distributions", "Prompts and schemas", "id=\"filter-text\"", "role=\"img\"", "aria-label=", "@media print", "class=\"skip\""])
            Assert.Contains(part, html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_comparison_shows_what_was_lost_and_what_changed_in_the_prompt()
    {
        EvalRun baseline = await RunAsync("base", 20);
        EvalRun run = await RunAsync("run", 4);
        string html = HtmlReport.Render(run, RunComparison.Of(run, baseline));
        Assert.Contains("exact: worse. 0.95 became 0.75", html, StringComparison.Ordinal);
        Assert.Contains("<span class=\"del\">- user: {{message}} 20</span>", html, StringComparison.Ordinal);
        Assert.Contains("<span class=\"ins\">+ user: {{message}} 4</span>", html, StringComparison.Ordinal);
        Assert.Contains("<del class=\"bad\">right</del> → <ins class=\"good\">wrong</ins>", html, StringComparison.Ordinal);
        Assert.Contains("data-state=\"lost\"", html, StringComparison.Ordinal);
        Assert.Contains("IDesk.Route: the prompt changed (hash20 became hash4)", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_repeats_a_case_is_lost_only_if_its_mean_fell()
    {
        async Task<EvalRun> Repeated(string name, params string[] replies)
        {
            int calls = 0;
            FunctionEvaluation<string, string> evaluation = new() { Name = "repeated", Call = (_, _) => Task.FromResult<EvalOutput<string>>(replies[calls++]), Scorers = [Scorers.Exact<string>()] };
            return await evaluation.RunAsync([new EvalCase<string, string>("a", "x", "right")], _folder.Path(name), new EvalOptions { Repeats = 3 }, TestContext.Current.CancellationToken);
        }
        EvalRun baseline = await Repeated("base", "right", "wrong", "right");
        // The same in another order: the first is wrong, and the mean is the same.
        EvalRun alike = await Repeated("alike", "wrong", "right", "right");
        string same = HtmlReport.Render(alike, RunComparison.Of(alike, baseline));
        // The first is right as before, and the mean is not.
        EvalRun worse = await Repeated("worse", "right", "wrong", "wrong");
        string lost = HtmlReport.Render(worse, RunComparison.Of(worse, baseline));

        Assert.DoesNotContain("data-state=\"lost\"", same, StringComparison.Ordinal);
        Assert.DoesNotContain("data-state=\"won\"", same, StringComparison.Ordinal);
        Assert.Contains("data-state=\"lost\"", lost, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_many_cases_the_wrong_ones_are_shown_first()
    {
        EvalRun run = await RunAsync("a", 100, count: 3000);
        string html = HtmlReport.Render(run, null);
        Assert.Contains("2000 of 3000", html, StringComparison.Ordinal);
        Assert.Equal(30, html.Split("data-state=\"wrong\"").Length - 1);
    }

    [Fact]
    public async Task The_command_line_reports_compares_and_gates()
    {
        await RunAsync("base", 20);
        await RunAsync("same", 20);
        await RunAsync("worse", 4);
        (int code, string output, _) = await AskAsync("eval", "gate", _folder.Path("same"), _folder.Path("base"));
        Assert.Equal(0, code);
        Assert.EndsWith("gate: passed", output.TrimEnd(), StringComparison.Ordinal);
        (code, output, _) = await AskAsync("eval", "gate", _folder.Path("worse"), _folder.Path("base"), "--json");
        Assert.Equal(1, code);
        using (JsonDocument json = JsonDocument.Parse(output))
            Assert.Equal("Regression", json.RootElement.GetProperty("outcome").GetString());
        (code, output, _) = await AskAsync("eval", "compare", _folder.Path("worse"), _folder.Path("base"));
        Assert.Equal(1, code);
        Assert.Contains("exact: worse. 0.95 became 0.75", output, StringComparison.Ordinal);
        (code, output, _) = await AskAsync("eval", "report", _folder.Path("worse"), _folder.Path("base"), "--json");
        Assert.Equal(0, code);
        using (JsonDocument json = JsonDocument.Parse(output))
            Assert.True(File.Exists(json.RootElement.GetProperty("report").GetString()));
        (code, output, _) = await AskAsync("eval", "report", _folder.Path("base"));
        Assert.Equal(0, code);
        Assert.Contains("0.9192 to 0.9695", output, StringComparison.Ordinal);
        (code, _, _) = await AskAsync("eval", "gate", _folder.Path("base"), "--min", "exact=0.96");
        Assert.Equal(1, code);
    }

    [Theory]
    [InlineData("eval", "gate", "nowhere")]
    [InlineData("eval", "compare", "nowhere")]
    [InlineData("model", "info", "nowhere")]
    [InlineData("lock", "nowhere")]
    [InlineData("nonsense")]
    public async Task What_cannot_be_done_is_said_with_exit_code_2(params string[] arguments)
    {
        (int code, _, string error) = await AskAsync(arguments);
        Assert.Equal(2, code);
        Assert.NotEqual("", error);
    }

    [Fact]
    public async Task A_models_folder_is_described()
    {
        (int code, string output, _) = await AskAsync("model", "info", Path.Combine(AppContext.BaseDirectory, "models", "bank"), "--json");
        Assert.Equal(0, code);
        using JsonDocument json = JsonDocument.Parse(output);
        Assert.Equal("llama", json.RootElement.GetProperty("architecture").GetString());
        Assert.Equal(512, json.RootElement.GetProperty("contextLength").GetInt32());
        Assert.Equal(4096, json.RootElement.GetProperty("stateBytesPerToken").GetInt32());
        Assert.True(json.RootElement.GetProperty("fits").GetBoolean());
    }

    private static async Task<(int Code, string Output, string Error)> AskAsync(params string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        int code = await CommandLine.RunAsync(arguments, output, error, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}

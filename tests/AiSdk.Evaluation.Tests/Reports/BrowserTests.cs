using System.Buffers.Binary;
using System.Diagnostics;
using AiSdk.Evaluation.Tests.Support;
using AiSdk.Tests;
using Xunit;

namespace AiSdk.Evaluation.Tests.Reports;

/// <summary>The report in a browser without a window: its script runs, under the policy that it states, and the page is drawn. Where there is no Chromium the test is skipped.</summary>
public sealed class BrowserTests : IDisposable
{
    private const int Width = 1200;
    private const int Height = 1600;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private async Task<string> ReportAsync()
    {
        FunctionEvaluation<int, string> Evaluation(int wrongEvery) => new()
        {
            Name = "Routing",
            Call = (i, _) => Task.FromResult<EvalOutput<string>>(i % wrongEvery == 0 ? "transfer" : "card"),
            Scorers = [Scorers.Exact<string>()],
        };
        EvalCase<int, string>[] cases = [.. Enumerable.Range(0, 60).Select(static i => new EvalCase<int, string>($"c{i}", i, i % 2 == 0 ? "card" : "transfer") { Tags = [i < 30 ? "first" : "last"] })];
        EvalRun baseline = await Evaluation(3).RunAsync(cases, _folder.Path("base"), cancellationToken: TestContext.Current.CancellationToken);
        EvalRun run = await Evaluation(5).RunAsync(cases, _folder.Path("run"), cancellationToken: TestContext.Current.CancellationToken);
        HtmlReport.Write(RunComparison.Of(run, baseline), _folder.Path("report.html"));
        return new Uri(_folder.Path("report.html")).AbsoluteUri;
    }

    [Fact]
    public async Task The_script_runs()
    {
        string page = await ChromiumAsync("--dump-dom", await ReportAsync());

        Assert.Contains("60 of 60 shown", page, StringComparison.Ordinal);
        Assert.Contains("<svg role=\"img\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_is_drawn()
    {
        // Kept, for people to look at.
        string file = Path.Combine(Repository.Root, "artifacts", "evaluation", "comparison.png");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.Delete(file);

        await ChromiumAsync($"--screenshot={file}", $"--window-size={Width},{Height}", await ReportAsync());

        byte[] picture = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        Assert.Equal((Width, Height), (BinaryPrimitives.ReadInt32BigEndian(picture.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(picture.AsSpan(20))));
        // A blank page of this size takes some 8 KB.
        Assert.True(picture.Length > 40_000, $"{picture.Length} bytes");
    }

    [Fact]
    public async Task What_is_folded_is_printed()
    {
        string address = await ReportAsync();
        await ChromiumAsync("--no-pdf-header-footer", $"--print-to-pdf={_folder.Path("folded.pdf")}", address);
        string html = await File.ReadAllTextAsync(_folder.Path("report.html"), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_folder.Path("report.html"), html.Replace("<details>", "<details open>", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await ChromiumAsync("--no-pdf-header-footer", $"--print-to-pdf={_folder.Path("open.pdf")}", address);

        Assert.Contains("<details>", html, StringComparison.Ordinal);
        // The same text, give or take the marks before the summaries.
        double ratio = (double)new FileInfo(_folder.Path("folded.pdf")).Length / new FileInfo(_folder.Path("open.pdf")).Length;
        Assert.InRange(ratio, 0.98, 1.02);
    }

    private async Task<string> ChromiumAsync(params string[] arguments)
    {
        string? executable = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Where(static folder => folder.Length > 0)
            .SelectMany(static folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
        if (executable is null)
            TestData.Missing("no browser: install Debian's package chromium, as .ci/run does");
        ProcessStartInfo start = new(executable!, ["--headless", "--no-sandbox", "--disable-gpu", $"--user-data-dir={_folder.Path("profile")}", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await error);
        return await output;
    }
}

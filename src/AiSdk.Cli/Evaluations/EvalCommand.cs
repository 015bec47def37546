using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using AiSdk.Evaluation;
using Spectre.Console;

namespace AiSdk.Cli;

/// <summary><c>aisdk eval</c>: report, compare, gate, accept.</summary>
internal static class EvalCommand
{
    public static Command Create(TextWriter output) => new("eval", "Runs of evaluations.") { Report(output), Compare(output), Gate(output), Accept(output) };

    private static Command Report(TextWriter output)
    {
        Argument<string> run = Run();
        Argument<string?> baseline = Baseline(required: false);
        Option<string[]> slices = Slices();
        Option<string?> file = new("--output", "-o") { Description = "The HTML file; report.html in the run's folder unless said." };
        Option<bool> json = Json();
        Command command = new("report", "Writes a run's report, alone or beside a baseline, into one HTML file and shows its figures.") { run, baseline, slices, file, json };
        command.SetAction(arguments =>
        {
            EvalRun loaded = EvalRun.Load(arguments.GetValue(run)!, arguments.GetValue(slices) ?? []);
            RunComparison? comparison = arguments.GetValue(baseline) is { } other ? RunComparison.Of(loaded, EvalRun.Load(other)) : null;
            string path = arguments.GetValue(file) ?? Path.Combine(loaded.Folder, "report.html");
            if (comparison is null)
                HtmlReport.Write(loaded, path);
            else
                HtmlReport.Write(comparison, path);
            if (arguments.GetValue(json))
            {
                JsonObject told = EvalJsonText.Of(loaded);
                if (comparison is not null)
                    told["comparison"] = EvalJsonText.Of(comparison);
                told["report"] = path;
                Terminal.Write(output, told);
                return 0;
            }
            Show(output, loaded);
            if (comparison is not null)
                Show(output, comparison);
            output.WriteLine($"report: {path}");
            return 0;
        });
        return command;
    }

    private static Command Compare(TextWriter output)
    {
        Argument<string> run = Run();
        Argument<string?> baseline = Baseline(required: true);
        Option<string[]> slices = Slices();
        Option<bool> json = Json();
        Command command = new("compare", "Compares a run with a baseline on the cases that both have. Exit code 1 if it is significantly worse, 2 if nothing can be compared.") { run, baseline, slices, json };
        command.SetAction(arguments =>
        {
            RunComparison comparison = RunComparison.Of(EvalRun.Load(arguments.GetValue(run)!, arguments.GetValue(slices) ?? []), EvalRun.Load(arguments.GetValue(baseline)!));
            if (arguments.GetValue(json))
                Terminal.Write(output, EvalJsonText.Of(comparison));
            else
                Show(output, comparison);
            foreach (string note in arguments.GetValue(json) ? [] : comparison.Run.Summary.SliceNotes)
                output.WriteLine($"note: {note}");
            if (comparison.Metrics.All(static c => c.Verdict == ComparisonVerdict.NotComparable))
                throw new CommandException(comparison.Metrics.Count == 0 ? "Nothing can be compared: the runs measure no metric in common." : "Nothing can be compared: of no metric do both runs have values that were measured alike.");
            return comparison.Metrics.Concat(comparison.Slices).Any(static c => c.Verdict == ComparisonVerdict.Worse && c.Metric.CannotGate is null) ? 1 : 0;
        });
        return command;
    }

    private static Command Gate(TextWriter output)
    {
        Argument<string> run = Run();
        Argument<string?> baseline = Baseline(required: false);
        Option<string[]> metrics = new("--metric") { Description = "A metric that decides; may be repeated. All that may decide unless said." };
        Option<string[]> thresholds = new("--min") { Description = "What a metric must reach, as name=value; may be repeated. Of metrics where less is better, it must stay below." };
        Option<string[]> limits = new("--max") { Description = "What a figure of the run must not exceed, as name=value; may be repeated: latency.p50, latency.p95, latency.p99 (ms), tokens, tokens.input, tokens.output, cost, repairs, reasks." };
        Option<double> unmeasured = new("--max-unmeasured") { Description = "The share of calls that may be unmeasured.", DefaultValueFactory = static _ => new GatePolicy().MaxUnmeasured };
        Option<string[]> slices = Slices();
        Option<bool> noSlices = new("--no-slices") { Description = "A slice that got worse does not fail the run, and the metrics over all cases need not share the error with slices." };
        Option<bool> accept = new("--accept") { Description = "A run that passes is recorded in the lock file, as by 'accept'." };
        Option<string> lockFile = LockFile();
        Option<bool> json = Json();
        Command command = new("gate", "Decides whether a run may pass: exit code 0 if so, 1 on a significant regression, 2 if it cannot be decided.") { run, baseline, metrics, thresholds, limits, unmeasured, slices, noSlices, accept, lockFile, json };
        command.SetAction(arguments =>
        {
            GatePolicy policy = new()
            {
                Metrics = arguments.GetValue(metrics) ?? [],
                Thresholds = Pairs(thresholds.Name, arguments.GetValue(thresholds), "exact=0.85"),
                Limits = Pairs(limits.Name, arguments.GetValue(limits), "latency.p95=800"),
                MaxUnmeasured = arguments.GetValue(unmeasured),
                IncludeSlices = !arguments.GetValue(noSlices),
            };
            EvalRun loaded = EvalRun.Load(arguments.GetValue(run)!, arguments.GetValue(slices) ?? []);
            GateResult result = policy.Check(loaded, arguments.GetValue(baseline) is { } other ? EvalRun.Load(other) : null);
            IReadOnlyList<string> accepted = arguments.GetValue(accept) && result.Outcome == GateOutcome.Passed ? EvalLock.Accept(loaded, arguments.GetValue(lockFile)!, policy.Metrics.Count > 0 ? policy.Metrics[0] : null) : [];
            if (arguments.GetValue(json))
            {
                JsonObject told = EvalJsonText.Of(result);
                if (arguments.GetValue(accept))
                    told["accepted"] = EvalJsonText.Of(accepted);
                Terminal.Write(output, told);
            }
            else
            {
                IAnsiConsole console = Terminal.On(output);
                foreach (string text in result.Errors)
                    console.MarkupLineInterpolated($"[yellow]error:[/]      {text}");
                foreach (string text in result.Regressions)
                    console.MarkupLineInterpolated($"[red]regression:[/] {text}");
                foreach (string text in result.Notes)
                    console.MarkupLineInterpolated($"note:       {text}");
                output.WriteLine(result.Outcome switch { GateOutcome.Passed => "gate: passed", GateOutcome.Regression => "gate: regression", _ => "gate: cannot be decided" });
                foreach (string text in accepted)
                    output.WriteLine($"accepted: {text}");
            }
            return (int)result.Outcome;
        });
        return command;

        static Dictionary<string, double> Pairs(string option, string[]? texts, string example)
        {
            Dictionary<string, double> pairs = new(StringComparer.Ordinal);
            foreach (string text in texts ?? [])
            {
                int at = text.LastIndexOf('=');
                if (at <= 0 || !double.TryParse(text.AsSpan(at + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
                    throw new CommandException($"{option} wants name=value, such as {example}, not '{text}'.");
                if (!pairs.TryAdd(text[..at], value))
                    throw new CommandException($"{option} names '{text[..at]}' twice.");
            }
            return pairs;
        }
    }

    private static Command Accept(TextWriter output)
    {
        Argument<string> run = Run();
        Option<string> lockFile = LockFile();
        Option<string?> metric = new("--metric") { Description = "The metric that is recorded; the first unless said." };
        Option<bool> json = Json();
        Command command = new("accept", "Records a run in the lock file as the last evaluation of its functions: the build then says when a prompt has changed since.") { run, lockFile, metric, json };
        command.SetAction(arguments =>
        {
            IReadOnlyList<string> accepted = EvalLock.Accept(EvalRun.Load(arguments.GetValue(run)!), arguments.GetValue(lockFile)!, arguments.GetValue(metric));
            if (arguments.GetValue(json))
                Terminal.Write(output, new JsonObject { ["accepted"] = EvalJsonText.Of(accepted) });
            foreach (string text in arguments.GetValue(json) ? [] : accepted)
                output.WriteLine($"accepted: {text}");
            return 0;
        });
        return command;
    }

    private static void Show(TextWriter output, EvalRun run)
    {
        RunSummary summary = run.Summary;
        IAnsiConsole console = Terminal.On(output);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{run.Manifest.Name}: {summary.Cases} cases, {summary.Failed} failed, {summary.Unmeasured} not measured{(summary.IsComplete ? "" : "; not complete")}"));
        Table table = new() { Border = TableBorder.Simple };
        table.AddColumns("metric", "mean", "95 % interval", "n", "not measured");
        foreach (MetricSummary metric in summary.Metrics)
            table.AddRow(Cells(metric.Metric.Name, Text(metric.Estimate.Value), $"{Text(metric.Estimate.Low)} to {Text(metric.Estimate.High)}", Text(metric.Estimate.Count), Text(metric.Unmeasured)));
        console.Write(table);
        foreach (Metric metric in run.Manifest.Metrics.Where(static metric => metric.Judge is not null))
            output.WriteLine($"{metric.Name} judged by {metric.Judge}");
        if (summary.Confusion is { Labels.Count: > 1 } matrix)
            output.WriteLine($"macro F1 {Text(matrix.MacroF1)}, micro F1 {Text(matrix.MicroF1)} over {matrix.Labels.Count} labels");
        foreach (string note in summary.SliceNotes)
            output.WriteLine($"note: {note}");
        foreach (PassRate rate in summary.PassRates)
            output.WriteLine($"pass@{rate.K} {Text(rate.Any)}, pass^{rate.K} {Text(rate.All)}");
        output.WriteLine($"latency p50 {Text(summary.Latency.P50)} ms, p95 {Text(summary.Latency.P95)} ms, p99 {Text(summary.Latency.P99)} ms; {summary.InputTokens} + {summary.OutputTokens} tokens{(summary.Cost > 0 ? $", cost {Text(summary.Cost)}" : "")}{(summary.EstimatedUsages > 0 ? $", estimated in {summary.EstimatedUsages} calls" : "")}; {summary.Repairs} repairs, {summary.Reasks} re-asks");
    }

    private static void Show(TextWriter output, RunComparison comparison)
    {
        IAnsiConsole console = Terminal.On(output);
        foreach (string change in comparison.Changes)
            console.MarkupLineInterpolated($"changed: {change}");
        foreach (MetricComparison metric in comparison.Metrics)
            Line(metric);
        foreach (MetricComparison slice in comparison.Slices.Where(static slice => slice.Verdict is ComparisonVerdict.Better or ComparisonVerdict.Worse))
            Line(slice);

        void Line(MetricComparison metric) => console.Write(new Text($"{metric.Words}\n", metric.Verdict switch { ComparisonVerdict.Worse => new Style(Color.Red), ComparisonVerdict.Better => new Style(Color.Green), _ => Style.Plain }));
    }

    private static string[] Cells(params string[] texts) => [.. texts.Select(Markup.Escape)];

    private static string Text(double value) => double.IsNaN(value) ? "-" : value.ToString("0.####", CultureInfo.InvariantCulture);

    private static Argument<string> Run() => new("RUN") { Description = "The run's folder." };

    private static Argument<string?> Baseline(bool required) => new("BASE") { Description = "The folder of the run that it is compared with.", Arity = required ? ArgumentArity.ExactlyOne : ArgumentArity.ZeroOrOne };

    private static Option<string[]> Slices() => new("--slice") { Description = "A field of inputs or expected outputs whose values are slices, by its name in JSON, such as expected.intent or input.channel; may be repeated. They come to those that the run was run with." };

    private static Option<string> LockFile() => new("--lock") { Description = "The lock file, or the folder that it is in; the current folder unless said.", DefaultValueFactory = static _ => Directory.GetCurrentDirectory() };

    private static Option<bool> Json() => new("--json") { Description = "Writes JSON." };
}

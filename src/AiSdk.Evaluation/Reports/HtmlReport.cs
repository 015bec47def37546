using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace AiSdk.Evaluation;

/// <summary>A run, or a run beside its baseline, as one HTML file: charts, cases and filter in it, nothing from elsewhere.</summary>
public static class HtmlReport
{
    private const int MostCases = 2000;
    private const int MostLabels = 100;
    private const int MostConfusions = 15;
    private const int LongestText = 2000;

    /// <summary>Writes the report of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="path">The file; what is there is replaced.</param>
    /// <remarks>Of more than 2,000 cases those are shown that were lost, won, wrong or not measured before those that are right; figures are always of all.</remarks>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(EvalRun run, string path) => Write(run, null, path);

    /// <summary>Writes the report of a comparison.</summary>
    /// <inheritdoc cref="Write(EvalRun, string)"/>
    /// <param name="comparison">The comparison.</param>
#pragma warning disable CS1573 // The path is inherited.
    public static void Write(RunComparison comparison, string path)
#pragma warning restore CS1573
    {
        ArgumentNullException.ThrowIfNull(comparison);
        Write(comparison.Run, comparison, path);
    }

    private static void Write(EvalRun run, RunComparison? comparison, string path)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentException.ThrowIfNullOrEmpty(path);
        File.WriteAllText(path, Render(run, comparison));
    }

    internal static string Render(EvalRun run, RunComparison? comparison)
    {
        RunSummary summary = run.Summary;
        HtmlText html = new();
        html.AddTrusted("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">");
        html.AddTrusted("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">");
        html.Add($"<title>{run.Manifest.Name}{(comparison is null ? "" : ", compared")}</title><style>").AddTrusted(Resource("report.css")).AddTrusted("</style></head><body>");
        html.AddTrusted("<a class=\"skip\" href=\"#cases-title\">To the cases</a><header>");
        html.Add($"<h1>{run.Manifest.Name}</h1><p class=\"soft\">{summary.Cases.ToString("N0", CultureInfo.InvariantCulture)} cases{(run.Manifest.Repeats > 1 ? $", {run.Manifest.Repeats} times each" : "")}{(run.Manifest.Model is { } model ? $" · {model}" : "")} · {run.Manifest.Started.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC{(comparison is null ? "" : $" · compared with the run of {comparison.Baseline.Manifest.Started.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC on {comparison.CommonCases} cases")}</p></header><main>");
        AddState(html, summary, run.Manifest);
        if (comparison is not null)
            AddVerdict(html, comparison);
        AddCards(html, run, comparison);
        if (comparison is not null)
            AddComparison(html, comparison);
        AddSlices(html, summary, comparison);
        AddConfusion(html, summary);
        AddDistributions(html, run);
        AddPrompts(html, run, comparison);
        AddNotMeasured(html, summary);
        AddCases(html, run, comparison);
        AddManifest(html, run.Manifest);
        html.Add($"</main><footer>AiSdk.Evaluation {run.Manifest.PackageVersion}. Intervals are 95 % confidence intervals: Wilson's for shares, the bootstrap's else. Seed {run.Manifest.Seed}.</footer><script>");
        return html.AddTrusted(Resource("report.js")).AddTrusted("</script></body></html>\n").ToString();
    }

    private static void AddState(HtmlText html, RunSummary summary, RunManifest manifest)
    {
        if (!summary.IsComplete)
            html.Add($"<div class=\"verdict mid\"><p><strong>The run is not complete.</strong> {manifest.Stopped ?? "It was stopped; start it again with the same folder to go on."}</p></div>");
    }

    private static void AddVerdict(HtmlText html, RunComparison comparison)
    {
        string kind = comparison.Metrics.Concat(comparison.Slices).Any(static c => c.Verdict == ComparisonVerdict.Worse) ? "bad" : comparison.Metrics.Any(static c => c.Verdict == ComparisonVerdict.Better) ? "good" : "mid";
        html.Add($"<div class=\"verdict {kind}\" role=\"status\"><ul>");
        foreach (MetricComparison metric in comparison.Metrics.Concat(comparison.Slices.Where(static slice => slice.Verdict is ComparisonVerdict.Worse or ComparisonVerdict.Better)))
            html.Add($"<li>{metric.Words}</li>");
        html.AddTrusted("</ul></div>");
    }

    private static void AddCards(HtmlText html, EvalRun run, RunComparison? comparison)
    {
        RunSummary summary = run.Summary;
        html.AddTrusted("<div class=\"cards\">");
        foreach (MetricSummary metric in summary.Metrics.Take(8))
        {
            MetricComparison? change = comparison?.Metrics.FirstOrDefault(other => other.Metric.Name == metric.Metric.Name);
            html.Add($"<div class=\"card\"><div class=\"name\">{metric.Metric.Name}{(metric.Metric.HigherIsBetter ? "" : " (less is better)")}</div><div class=\"value\">{Number(metric.Estimate.Value)}</div><div class=\"sub\">{Number(metric.Estimate.Low)} to {Number(metric.Estimate.High)} · n = {metric.Estimate.Count}</div>");
            if (change is { Verdict: not ComparisonVerdict.NotComparable })
                html.Add($"<div class=\"sub {Class(change.Verdict)}\">{change.Difference.Value.ToString("+0.####;-0.####;±0", CultureInfo.InvariantCulture)} · {Word(change.Verdict)}</div>");
            if (metric.Unmeasured > 0)
                html.Add($"<div class=\"sub mid\">{metric.Unmeasured} not measured</div>");
            if (metric.Metric.Judge is { } judge)
                html.Add($"<div class=\"sub\">judged by {judge}</div>");
            if (metric.Metric.CannotGate is { } reason)
                html.Add($"<div class=\"sub mid\">cannot decide a gate: {reason}</div>");
            html.AddTrusted("</div>");
        }
        html.Add($"<div class=\"card\"><div class=\"name\">calls</div><div class=\"value\">{summary.Measured + summary.Failed + summary.Unmeasured}</div><div class=\"sub\">{summary.Failed} failed · {summary.Unmeasured} not measured</div></div>");
        html.Add($"<div class=\"card\"><div class=\"name\">latency, ms</div><div class=\"value\">{Number(summary.Latency.P50)}</div><div class=\"sub\">p95 {Number(summary.Latency.P95)} · p99 {Number(summary.Latency.P99)}</div></div>");
        html.Add($"<div class=\"card\"><div class=\"name\">tokens</div><div class=\"value\">{(summary.InputTokens + summary.OutputTokens).ToString("N0", CultureInfo.InvariantCulture)}</div><div class=\"sub\">{summary.InputTokens.ToString("N0", CultureInfo.InvariantCulture)} in · {summary.OutputTokens.ToString("N0", CultureInfo.InvariantCulture)} out{(summary.Cost > 0 ? $" · cost {Number(summary.Cost)}" : "")}{(summary.EstimatedUsages > 0 ? $" · estimated in {summary.EstimatedUsages} calls" : "")}</div></div>");
        html.Add($"<div class=\"card\"><div class=\"name\">repairs</div><div class=\"value\">{summary.RepairedReplies}</div><div class=\"sub\">replies mended, {summary.Repairs} repairs · asked again {summary.Reasks} times</div></div></div>");
        if (summary.PassRates.Count > 0)
        {
            html.AddTrusted("<div class=\"scroll\"><table><caption>Success over repeats</caption><thead><tr><th>k</th><th class=\"n\">pass@k: at least one of k</th><th class=\"n\">pass^k: all of k</th></tr></thead><tbody>");
            foreach (PassRate rate in summary.PassRates)
                html.Add($"<tr><td>{rate.K}</td><td class=\"n\">{Number(rate.Any)}</td><td class=\"n\">{Number(rate.All)}</td></tr>");
            html.AddTrusted("</tbody></table></div>");
        }
    }

    private static void AddComparison(HtmlText html, RunComparison comparison)
    {
        html.AddTrusted("<h2>Against the baseline</h2>");
        html.Add($"{Charts.Intervals("Differences from the baseline", [.. comparison.Metrics.Where(static c => c.Cases > 0).Select(static c => (c.Metric.Name, c.Difference, Mark(c.Verdict)))], showZero: true)}");
        html.AddTrusted("<div class=\"scroll\"><table><thead><tr><th>metric</th><th class=\"n\">baseline</th><th class=\"n\">this run</th><th class=\"n\">difference</th><th class=\"n\">lost</th><th class=\"n\">won</th><th class=\"n\">p</th><th class=\"n\">p corrected</th><th class=\"n\">p randomised</th><th class=\"n\">effect</th><th>says</th></tr></thead><tbody>");
        foreach (MetricComparison c in comparison.Metrics)
            html.Add($"<tr><td>{c.Metric.Name}</td><td class=\"n\">{Number(c.Baseline)}</td><td class=\"n\">{Number(c.Value)}</td><td class=\"n\">{c.Difference.Value.ToString("+0.####;-0.####;0", CultureInfo.InvariantCulture)}</td><td class=\"n\">{c.Lost}</td><td class=\"n\">{c.Won}</td><td class=\"n\">{Number(c.PValue)}</td><td class=\"n\">{Number(c.CorrectedPValue)}</td><td class=\"n\">{Number(c.RandomizationPValue)}</td><td class=\"n\">{Number(c.EffectSize)}</td><td><span class=\"pill {Class(c.Verdict)}\">{Word(c.Verdict)}</span></td></tr>");
        html.AddTrusted("</tbody></table></div>");
        if (comparison.Changes.Count > 0)
        {
            html.AddTrusted("<h3>What is different</h3><ul>");
            foreach (string change in comparison.Changes)
                html.Add($"<li>{change}</li>");
            html.AddTrusted("</ul>");
        }
    }

    private static void AddSlices(HtmlText html, RunSummary summary, RunComparison? comparison)
    {
        if (summary.Slices.Count == 0 && summary.SliceNotes.Count == 0)
            return;
        string first = summary.Metrics[0].Metric.Name;
        MetricSummary[] slices = [.. summary.Slices.Where(slice => slice.Metric.Name == first).OrderBy(static slice => slice.Estimate.Value)];
        html.Add($"<h2>Slices</h2>");
        foreach (string note in summary.SliceNotes)
            html.Add($"<p class=\"soft\">{note}</p>");
        if (slices.Length == 0)
            return;
        html.Add($"{Charts.Intervals($"{first} by slice", [.. slices.Take(30).Select(static slice => (slice.Slice!, slice.Estimate, ""))], showZero: false)}");
        if (slices.Length > 30)
            html.Add($"<p class=\"soft\">The 30 lowest of {slices.Length} slices; the table has all.</p>");
        html.AddTrusted("<details><summary>All slices and metrics</summary><div class=\"scroll\"><table><thead><tr><th>slice</th><th>metric</th><th class=\"n\">mean</th><th class=\"n\">interval</th><th class=\"n\">n</th><th>against the baseline</th></tr></thead><tbody>");
        foreach (MetricSummary slice in summary.Slices)
        {
            MetricComparison? change = comparison?.Slices.FirstOrDefault(c => c.Slice == slice.Slice && c.Metric.Name == slice.Metric.Name);
            html.Add($"<tr><td>{slice.Slice}</td><td>{slice.Metric.Name}</td><td class=\"n\">{Number(slice.Estimate.Value)}</td><td class=\"n\">{Number(slice.Estimate.Low)} to {Number(slice.Estimate.High)}</td><td class=\"n\">{slice.Estimate.Count}</td><td>{(change is null ? "" : $"{Word(change.Verdict)}, p = {Number(change.CorrectedPValue)}")}</td></tr>");
        }
        html.AddTrusted("</tbody></table></div></details>");
    }

    private static void AddConfusion(HtmlText html, RunSummary summary)
    {
        if (summary.Confusion is not { } matrix || matrix.Labels.Count < 2)
            return;
        html.Add($"<h2>Confusion matrix</h2><p>Expected down, what came across. Accuracy {Number(matrix.Accuracy)}, micro F1 {Number(matrix.MicroF1)}, macro F1 {Number(matrix.MacroF1)} over {matrix.Labels.Count} labels.</p>");
        // The labels that are confused, where there is no room for all.
        IReadOnlyList<string> labels = matrix.Labels.Count <= MostLabels ? [.. matrix.Labels] : [.. matrix.MostConfused(60).SelectMany(static c => new[] { c.Expected, c.Actual }).Distinct(StringComparer.Ordinal).Take(MostLabels).Order(StringComparer.Ordinal)];
        if (labels.Count > 1)
            html.Add($"{Charts.Matrix(matrix, labels)}");
        IReadOnlyList<(string Expected, string Actual, int Count)> confused = matrix.MostConfused(MostConfusions);
        if (confused.Count > 0)
        {
            html.AddTrusted("<div class=\"scroll\"><table><caption>Confused most</caption><thead><tr><th>expected</th><th>came</th><th class=\"n\">times</th><th class=\"n\">of</th></tr></thead><tbody>");
            foreach ((string expected, string actual, int count) in confused)
                html.Add($"<tr><td>{expected}</td><td>{actual}</td><td class=\"n\">{count}</td><td class=\"n\">{matrix.Expected(expected)}</td></tr>");
            html.AddTrusted("</tbody></table></div>");
        }
        html.AddTrusted("<details><summary>Precision, recall and F1 of each label</summary><div class=\"scroll\"><table><thead><tr><th>label</th><th class=\"n\">precision</th><th class=\"n\">recall</th><th class=\"n\">F1</th><th class=\"n\">expected</th></tr></thead><tbody>");
        foreach (string label in matrix.Labels)
        {
            PrecisionRecall score = matrix.Score(label);
            html.Add($"<tr><td>{label}</td><td class=\"n\">{Number(score.Precision)}</td><td class=\"n\">{Number(score.Recall)}</td><td class=\"n\">{Number(score.F1)}</td><td class=\"n\">{matrix.Expected(label)}</td></tr>");
        }
        html.AddTrusted("</tbody></table></div></details>");
    }

    private static void AddDistributions(HtmlText html, EvalRun run)
    {
        html.AddTrusted("<h2>Distributions</h2>");
        foreach (MetricSummary metric in run.Summary.Metrics.Take(6))
        {
            IReadOnlyList<double> values = run.Values(metric.Metric.Name);
            if (values.Any(static value => value is not (0 or 1)))
                html.Add($"<h3>{metric.Metric.Name}</h3>{Charts.Histogram(metric.Metric.Name, values)}");
        }
        html.Add($"<h3>Latency, ms</h3>{Charts.Histogram("Latency in milliseconds", run.Table.Latencies)}");
    }

    private static void AddPrompts(HtmlText html, EvalRun run, RunComparison? comparison)
    {
        if (run.Manifest.Functions.Count == 0)
            return;
        html.AddTrusted("<h2>Prompts and schemas</h2>");
        foreach (EvaluatedFunction function in run.Manifest.Functions)
        {
            EvaluatedFunction? before = comparison?.Baseline.Manifest.Functions.FirstOrDefault(other => other.Id == function.Id);
            html.Add($"<h3>{function.Name} <span class=\"soft\">{function.PromptHash}</span></h3>");
            AddText("prompt", before is null ? null : string.Join('\n', before.Prompts), string.Join('\n', function.Prompts), open: true);
            if (function.Schema is { } schema)
                AddText("schema", before?.Schema is { } old ? Pretty(old) : null, Pretty(schema), open: before?.Schema is { } changed && changed != schema);
        }

        void AddText(string what, string? before, string now, bool open)
        {
            html.AddTrusted(open ? "<details open>" : "<details>").Add($"<summary>{what}{(before is null || before == now ? "" : " (changed)")}</summary><pre>");
            if (before is null || before == now)
            {
                html.Add($"{now}");
            }
            else
            {
                foreach ((char kind, string line) in LineDifference.Of(before, now))
                    html.Add($"<span class=\"{(kind == '-' ? "del" : kind == '+' ? "ins" : "same")}\">{kind} {line}</span>");
            }
            html.AddTrusted("</pre></details>");
        }

        static string Pretty(string json)
        {
            using JsonDocument document = JsonDocument.Parse(json);
            using MemoryStream stream = new();
            using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
                document.WriteTo(writer);
            return System.Text.Encoding.UTF8.GetString(stream.ToArray());
        }
    }

    private static void AddNotMeasured(HtmlText html, RunSummary summary)
    {
        if (summary.NotMeasured.Count == 0)
            return;
        html.Add($"<h2>Not measured</h2><p>In no mean: nobody knows what they would have been.</p><div class=\"scroll\"><table><thead><tr><th>case</th><th>why</th></tr></thead><tbody>");
        foreach ((string id, int repeat, string reason) in summary.NotMeasured.Take(100))
            html.Add($"<tr><td>{id}{(repeat > 0 ? $", repeat {repeat + 1}" : "")}</td><td>{Cut(reason)}</td></tr>");
        html.AddTrusted("</tbody></table></div>");
        if (summary.NotMeasured.Count > 100)
            html.Add($"<p class=\"soft\">And more.</p>");
    }

    // Means of the same values in another order may differ in their last digits.
    private const double SameMean = 1e-12;

    private static void AddCases(HtmlText html, EvalRun run, RunComparison? comparison)
    {
        string first = run.Manifest.Metrics[0].Name;
        Dictionary<string, CaseResult> before = new(StringComparer.Ordinal);
        // Only what is shown is kept: the order of interest first, then the data set's.
        PriorityQueue<CaseResult, (int Interest, int Index)> kept = new(Comparer<(int, int)>.Create(static (a, b) => b.CompareTo(a)));
        int total = 0;
        foreach (CaseResult result in run.ReadResults())
        {
            total++;
            kept.Enqueue(result, (Interest(result), result.Index));
            if (kept.Count > MostCases)
                kept.Dequeue();
        }
        List<CaseResult> cases = [.. kept.UnorderedItems.OrderBy(static item => item.Priority).Select(static item => item.Element)];
        if (comparison is not null)
        {
            HashSet<string> wanted = [.. cases.Select(static c => c.Id)];
            foreach (CaseResult result in comparison.Baseline.ReadResults().Where(result => result.Repeat == 0 && wanted.Contains(result.Id)))
                before[result.Id] = result;
        }
        html.Add($"<h2 id=\"cases-title\">Cases</h2>");
        if (total > cases.Count)
            html.Add($"<p class=\"soft\">{cases.Count} of {total}: those that changed or are wrong first. results.jsonl has all.</p>");
        html.AddTrusted("<div class=\"filters\"><label>Text<input id=\"filter-text\" type=\"search\" placeholder=\"any text\"></label><label>State<select id=\"filter-state\"><option value=\"\">all</option>");
        foreach (string state in cases.Select(State).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
            html.Add($"<option>{state}</option>");
        html.AddTrusted("</select></label>");
        if (run.Table.Slices.Count > 0)
        {
            html.AddTrusted("<label>Slice<select id=\"filter-tag\"><option value=\"\">all</option>");
            foreach (string tag in run.Table.Slices.Keys)
                html.Add($"<option>{tag}</option>");
            html.AddTrusted("</select></label>");
        }
        html.Add($"<output id=\"filter-count\" class=\"soft\" aria-live=\"polite\">{cases.Count} shown</output></div><div class=\"scroll\"><table id=\"cases\" class=\"cases\"><thead><tr><th>case</th><th>state</th><th>input</th><th>expected</th><th>{(comparison is null ? "output" : "baseline → this run")}</th><th class=\"n\">{first}</th></tr></thead><tbody>");
        ILookup<int, string> slices = SlicesOf([.. cases.Select(static c => c.Index)]);
        foreach (CaseResult result in cases)
        {
            string state = State(result);
            string kind = state is "right" or "won" or "scored" ? "good" : state is "wrong" or "lost" or "failed" ? "bad" : "mid";
            html.Add($"<tr data-state=\"{state}\" data-tags=\"{string.Join('\n', slices[result.Index])}\"><td>{result.Id}{(result.Repeat > 0 ? $" ×{result.Repeat + 1}" : "")}<br>");
            foreach (string tag in result.Tags ?? [])
                html.Add($"<span class=\"tag\">{tag}</span>");
            html.Add($"</td><td><span class=\"pill {kind}\">{state}</span></td><td class=\"text\">{Text(result.Input)}</td><td>{Text(result.Expected)}</td><td class=\"text\">");
            string now = result.Output is { } output ? Text(output) : result.Reason ?? "";
            if (before.TryGetValue(result.Id, out CaseResult? old) && (old.Output is { } oldOutput ? Text(oldOutput) : old.Reason ?? "") is var then && then != now)
                html.Add($"<del class=\"bad\">{Cut(then)}</del> → <ins class=\"good\">{Cut(now)}</ins>");
            else
                html.Add($"{Cut(now)}");
            if (result.Confidence is { } confidence)
                html.Add($"<div class=\"soft\">{confidence.ToString("0 %", CultureInfo.InvariantCulture)} sure</div>");
            if (result.Scores.Values.FirstOrDefault(static score => score.Reason is not null)?.Reason is { } reason && result.State == CaseState.Measured)
                html.Add($"<div class=\"soft\">{Cut(reason)}</div>");
            html.Add($"</td><td class=\"n\">{(result.Scores.TryGetValue(first, out CaseScore? score) && score.Value is { } value ? Number(value) : "–")}</td></tr>");
        }
        html.AddTrusted("</tbody></table></div>");

        ILookup<int, string> SlicesOf(HashSet<int> shown) => run.Table.Slices.SelectMany(slice => slice.Value.Where(shown.Contains).Select(place => (place, slice.Key))).ToLookup(static pair => pair.place, static pair => pair.Key);

        int Interest(CaseResult result) => State(result) switch { "lost" => 0, "won" => 1, "failed" => 2, "wrong" => 3, "not measured" => 4, "scored" => 5, _ => 6 };

        string State(CaseResult result)
        {
            if (result.State == CaseState.Failed)
                return "failed";
            if (!result.Scores.TryGetValue(first, out CaseScore? score) || score.Value is not { } value)
                return "not measured";
            if (comparison is not null && result.Repeat == 0 && comparison.Baseline.Table.Place(result.Id) is >= 0 and int place && comparison.Baseline.Table.Has(first))
            {
                // Of repeats their means: one repeat beside the mean of several would be a change where there is none.
                double old = comparison.Baseline.Table.Column(first)[place];
                double now = run.Table.Column(first)[result.Index];
                if (Math.Abs(now - old) > SameMean)
                    return now > old == run.Manifest.Metrics[0].HigherIsBetter ? "won" : "lost";
            }
            return run.Manifest.Metrics[0].HigherIsBetter ? value is 1 ? "right" : value is 0 ? "wrong" : "scored" : value is 0 ? "right" : "scored";
        }
    }

    private static void AddManifest(HtmlText html, RunManifest manifest)
    {
        html.AddTrusted("<h2>What was run</h2><dl>");
        (string Name, string? Value)[] entries =
        [
            ("model", manifest.Model), ("model's files", manifest.ModelHash), ("data set", manifest.Dataset), ("data set's hash", manifest.DatasetHash), ("seed", manifest.Seed.ToString(CultureInfo.InvariantCulture)),
            ("begun", manifest.Started.ToString("u", CultureInfo.InvariantCulture)), ("completed", manifest.Completed?.ToString("u", CultureInfo.InvariantCulture)), ("machine", manifest.Machine), ("package", manifest.PackageVersion),
            .. manifest.Metrics.Where(static metric => metric.Settings is not null).Select(static metric => ($"{metric.Name} as", metric.Settings)),
            .. manifest.Metrics.Where(static metric => metric.Judge is not null).Select(static metric => ($"{metric.Name} judged by", metric.Judge?.ToString())),
            ("sliced by", manifest.SliceBy.Count == 0 ? null : string.Join(", ", manifest.SliceBy)),
            .. manifest.Options.OrderBy(static option => option.Key, StringComparer.Ordinal).Select(static option => (option.Key, (string?)option.Value)),
        ];
        foreach ((string name, string? value) in entries.Where(static entry => entry.Value is not null))
            html.Add($"<dt>{name}</dt><dd>{value}</dd>");
        html.AddTrusted("</dl>");
    }

    private static string Text(JsonElement value) => Cut(value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText());

    private static string Cut(string text) => text.Length <= LongestText ? text : $"{text.AsSpan(0, LongestText)}… ({text.Length} characters)";

    private static string Number(double value) => double.IsNaN(value) ? "–" : Math.Abs(value) >= 100 ? value.ToString("N0", CultureInfo.InvariantCulture) : Math.Abs(value) is > 0 and < 0.0001 ? value.ToString("0.#e0", CultureInfo.InvariantCulture) : value.ToString("0.####", CultureInfo.InvariantCulture);

    private static string Word(ComparisonVerdict verdict) => verdict switch
    {
        ComparisonVerdict.Better => "better",
        ComparisonVerdict.Worse => "worse",
        ComparisonVerdict.NoSignificantChange => "no significant change",
        _ => "not comparable",
    };

    private static string Class(ComparisonVerdict verdict) => verdict switch { ComparisonVerdict.Better => "good", ComparisonVerdict.Worse => "bad", _ => "mid" };

    private static string Mark(ComparisonVerdict verdict) => Class(verdict);

    private static string Resource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"AiSdk.Evaluation.{name}") ?? throw new InvalidOperationException($"The resource {name} is missing.");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}

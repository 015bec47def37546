using System.Text.Json.Nodes;
using AiSdk.Evaluation;

namespace AiSdk.Cli;

/// <summary>What <c>--json</c> writes.</summary>
internal static class EvalJsonText
{
    public static JsonObject Of(EvalRun run)
    {
        RunSummary summary = run.Summary;
        return new JsonObject
        {
            ["name"] = run.Manifest.Name,
            ["complete"] = summary.IsComplete,
            ["cases"] = summary.Cases,
            ["measured"] = summary.Measured,
            ["failed"] = summary.Failed,
            ["unmeasured"] = summary.Unmeasured,
            ["metrics"] = Array(summary.Metrics, Of),
            ["slices"] = Array(summary.Slices, Of),
            ["sliceNotes"] = Of(summary.SliceNotes),
            ["judges"] = Array(run.Manifest.Metrics.Where(static metric => metric.Judge is not null), static metric => new JsonObject { ["metric"] = metric.Name, ["function"] = metric.Judge!.Function, ["promptHash"] = metric.Judge.PromptHash, ["model"] = metric.Judge.Model }),
            ["macroF1"] = summary.Confusion is null ? null : Terminal.Number(summary.Confusion.MacroF1),
            ["passRates"] = Array(summary.PassRates, static rate => new JsonObject { ["k"] = rate.K, ["any"] = rate.Any, ["all"] = rate.All }),
            ["latency"] = new JsonObject { ["p50"] = Terminal.Number(summary.Latency.P50), ["p95"] = Terminal.Number(summary.Latency.P95), ["p99"] = Terminal.Number(summary.Latency.P99) },
            ["inputTokens"] = summary.InputTokens,
            ["outputTokens"] = summary.OutputTokens,
            ["cost"] = summary.Cost,
            ["estimatedUsages"] = summary.EstimatedUsages,
            ["repairs"] = summary.Repairs,
            ["reasks"] = summary.Reasks,
        };
    }

    public static JsonArray Of(IReadOnlyList<string> texts) => Array(texts, static text => JsonValue.Create(text));

    public static JsonObject Of(RunComparison comparison) => new()
    {
        ["commonCases"] = comparison.CommonCases,
        ["changes"] = Array(comparison.Changes, static change => JsonValue.Create(change)),
        ["metrics"] = Array(comparison.Metrics, Of),
        ["slices"] = Array(comparison.Slices, Of),
        ["sliceNotes"] = Of(comparison.Run.Summary.SliceNotes),
    };

    public static JsonObject Of(GateResult result) => new()
    {
        ["outcome"] = result.Outcome.ToString(),
        ["regressions"] = Array(result.Regressions, static text => JsonValue.Create(text)),
        ["errors"] = Array(result.Errors, static text => JsonValue.Create(text)),
        ["notes"] = Array(result.Notes, static text => JsonValue.Create(text)),
        ["comparison"] = result.Comparison is null ? null : Of(result.Comparison),
    };

    private static JsonObject Of(MetricSummary metric) => new()
    {
        ["metric"] = metric.Metric.Name,
        ["slice"] = metric.Slice,
        ["mean"] = Terminal.Number(metric.Estimate.Value),
        ["low"] = Terminal.Number(metric.Estimate.Low),
        ["high"] = Terminal.Number(metric.Estimate.High),
        ["count"] = metric.Estimate.Count,
        ["unmeasured"] = metric.Unmeasured,
    };

    private static JsonObject Of(MetricComparison metric) => new()
    {
        ["metric"] = metric.Metric.Name,
        ["slice"] = metric.Slice,
        ["verdict"] = metric.Verdict.ToString(),
        ["words"] = metric.Words,
        ["cases"] = metric.Cases,
        ["baseline"] = Terminal.Number(metric.Baseline),
        ["value"] = Terminal.Number(metric.Value),
        ["difference"] = Terminal.Number(metric.Difference.Value),
        ["low"] = Terminal.Number(metric.Difference.Low),
        ["high"] = Terminal.Number(metric.Difference.High),
        ["lost"] = metric.Lost,
        ["won"] = metric.Won,
        ["test"] = metric.Test,
        ["p"] = metric.PValue,
        ["correctedP"] = metric.CorrectedPValue,
        ["randomizationP"] = metric.RandomizationPValue,
        ["effectSize"] = metric.EffectSize,
    };

    private static JsonArray Array<T>(IEnumerable<T> items, Func<T, JsonNode?> convert) => [.. items.Select(convert)];
}

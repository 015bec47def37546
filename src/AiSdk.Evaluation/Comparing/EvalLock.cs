using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AiSdk.Evaluation;

/// <summary>Records runs in <c>aisdk.lock.json</c>, so that the build says when a prompt has changed since its last evaluation (AISDK0508).</summary>
public static class EvalLock
{
    /// <summary>The file's name.</summary>
    public const string FileName = "aisdk.lock.json";

    private const string Property = "evaluations";
    private const int Digits = 4;
    private static readonly JsonSerializerOptions _indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Records a run as the last accepted one of the functions that it evaluated. All else in the file stays as it is, to the character.</summary>
    /// <param name="run">The run, which must be complete.</param>
    /// <param name="lockFile">The lock file, or the folder that it is in.</param>
    /// <param name="metric">The metric that is recorded; <see langword="null"/> for the first.</param>
    /// <returns>What was recorded, in words.</returns>
    /// <exception cref="EvalRunException">The run is not complete or names no function, or the file is not there or cannot be read.</exception>
    public static IReadOnlyList<string> Accept(EvalRun run, string lockFile, string? metric = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentException.ThrowIfNullOrEmpty(lockFile);
        if (!run.Summary.IsComplete)
            throw new EvalRunException($"The run in {run.Folder} is not complete, so that its figures are not those of its cases: {run.Manifest.Stopped ?? "start it again with the same folder"}");
        if (run.Manifest.Functions.Count == 0)
            throw new EvalRunException($"The run in {run.Folder} names no function: give FunctionEvaluation its Functions, such as SupportDesk.RouteAsyncInfo.");
        MetricSummary figures = run.Summary.Metrics.FirstOrDefault(summary => metric is null || summary.Metric.Name == metric)
            ?? throw new EvalRunException($"The run does not measure '{metric}'; it measures {string.Join(", ", run.Manifest.Metrics.Select(static m => m.Name))}.");
        if (double.IsNaN(figures.Estimate.Value))
            throw new EvalRunException($"'{figures.Metric.Name}' could not be measured in any case of the run.");
        string path = Directory.Exists(lockFile) ? Path.Combine(lockFile, FileName) : lockFile;
        if (!File.Exists(path))
            throw new EvalRunException($"There is no {path}: write it first, by 'dotnet build -t:AiSdkLock'.");
        string text = File.ReadAllText(path);
        string changed = WithEvaluations(text, path, run.Manifest.Functions.Select(function => (function.Id, Entry(function, figures, run.Manifest))));
        if (changed != text)
            File.WriteAllText(path, changed);
        return [.. run.Manifest.Functions.Select(function => string.Create(CultureInfo.InvariantCulture, $"{function.Name}: {figures.Metric.Name} {Rounded(figures.Estimate.Value)} {(double.IsNaN(figures.Estimate.Margin) ? "" : $"± {Rounded(figures.Estimate.Margin)} ")}on {figures.Estimate.Count} cases"))];
    }

    private static JsonObject Entry(EvaluatedFunction function, MetricSummary figures, RunManifest manifest)
    {
        JsonObject entry = new()
        {
            ["promptHash"] = function.PromptHash,
            ["metric"] = figures.Metric.Name,
            ["value"] = Rounded(figures.Estimate.Value),
        };
        if (!double.IsNaN(figures.Estimate.Margin))
            entry["halfWidth"] = Rounded(figures.Estimate.Margin);
        entry["cases"] = figures.Estimate.Count;
        if (manifest.Model is { } model)
            entry["model"] = model;
        if (manifest.DatasetHash is { } dataset)
            entry["datasetHash"] = dataset[..Math.Min(16, dataset.Length)];
        return entry;
    }

    private static decimal Rounded(double value) => Math.Round((decimal)value, Digits) / 1.0000m;

    /// <summary>The text with other evaluations in it; sorted, and nothing else touched, so that the changes of several hands merge.</summary>
    private static string WithEvaluations(string text, string path, IEnumerable<(string Id, JsonObject Entry)> added)
    {
        byte[] json = Encoding.UTF8.GetBytes(text);
        try
        {
            SortedDictionary<string, JsonNode?> entries = new(StringComparer.Ordinal);
            (int start, int end) = Find(json, out bool isThere);
            if (isThere)
            {
                using JsonDocument accepted = JsonDocument.Parse(json.AsMemory(start, end - start));
                foreach (JsonProperty entry in accepted.RootElement.EnumerateObject())
                    entries[entry.Name] = WithoutRepeated(entry.Value);
            }
            foreach ((string id, JsonObject entry) in added)
                entries[id] = entry;
            string written = new JsonObject(entries).ToJsonString(_indented).Replace("\n", "\n  ", StringComparison.Ordinal);
            if (!isThere)
                written = $",\n  \"{Property}\": {written}";
            if (text.Contains("\r\n", StringComparison.Ordinal))
                written = written.Replace("\n", "\r\n", StringComparison.Ordinal);
            return Encoding.UTF8.GetString(json, 0, start) + written + Encoding.UTF8.GetString(json, end, json.Length - end);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new EvalRunException($"{path} cannot be read: {e.Message} Write it anew, by 'dotnet build -t:AiSdkLock'.", e);
        }
    }

    /// <summary>A value whose objects have each property once: of those with the same name, as a merge leaves them, the last.</summary>
    private static JsonNode? WithoutRepeated(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return JsonNode.Parse(value.GetRawText());
        JsonObject once = [];
        foreach (JsonProperty property in value.EnumerateObject())
            once[property.Name] = WithoutRepeated(property.Value);
        return once;
    }

    /// <summary>Where the evaluations stand, or where they belong: behind the last property.</summary>
    private static (int Start, int End) Find(ReadOnlySpan<byte> json, out bool isThere)
    {
        Utf8JsonReader reader = new(json);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("It is no object.");
        int last = -1;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            isThere = reader.ValueTextEquals(Property);
            reader.Read();
            int start = (int)reader.TokenStartIndex;
            reader.Skip();
            last = (int)reader.BytesConsumed;
            if (isThere)
                return (start, last);
        }
        isThere = false;
        return last < 0 ? throw new JsonException("It is empty.") : (last, last);
    }
}

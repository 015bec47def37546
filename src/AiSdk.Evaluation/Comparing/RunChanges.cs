namespace AiSdk.Evaluation;

/// <summary>In what the subjects of two runs differ.</summary>
internal static class RunChanges
{
    public static IReadOnlyList<string> Of(RunManifest run, RunManifest baseline)
    {
        List<string> changes = [];
        Compare("the model", baseline.Model, run.Model);
        Compare("the model's files", baseline.ModelHash, run.ModelHash);
        Compare("the data set", baseline.DatasetHash, run.DatasetHash);
        Compare("the seed", $"{baseline.Seed}", $"{run.Seed}");
        Compare("the number of repeats", $"{baseline.Repeats}", $"{run.Repeats}");
        Compare("the package", baseline.PackageVersion, run.PackageVersion);
        foreach (string key in baseline.Options.Keys.Union(run.Options.Keys).Order(StringComparer.Ordinal))
            Compare(key, baseline.Options.GetValueOrDefault(key), run.Options.GetValueOrDefault(key));
        foreach (Metric metric in run.Metrics)
        {
            if (baseline.Metrics.FirstOrDefault(other => other.Name == metric.Name) is { } old)
            {
                Compare($"how {metric.Name} is measured", old.Settings, metric.Settings);
                Compare($"who judges {metric.Name}", old.Judge?.ToString(), metric.Judge?.ToString());
            }
        }
        foreach (EvaluatedFunction function in run.Functions)
        {
            if (baseline.Functions.FirstOrDefault(other => other.Id == function.Id) is not { } before)
                changes.Add($"{function.Name} is new");
            else if (before.PromptHash != function.PromptHash)
                changes.Add($"{function.Name}: {(before.Schema == function.Schema ? "the prompt" : before.Prompts.SequenceEqual(function.Prompts) ? "the schema" : "the prompt and the schema")} changed ({before.PromptHash} became {function.PromptHash})");
        }
        changes.AddRange(baseline.Functions.Where(before => run.Functions.All(function => function.Id != before.Id)).Select(static before => $"{before.Name} is gone"));
        return changes;

        void Compare(string what, string? before, string? now)
        {
            if (before != now)
                changes.Add($"{what}: {before ?? "none"} became {now ?? "none"}");
        }
    }
}

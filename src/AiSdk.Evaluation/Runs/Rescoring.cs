using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AiSdk.Evaluation;

/// <summary>Scores a run's outputs anew.</summary>
internal static class Rescoring
{
    public static async Task<EvalRun> RunAsync<TInput, TOutput>(FunctionEvaluation<TInput, TOutput> evaluation, EvalRun run, string folder, CancellationToken cancellationToken)
    {
        if (File.Exists(Path.Combine(folder, RunFiles.Manifest)))
            throw new EvalRunException($"{folder} holds a run already: give another folder.");
        JsonTypeInfo<TOutput> type = EvalJson.TypeInfo<TOutput>(evaluation.SerializerOptions);
        Metric[] metrics = evaluation.Metrics();
        RunManifest manifest = run.Manifest with { Metrics = metrics };
        // It is complete only when the last line is written.
        using (RunWriter writer = RunWriter.Open(folder, manifest with { Completed = null }, static (_, _) => { }))
        {
            foreach (CaseResult result in run.ReadResults())
            {
                cancellationToken.ThrowIfCancellationRequested();
                // A case whose scorer had not come to its end has an output, and is measured now.
                CaseResult scored = result is { State: CaseState.Unmeasured, Output: not null } ? result with { State = CaseState.Measured, Reason = null } : result;
                writer.Write(scored with { Scores = await ScoreAsync(result).ConfigureAwait(false) });
            }
            writer.Finish(manifest);
        }
        return EvalRun.Load(folder);

        async ValueTask<Dictionary<string, CaseScore>> ScoreAsync(CaseResult result)
        {
            if (result.State == CaseState.Failed)
                return metrics.ToDictionary(static metric => metric.Name, static metric => new CaseScore(metric.FailureValue, "The function gave no value."), StringComparer.Ordinal);
            if (result.Output is not { } output)
                return metrics.ToDictionary(static metric => metric.Name, _ => new CaseScore(null, result.Reason), StringComparer.Ordinal);
            try
            {
                return await evaluation.ScoreAsync(
                    new ScoredOutput<TOutput> { Output = output.Deserialize(type)!, Expected = result.Expected.Deserialize(type)!, Input = Text(result.Input), Reply = result.Reply ?? Text(output) },
                    cancellationToken).ConfigureAwait(false);
            }
            catch (JsonException e)
            {
                throw new EvalRunException($"The output of the case '{result.Id}' is no {typeof(TOutput).Name}: {e.Message}", e);
            }
        }

        static string Text(JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetString()! : element.GetRawText();
    }
}

using System.Text.Json;

namespace AiSdk.Evaluation;

/// <summary>An evaluation of a function: how it is called and how what comes is scored.</summary>
/// <typeparam name="TInput">What goes in.</typeparam>
/// <typeparam name="TOutput">What comes out.</typeparam>
/// <remarks>
/// A run is a folder: <c>manifest.json</c> says what was evaluated, <c>results.jsonl</c> has a line for each case, written as it is done. A run that was stopped or killed goes on where it was when it is
/// started again with the same folder; its figures are those that it would have had.
/// </remarks>
public sealed class FunctionEvaluation<TInput, TOutput>
{
    /// <summary>The evaluation's name.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Calls the function. What it throws decides the case's state: an <see cref="AiOutputException"/> or <see cref="AiTruncatedException"/> is a failure, which counts as wrong; a refusal, a time-out and
    /// every other <see cref="AiFunctionException"/> leave the case unmeasured. Any other exception ends the run. A delegate that blocks its thread is bound by <see cref="EvalOptions.Timeout"/>, too; the thread stays until it returns.
    /// </summary>
    public required Func<TInput, CancellationToken, Task<EvalOutput<TOutput>>> Call { get; init; }

    /// <summary>How what comes is scored. The first metric is the one that is shown first and that repeats count successes of.</summary>
    public required IReadOnlyList<Scorer<TOutput>> Scorers { get; init; }

    /// <summary>The functions that are called, whose prompts go into the manifest: <c>SupportDesk.RouteAsyncInfo</c>.</summary>
    public IReadOnlyList<EvaluatedFunction> Functions { get; init; } = [];

    /// <summary>How inputs and outputs become JSON; <see langword="null"/> for Microsoft.Extensions.AI's defaults.</summary>
    public JsonSerializerOptions? SerializerOptions { get; init; }

    /// <summary>Runs all cases that the folder has not yet.</summary>
    /// <param name="cases">The cases, always in the same order.</param>
    /// <param name="folder">The run's folder; created if need be.</param>
    /// <param name="options">How it is run.</param>
    /// <param name="cancellationToken">Stops it; what is done is kept.</param>
    /// <returns>The run.</returns>
    /// <exception cref="EvalRunException">The folder holds a run of something else; the message says in what they differ.</exception>
    /// <exception cref="InvalidDataException">Two cases have the same name.</exception>
    public async Task<EvalRun> RunAsync(IAsyncEnumerable<EvalCase<TInput, TOutput>> cases, string folder, EvalOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(cases);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        using RunSession<TInput, TOutput> session = new(this, options ?? new EvalOptions(), folder);
        await session.RunAsync(cases, cancellationToken).ConfigureAwait(false);
        return EvalRun.Load(folder);
    }

    /// <inheritdoc cref="RunAsync(IAsyncEnumerable{EvalCase{TInput, TOutput}}, string, EvalOptions?, CancellationToken)"/>
    public Task<EvalRun> RunAsync(IReadOnlyCollection<EvalCase<TInput, TOutput>> cases, string folder, EvalOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(cases);
        options ??= new EvalOptions();
        return RunAsync(cases.ToAsyncEnumerable(), folder, options.CaseCount is null ? options with { CaseCount = cases.Count } : options, cancellationToken);
    }

    /// <summary>Scores a run's outputs anew, with these scorers and without the model.</summary>
    /// <param name="run">The run.</param>
    /// <param name="folder">The folder of the new run, which must be another.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The new run.</returns>
    /// <exception cref="EvalRunException">An output in the run is no <typeparamref name="TOutput"/>, or the folder is taken.</exception>
    public Task<EvalRun> RescoreAsync(EvalRun run, string folder, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return Rescoring.RunAsync(this, run, folder, cancellationToken);
    }

    internal Metric[] Metrics()
    {
        Metric[] metrics = [.. Scorers.SelectMany(static scorer => scorer.Metrics)];
        if (metrics.Length == 0)
            throw new ArgumentException("An evaluation needs a scorer.");
        string? twice = metrics.GroupBy(static metric => metric.Name, StringComparer.Ordinal).FirstOrDefault(static group => group.Count() > 1)?.Key;
        return twice is null ? metrics : throw new ArgumentException($"Two scorers measure '{twice}': metrics need names of their own.");
    }

    internal async ValueTask<Dictionary<string, CaseScore>> ScoreAsync(ScoredOutput<TOutput> output, CancellationToken cancellationToken)
    {
        Dictionary<string, CaseScore> scores = new(StringComparer.Ordinal);
        foreach (Scorer<TOutput> scorer in Scorers)
        {
            IReadOnlyList<Score> given;
            try
            {
                given = await scorer.ScoreAsync(output, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // It says nothing about the reply, and the other cases go on.
                given = [.. scorer.Metrics.Select(metric => new Score(metric.Name, null, $"The scorer failed with {exception.GetType().Name}: {exception.Message}"))];
            }
            foreach (Score score in given)
            {
                // JSON has no infinities, and a mean has no use for them.
                bool isNumber = score.Value is { } value && double.IsFinite(value);
                scores[score.Name] = new CaseScore(isNumber ? score.Value : null, isNumber ? score.Reason : score.Reason ?? (score.Value is null ? "It could not be measured." : "It is no finite number."));
            }
        }
        return scores;
    }
}

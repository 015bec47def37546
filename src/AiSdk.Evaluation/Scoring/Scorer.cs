using Microsoft.Extensions.AI;
using Microsoft.Extensions.AI.Evaluation;

namespace AiSdk.Evaluation;

/// <summary>Scores what a function gave. It is an <see cref="IEvaluator"/> of Microsoft.Extensions.AI.Evaluation too; <see cref="EvaluatorScorer{TOutput}"/> makes a scorer of any of those.</summary>
/// <typeparam name="TOutput">What comes out.</typeparam>
/// <param name="metrics">What it measures.</param>
/// <remarks>Implementations are safe for concurrent use.</remarks>
public abstract class Scorer<TOutput>(params IReadOnlyList<Metric> metrics) : IEvaluator
{
    /// <summary>What it measures.</summary>
    public IReadOnlyList<Metric> Metrics { get; } = metrics;

    /// <inheritdoc/>
    public IReadOnlyCollection<string> EvaluationMetricNames => [.. Metrics.Select(static metric => metric.Name)];

    /// <summary>Scores an output.</summary>
    /// <param name="output">What came and what should have come.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>A score for each metric, unmeasured ones included.</returns>
    public abstract ValueTask<IReadOnlyList<Score>> ScoreAsync(ScoredOutput<TOutput> output, CancellationToken cancellationToken = default);

    /// <summary>Scores a reply whose expected output stands in an <see cref="ExpectedOutputContext{TOutput}"/> among the contexts.</summary>
    /// <inheritdoc/>
    public async ValueTask<EvaluationResult> EvaluateAsync(
        IEnumerable<ChatMessage> messages, ChatResponse modelResponse, ChatConfiguration? chatConfiguration = null, IEnumerable<EvaluationContext>? additionalContext = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentNullException.ThrowIfNull(modelResponse);
        if (additionalContext?.OfType<ExpectedOutputContext<TOutput>>().FirstOrDefault() is not { } context)
            return Unmeasured($"There is no expected output: add an {nameof(ExpectedOutputContext<>)} of {typeof(TOutput).Name} to the contexts.");
        TOutput output;
        try
        {
            output = context.Read(modelResponse.Text);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return Unmeasured($"The reply cannot be read: {e.Message}");
        }
        IReadOnlyList<Score> scores = await ScoreAsync(
            new ScoredOutput<TOutput> { Output = output, Expected = context.Expected, Input = messages.LastOrDefault()?.Text ?? "", Reply = modelResponse.Text }, cancellationToken).ConfigureAwait(false);
        return new EvaluationResult(scores.Select(Convert));
    }

    private EvaluationResult Unmeasured(string reason) => new(Metrics.Select(metric => Convert(new Score(metric.Name, null, reason))));

    private static EvaluationMetric Convert(Score score)
    {
        NumericMetric metric = new(score.Name, score.Value, score.Reason);
        if (score.Value is null)
            metric.AddDiagnostics(EvaluationDiagnostic.Error(score.Reason ?? "It could not be measured."));
        return metric;
    }
}

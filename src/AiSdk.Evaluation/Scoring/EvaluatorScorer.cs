using Microsoft.Extensions.AI;
using Microsoft.Extensions.AI.Evaluation;

namespace AiSdk.Evaluation;

/// <summary>Any <see cref="IEvaluator"/> as a scorer. Yes and no count as 1 and 0; a metric without a number, or one that is text, is unmeasured.</summary>
/// <typeparam name="TOutput">What comes out.</typeparam>
/// <param name="evaluator">The evaluator.</param>
/// <param name="chatConfiguration">The model that it asks, if it asks one; the run's manifest then says so.</param>
/// <param name="context">The contexts that it wants for a case.</param>
public sealed class EvaluatorScorer<TOutput>(IEvaluator evaluator, ChatConfiguration? chatConfiguration = null, Func<ScoredOutput<TOutput>, IEnumerable<EvaluationContext>>? context = null)
    : Scorer<TOutput>([.. evaluator.EvaluationMetricNames.Select(name => new Metric(name) { Judge = chatConfiguration is null ? null : JudgeOf(evaluator, chatConfiguration.ChatClient) })])
{
    /// <inheritdoc/>
    public override async ValueTask<IReadOnlyList<Score>> ScoreAsync(ScoredOutput<TOutput> output, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        IEnumerable<EvaluationContext> contexts = [new ExpectedOutputContext<TOutput>(output.Expected, _ => output.Output), .. context?.Invoke(output) ?? []];
        EvaluationResult result = await evaluator.EvaluateAsync(
            output.Messages, new ChatResponse(new ChatMessage(ChatRole.Assistant, output.Reply)), chatConfiguration, contexts, cancellationToken).ConfigureAwait(false);
        return [.. Metrics.Select(metric => Convert(metric.Name, result.Metrics.TryGetValue(metric.Name, out EvaluationMetric? value) ? value : null))];
    }

    // Its prompts are not told; they come with the version of its assembly.
    private static ScoringJudge JudgeOf(IEvaluator evaluator, IChatClient client) =>
        new($"{evaluator.GetType().FullName} {evaluator.GetType().Assembly.GetName().Version?.ToString(3)}", null, ScoringJudge.ModelOf(client));

    private static Score Convert(string name, EvaluationMetric? metric) => metric switch
    {
        null => new Score(name, null, "The evaluator did not give it."),
        NumericMetric { Value: { } value } => new Score(name, value, metric.Reason),
        BooleanMetric { Value: { } value } => new Score(name, value ? 1 : 0, metric.Reason),
        StringMetric { Value: { } text } => new Score(name, null, $"It is text: {text}"),
        _ => new Score(name, null, metric.Diagnostics?.FirstOrDefault()?.Message ?? metric.Reason ?? "The evaluator gave no value."),
    };
}

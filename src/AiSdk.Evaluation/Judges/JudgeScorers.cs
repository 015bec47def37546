namespace AiSdk.Evaluation;

/// <summary>Scorers that ask a judge. Scores are 0 to 1; a verdict that could not be had leaves the case unmeasured. The run's manifest says who judged. Without a calibration that suffices, none of them decides a gate.</summary>
public static class JudgeScorers
{
    private const string NotCalibrated = "the judge is not calibrated";

    /// <summary>The score by a rubric: <c>rubric</c>.</summary>
    /// <param name="judge">The judge.</param>
    /// <param name="rubric">What makes an answer good.</param>
    /// <param name="calibration">How far the judge can be trusted.</param>
    /// <param name="threshold">What it must reach to decide a gate.</param>
    public static Scorer<string> Rubric(IJudge judge, string rubric, JudgeCalibration? calibration = null, JudgeThreshold? threshold = null)
    {
        ArgumentNullException.ThrowIfNull(judge);
        return Make("rubric", ScoringJudge.Of(judge, Judge.RateAsyncInfo, nameof(IJudge.RateAsync)), calibration, threshold, (output, cancellationToken) => judge.RateAsync(output.Input, output.Output, rubric, cancellationToken), rubric);
    }

    /// <summary>How far the output says what is expected: <c>reference</c>.</summary>
    /// <inheritdoc cref="Rubric"/>
    public static Scorer<string> Reference(IJudge judge, JudgeCalibration? calibration = null, JudgeThreshold? threshold = null)
    {
        ArgumentNullException.ThrowIfNull(judge);
        return Make("reference", ScoringJudge.Of(judge, Judge.CompareWithReferenceAsyncInfo, nameof(IJudge.CompareWithReferenceAsync)), calibration, threshold, (output, cancellationToken) => judge.CompareWithReferenceAsync(output.Input, output.Output, output.Expected, cancellationToken));
    }

    /// <summary>How far the output stands in its sources: <c>groundedness</c>.</summary>
    /// <inheritdoc cref="Rubric"/>
    /// <param name="sources">The sources of a case.</param>
#pragma warning disable CS1573 // The other parameters are inherited.
    public static Scorer<string> Groundedness(IJudge judge, Func<ScoredOutput<string>, string> sources, JudgeCalibration? calibration = null, JudgeThreshold? threshold = null)
#pragma warning restore CS1573
    {
        ArgumentNullException.ThrowIfNull(judge);
        ArgumentNullException.ThrowIfNull(sources);
        return Make("groundedness", ScoringJudge.Of(judge, Judge.CheckGroundingAsyncInfo, nameof(IJudge.CheckGroundingAsync)), calibration, threshold, (output, cancellationToken) => judge.CheckGroundingAsync(sources(output), output.Output, cancellationToken));
    }

    /// <summary>How far the output answers the input: <c>relevance</c>.</summary>
    /// <inheritdoc cref="Rubric"/>
    public static Scorer<string> Relevance(IJudge judge, JudgeCalibration? calibration = null, JudgeThreshold? threshold = null)
    {
        ArgumentNullException.ThrowIfNull(judge);
        return Make("relevance", ScoringJudge.Of(judge, Judge.CheckRelevanceAsyncInfo, nameof(IJudge.CheckRelevanceAsync)), calibration, threshold, (output, cancellationToken) => judge.CheckRelevanceAsync(output.Input, output.Output, cancellationToken));
    }

    /// <summary>Whether the output is better than the expected one, asked in both orders: <c>preference</c>, 1 if it is, 0 if the expected one is, 0.5 for a tie.</summary>
    /// <inheritdoc cref="Rubric"/>
    public static Scorer<string> Preference(IJudge judge, JudgeCalibration? calibration = null, JudgeThreshold? threshold = null)
    {
        ArgumentNullException.ThrowIfNull(judge);
        PairwiseJudge pairwise = new(judge);
        return new DelegateScorer<string>(Metric("preference", ScoringJudge.Of(judge, Judge.CompareAsyncInfo, nameof(IJudge.CompareAsync)), calibration, threshold), async (output, cancellationToken) =>
            await pairwise.CompareAsync(output.Input, output.Output, output.Expected, cancellationToken).ConfigureAwait(false) switch
            {
                PairChoice.First => new Score("preference", 1),
                PairChoice.Second => new Score("preference", 0),
                PairChoice.Tie => new Score("preference", 0.5),
                _ => new Score("preference", null, "A verdict of the judge could not be had."),
            });
    }

    private static DelegateScorer<string> Make(string name, ScoringJudge by, JudgeCalibration? calibration, JudgeThreshold? threshold, Func<ScoredOutput<string>, CancellationToken, Task<JudgeVerdict>> judge, string? settings = null) =>
        new(Metric(name, by, calibration, threshold) with { Settings = settings }, async (output, cancellationToken) =>
        {
            try
            {
                JudgeVerdict verdict = await judge(output, cancellationToken).ConfigureAwait(false);
                return new Score(name, verdict.Value, $"{verdict.Reason} (confidence: {verdict.Confidence})");
            }
            catch (AiFunctionException e)
            {
                return new Score(name, null, $"The judge: {e.Message}");
            }
        });

    private static Metric Metric(string name, ScoringJudge judge, JudgeCalibration? calibration, JudgeThreshold? threshold) =>
        new(name) { Judge = judge, CannotGate = calibration is null ? NotCalibrated : calibration.CannotGate(threshold) };
}

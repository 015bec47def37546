namespace AiSdk.Evaluation;

/// <summary>Assertions on runs, for any test framework.</summary>
public static class EvalAssert
{
    /// <summary>Fails if a run is significantly worse than its baseline, or cannot be judged.</summary>
    /// <param name="run">The run.</param>
    /// <param name="baseline">The run that it must not be worse than.</param>
    /// <param name="policy">What decides; <see langword="null"/> for the usual.</param>
    /// <exception cref="EvalAssertException">It is; the message says what got worse, or what could not be measured.</exception>
    public static void NoRegression(EvalRun run, EvalRun baseline, GatePolicy? policy = null) => Require((policy ?? new GatePolicy()).Check(run, baseline));

    /// <summary>The same, with a baseline's folder. Where the environment variable <c>AISDK_ACCEPT_BASELINE</c> is 1, a run that is complete, measured and above the policy's thresholds becomes the baseline.</summary>
    /// <param name="run">The run.</param>
    /// <param name="baselineFolder">The baseline's folder.</param>
    /// <param name="policy">What decides; <see langword="null"/> for the usual.</param>
    /// <exception cref="EvalAssertException">The run is worse, or there is no baseline, or the run may not become one.</exception>
    public static void NoRegression(EvalRun run, string baselineFolder, GatePolicy? policy = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentException.ThrowIfNullOrEmpty(baselineFolder);
        if (Environment.GetEnvironmentVariable("AISDK_ACCEPT_BASELINE") == "1")
        {
            // A baseline that is cut off or hardly measured would let anything pass.
            Require((policy ?? new GatePolicy()).Check(run));
            run.CopyTo(baselineFolder);
            return;
        }
        if (!File.Exists(Path.Combine(baselineFolder, RunFiles.Manifest)))
            throw new EvalAssertException($"There is no baseline in {baselineFolder}: set AISDK_ACCEPT_BASELINE=1 to make this run the baseline.");
        NoRegression(run, EvalRun.Load(baselineFolder), policy);
    }

    /// <summary>Fails if a metric lies below what it must reach.</summary>
    /// <param name="run">The run.</param>
    /// <param name="metric">The metric.</param>
    /// <param name="threshold">What it must reach at least; of a metric where less is better, at most.</param>
    /// <exception cref="EvalAssertException">It does not, or too much is unmeasured.</exception>
    public static void Reaches(EvalRun run, string metric, double threshold) =>
        Require(new GatePolicy { Metrics = [metric], Thresholds = new Dictionary<string, double> { [metric] = threshold } }.Check(run));

    private static void Require(GateResult result)
    {
        if (result.Outcome != GateOutcome.Passed)
            throw new EvalAssertException(string.Join(Environment.NewLine, [.. result.Errors, .. result.Regressions]));
    }
}

namespace AiSdk.Evaluation;

/// <summary>What a gate says, and why.</summary>
/// <param name="Outcome">The outcome; its number is the exit code of <c>aisdk eval gate</c>.</param>
/// <param name="Regressions">What got worse.</param>
/// <param name="Errors">What keeps it from being decided.</param>
/// <param name="Notes">What else was looked at.</param>
/// <param name="Comparison">The comparison with the baseline, if there is one.</param>
public sealed record GateResult(GateOutcome Outcome, IReadOnlyList<string> Regressions, IReadOnlyList<string> Errors, IReadOnlyList<string> Notes, RunComparison? Comparison);

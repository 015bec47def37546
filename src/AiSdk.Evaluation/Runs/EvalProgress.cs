namespace AiSdk.Evaluation;

/// <summary>How far a run is.</summary>
/// <param name="Done">Cases done, with those of a run that goes on.</param>
/// <param name="Total">How many there are, if that is known.</param>
/// <param name="Failed">Of those done, how many failed.</param>
/// <param name="Unmeasured">Of those done, how many could not be measured.</param>
/// <param name="Tokens">Tokens used.</param>
/// <param name="Cost">What they cost.</param>
/// <param name="Elapsed">Since this process began with the run.</param>
/// <param name="TimeLeft">How long it will take, if that is known.</param>
public readonly record struct EvalProgress(int Done, int? Total, int Failed, int Unmeasured, long Tokens, double Cost, TimeSpan Elapsed, TimeSpan? TimeLeft);

namespace AiSdk;

/// <summary>What a guard did in a call. Guards that allowed everything leave none.</summary>
/// <param name="Guard">The guard's name.</param>
/// <param name="Stage">When it looked.</param>
/// <param name="Verdict">What it said; <see cref="GuardVerdictKind.Allow"/> only if it failed and may (<see cref="GuardFailureMode.Open"/>).</param>
/// <param name="Parameter">The argument that it looked at; <see langword="null"/> for the reply and for stubs.</param>
/// <param name="Reason">Why it blocked, or how it failed.</param>
public sealed record GuardReport(string Guard, GuardStage Stage, GuardVerdictKind Verdict, string? Parameter, string? Reason);

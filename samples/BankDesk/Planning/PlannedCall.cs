namespace BankDesk.Planning;

/// <summary>A call of a tool that the plan makes, where a model would make it.</summary>
/// <param name="Tool">The tool.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Why">What it follows from, for whoever approves it.</param>
internal sealed record PlannedCall(string Tool, IReadOnlyDictionary<string, object?> Arguments, string Why);

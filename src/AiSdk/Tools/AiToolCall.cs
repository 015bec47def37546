namespace AiSdk;

/// <summary>A call of a tool that the model made, and what came of it.</summary>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">The arguments as the model wrote them, a JSON object.</param>
/// <param name="Result">What the model was given, text or JSON; <see langword="null"/> where the tool gives nothing or did not come to an end.</param>
/// <param name="Error">Why the tool was not run, or how it failed; <see langword="null"/> where it ran.</param>
/// <param name="Duration">How long it ran.</param>
public sealed record AiToolCall(string Name, string Arguments, string? Result, string? Error, TimeSpan Duration);

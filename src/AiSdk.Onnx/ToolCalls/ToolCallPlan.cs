using System.Collections.Frozen;

namespace AiSdk.Onnx;

/// <summary>What a reply's calls of tools are kept to while it is written.</summary>
/// <param name="Marks">Special tokens that are part of calls, and so must be seen in the reply's text.</param>
/// <param name="Opening">What begins a call within a reply; null if none is waited for.</param>
/// <param name="Constraint">What follows it; null for whatever the model writes.</param>
internal sealed record ToolCallPlan(FrozenDictionary<int, string> Marks, string? Opening, Constraint? Constraint);

using Quickstart;

namespace McpServer;

/// <summary>Facts that were held against their message.</summary>
/// <param name="Facts">What the message bears out.</param>
/// <param name="Corrections">What the model read otherwise and was changed, one line each; empty if nothing.</param>
internal sealed record CheckedFacts(MessageFacts Facts, IReadOnlyList<string> Corrections);

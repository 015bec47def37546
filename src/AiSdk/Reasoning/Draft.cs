using Microsoft.Extensions.AI;

namespace AiSdk;

/// <summary>A value on its way to the caller: perhaps one of several, perhaps to be revised.</summary>
/// <param name="Reading">The value.</param>
/// <param name="Text">The reply as the model wrote it, with hidden what is hidden from the model.</param>
/// <param name="Shown">The same as it was read.</param>
/// <param name="Reasoning">What the model thought.</param>
/// <param name="Response">The response that it came in.</param>
/// <param name="Client">The client that gave it: with the tools of the function, if it has any.</param>
/// <param name="Turns">The turns of tools so far, those of replies that could not be used included.</param>
internal sealed record Draft<T>(Reading<T> Reading, string Text, string Shown, string? Reasoning, ChatResponse Response, IChatClient Client, IReadOnlyList<ChatMessage> Turns);

/// <summary>Reads a reply.</summary>
/// <returns>Why it has no value; null if it has one.</returns>
internal delegate AiOutputException? ReadReply<T>(ChatFinishReason? finishReason, UsageDetails? usage, string reply, ref AiCall call, out Reading<T> reading);

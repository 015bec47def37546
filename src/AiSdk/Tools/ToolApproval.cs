using System.Text.Json;

namespace AiSdk;

/// <summary>A call of a tool with an effect that waits for approval.</summary>
/// <param name="Tool">The tool's name.</param>
/// <param name="Description">What the tool is for.</param>
/// <param name="Effect">What it does to the world; of a tool that was not compiled here, <see cref="ToolEffect.Write"/>.</param>
/// <param name="Arguments">The arguments that the tool would get, a JSON object: those that the model wrote, with what guards have hidden from it in its place.</param>
/// <param name="CallId">The endpoint's id of the call, with a number behind it where the endpoint has given it to an earlier call as well.</param>
/// <param name="Function">The AI function whose model wants to call it.</param>
public sealed record ToolApproval(string Tool, string Description, ToolEffect Effect, JsonElement Arguments, string CallId, string Function);

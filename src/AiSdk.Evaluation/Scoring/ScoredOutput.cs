using Microsoft.Extensions.AI;

namespace AiSdk.Evaluation;

/// <summary>What a scorer sees of a case.</summary>
/// <typeparam name="TOutput">What comes out.</typeparam>
public sealed class ScoredOutput<TOutput>
{
    /// <summary>What came.</summary>
    public required TOutput Output { get; init; }

    /// <summary>What should have come.</summary>
    public required TOutput Expected { get; init; }

    /// <summary>What went in, as text: a text itself, all else as JSON.</summary>
    public string Input { get; init; } = "";

    /// <summary>The reply as the model wrote it; where nobody kept it, the output as text.</summary>
    public string Reply { get; init; } = "";

    /// <summary>The conversation that scorers of Microsoft.Extensions.AI.Evaluation want; the input as the user's message unless it is known.</summary>
    public IReadOnlyList<ChatMessage> Messages => field ??= [new ChatMessage(ChatRole.User, Input)];
}

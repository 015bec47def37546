using System.Collections.Concurrent;
using Microsoft.Extensions.AI;

namespace AiSdk;

/// <summary>What replies have shown of a client, model by model; shared by all calls of a caller. Safe for concurrent use.</summary>
internal sealed class ClientHabits
{
    // The client's own model is the one without a name.
    private readonly ConcurrentDictionary<string, bool> _reasons = new(StringComparer.Ordinal);

    /// <summary>Whether the last reply of the model that is asked for came with reasoning beside it.</summary>
    public bool Reasons(ChatOptions? options) => _reasons.TryGetValue(options?.ModelId ?? "", out bool reasons) && reasons;

    /// <summary>Notes whether a reply came with reasoning beside it.</summary>
    public void Learn(ChatOptions? options, bool reasons) => _reasons[options?.ModelId ?? ""] = reasons;
}

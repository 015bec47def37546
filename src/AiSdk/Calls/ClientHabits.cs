namespace AiSdk;

/// <summary>What replies have shown of a client; shared by all calls of a caller.</summary>
internal sealed class ClientHabits
{
    private volatile bool _reasons;

    /// <summary>Whether its last reply came with reasoning beside it.</summary>
    public bool Reasons
    {
        get => _reasons;
        set => _reasons = value;
    }
}

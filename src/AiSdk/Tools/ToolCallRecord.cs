namespace AiSdk;

/// <summary>What is noted of a call of a tool while it runs; the tool finds it in the context of its arguments.</summary>
internal sealed class ToolCallRecord
{
    /// <summary>What was wrong, where the call gives that instead of a result.</summary>
    public string? Error { get; set; }
}

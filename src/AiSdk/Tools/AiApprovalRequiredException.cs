namespace AiSdk;

/// <summary>The model wants to run tools with an effect, and nobody is there to approve them: <see cref="AiFunctionsOptions.ApproveTool"/> is not set. None of them was run.</summary>
public sealed class AiApprovalRequiredException : AiFunctionException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="functionName">The function.</param>
    /// <param name="callId">The call's identity in logs and spans.</param>
    /// <param name="approvals">The calls that wait.</param>
    public AiApprovalRequiredException(string functionName, string callId, IReadOnlyList<ToolApproval> approvals)
        : base(
            $"{functionName} wants to run {string.Join(", ", (approvals ?? []).Select(static a => a.Tool))}, which needs approval. Set AiFunctionsOptions.ApproveTool to decide on it.", functionName, "", callId) =>
        Approvals = approvals ?? [];

    /// <summary>The calls that wait for approval.</summary>
    public IReadOnlyList<ToolApproval> Approvals { get; }
}

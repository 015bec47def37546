namespace AiSdk;

/// <summary>The model wants to run tools with an effect, and nobody is there to approve them: <see cref="AiFunctionsOptions.ApproveTool"/> is not set. None of them was run.</summary>
/// <remarks>
/// Where the model of one function calls another function as a tool, and what needs approval is wanted in there, the call of the outer function ends in this exception, too: its model cannot approve
/// anything. In another host's loop it is an exception of the tool, which Microsoft.Extensions.AI keeps in the result's <see cref="Microsoft.Extensions.AI.FunctionResultContent.Exception"/>.
/// </remarks>
public sealed class AiApprovalRequiredException : AiFunctionException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="functionName">The function.</param>
    /// <param name="callId">The call's identity in logs and spans.</param>
    /// <param name="approvals">The calls that wait.</param>
    public AiApprovalRequiredException(string functionName, string callId, IReadOnlyList<ToolApproval> approvals)
        : base(
            $"{functionName} wants to run {Names(approvals)}, which needs approval. Set AiFunctionsOptions.ApproveTool to decide on it.", functionName, "", callId) =>
        Approvals = approvals ?? [];

    /// <summary>Creates the exception of a function whose model called another function, in which approval is needed.</summary>
    /// <param name="functionName">The function.</param>
    /// <param name="callId">The call's identity in logs and spans.</param>
    /// <param name="tool">The tool that the model called.</param>
    /// <param name="inner">The exception in which that ended.</param>
    internal AiApprovalRequiredException(string functionName, string callId, string tool, AiApprovalRequiredException inner)
        : base(
            $"{functionName} called {tool}, in which {inner.Asking()} wants to run {Names(inner.Approvals)}, which needs approval. Set AiFunctionsOptions.ApproveTool of the class with {inner.Asking()} to decide on it.",
            functionName, "", callId, inner) =>
        Approvals = inner.Approvals;

    /// <summary>The calls that wait for approval; <see cref="ToolApproval.Function"/> is the function whose model wants them.</summary>
    public IReadOnlyList<ToolApproval> Approvals { get; }

    // The function at the bottom, through however many others it was called.
    private string Asking() => InnerException is AiApprovalRequiredException inner ? inner.Asking() : FunctionName;

    private static string Names(IReadOnlyList<ToolApproval>? approvals) => string.Join(", ", (approvals ?? []).Select(static approval => approval.Tool));
}

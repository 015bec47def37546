namespace AiSdk;

/// <summary>What happens when a guard itself fails: it throws, or takes longer than it may.</summary>
public enum GuardFailureMode
{
    /// <summary>The call fails: what could not be checked does not pass.</summary>
    Closed,

    /// <summary>The call goes on as if the guard had allowed it; the failure is in <see cref="AiResult{T}.Guards"/> and in the log.</summary>
    Open,
}

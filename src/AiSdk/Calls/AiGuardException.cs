namespace AiSdk;

/// <summary>A guard ended the call, or failed and may not be passed over.</summary>
public sealed class AiGuardException : AiFunctionException
{
    /// <inheritdoc cref="AiFunctionException(string, string, string, string, Exception?)"/>
    /// <param name="guardName">The guard.</param>
    /// <param name="stage">When it looked.</param>
    /// <param name="parameter">The argument that it looked at, or <see langword="null"/>.</param>
    /// <param name="reason">Why it ended the call.</param>
#pragma warning disable CS1573 // The other parameters are inherited.
    public AiGuardException(
        string message, string functionName, string rawReply, string callId, string guardName, GuardStage stage, string? parameter, string reason, Exception? innerException = null)
        : base(message, functionName, rawReply, callId, innerException)
    {
        GuardName = guardName;
        Stage = stage;
        Parameter = parameter;
        Reason = reason;
    }
#pragma warning restore CS1573

    /// <summary>The guard's name.</summary>
    public string GuardName { get; }

    /// <summary>When it looked.</summary>
    public GuardStage Stage { get; }

    /// <summary>The parameter whose argument it looked at; <see langword="null"/> for the reply and for stubs.</summary>
    public string? Parameter { get; }

    /// <summary>Why it ended the call; where it failed, how.</summary>
    public string Reason { get; }
}

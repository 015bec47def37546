namespace AiSdk;

/// <summary>What a guard says of a text.</summary>
/// <remarks>The default is <see cref="Allow"/>.</remarks>
public readonly record struct GuardVerdict
{
    private GuardVerdict(GuardVerdictKind kind, string? text, string? reason, string? parameter)
    {
        Kind = kind;
        Text = text;
        Reason = reason;
        Parameter = parameter;
    }

    /// <summary>Whether the text may pass.</summary>
    public GuardVerdictKind Kind { get; }

    /// <summary>The text that takes the place of the one that was checked, of a <see cref="GuardVerdictKind.Rewrite"/>.</summary>
    public string? Text { get; }

    /// <summary>Why the call ends, of a <see cref="GuardVerdictKind.Block"/>.</summary>
    public string? Reason { get; }

    /// <summary>The parameter whose argument is rewritten, if the verdict names one.</summary>
    public string? Parameter { get; }

    /// <summary>The text may pass as it is.</summary>
    public static GuardVerdict Allow => default;

    /// <summary>Another text takes the place of the one that was checked.</summary>
    /// <param name="text">That text.</param>
    public static GuardVerdict Rewrite(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new GuardVerdict(GuardVerdictKind.Rewrite, text, null, null);
    }

    /// <summary>Another text takes the place of an argument; for stubs of functions with several text parameters.</summary>
    /// <param name="parameter">The parameter's name.</param>
    /// <param name="text">The text.</param>
    public static GuardVerdict Rewrite(string parameter, string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(parameter);
        ArgumentNullException.ThrowIfNull(text);
        return new GuardVerdict(GuardVerdictKind.Rewrite, text, null, parameter);
    }

    /// <summary>The call ends in an <see cref="AiGuardException"/>.</summary>
    /// <param name="reason">Why, for people; part of the exception's message.</param>
    public static GuardVerdict Block(string reason)
    {
        ArgumentException.ThrowIfNullOrEmpty(reason);
        return new GuardVerdict(GuardVerdictKind.Block, null, reason, null);
    }
}

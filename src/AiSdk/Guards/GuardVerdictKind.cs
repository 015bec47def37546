namespace AiSdk;

/// <summary>What a guard says.</summary>
public enum GuardVerdictKind
{
    /// <summary>The text may pass as it is.</summary>
    Allow,

    /// <summary>Another text takes its place.</summary>
    Rewrite,

    /// <summary>The call ends here.</summary>
    Block,
}

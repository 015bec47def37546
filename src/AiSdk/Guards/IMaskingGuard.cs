namespace AiSdk;

/// <summary>An input guard whose rewriting is undone in the reply.</summary>
internal interface IMaskingGuard
{
    /// <summary>Begins to show again what is hidden in the call, also what is hidden while the window is open; <see langword="null"/> if the guard hides nothing.</summary>
    /// <param name="context">The call.</param>
    /// <param name="source">Whose words are shown; <see langword="null"/>: all.</param>
    ReplyWindow? OpenRestore(GuardContext context, HiddenSource? source);

    /// <summary>Hides again what was shown: for text that goes back to the model.</summary>
    /// <param name="text">The text.</param>
    /// <param name="context">The call.</param>
    /// <param name="source">Whose words it has that were not hidden before.</param>
    string MaskAgain(string text, GuardContext context, HiddenSource source);
}

/// <summary>Whose words are hidden: where a value was met first.</summary>
internal enum HiddenSource
{
    /// <summary>The caller's, in arguments, or a tool's: output guards need not see them.</summary>
    Given,

    /// <summary>The model's own, hidden only in what went back to it: output guards look at them before anybody is shown them.</summary>
    Written,
}

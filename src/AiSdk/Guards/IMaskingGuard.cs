namespace AiSdk;

/// <summary>An input guard whose rewriting is undone in the reply.</summary>
internal interface IMaskingGuard
{
    /// <summary>Begins to show again what was hidden in the call; <see langword="null"/> if nothing was.</summary>
    ReplyWindow? OpenRestore(GuardContext context);

    /// <summary>Begins to show again what the model wrote by itself, which was hidden only in what went back to it; <see langword="null"/> if nothing was. Output guards have not seen it.</summary>
    ReplyWindow? OpenRestoreWritten(GuardContext context);

    /// <summary>Hides again what was shown: for text that goes back to the model.</summary>
    string MaskAgain(string text, GuardContext context);
}

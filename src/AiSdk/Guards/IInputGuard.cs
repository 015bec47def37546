namespace AiSdk;

/// <summary>Checks what goes to the model.</summary>
/// <remarks>One instance serves all calls at once: what belongs to one call goes into <see cref="GuardContext.State{T}"/>.</remarks>
public interface IInputGuard
{
    /// <summary>The guard's name in exceptions and results.</summary>
    string Name => GetType().Name;

    /// <summary>Whether it also looks at what tools give, which is as much from outside as an argument is, and goes to the model too.</summary>
    /// <remarks>
    /// A result that it blocks does not end the call: the model is told that it was withheld, and <see cref="AiResult{T}.Guards"/> says why, so that who writes what a tool reads cannot end every call that reads it.
    /// </remarks>
    bool ChecksToolResults => false;

    /// <summary>Checks a text.</summary>
    /// <param name="text">A text from outside: an argument, or a part of one.</param>
    /// <param name="context">The call.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    ValueTask<GuardVerdict> CheckInputAsync(string text, GuardContext context, CancellationToken cancellationToken);
}

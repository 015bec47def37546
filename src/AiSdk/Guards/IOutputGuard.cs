namespace AiSdk;

/// <summary>Checks what the model wrote.</summary>
/// <remarks>One instance serves all calls at once: what belongs to one call goes into <see cref="GuardContext.State{T}"/>.</remarks>
public interface IOutputGuard
{
    /// <summary>The guard's name in exceptions and results.</summary>
    string Name => GetType().Name;

    /// <summary>Checks a whole reply.</summary>
    /// <param name="reply">The reply; JSON where the function returns a type.</param>
    /// <param name="context">The call.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    ValueTask<GuardVerdict> CheckOutputAsync(string reply, GuardContext context, CancellationToken cancellationToken);
}

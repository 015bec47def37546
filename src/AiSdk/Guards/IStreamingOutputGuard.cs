namespace AiSdk;

/// <summary>An output guard that can judge a reply while it comes, and holds back only what it cannot judge yet.</summary>
public interface IStreamingOutputGuard : IOutputGuard
{
    /// <summary>Begins to check a reply. However the reply is cut into pieces, what is released and whether it is blocked must be what <see cref="IOutputGuard.CheckOutputAsync"/> says of the whole.</summary>
    /// <param name="context">The call.</param>
    /// <returns>The check, or <see langword="null"/> if this guard, as it is set, needs the whole reply.</returns>
    ReplyWindow? OpenWindow(GuardContext context);
}

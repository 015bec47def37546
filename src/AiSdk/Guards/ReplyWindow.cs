namespace AiSdk;

/// <summary>The check of one reply that comes in pieces.</summary>
public abstract class ReplyWindow
{
    /// <summary>Whether something that was released differs from what came.</summary>
    public bool HasRewritten { get; protected set; }

    /// <summary>Takes a piece.</summary>
    /// <param name="piece">What comes next of the reply; perhaps empty.</param>
    /// <param name="isLast">Whether the reply ends with it.</param>
    /// <returns><see cref="GuardVerdict.Rewrite(string)"/> with the text that may be shown now, perhaps empty; <see cref="GuardVerdict.Allow"/> for the piece itself; or <see cref="GuardVerdict.Block"/>, after which no piece may come.</returns>
    public abstract GuardVerdict Append(string piece, bool isLast);

    /// <summary>Checks a whole reply by the same code.</summary>
    internal GuardVerdict Check(string reply)
    {
        GuardVerdict verdict = Append(reply, isLast: true);
        return verdict.Kind == GuardVerdictKind.Block || HasRewritten ? verdict : GuardVerdict.Allow;
    }
}

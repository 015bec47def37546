using System.Text;

namespace AiSdk.CompilerServices;

/// <summary>A reply on its way through the output guards, whole or in pieces: each guard sees what those before it released.</summary>
/// <param name="run">The call.</param>
/// <param name="stages">The guards.</param>
/// <param name="callId">The call's identity.</param>
internal sealed class GuardedReply(GuardRun run, IReadOnlyList<GuardedReply.Stage> stages, string callId)
{
    /// <summary>Takes a piece and gives what may be shown now.</summary>
    /// <exception cref="AiGuardException">A guard ends the call.</exception>
    public async ValueTask<string> AppendAsync(string piece, bool isLast)
    {
        foreach (Stage stage in stages)
        {
            if (stage.Window is { } window)
            {
                string input = piece;
                // Windows that only write the reply otherwise belong to nobody who could block.
                GuardVerdict verdict = stage.Use is null
                    ? window.Append(input, isLast)
                    : await run.RunAsync(stage.Use, GuardStage.Output, null, _ => new(window.Append(input, isLast)), callId).ConfigureAwait(false);
                piece = verdict.Kind == GuardVerdictKind.Allow ? input : verdict.Text!;
                if (isLast && window.HasRewritten && stage.Use is not null)
                    run.Rewritten(stage.Use);
                continue;
            }
            stage.Held.Append(piece);
            piece = "";
            if (!isLast)
                continue;
            piece = stage.Held.ToString();
            string whole = piece;
            GuardVerdict said = await run.RunAsync(stage.Use!, GuardStage.Output, null, token => stage.Check!(whole, token), callId).ConfigureAwait(false);
            if (said.Kind != GuardVerdictKind.Rewrite)
                continue;
            piece = said.Text!;
            run.Rewritten(stage.Use!);
        }
        return piece;
    }

    /// <summary>A guard's place in the row: with a window, or, to check the whole, with what was held back.</summary>
    /// <param name="Use">The guard; <see langword="null"/> where the reply is only written otherwise.</param>
    /// <param name="Window">Its window.</param>
    /// <param name="Check">Its check of the whole.</param>
    internal sealed record Stage(GuardUse? Use, ReplyWindow? Window, Func<string, CancellationToken, ValueTask<GuardVerdict>>? Check)
    {
        /// <summary>What is held back.</summary>
        public StringBuilder Held { get; } = new();
    }
}

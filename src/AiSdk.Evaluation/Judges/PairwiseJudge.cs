namespace AiSdk.Evaluation;

/// <summary>Compares two answers in both orders: where the orders disagree, it is a tie.</summary>
/// <param name="judge">The judge.</param>
public sealed class PairwiseJudge(IJudge judge)
{
    /// <summary>Compares two answers.</summary>
    /// <param name="task">What was asked.</param>
    /// <param name="first">An answer.</param>
    /// <param name="second">Another answer.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What both orders say together; <see langword="null"/> if a verdict of the judge could not be had, which is no tie.</returns>
    public async Task<PairChoice?> CompareAsync(string task, string first, string second, CancellationToken cancellationToken = default)
    {
        (PairChoice? inOrder, PairChoice? swapped) = await CompareBothOrdersAsync(task, first, second, cancellationToken).ConfigureAwait(false);
        return inOrder is null || swapped is null ? null : inOrder == swapped ? inOrder : PairChoice.Tie;
    }

    /// <summary>Compares two answers, for calibration.</summary>
    /// <inheritdoc cref="CompareAsync"/>
    /// <returns>What is said when the first stands first and when it stands second, both named by the order of the arguments; <see langword="null"/> where a verdict could not be had.</returns>
    public async Task<(PairChoice? InOrder, PairChoice? Swapped)> CompareBothOrdersAsync(string task, string first, string second, CancellationToken cancellationToken = default)
    {
        PairChoice? inOrder = await AskAsync(first, second).ConfigureAwait(false);
        PairChoice? swapped = await AskAsync(second, first).ConfigureAwait(false);
        return (inOrder, swapped switch { PairChoice.First => PairChoice.Second, PairChoice.Second => PairChoice.First, _ => swapped });

        async Task<PairChoice?> AskAsync(string shownFirst, string shownSecond)
        {
            try
            {
                return (await judge.CompareAsync(task, shownFirst, shownSecond, cancellationToken).ConfigureAwait(false)).Better;
            }
            catch (AiFunctionException)
            {
                return null;
            }
        }
    }

    /// <summary>Asks the judge about pairs whose better answer is known.</summary>
    /// <param name="pairs">The pairs.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>How far the judge can be trusted.</returns>
    public async Task<JudgeCalibration> CalibrateAsync(IEnumerable<LabelledPair> pairs, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        List<JudgedPair> judged = [];
        foreach (LabelledPair pair in pairs)
        {
            (PairChoice? inOrder, PairChoice? swapped) = await CompareBothOrdersAsync(pair.Task, pair.First, pair.Second, cancellationToken).ConfigureAwait(false);
            judged.Add(new JudgedPair(pair.Better, inOrder, swapped)
            {
                Longer = pair.First.Length == pair.Second.Length ? null : pair.First.Length > pair.Second.Length ? PairChoice.First : PairChoice.Second,
                Own = pair.Own,
            });
        }
        return JudgeCalibration.Of(judged);
    }
}

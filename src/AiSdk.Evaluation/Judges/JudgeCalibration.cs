using System.Globalization;

namespace AiSdk.Evaluation;

/// <summary>How far a judge can be trusted, by pairs whose better answer is known.</summary>
public sealed record JudgeCalibration
{
    /// <summary>How many pairs were judged.</summary>
    public required int Pairs { get; init; }

    /// <summary>Verdicts that could not be had, of two for each pair. They count as wrong.</summary>
    public required int Unmeasured { get; init; }

    /// <summary>How many pairs it judges rightly in the order given.</summary>
    public required int RightInOrder { get; init; }

    /// <summary>How many it judges rightly in the other order.</summary>
    public required int RightSwapped { get; init; }

    /// <summary>How many it judges rightly in both.</summary>
    public required int RightInBoth { get; init; }

    /// <summary>For how many it says the same in both.</summary>
    public required int Same { get; init; }

    /// <summary>The share of verdicts that are right, over both orders.</summary>
    public double Accuracy => (RightInOrder + RightSwapped) / (2.0 * Pairs);

    /// <summary>The accuracy of pairs judged rightly in both orders, with its interval.</summary>
    public Estimate AccuracyInBoth => Intervals.Wilson(RightInBoth, Pairs);

    /// <summary>The share of pairs of which it says the same in both orders.</summary>
    public double OrderAgreement => (double)Same / Pairs;

    /// <summary>Cohen's kappa between both orders: of "the first is better" against all else.</summary>
    public required double OrderKappa { get; init; }

    /// <summary>Cohen's kappa between verdicts and labels, of "the first is better" against all else; the mean of both orders.</summary>
    public required double Kappa { get; init; }

    /// <summary>How much more often the longer answer wins than people say that it should, as a share; <see langword="null"/> if nobody told lengths.</summary>
    public double? LengthBias { get; init; }

    /// <summary>How much more often the answer of the judge's own model wins than people say that it should, as a share; <see langword="null"/> if nobody told.</summary>
    public double? SelfPreference { get; init; }

    /// <summary>Evaluates verdicts.</summary>
    /// <param name="pairs">The pairs.</param>
    /// <exception cref="ArgumentException">There is no pair.</exception>
    public static JudgeCalibration Of(IReadOnlyList<JudgedPair> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        if (pairs.Count == 0)
            throw new ArgumentException("A judge is calibrated on at least one pair.", nameof(pairs));
        bool[] labels = IsFirst(static pair => pair.Label);
        bool[] inOrder = IsFirst(static pair => pair.InOrder);
        bool[] swapped = IsFirst(static pair => pair.Swapped);
        return new JudgeCalibration
        {
            Pairs = pairs.Count,
            Unmeasured = pairs.Sum(static pair => (pair.InOrder is null ? 1 : 0) + (pair.Swapped is null ? 1 : 0)),
            RightInOrder = pairs.Count(static pair => pair.InOrder == pair.Label),
            RightSwapped = pairs.Count(static pair => pair.Swapped == pair.Label),
            RightInBoth = pairs.Count(static pair => pair.InOrder == pair.Label && pair.Swapped == pair.Label),
            Same = pairs.Count(static pair => pair.InOrder == pair.Swapped),
            OrderKappa = Agreement.Kappa(inOrder, swapped),
            Kappa = (Agreement.Kappa(labels, inOrder) + Agreement.Kappa(labels, swapped)) / 2,
            LengthBias = Bias(static pair => pair.Longer),
            SelfPreference = Bias(static pair => pair.Own),
        };

        bool[] IsFirst(Func<JudgedPair, PairChoice?> choice) => [.. pairs.Select(pair => choice(pair) == PairChoice.First)];

        double? Bias(Func<JudgedPair, PairChoice?> favourite)
        {
            JudgedPair[] known = [.. pairs.Where(pair => favourite(pair) is PairChoice.First or PairChoice.Second && pair.InOrder is not null && pair.Swapped is not null)];
            return known.Length == 0 ? null
                : known.Average(pair => ((pair.InOrder == favourite(pair) ? 0.5 : 0) + (pair.Swapped == favourite(pair) ? 0.5 : 0)) - (pair.Label == favourite(pair) ? 1 : 0));
        }
    }

    /// <summary>Why the judge may not decide a gate; <see langword="null"/> if it may.</summary>
    /// <param name="threshold">What it must reach; <see langword="null"/> for the usual.</param>
    public string? CannotGate(JudgeThreshold? threshold = null)
    {
        threshold ??= new JudgeThreshold();
        (string What, double Value, double Wanted)[] values = [("accuracy", Accuracy, threshold.Accuracy), ("agreement of both orders", OrderAgreement, threshold.OrderAgreement), ("kappa", Kappa, threshold.Kappa)];
        string[] below = [.. values.Where(static value => !(value.Value >= value.Wanted)).Select(static value => string.Create(CultureInfo.InvariantCulture, $"its {value.What} is {value.Value:0.###} and must be {value.Wanted:0.###}"))];
        if (Pairs < threshold.Pairs)
            below = [.. below, string.Create(CultureInfo.InvariantCulture, $"it was calibrated on {Pairs} pairs and must be on {threshold.Pairs}")];
        return below.Length == 0 ? null : $"the judge is not good enough: {string.Join(", ", below)}";
    }
}

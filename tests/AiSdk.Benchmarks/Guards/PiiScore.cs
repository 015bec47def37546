namespace AiSdk.Benchmarks;

/// <summary>How well a guard finds the personal data of labelled texts. Only exact spans count: kind, begin and end are those of a label.</summary>
internal sealed class PiiScore
{
    private readonly Dictionary<PiiKinds, PiiKindScore> _kinds = [];
    private readonly List<PiiDifference> _differences = [];

    /// <summary>Looks for personal data in texts and compares it with what is labelled.</summary>
    public PiiScore(PiiGuard guard, IEnumerable<GuardCase> cases)
    {
        foreach (GuardCase labelled in cases)
        {
            HashSet<(PiiKinds Kind, int Start, int Length)> wanted = [.. labelled.Spans.Where(static s => s.Kind != PiiKinds.None).Select(static s => (s.Kind, s.Start, s.End - s.Start))];
            HashSet<(PiiKinds Kind, int Start, int Length)> found = [.. guard.Find(labelled.Text).Select(static m => (m.Kind, m.Start, m.Length))];
            foreach ((PiiKinds kind, int start, int length) in wanted.Union(found))
            {
                bool isLabelled = wanted.Contains((kind, start, length));
                bool isFound = found.Contains((kind, start, length));
                PiiKindScore before = this[kind];
                _kinds[kind] = new PiiKindScore(before.Labelled + (isLabelled ? 1 : 0), before.Found + (isFound ? 1 : 0), before.Exact + (isLabelled && isFound ? 1 : 0));
                if (!isFound || !isLabelled)
                    _differences.Add(new PiiDifference(labelled, kind, start, length, isLabelled));
            }
        }
    }

    /// <summary>How well one kind is found.</summary>
    public PiiKindScore this[PiiKinds kind] => _kinds.GetValueOrDefault(kind) ?? new PiiKindScore(0, 0, 0);

    /// <summary>What was missed, and what was found where nothing is labelled.</summary>
    public IReadOnlyList<PiiDifference> Differences => _differences;
}

/// <summary>How well one kind of personal data is found.</summary>
/// <param name="Labelled">How many there are.</param>
/// <param name="Found">How many were found, rightly or not.</param>
/// <param name="Exact">How many were found where they are.</param>
internal sealed record PiiKindScore(int Labelled, int Found, int Exact)
{
    /// <summary>The share of what was found that is labelled; 1 where nothing was found.</summary>
    public double Precision => Found == 0 ? 1 : Exact / (double)Found;

    /// <summary>The share of what is labelled that was found; 1 where nothing is labelled.</summary>
    public double Recall => Labelled == 0 ? 1 : Exact / (double)Labelled;
}

/// <summary>Where a guard and the labels differ.</summary>
/// <param name="Case">The text.</param>
/// <param name="Kind">As what it is labelled, or was found.</param>
/// <param name="Start">Where it begins.</param>
/// <param name="Length">How long it is.</param>
/// <param name="IsMissed">Whether it is labelled and was not found; else it was found and is not labelled.</param>
internal sealed record PiiDifference(GuardCase Case, PiiKinds Kind, int Start, int Length, bool IsMissed)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{(IsMissed ? "missed" : "wrong ")} {Kind} '{Case.Text.Substring(Start, Length)}' in: {Case.Text[Math.Max(0, Start - 40)..Math.Min(Case.Text.Length, Start + Length + 20)].ReplaceLineEndings(" ")}";
}

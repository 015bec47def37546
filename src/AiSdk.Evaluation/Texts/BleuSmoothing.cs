namespace AiSdk.Evaluation;

/// <summary>What BLEU takes for n-grams of which none matches; the names are sacrebleu's.</summary>
public enum BleuSmoothing
{
    /// <summary>Half of the smallest precision, halved again each time (<c>exp</c>).</summary>
    Exponential,

    /// <summary>A fixed number of matches, 0.1 unless said (<c>floor</c>).</summary>
    Floor,

    /// <summary>A number added to matches and totals beyond single words, 1 unless said (<c>add-k</c>).</summary>
    AddK,

    /// <summary>Nothing: the score is then 0 (<c>none</c>).</summary>
    None,
}

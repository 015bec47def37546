namespace AiSdk.Training;

/// <summary>A low-rank adapter (Hu et al., 2021): to chosen projections of each layer, x·W becomes x·W + alpha/rank · x·A·B.</summary>
public sealed class LoraOptions
{
    /// <summary>The number of columns of A and rows of B.</summary>
    public int Rank { get; set; } = 8;

    /// <summary>The adapter's strength; it is divided by <see cref="Rank"/>.</summary>
    public double Alpha { get; set; } = 16;

    /// <summary>The projections: q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj.</summary>
    public IReadOnlyList<string> Targets { get; set; } = ["q_proj", "k_proj", "v_proj", "o_proj"];

    /// <summary>The share of values dropped of what adapters read.</summary>
    public double Dropout { get; set; }

    /// <summary>An adapter to go on from, such as one that <see cref="LoraAdapter.Load"/> read; rank, alpha and targets are then its own. It is not changed. <see langword="null"/>: a new one, which begins without effect.</summary>
    public LoraAdapter? Start { get; set; }

    /// <summary>A copy that nobody else can change.</summary>
    internal LoraOptions Frozen() => Start is { } start
        ? new LoraOptions { Rank = start.Rank, Alpha = start.Alpha, Targets = start.Targets, Dropout = Dropout, Start = start }
        : new LoraOptions { Rank = Rank, Alpha = Alpha, Targets = [.. TrainerOptions.Given(Targets, nameof(Targets))], Dropout = Dropout };

    /// <exception cref="ArgumentException">A setting is not possible.</exception>
    internal void Validate()
    {
        TrainerOptions.Given(Targets, nameof(Targets));
        TrainerOptions.Require(Rank > 0, nameof(Rank), Rank, "1 or more");
        TrainerOptions.Require(Alpha > 0 && double.IsFinite(Alpha), nameof(Alpha), Alpha, "more than 0, and finite");
        TrainerOptions.Require(Dropout is >= 0 and < 1, nameof(Dropout), Dropout, "from 0 to below 1");
        TrainerOptions.Require(Targets.Count > 0, nameof(Targets), "empty", "a list of projections: " + string.Join(", ", LlamaLayout.Projections));
        foreach (string target in Targets)
            TrainerOptions.Require(LlamaLayout.Projections.Contains(target), nameof(Targets), target, "made of " + string.Join(", ", LlamaLayout.Projections));
        TrainerOptions.Require(Targets.Distinct(StringComparer.Ordinal).Count() == Targets.Count, nameof(Targets), string.Join(", ", Targets), "different projections");
    }
}

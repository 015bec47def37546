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

    /// <exception cref="ArgumentOutOfRangeException">A setting is not possible.</exception>
    internal void Validate()
    {
        TrainerOptions.Require(Rank > 0, nameof(Rank), Rank, "1 or more");
        TrainerOptions.Require(Alpha > 0, nameof(Alpha), Alpha, "more than 0");
        TrainerOptions.Require(Dropout is >= 0 and < 1, nameof(Dropout), Dropout, "from 0 to below 1");
        TrainerOptions.Require(Targets.Count > 0, nameof(Targets), "empty", "a list of projections: " + string.Join(", ", LlamaLayout.Projections));
        foreach (string target in Targets)
            TrainerOptions.Require(LlamaLayout.Projections.Contains(target), nameof(Targets), target, "made of " + string.Join(", ", LlamaLayout.Projections));
    }
}

using System.Numerics;

namespace AiSdk.Training;

/// <summary>How <see cref="Quantizer"/> makes a model smaller, and how much worse it may become.</summary>
public sealed class QuantizationOptions
{
    /// <summary>The bits of a weight: 8 or 4.</summary>
    public int Bits { get; set; } = 8;

    /// <summary>How many weights share a scale: 16, 32, 64, 128 or 256.</summary>
    public int BlockSize { get; set; } = 32;

    /// <summary>Texts of the kind that the model is for, which it was not trained on: what original and result are compared on. For models that continue texts; one that answers is compared on <see cref="Examples"/>.</summary>
    public IReadOnlyList<string> Texts { get; set; } = [];

    /// <summary>Examples that the model was not trained on: original and result are compared on the answers' tokens, behind the prompts of the model's template. At least one, or one of <see cref="Texts"/>; where there are both, all tokens count alike. Weights and soft targets do not count.</summary>
    public IReadOnlyList<TrainingExample> Examples { get; set; } = [];

    /// <summary>By how much perplexity may rise, as a share of the original's; a result that is worse is refused.</summary>
    public double MaxPerplexityLoss { get; set; } = 0.01;

    /// <summary>
    /// ONNX Runtime's accuracy level: 0 computes with numbers as they are, 4 quantizes what is multiplied with the weights to 8 bits, too, which is faster; logits then depend a little on how a prompt is cut into runs.
    /// <see langword="null"/>: 4 for 8 bits, for which there is no fast code otherwise, and 0 for 4 bits.
    /// </summary>
    public int? AccuracyLevel { get; set; }

    /// <summary>The threads with which speed is measured; <see langword="null"/>: one for each core.</summary>
    public int? Threads { get; set; }

    /// <summary>A copy that nobody else can change.</summary>
    internal QuantizationOptions Frozen()
    {
        Validate();
        var copy = (QuantizationOptions)MemberwiseClone();
        copy.Texts = [.. Texts];
        copy.Examples = [.. Examples];
        return copy;
    }

    /// <exception cref="ArgumentException">A setting is not possible.</exception>
    private void Validate()
    {
        TrainerOptions.Require(Bits is 4 or 8, nameof(Bits), Bits, "4 or 8");
        TrainerOptions.Require(BlockSize is >= 16 and <= 256 && BitOperations.IsPow2(BlockSize), nameof(BlockSize), BlockSize, "16, 32, 64, 128 or 256");
        TrainerOptions.Require(MaxPerplexityLoss >= 0 && double.IsFinite(MaxPerplexityLoss), nameof(MaxPerplexityLoss), MaxPerplexityLoss, "0 or more, and finite");
        TrainerOptions.Require(AccuracyLevel is null or (>= 0 and <= 4), nameof(AccuracyLevel), AccuracyLevel, "from 0 to 4, or null");
        TrainerOptions.Require(Threads is null or > 0, nameof(Threads), Threads, "1 or more, or null");
        TrainerOptions.Require(!TrainerOptions.Given(Texts, nameof(Texts)).Contains(null!), nameof(Texts), "a list with null", "a list of texts");
        TrainerOptions.Require(!TrainerOptions.Given(Examples, nameof(Examples)).Contains(null!), nameof(Examples), "a list with null", "a list of examples");
        if (Texts.Count == 0 && Examples.Count == 0)
            throw new ArgumentException($"{nameof(QuantizationOptions)}.{nameof(Texts)} and {nameof(Examples)} are empty; at least one text or example is needed, on which original and result are compared.");
    }
}

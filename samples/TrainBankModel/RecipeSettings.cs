using System.Globalization;

namespace TrainBankModel;

/// <summary>Changes a recipe's numbers by name, to try what they do.</summary>
internal static class RecipeSettings
{
    /// <summary>The recipe with settings such as Epochs=2 in place of its own.</summary>
    /// <exception cref="ArgumentException">There is no such setting, or it is no number.</exception>
    public static Recipe Apply(Recipe recipe, IEnumerable<string> settings)
    {
        foreach (string setting in settings)
        {
            string[] parts = setting.Split('=');
            if (parts.Length != 2 || !double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
                throw new ArgumentException($"--set wants a name and a number, such as Epochs=2, not '{setting}'.");
            int whole = (int)number;
            recipe = parts[0] switch
            {
                nameof(Recipe.Seed) => recipe with { Seed = whole },
                nameof(Recipe.HeldOut) => recipe with { HeldOut = number },
                nameof(Recipe.Vocabulary) => recipe with { Vocabulary = whole },
                nameof(Recipe.HiddenSize) => recipe with { HiddenSize = whole },
                nameof(Recipe.InnerSize) => recipe with { InnerSize = whole },
                nameof(Recipe.Layers) => recipe with { Layers = whole },
                nameof(Recipe.Heads) => recipe with { Heads = whole },
                nameof(Recipe.KeyValueHeads) => recipe with { KeyValueHeads = whole },
                nameof(Recipe.Epochs) => recipe with { Epochs = whole },
                nameof(Recipe.FactsPerEpoch) => recipe with { FactsPerEpoch = whole },
                nameof(Recipe.RepliesPerEpoch) => recipe with { RepliesPerEpoch = whole },
                nameof(Recipe.LearningRate) => recipe with { LearningRate = number },
                nameof(Recipe.BatchTokens) => recipe with { BatchTokens = whole },
                nameof(Recipe.WeightDecay) => recipe with { WeightDecay = number },
                nameof(Recipe.Dropout) => recipe with { Dropout = number },
                nameof(Recipe.LabelSmoothing) => recipe with { LabelSmoothing = number },
                nameof(Recipe.PromptWeight) => recipe with { PromptWeight = number },
                nameof(Recipe.WordDropout) => recipe with { WordDropout = number },
                nameof(Recipe.JoinedMessages) => recipe with { JoinedMessages = number },
                nameof(Recipe.Bits) => recipe with { Bits = whole },
                nameof(Recipe.BlockSize) => recipe with { BlockSize = whole },
                nameof(Recipe.AccuracyLevel) => recipe with { AccuracyLevel = whole },
                _ => throw new ArgumentException($"--set: the recipe has no '{parts[0]}'; see Recipe.cs."),
            };
        }
        return recipe;
    }
}

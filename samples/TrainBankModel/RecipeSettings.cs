using System.Globalization;

namespace TrainBankModel;

/// <summary>Changes a recipe's numbers by name, to try what they do.</summary>
internal static class RecipeSettings
{
    private static readonly Setting[] s_settings =
    [
        Whole(nameof(Recipe.Seed), static recipe => recipe.Seed, static (recipe, value) => recipe with { Seed = value }),
        new(nameof(Recipe.HeldOut), static recipe => recipe.HeldOut, static (recipe, value) => recipe with { HeldOut = value }),
        Whole(nameof(Recipe.Vocabulary), static recipe => recipe.Vocabulary, static (recipe, value) => recipe with { Vocabulary = value }),
        Whole(nameof(Recipe.HiddenSize), static recipe => recipe.HiddenSize, static (recipe, value) => recipe with { HiddenSize = value }),
        Whole(nameof(Recipe.InnerSize), static recipe => recipe.InnerSize, static (recipe, value) => recipe with { InnerSize = value }),
        Whole(nameof(Recipe.Layers), static recipe => recipe.Layers, static (recipe, value) => recipe with { Layers = value }),
        Whole(nameof(Recipe.Heads), static recipe => recipe.Heads, static (recipe, value) => recipe with { Heads = value }),
        Whole(nameof(Recipe.KeyValueHeads), static recipe => recipe.KeyValueHeads, static (recipe, value) => recipe with { KeyValueHeads = value }),
        Whole(nameof(Recipe.ContextLength), static recipe => recipe.ContextLength, static (recipe, value) => recipe with { ContextLength = value }),
        Whole(nameof(Recipe.Epochs), static recipe => recipe.Epochs, static (recipe, value) => recipe with { Epochs = value }),
        Whole(nameof(Recipe.FactsPerEpoch), static recipe => recipe.FactsPerEpoch, static (recipe, value) => recipe with { FactsPerEpoch = value }),
        Whole(nameof(Recipe.RepliesPerEpoch), static recipe => recipe.RepliesPerEpoch, static (recipe, value) => recipe with { RepliesPerEpoch = value }),
        new(nameof(Recipe.LearningRate), static recipe => recipe.LearningRate, static (recipe, value) => recipe with { LearningRate = value }),
        Whole(nameof(Recipe.BatchTokens), static recipe => recipe.BatchTokens, static (recipe, value) => recipe with { BatchTokens = value }),
        new(nameof(Recipe.WeightDecay), static recipe => recipe.WeightDecay, static (recipe, value) => recipe with { WeightDecay = value }),
        new(nameof(Recipe.Dropout), static recipe => recipe.Dropout, static (recipe, value) => recipe with { Dropout = value }),
        new(nameof(Recipe.LabelSmoothing), static recipe => recipe.LabelSmoothing, static (recipe, value) => recipe with { LabelSmoothing = value }),
        new(nameof(Recipe.PromptWeight), static recipe => recipe.PromptWeight, static (recipe, value) => recipe with { PromptWeight = value }),
        new(nameof(Recipe.WordDropout), static recipe => recipe.WordDropout, static (recipe, value) => recipe with { WordDropout = value }),
        new(nameof(Recipe.JoinedMessages), static recipe => recipe.JoinedMessages, static (recipe, value) => recipe with { JoinedMessages = value }),
        new(nameof(Recipe.TokenSplitting), static recipe => recipe.TokenSplitting, static (recipe, value) => recipe with { TokenSplitting = value }),
        Whole(nameof(Recipe.Bits), static recipe => recipe.Bits, static (recipe, value) => recipe with { Bits = value }),
        Whole(nameof(Recipe.BlockSize), static recipe => recipe.BlockSize, static (recipe, value) => recipe with { BlockSize = value }),
        Whole(nameof(Recipe.AccuracyLevel), static recipe => recipe.AccuracyLevel, static (recipe, value) => recipe with { AccuracyLevel = value }),
    ];

    /// <summary>The recipe with settings such as Epochs=2 in place of its own.</summary>
    /// <exception cref="ArgumentException">There is no such setting, or it is no number, or none that it can be.</exception>
    public static Recipe Apply(Recipe recipe, IEnumerable<string> settings)
    {
        foreach (string setting in settings)
        {
            string[] parts = setting.Split('=');
            if (parts.Length != 2 || !double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double number) || !double.IsFinite(number))
                throw new ArgumentException($"--set wants a name and a number, such as Epochs=2, not '{setting}'.");
            Setting known = s_settings.FirstOrDefault(one => one.Name == parts[0]) ?? throw new ArgumentException($"--set: the recipe has no '{parts[0]}'; it has {string.Join(", ", s_settings.Select(static one => one.Name))}.");
            recipe = known.With(recipe, number);
        }
        return recipe;
    }

    /// <summary>The settings in which a recipe differs from the one that is used without any, as <see cref="Apply"/> takes them.</summary>
    public static IReadOnlyList<string> Differences(Recipe recipe)
    {
        Recipe plain = new();
        return [.. s_settings.Where(setting => !setting.Of(recipe).Equals(setting.Of(plain))).Select(setting => string.Create(CultureInfo.InvariantCulture, $"{setting.Name}={setting.Of(recipe)}"))];
    }

    private static Setting Whole(string name, Func<Recipe, int> of, Func<Recipe, int, Recipe> with) => new(name, recipe => of(recipe), (recipe, number) => number == Math.Truncate(number) && Math.Abs(number) <= int.MaxValue
        ? with(recipe, (int)number)
        : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"--set: {name} is a whole number, not {number}.")));

    /// <summary>A number of the recipe.</summary>
    private sealed record Setting(string Name, Func<Recipe, double> Of, Func<Recipe, double, Recipe> With);
}

using TrainBankModel;
using Xunit;

namespace AiSdk.IntegrationTests;

/// <summary>The settings of the embedded model's recipe, and the folder that its model goes into.</summary>
public sealed class BankRecipeTests
{
    [Fact]
    public void Settings_that_differ_are_listed_as_they_are_given()
    {
        Assert.Empty(RecipeSettings.Differences(new Recipe()));
        string[] given = ["Epochs=3", "LearningRate=0.0025", "Bits=4"];
        Recipe recipe = RecipeSettings.Apply(new Recipe(), given);
        Assert.Equal((3, 0.0025, 4), (recipe.Epochs, recipe.LearningRate, recipe.Bits));
        Assert.Equal(given, RecipeSettings.Differences(recipe));
        Assert.Equal(recipe, RecipeSettings.Apply(new Recipe(), RecipeSettings.Differences(recipe)));
    }

    [Fact]
    public void Every_number_of_the_recipe_can_be_set_and_told()
    {
        foreach (System.Reflection.PropertyInfo property in typeof(Recipe).GetProperties().Where(static property => property.PropertyType == typeof(int) || property.PropertyType == typeof(double)))
        {
            Recipe changed = RecipeSettings.Apply(new Recipe(), [$"{property.Name}=7"]);
            Assert.Equal(7.0, Convert.ToDouble(property.GetValue(changed), System.Globalization.CultureInfo.InvariantCulture));
            Assert.Equal(property.GetValue(new Recipe()) is 7 or 7.0 ? [] : [$"{property.Name}=7"], RecipeSettings.Differences(changed));
        }
    }

    [Theory]
    [InlineData("Epochs=2.7", "Epochs is a whole number, not 2.7")]
    [InlineData("Seed=1e30", "Seed is a whole number")]
    [InlineData("LearningRate=NaN", "wants a name and a number")]
    [InlineData("Epochs", "wants a name and a number")]
    [InlineData("Epoch=2", "the recipe has no 'Epoch'; it has Seed, HeldOut")]
    public void A_setting_that_cannot_be_is_refused(string setting, string problem) =>
        Assert.Contains(problem, Assert.Throws<ArgumentException>(() => RecipeSettings.Apply(new Recipe(), [setting])).Message, StringComparison.Ordinal);

    [Fact]
    public void Only_a_model_of_the_recipe_is_replaced_and_other_files_stay()
    {
        DirectoryInfo root = Directory.CreateTempSubdirectory("bank-recipe-");
        try
        {
            string made = root.CreateSubdirectory("made").FullName;
            string output = root.CreateSubdirectory("output").FullName;
            File.WriteAllText(Path.Combine(made, ModelCard.FileName), ModelCard.Heading + "\nnew\n");
            File.WriteAllText(Path.Combine(made, "model.onnx"), "new");

            ModelFolder.RequireReplaceable(output);
            ModelFolder.RequireReplaceable(Path.Combine(root.FullName, "absent"));
            // A card of something else, beside work of the user's.
            File.WriteAllText(Path.Combine(output, ModelCard.FileName), "# My own model\n");
            File.WriteAllText(Path.Combine(output, "thesis.tex"), "years of work");
            IOException refused = Assert.Throws<IOException>(() => ModelFolder.RequireReplaceable(output));
            Assert.Contains(output, refused.Message, StringComparison.Ordinal);
            Assert.Throws<IOException>(() => ModelFolder.RequireReplaceable(Path.Combine(output, "thesis.tex")));

            File.WriteAllText(Path.Combine(output, ModelCard.FileName), ModelCard.Heading + "\nold\n");
            File.WriteAllText(Path.Combine(output, "model.onnx"), "old");
            File.WriteAllText(Path.Combine(output, "model.onnx.data"), "old");
            ModelFolder.RequireReplaceable(output);
            ModelFolder.Replace(made, output);
            Assert.Equal([ModelCard.FileName, "model.onnx", "thesis.tex"], Directory.GetFiles(output).Select(Path.GetFileName).Order(StringComparer.Ordinal));
            Assert.Equal("new", File.ReadAllText(Path.Combine(output, "model.onnx")));
            Assert.EndsWith("new\n", File.ReadAllText(Path.Combine(output, ModelCard.FileName)), StringComparison.Ordinal);
            Assert.Equal("years of work", File.ReadAllText(Path.Combine(output, "thesis.tex")));
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_copy_that_fails_leaves_the_old_model()
    {
        DirectoryInfo root = Directory.CreateTempSubdirectory("bank-recipe-");
        try
        {
            string made = root.CreateSubdirectory("made").FullName;
            string output = root.CreateSubdirectory("output").FullName;
            File.WriteAllText(Path.Combine(made, "model.onnx"), "new");
            File.WriteAllText(Path.Combine(made, "tokenizer.json"), "new");
            File.WriteAllText(Path.Combine(output, ModelCard.FileName), ModelCard.Heading + "\n");
            File.WriteAllText(Path.Combine(output, "model.onnx"), "old");
            File.WriteAllText(Path.Combine(output, "tokenizer.json"), "old");
            // In the way of one of the copies.
            Directory.CreateDirectory(Path.Combine(output, "tokenizer.json.new"));
            Assert.ThrowsAny<Exception>(() => ModelFolder.Replace(made, output));
            Assert.Equal("old", File.ReadAllText(Path.Combine(output, "model.onnx")));
            Assert.Equal("old", File.ReadAllText(Path.Combine(output, "tokenizer.json")));
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    [Fact]
    public void The_embedded_model_can_be_replaced() => ModelFolder.RequireReplaceable(Path.Combine(AiSdk.Tests.Repository.Root, "samples", "models", "bank"));
}

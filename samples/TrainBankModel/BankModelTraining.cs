using System.Diagnostics;
using System.Globalization;
using AiSdk.Training;
using Quickstart;

namespace TrainBankModel;

/// <summary>The way from the messages to the model's folder: split, tokenizer, training, quantization, calibration, figures.</summary>
internal static class BankModelTraining
{
    /// <summary>Makes the model.</summary>
    /// <param name="data">Banking77's training file.</param>
    /// <param name="output">The model's folder.</param>
    /// <param name="work">The folder for what is made on the way.</param>
    /// <param name="threads">How many cores train.</param>
    /// <param name="recipe">The recipe.</param>
    /// <param name="cancellationToken">Stops; checkpoints stay.</param>
    public static async Task RunAsync(string data, string output, string work, int threads, Recipe recipe, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        IReadOnlyList<LabelledMessage> messages = LabelledMessage.Read(data);
        if (messages.FirstOrDefault(static message => !BankReplies.All.ContainsKey(message.Category)) is { } unknown)
            throw new InvalidDataException($"{data} has the category '{unknown.Category}', which is none of Banking77's.");
        HeldOutSplit split = HeldOutSplit.Of(messages, recipe.HeldOut, recipe.Seed);
        Console.WriteLine($"{messages.Count} messages, {split.HeldOut.Count} of them set aside");

        BankTrainingData training = new(split.Training, recipe);
        string tokenizer = Path.Combine(work, "tokenizer");
        int tokens = BytePairTrainer.Train(training.Texts(), tokenizer, new BytePairOptions
        {
            VocabularySize = recipe.Vocabulary,
            SpecialTokens = ["<|end|>", "<|system|>", "<|user|>", "<|assistant|>"],
            ChatTemplate = Recipe.ChatTemplate,
        }, cancellationToken);
        TrainableModel model = TrainableModel.Create(recipe.Configuration, tokenizer, (ulong)recipe.Seed);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{tokens} tokens, {model.ParameterCount:N0} parameters"));

        Trainer trainer = new(model, new TrainerOptions
        {
            LearningRate = recipe.LearningRate,
            Epochs = recipe.Epochs,
            BatchTokens = recipe.BatchTokens,
            WarmupSteps = 200,
            WeightDecay = recipe.WeightDecay,
            Dropout = recipe.Dropout,
            LabelSmoothing = recipe.LabelSmoothing,
            PromptWeight = recipe.PromptWeight,
            Seed = (ulong)recipe.Seed,
            Threads = threads,
            CheckpointFolder = Path.Combine(work, "checkpoints"),
            CheckpointEvery = 500,
        });
        TrainingResult result = await trainer.TrainEpochsAsync(epoch => training.EpochAsync(epoch, cancellationToken), new ProgressLines(), cancellationToken).ConfigureAwait(false);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"trained in {result.Elapsed.TotalMinutes:0.0} minutes, {result.Tokens / result.Elapsed.TotalSeconds:N0} tokens a second"));

        string full = Path.Combine(work, "model");
        model.Save(full);
        model.Save(output);
        ModelFigures figures = await ModelFigures.MeasureAsync(output, split.HeldOut, recipe.Seed, cancellationToken).ConfigureAwait(false);
        figures.Print(Console.Out);
        ModelCard.Write(output, recipe, model.ParameterCount, split, figures, result, Stopwatch.GetElapsedTime(started), threads);
        Console.WriteLine($"The model is in {output}.");
    }
}

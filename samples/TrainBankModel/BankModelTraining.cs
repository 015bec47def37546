using System.Diagnostics;
using System.Globalization;
using AiSdk.Training;
using Quickstart;

namespace TrainBankModel;

/// <summary>The way from the messages to the model's folder: split, tokenizer, training, quantization, calibration, figures.</summary>
internal static class BankModelTraining
{
    private const double MostPerplexityLoss = 0.02;

    /// <summary>Prints some of the examples that the model would learn, to look at.</summary>
    public static async Task PreviewAsync(string data, Recipe recipe, int count, CancellationToken cancellationToken)
    {
        BankTrainingData training = new(HeldOutSplit.Of(LabelledMessage.Read(data), recipe.HeldOut, recipe.Seed).Training, recipe);
        List<TrainingExample> examples = [];
        await foreach (TrainingExample example in training.EpochAsync(0, cancellationToken).ConfigureAwait(false))
            examples.Add(example);
        foreach (var task in examples.GroupBy(static example => example.Messages[0].Text, StringComparer.Ordinal))
        {
            TrainingExample[] all = [.. task];
            for (int i = 0; i < count; i++)
            {
                TrainingExample example = all[i * all.Length / count];
                Console.WriteLine($"{string.Join(" | ", example.Messages.Select(static message => message.Text))}\n  {example.Answer}");
            }
        }
    }

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
        // Found out now rather than when all is done.
        ModelFolder.RequireReplaceable(output);
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
        string quantized = Path.Combine(work, "quantized");
        if (Directory.Exists(quantized))
            Directory.Delete(quantized, recursive: true);
        QuantizationReport quantization = await Quantizer.QuantizeAsync(full, quantized, new QuantizationOptions
        {
            Bits = recipe.Bits,
            BlockSize = recipe.BlockSize,
            AccuracyLevel = recipe.AccuracyLevel,
            Threads = 1,
            Examples = await BankTrainingData.HeldOutAsync(split.HeldOut, recipe, cancellationToken).ConfigureAwait(false),
            MaxPerplexityLoss = MostPerplexityLoss,
        }, cancellationToken).ConfigureAwait(false);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{recipe.Bits} bits: perplexity {quantization.Original.Perplexity:0.000} -> {quantization.Quantized.Perplexity:0.000}, the same likeliest token at {quantization.TokenAgreement:P1} of positions, {quantization.Quantized.Bytes / 1e6:0.00} of {quantization.Original.Bytes / 1e6:0.00} MB, {quantization.Quantized.TokensPerSecond:N0} after {quantization.Original.TokensPerSecond:N0} tokens/s"));
        BankModelFigures figures = await BankModelFigures.MeasureAsync(quantized, split.HeldOut, recipe.Seed, cancellationToken).ConfigureAwait(false);
        figures.Print(Console.Out);
        ModelCard.Write(quantized, recipe, model.ParameterCount, split, figures, result, Stopwatch.GetElapsedTime(started), threads);
        ModelFolder.Replace(quantized, output);
        Console.WriteLine($"The model is in {output}.");
    }

    /// <summary>Measures a model that there is, on the messages that the recipe sets aside, and prints the figures; its folder stays as it is.</summary>
    /// <param name="data">Banking77's training file.</param>
    /// <param name="folder">The model's folder.</param>
    /// <param name="recipe">The recipe that made it.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public static async Task MeasureAsync(string data, string folder, Recipe recipe, CancellationToken cancellationToken)
    {
        HeldOutSplit split = HeldOutSplit.Of(LabelledMessage.Read(data), recipe.HeldOut, recipe.Seed);
        DirectoryInfo copy = Directory.CreateTempSubdirectory("bank-model-");
        try
        {
            foreach (string file in Directory.EnumerateFiles(folder))
                File.Copy(file, Path.Combine(copy.FullName, Path.GetFileName(file)));
            (await BankModelFigures.MeasureAsync(copy.FullName, split.HeldOut, recipe.Seed, cancellationToken).ConfigureAwait(false)).Print(Console.Out);
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }
}

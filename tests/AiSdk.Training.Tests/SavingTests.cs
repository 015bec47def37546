using System.Text.Json;
using AiSdk.Onnx;
using AiSdk.Tests;
using Xunit;

namespace AiSdk.Training.Tests;

/// <summary>What is written of a model and an adapter, and what is left of what was there.</summary>
public sealed class SavingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Stories => TestData.Path("models", "stories260K");

    [Fact]
    public void A_model_is_saved_with_the_tokenizer_that_it_was_made_with()
    {
        using Folder folder = new();
        TrainableModel model = SmallModel.Create(folder);
        string[] files = ["tokenizer.json", "tokenizer_config.json"];
        byte[][] made = [.. files.Select(file => File.ReadAllBytes(Path.Combine(folder["tokenizer"], file)))];
        BytePairTrainer.Train(["other words"], folder["tokenizer"], new BytePairOptions { VocabularySize = 262 }, Token);
        model.Save(folder["anew"]);
        Directory.Delete(folder["tokenizer"], recursive: true);
        model.Save(folder["gone"]);
        foreach (string saved in (string[])["anew", "gone"])
            Assert.Equal(made, files.Select(file => File.ReadAllBytes(Path.Combine(folder[saved], file))));
    }

    [Fact]
    public async Task What_a_model_says_of_its_replies_is_kept()
    {
        using Folder folder = new();
        SmallModel.Create(folder).Save(folder["model"]);
        string path = folder["model/genai_config.json"];
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path, Token)).Replace("\"max_length\": 64,", "\"max_length\": 32, \"do_sample\": true, \"temperature\": 0.6, \"top_k\": 7,", StringComparison.Ordinal), Token);
        TrainableModel.Load(folder["model"]).Save(folder["again"]);
        using var saved = JsonDocument.Parse(await File.ReadAllTextAsync(folder["again/genai_config.json"], Token));
        JsonElement search = saved.RootElement.GetProperty("search");
        Assert.Equal((32, true, 0.6, 7, true), (search.GetProperty("max_length").GetInt32(), search.GetProperty("do_sample").GetBoolean(), search.GetProperty("temperature").GetDouble(), search.GetProperty("top_k").GetInt32(), search.GetProperty("past_present_share_buffer").GetBoolean()));
    }

    [Fact]
    public async Task Saving_over_a_model_replaces_it_with_its_calibration_and_leaves_the_rest()
    {
        using Folder folder = new();
        TrainableModel.Load(Stories).Save(folder["model"]);
        new ConfidenceCalibration(2).Save(folder["model"]);
        await File.WriteAllTextAsync(folder["model/notes.txt"], "mine", Token);
        await File.WriteAllTextAsync(folder["model/model.onnx.data"], "of a larger model", Token);
        TrainableModel small = SmallModel.Create(folder);
        small.Save(folder["model"]);
        Assert.Equal(SmallModel.Bits(small), SmallModel.Bits(TrainableModel.Load(folder["model"])));
        Assert.Equal(["genai_config.json", "model.onnx", "notes.txt", "tokenizer.json", "tokenizer_config.json"], Directory.GetFileSystemEntries(folder["model"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(["model", "tokenizer"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_save_that_fails_leaves_the_model_that_was_there()
    {
        using Folder folder = new();
        TrainableModel model = SmallModel.Create(folder);
        model.Save(folder["model"]);
        byte[] before = File.ReadAllBytes(folder["model/model.onnx"]);
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Save(folder["model"], new ExportOptions { AdapterTargets = ["q_proj", "q_proj"] }));
        Assert.Equal(before, File.ReadAllBytes(folder["model/model.onnx"]));
        File.WriteAllText(folder["file"], "mine");
        Assert.ThrowsAny<IOException>(() => model.Save(folder["file"]));
        Assert.Equal("mine", File.ReadAllText(folder["file"]));
        Assert.Equal(["file", "model", "tokenizer"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_adapter_makes_its_folder_and_keeps_alpha()
    {
        using Folder folder = new();
        TrainableModel model = SmallModel.Create(folder);
        TrainerOptions options = new() { Steps = 5, Threads = 1, Lora = new LoraOptions { Rank = 3, Alpha = 7 } };
        LoraAdapter adapter = (await new Trainer(model, options).TrainAsync(SmallModel.Stream(), cancellationToken: Token)).Adapter!;
        adapter.Save(folder["models/base/task.onnx_adapter"]);
        Assert.Single(Directory.GetFiles(folder["models/base"]));
        var read = LoraAdapter.Load(folder["models/base/task.onnx_adapter"]);
        Assert.Equal((3, 7.0), (read.Rank, read.Alpha));
        foreach ((float[] wanted, float[] found) in adapter.Values.Zip(read.Values))
            Assert.All(wanted.Zip(found), static pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    [Fact]
    public async Task An_adapter_is_trained_on()
    {
        using Folder folder = new();
        TrainableModel model = SmallModel.Create(folder);
        TrainerOptions options = new() { Epochs = 10, LearningRate = 2e-2, WarmupSteps = 2, Threads = 1, BatchTokens = 256, Lora = new LoraOptions { Rank = 4, Alpha = 8, Targets = ["q_proj", "v_proj", "down_proj"] } };
        Trainer trainer = new(model, options);
        LoraAdapter first = (await trainer.TrainAsync(SmallModel.Stream(), cancellationToken: Token)).Adapter!;
        first.Save(folder["first.onnx_adapter"]);
        double before = (await trainer.EvaluateAsync(SmallModel.Examples, first, Token)).Loss;
        float[] values = [.. first.Values[0]];

        options.Lora = new LoraOptions { Start = LoraAdapter.Load(folder["first.onnx_adapter"]) };
        options.WarmupSteps = 0;
        List<double> losses = [];
        LoraAdapter second = (await new Trainer(model, options).TrainAsync(SmallModel.Stream(), new Told<TrainingProgress>(told => losses.Add(told.Loss)), Token)).Adapter!;
        Assert.Equal((4, 8.0), (second.Rank, second.Alpha));
        Assert.Equal(first.Targets, second.Targets);
        // It begins where the first ended, not where the model stands.
        double without = (await trainer.EvaluateAsync(SmallModel.Examples, cancellationToken: Token)).Loss;
        Assert.InRange(losses[0], 0, (before + without) / 2);
        Assert.True((await trainer.EvaluateAsync(SmallModel.Examples, second, Token)).Loss < before);
        Assert.Equal(values, first.Values[0]);

        TrainingException exception = await Assert.ThrowsAsync<TrainingException>(() => new Trainer(TrainableModel.Load(Stories), options).TrainAsync(SmallModel.Stream([TrainingExample.FromText("Once")]), cancellationToken: Token));
        Assert.Contains("belongs to another one", exception.Message, StringComparison.Ordinal);
    }
}

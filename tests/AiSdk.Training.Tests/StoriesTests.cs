using AiSdk.Onnx;
using AiSdk.Tests;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Training.Tests;

/// <summary>The real model: imported, exported, trained.</summary>
public sealed class StoriesTests
{
    private const string Prompt = "Once upon a time, there was a little";
    private const string Lesson = "The bank of the river was closed on Sunday. A clerk counted the coins twice and wrote the sum in a green book. Nobody came to ask for a loan that day.";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Stories => TestData.Path("models", "stories260K");

    [Fact]
    public async Task The_export_says_what_the_model_said_before_training()
    {
        using Folder folder = new();
        var model = TrainableModel.Load(Stories);
        Assert.Equal((512, 64, 172, 5, 8, 4, 8, 512), (model.Configuration.VocabularySize, model.Configuration.HiddenSize, model.Configuration.InnerSize, model.Configuration.Layers, model.Configuration.Heads, model.Configuration.KeyValueHeads, model.Configuration.HeadSize, model.Configuration.ContextLength));
        model.Save(folder["model"]);
        string before = await SayAsync(Stories);
        Assert.StartsWith(" girl named Lily. She loved to play outside in the park.", before, StringComparison.Ordinal);
        Assert.Equal(before, await SayAsync(folder["model"]));
        // What was exported is imported to the same weights.
        Assert.Equal(SmallModel.Bits(model), SmallModel.Bits(TrainableModel.Load(folder["model"])));
    }

    [Fact]
    public async Task Fifty_steps_lower_its_loss()
    {
        var model = TrainableModel.Load(Stories);
        Trainer trainer = new(model, new TrainerOptions { Steps = 50, LearningRate = 1e-3, WarmupSteps = 5, Threads = 1 });
        TrainingExample[] lesson = [TrainingExample.FromText(Lesson)];
        double before = (await trainer.EvaluateAsync(lesson, cancellationToken: Token)).Loss;
        TrainingResult result = await trainer.TrainAsync(SmallModel.Stream(lesson), cancellationToken: Token);
        double after = (await trainer.EvaluateAsync(lesson, cancellationToken: Token)).Loss;
        Assert.Equal(50, result.Steps);
        Assert.InRange(after, 0, before * 0.6);
    }

    [Fact]
    public async Task The_loss_is_what_serving_scores()
    {
        var model = TrainableModel.Load(Stories);
        int[] tokens = [.. model.Tokenizer.EncodePrompt(Lesson)];
        using var batch = TrainingBatch.Create([new EncodedExample(tokens, 1, 1, null, "")], 0, 0);
        using LlamaSession session = new(model, new LlamaGraphOptions { IsTraining = false }, [], 1);
        double loss = session.Run([batch], 0, 0, Token)[0] / batch.Weight;
        using var served = OnnxModel.Load(Stories);
        Assert.Equal((await served.ScoreAsync(Lesson, Token)).CrossEntropy, loss, 5);
    }

    internal static async Task<string> SayAsync(string folder, int tokens = 60)
    {
        using OnnxChatClient client = new(folder, new OnnxModelOptions { Engine = OnnxEngine.OnnxRuntime });
        ChatResponse response = await client.GetResponseAsync([new ChatMessage(ChatRole.User, Prompt)], new ChatOptions { MaxOutputTokens = tokens, Temperature = 0 }, Token);
        return response.Text;
    }
}

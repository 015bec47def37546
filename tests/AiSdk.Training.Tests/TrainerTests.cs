using Xunit;

namespace AiSdk.Training.Tests;

public sealed class TrainerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_small_model_learns_a_small_task()
    {
        using Folder folder = new();
        TrainableModel model = SmallModel.Create(folder);
        Trainer trainer = new(model, new TrainerOptions { Epochs = 60, BatchTokens = 256, LearningRate = 5e-3, Threads = 1, Evaluation = SmallModel.Examples });
        TrainingResult result = await trainer.TrainAsync(SmallModel.Stream(), cancellationToken: Token);
        Assert.InRange(result.Evaluations[^1].Loss, 0, 0.05);
        model.Save(folder["model"]);
        using AiSdk.Onnx.OnnxChatClient client = new(folder["model"]);
        foreach (TrainingExample example in SmallModel.Examples)
            Assert.Equal(example.Answer, (await client.GetResponseAsync(example.Messages, cancellationToken: Token)).Text);
    }
}

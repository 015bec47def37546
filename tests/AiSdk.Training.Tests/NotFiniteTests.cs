using Xunit;

namespace AiSdk.Training.Tests;

/// <summary>Runs whose numbers grow beyond what floats hold.</summary>
public sealed class NotFiniteTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static TrainerOptions Options() => new() { Epochs = 4, BatchTokens = 128, Threads = 1, WarmupSteps = 0, LearningRate = 1e10 };

    [Fact]
    public async Task The_model_keeps_the_weights_from_before_the_step_that_broke_them()
    {
        using Folder folder = new();
        TrainableModel model = SmallModel.Create(folder);
        int[] before = SmallModel.Bits(model);
        TrainerOptions options = Options();
        options.CheckpointFolder = folder["checkpoints"];
        options.CheckpointEvery = 1;
        TrainingException exception = await Assert.ThrowsAsync<TrainingException>(() => new Trainer(model, options).TrainAsync(SmallModel.Stream(), cancellationToken: Token));
        Assert.Contains("step 2, batch 2 of epoch 1", exception.Message, StringComparison.Ordinal);
        Assert.Contains("the weights of step 0", exception.Message, StringComparison.Ordinal);
        Assert.Contains("No checkpoint had been written yet", exception.Message, StringComparison.Ordinal);
        Assert.Equal(before, SmallModel.Bits(model));
        Assert.Equal(0, exception.Result!.Steps);
        Assert.Empty(Directory.GetFiles(folder["checkpoints"]));
        // Nothing is in the way of a run with a lower rate.
        options.LearningRate = 1e-3;
        await new Trainer(model, options).TrainAsync(SmallModel.Stream(), cancellationToken: Token);
    }

    [Fact]
    public async Task The_last_step_must_compute_too()
    {
        using Folder folder = new();
        TrainableModel model = SmallModel.Create(folder);
        int[] before = SmallModel.Bits(model);
        TrainerOptions options = Options();
        options.Steps = 1;
        TrainingException exception = await Assert.ThrowsAsync<TrainingException>(() => new Trainer(model, options).TrainAsync(SmallModel.Stream(), cancellationToken: Token));
        Assert.Contains("after step 1, the last one", exception.Message, StringComparison.Ordinal);
        Assert.Equal(before, SmallModel.Bits(model));
    }

    [Theory]
    [InlineData(1e10)]
    [InlineData(1e38)]
    [InlineData(1e300)]
    public async Task An_evaluation_that_is_no_number_is_a_loss_that_is_none(double rate)
    {
        using Folder folder = new();
        TrainableModel model = SmallModel.Create(folder);
        int[] before = SmallModel.Bits(model);
        TrainerOptions options = Options();
        options.LearningRate = rate;
        options.EvaluateEvery = 1;
        options.CheckpointFolder = folder["checkpoints"];
        options.CheckpointEvery = 1;
        options.Evaluation = [.. SmallModel.Examples.Take(3)];
        TrainingException exception = await Assert.ThrowsAsync<TrainingException>(() => new Trainer(model, options).TrainAsync(SmallModel.Stream(), cancellationToken: Token));
        Assert.Contains("evaluation after step 1", exception.Message, StringComparison.Ordinal);
        Assert.Equal(before, SmallModel.Bits(model));
        Assert.Empty(Directory.GetFiles(folder["checkpoints"]));
    }

    [Fact]
    public async Task The_exception_has_the_adapter_of_the_best_evaluation()
    {
        using Folder folder = new();
        TrainableModel model = SmallModel.Create(folder);
        TrainerOptions options = Options();
        options.LearningRate = 1e-2;
        options.Lora = new LoraOptions { Rank = 2 };
        options.EvaluateEvery = 2;
        options.Evaluation = [.. SmallModel.Examples.Take(3)];
        Told<TrainingProgress> progress = new(told =>
        {
            if (told.Step == 5)
                model.Weights[LlamaLayout.FinalNorm][0] = float.NaN;
        });
        float norm = model.Weights[LlamaLayout.FinalNorm][0];
        TrainingException exception = await Assert.ThrowsAsync<TrainingException>(() => new Trainer(model, options).TrainAsync(SmallModel.Stream(), progress, Token));
        TrainingResult result = exception.Result!;
        Assert.Equal([2, 4], result.Evaluations.Select(static evaluation => evaluation.Step));
        Assert.Contains("the best evaluation, after step 4", exception.Message, StringComparison.Ordinal);
        model.Weights[LlamaLayout.FinalNorm][0] = norm;
        Assert.Equal(result.Evaluations[1].Loss, (await new Trainer(model).EvaluateAsync(options.Evaluation, result.Adapter, Token)).Loss, 1e-4);
    }

    [Fact]
    public async Task Averages_are_taken_back_with_the_weights()
    {
        using Folder folder = new();
        TrainableModel model = SmallModel.Create(folder);
        int[] before = SmallModel.Bits(model);
        TrainerOptions options = Options();
        options.EmaDecay = 0.9;
        await Assert.ThrowsAsync<TrainingException>(() => new Trainer(model, options).TrainAsync(SmallModel.Stream(), cancellationToken: Token));
        Assert.Equal(before, SmallModel.Bits(model));
    }
}

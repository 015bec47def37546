using Xunit;

namespace AiSdk.Training.Tests;

/// <summary>Settings, and a model that several want at once.</summary>
public sealed class UseTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Settings_are_copied_when_the_trainer_is_made()
    {
        using Folder folder = new();
        List<TrainingExample> evaluation = [SmallModel.Examples[0]];
        List<string> targets = ["q_proj"];
        TrainerOptions options = new() { Steps = 2, Threads = 1, Evaluation = evaluation, Lora = new LoraOptions { Rank = 2, Targets = targets } };
        Trainer trainer = new(SmallModel.Create(folder), options);
        options.LearningRate = -1;
        options.Steps = -5;
        options.Lora.Rank = 0;
        targets.Clear();
        evaluation.Add(null!);
        TrainingResult result = await trainer.TrainAsync(SmallModel.Stream(), cancellationToken: Token);
        Assert.Equal((2, 2, "q_proj"), (result.Steps, result.Adapter!.Rank, string.Join(' ', result.Adapter.Targets)));
    }

    public static TheoryData<string, Action<TrainerOptions>> Wrong => new()
    {
        { nameof(TrainerOptions.LearningRate), static options => options.LearningRate = double.PositiveInfinity },
        { nameof(TrainerOptions.WeightDecay), static options => options.WeightDecay = double.PositiveInfinity },
        { nameof(TrainerOptions.Epsilon), static options => options.Epsilon = double.PositiveInfinity },
        { nameof(TrainerOptions.ClipNorm), static options => options.ClipNorm = double.PositiveInfinity },
        { nameof(TrainerOptions.PromptWeight), static options => options.PromptWeight = double.PositiveInfinity },
        { nameof(TrainerOptions.PromptWeight), static options => options.PromptWeight = 1e-60 },
        { nameof(TrainerOptions.CheckpointInterval), static options => options.CheckpointInterval = TimeSpan.Zero },
        { nameof(TrainerOptions.CheckpointFolder), static options => options.CheckpointFolder = " " },
        { nameof(TrainerOptions.Evaluation), static options => options.Evaluation = null! },
        { nameof(TrainerOptions.Evaluation), static options => options.Evaluation = [null!] },
        { nameof(LoraOptions.Targets), static options => options.Lora = new LoraOptions { Targets = null! } },
        { nameof(LoraOptions.Targets), static options => options.Lora = new LoraOptions { Targets = ["q_proj", "q_proj"] } },
        { nameof(LoraOptions.Alpha), static options => options.Lora = new LoraOptions { Alpha = double.PositiveInfinity } },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void Settings_that_cannot_be_are_named(string name, Action<TrainerOptions> configure)
    {
        using Folder folder = new();
        TrainerOptions options = new();
        configure(options);
        Assert.Equal(name, Assert.ThrowsAny<ArgumentException>(() => new Trainer(SmallModel.Create(folder), options)).ParamName);
    }

    [Fact]
    public async Task A_model_that_is_trained_is_not_used_elsewhere()
    {
        using Folder folder = new();
        TrainableModel model = SmallModel.Create(folder);
        Trainer trainer = new(model, new TrainerOptions { Steps = 2, Threads = 1 });
        List<string> problems = [];
        Told<TrainingProgress> progress = new(_ =>
        {
            problems.Add(Assert.Throws<InvalidOperationException>(() => model.Save(folder["model"])).Message);
            problems.Add(Assert.Throws<InvalidOperationException>(() => trainer.EvaluateAsync(SmallModel.Examples, cancellationToken: Token).GetAwaiter().GetResult()).Message);
            problems.Add(Assert.Throws<InvalidOperationException>(() => trainer.TrainAsync(SmallModel.Stream(), cancellationToken: Token).GetAwaiter().GetResult()).Message);
        });
        await trainer.TrainAsync(SmallModel.Stream(), progress, Token);
        Assert.Equal(6, problems.Count);
        Assert.All(problems, static problem => Assert.Contains("is being trained", problem, StringComparison.Ordinal));
        model.Save(folder["model"]);
    }

    [Fact]
    public async Task Adapters_are_trained_at_the_same_time_while_the_model_stays_as_it_is()
    {
        using Folder folder = new();
        TrainableModel model = SmallModel.Create(folder);
        Trainer Adapters(ulong seed) => new(model, new TrainerOptions { Steps = 3, Threads = 1, Seed = seed, Lora = new LoraOptions { Rank = 2 } });
        LoraAdapter alone = (await Adapters(1).TrainAsync(SmallModel.Stream(), cancellationToken: Token)).Adapter!;
        Told<TrainingProgress> progress = new(_ =>
        {
            model.Save(folder["model"]);
            Assert.Throws<InvalidOperationException>(() => model.Merge(alone));
            Assert.Throws<InvalidOperationException>(() => new Trainer(model).TrainAsync(SmallModel.Stream(), cancellationToken: Token).GetAwaiter().GetResult());
        });
        TrainingResult[] results = await Task.WhenAll(Adapters(1).TrainAsync(SmallModel.Stream(), progress, Token), Adapters(2).TrainAsync(SmallModel.Stream(), cancellationToken: Token));
        Assert.Equal(alone.Values[0], results[0].Adapter!.Values[0]);
        Assert.NotEqual(alone.Values[0], results[1].Adapter!.Values[0]);
        model.Merge(alone);
    }

    [Theory]
    [InlineData(65_536, 64, "'model.layers.0.self_attn.q_proj.weight' [65536, 65536]")]
    [InlineData(64, 134_217_728, "the table of positions' angles")]
    [InlineData(32_768, 64, null)]
    public void A_model_that_no_machine_holds_is_refused_before_it_is_made(int hidden, int context, string? named)
    {
        using Folder folder = new();
        SmallModel.Create(folder);
        LlamaConfiguration configuration = new() { HiddenSize = hidden, InnerSize = 64, Layers = named is null ? 100 : 1, Heads = hidden / 64, KeyValueHeads = hidden / 64, ContextLength = context };
        long start = GC.GetAllocatedBytesForCurrentThread();
        TrainingException exception = Assert.Throws<TrainingException>(() => TrainableModel.Create(configuration, folder["tokenizer"]));
        Assert.Contains("million weights would take", exception.Message, StringComparison.Ordinal);
        Assert.Contains(named ?? "this process can have", exception.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - start, 0, 50_000_000);
    }
}

using AiSdk.Onnx;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Training.Tests;

public sealed class TrainerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Everything on that has a state: dropout, smoothing, averages, accumulation, evaluation.</summary>
    internal static TrainerOptions Everything(string? checkpoints = null) => new()
    {
        Epochs = 4,
        BatchTokens = 128,
        AccumulationSteps = 2,
        LearningRate = 5e-3,
        WarmupSteps = 3,
        Dropout = 0.1,
        LabelSmoothing = 0.05,
        PromptWeight = 0.1,
        EmaDecay = 0.9,
        Threads = 1,
        Evaluation = [.. SmallModel.Examples.Take(5)],
        EvaluateEvery = 4,
        CheckpointFolder = checkpoints,
        CheckpointEvery = 3,
    };

    [Fact]
    public async Task A_small_model_learns_a_small_task()
    {
        using Folder folder = new();
        TrainableModel model = SmallModel.Create(folder);
        Trainer trainer = new(model, new TrainerOptions { Epochs = 60, BatchTokens = 256, LearningRate = 5e-3, Threads = 1, Evaluation = SmallModel.Examples });
        List<TrainingProgress> told = [];
        TrainingResult result = await trainer.TrainAsync(SmallModel.Stream(), new Told<TrainingProgress>(told.Add), Token);
        Assert.InRange(result.Evaluations[^1].Loss, 0, 0.05);
        Assert.Equal(result.Steps, told[^1].Step);
        Assert.Equal(told[0].Steps, told[^1].Step);
        Assert.Equal(60, told[^1].Epoch);
        Assert.Equal(TimeSpan.Zero, told[^1].TimeLeft);
        Assert.All(told, static progress => Assert.True(progress.TokensPerSecond > 0 && double.IsFinite(progress.Loss) && progress.GradientNorm >= 0));
        model.Save(folder["model"]);
        using OnnxChatClient client = new(folder["model"], new OnnxModelOptions { Engine = OnnxEngine.OnnxRuntime });
        foreach (TrainingExample example in SmallModel.Examples)
            Assert.Equal(example.Answer, (await client.GetResponseAsync(example.Messages, cancellationToken: Token)).Text);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task Runs_repeat_bit_by_bit_on_any_number_of_threads(bool lora, bool hasParts)
    {
        using Folder folder = new();
        async Task<int[]> RunAsync(ulong seed, int threads = 1)
        {
            TrainableModel model = SmallModel.Create(folder);
            TrainerOptions options = InParts(threads);
            if (!hasParts)
                options.BatchTokens = 128;
            options.AccumulationSteps = hasParts ? 2 : 1;
            options.Seed = seed;
            options.Lora = lora ? new LoraOptions { Rank = 2, Dropout = 0.1 } : null;
            TrainingResult result = await new Trainer(model, options).TrainAsync(SmallModel.Stream(), cancellationToken: Token);
            return lora ? [.. result.Adapter!.Values.SelectMany(static values => values).Select(BitConverter.SingleToInt32Bits)] : SmallModel.Bits(model);
        }
        int[] first = await RunAsync(7);
        Assert.Equal(first, await RunAsync(7));
        Assert.Equal(first, await RunAsync(7, threads: 2));
        Assert.Equal(first, await RunAsync(7, threads: 3));
        Assert.NotEqual(first, await RunAsync(8));
    }

    /// <summary>Steps of several parts: of all examples, twice.</summary>
    private static TrainerOptions InParts(int threads, string? checkpoints = null)
    {
        TrainerOptions options = Everything(checkpoints);
        options.Threads = threads;
        options.BatchTokens = 2048;
        options.Epochs = 10;
        return options;
    }

    [Fact]
    public void The_gradient_of_parts_is_that_of_the_whole()
    {
        using Folder folder = new();
        TrainableModel model = SmallModel.Create(folder);
        TrainingEncoder encoder = model.Encoder;
        EncodedExample[] examples = [.. Enumerable.Repeat(SmallModel.Examples, 4).SelectMany(static all => all).SelectMany((example, i) => encoder.Encode(example, i + 1, Token, checkParity: false)).OrderBy(static example => example.Tokens.Length)];
        float[][] weights = [.. LlamaLayout.Parameters(model.Configuration).Select(shape => model.Weights[shape.Name])];
        (double Loss, double Weight, float[][] Gradients) Run(int threads, IEnumerable<TrainingBatch> made)
        {
            using LlamaSession session = new(model, new LlamaGraphOptions { HasSmoothing = true }, weights, threads);
            TrainingBatch[] parts = [.. made];
            double loss = session.Run(parts, 0, 0, Token).Sum(static part => (double)part);
            double weight = parts.Sum(static part => part.Weight);
            Assert.Equal(examples.Sum(static example => example.Tokens.Length - 1), parts.Sum(static part => part.RealTokens));
            foreach (TrainingBatch part in parts)
                part.Dispose();
            return (loss, weight, [.. session.Gradients.Select(static gradient => (float[])gradient.Clone())]);
        }
        TrainingBatch[] several = [.. TrainingBatch.Parts(examples, promptWeight: 0.3, smoothing: 0.1)];
        Assert.InRange(several.Length, 3, 5);
        var whole = Run(1, [TrainingBatch.Create(examples, promptWeight: 0.3, smoothing: 0.1)]);
        var split = Run(2, several);
        Assert.Equal(whole.Weight, split.Weight, 1e-3);
        Assert.Equal(1, split.Loss / whole.Loss, 1e-5);
        foreach ((float[] wanted, float[] got) in whole.Gradients.Zip(split.Gradients))
        {
            float largest = wanted.Max(MathF.Abs);
            Assert.NotEqual(0, largest);
            Assert.All(wanted.Zip(got), pair => Assert.Equal(pair.First, pair.Second, 1e-4f * largest));
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_part_that_fails_and_a_cancelled_step_end_all_parts()
    {
        CancellationToken ends = TestContext.Current.CancellationToken;
        using Folder folder = new();
        TrainableModel model = SmallModel.Create(folder);
        float[][] weights = [.. LlamaLayout.Parameters(model.Configuration).Select(shape => model.Weights[shape.Name])];
        EncodedExample good = Assert.Single(model.Encoder.Encode(SmallModel.Examples[0], 1, ends));
        EncodedExample bad = good with { Tokens = [.. good.Tokens.Select(static _ => 9999)] };
        using LlamaSession session = new(model, new LlamaGraphOptions(), weights, threads: 2);
        IReadOnlyList<float> Run(CancellationToken token, params EncodedExample[] examples)
        {
            TrainingBatch[] parts = [.. examples.Select(static example => TrainingBatch.Create([example], 0, 0))];
            try
            {
                return session.Run(parts, 0, 0, token);
            }
            finally
            {
                foreach (TrainingBatch part in parts)
                    part.Dispose();
            }
        }
        IReadOnlyList<float> losses = Run(ends, good, good, good);
        float[] gradient = (float[])session.Gradients[0].Clone();
        for (int at = 0; at < 5; at++)
        {
            EncodedExample[] examples = [.. Enumerable.Range(0, 5).Select(i => i == at ? bad : good)];
            TrainingException exception = await Assert.ThrowsAsync<TrainingException>(() => Task.Run(() => Run(ends, examples), ends));
            Assert.Contains("9999", exception.Message, StringComparison.Ordinal);
        }
        for (int milliseconds = 1; milliseconds < 40; milliseconds += 6)
        {
            using CancellationTokenSource source = new();
            source.CancelAfter(milliseconds);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.Run(
                () =>
                {
                    while (true)
                        Run(source.Token, good, good, good, good, good);
                },
                ends));
        }
        Assert.Equal(losses, Run(ends, good, good, good));
        Assert.Equal(gradient, session.Gradients[0]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_run_killed_at_any_moment_ends_with_the_same_weights(int threads)
    {
        using Folder folder = new();
        TrainerOptions Options(string? checkpoints = null) => threads == 1 ? Everything(checkpoints) : InParts(threads, checkpoints);
        TrainableModel whole = SmallModel.Create(folder);
        TrainingResult wanted = await new Trainer(whole, Options()).TrainAsync(SmallModel.Stream(), cancellationToken: Token);
        // What a killed process leaves is what lies in its folder at that moment.
        List<string> moments = [];
        string checkpoints = folder["checkpoints"];
        void Copy(TrainingProgress progress)
        {
            string copy = folder[$"killed-{progress.Step}"];
            Directory.CreateDirectory(copy);
            if (Directory.Exists(checkpoints))
            {
                foreach (string file in Directory.GetFiles(checkpoints, "*.bin"))
                    File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
                // Open no longer, it keeps nobody from the folder.
                File.WriteAllBytes(Path.Combine(copy, "run.lock"), []);
            }
            moments.Add(copy);
        }
        await new Trainer(SmallModel.Create(folder), Options(checkpoints)).TrainAsync(SmallModel.Stream(), new Told<TrainingProgress>(Copy), Token);
        Assert.True(moments.Count > 7);
        // One of them while it was writing: the newest file is cut off, another one is not yet in its place.
        string torn = moments[^2];
        string newest = Directory.GetFiles(torn, "*.bin").Order(StringComparer.Ordinal).Last();
        byte[] bytes = File.ReadAllBytes(newest);
        File.WriteAllBytes(newest, bytes[..(bytes.Length / 2)]);
        File.WriteAllBytes(newest + ".tmp", bytes[..100]);
        foreach (string moment in moments)
        {
            TrainableModel resumed = SmallModel.Create(folder);
            TrainingResult result = await new Trainer(resumed, Options(moment)).TrainAsync(SmallModel.Stream(), cancellationToken: Token);
            Assert.Equal(SmallModel.Bits(whole), SmallModel.Bits(resumed));
            Assert.Equal(wanted.Evaluations, result.Evaluations);
            Assert.Equal(wanted.Tokens, result.Tokens);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public async Task A_cancelled_run_goes_on_where_it_was(int stop)
    {
        using Folder folder = new();
        TrainableModel whole = SmallModel.Create(folder);
        await new Trainer(whole, Everything()).TrainAsync(SmallModel.Stream(), cancellationToken: Token);
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(Token);
        TrainableModel resumed = SmallModel.Create(folder);
        Told<TrainingProgress> progress = new(told =>
        {
            if (told.Step == stop)
                source.Cancel();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new Trainer(resumed, Everything(folder["checkpoints"])).TrainAsync(SmallModel.Stream(), progress, source.Token));
        List<int> steps = [];
        await new Trainer(resumed, Everything(folder["checkpoints"])).TrainAsync(SmallModel.Stream(), new Told<TrainingProgress>(told => steps.Add(told.Step)), Token);
        Assert.Equal(stop + 1, steps[0]);
        Assert.Equal(SmallModel.Bits(whole), SmallModel.Bits(resumed));
    }

    [Fact]
    public async Task A_checkpoint_of_another_run_is_refused()
    {
        using Folder folder = new();
        await new Trainer(SmallModel.Create(folder), Everything(folder["checkpoints"])).TrainAsync(SmallModel.Stream(), cancellationToken: Token);
        TrainerOptions other = Everything(folder["checkpoints"]);
        other.LearningRate = 1e-3;
        TrainingException exception = await Assert.ThrowsAsync<TrainingException>(() => new Trainer(SmallModel.Create(folder), other).TrainAsync(SmallModel.Stream(), cancellationToken: Token));
        Assert.Contains("another run", exception.Message, StringComparison.Ordinal);
        Assert.Contains("0.005", exception.Message, StringComparison.Ordinal);
        Assert.Contains("0.001", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_loss_that_is_no_number_stops_the_run_and_names_the_batch()
    {
        using Folder folder = new();
        TrainableModel model = SmallModel.Create(folder);
        TrainerOptions options = new() { Steps = 10, LearningRate = 1e-3, Threads = 1, BatchTokens = 64, CheckpointFolder = folder["checkpoints"], CheckpointEvery = 1 };
        // A weight is broken behind the third step, as a bad example or too high a learning rate would do it.
        Told<TrainingProgress> progress = new(told =>
        {
            if (told.Step == 3)
                model.Weights[LlamaLayout.FinalNorm][0] = float.NaN;
        });
        TrainingException exception = await Assert.ThrowsAsync<TrainingException>(() => new Trainer(model, options).TrainAsync(SmallModel.Stream(), progress, Token));
        Assert.Contains("step 4, batch 4 of epoch 1", exception.Message, StringComparison.Ordinal);
        Assert.Contains(SmallModel.Examples.Select(static example => example.Source!), source => exception.Message.Contains(source, StringComparison.Ordinal));
        Assert.Contains(folder["checkpoints"], exception.Message, StringComparison.Ordinal);
        // What the third step left has not computed: the last good checkpoint is that of the second, and a new run goes on from it.
        Assert.Contains("checkpoint-000000002.bin", exception.Message, StringComparison.Ordinal);
        List<int> steps = [];
        TrainingResult result = await new Trainer(SmallModel.Create(folder), options).TrainAsync(SmallModel.Stream(), new Told<TrainingProgress>(told => steps.Add(told.Step)), Token);
        Assert.Equal(3, steps[0]);
        Assert.Equal(2, result.ResumedAt);
    }

    [Fact]
    public async Task Accumulated_batches_make_the_step_of_one_large_batch()
    {
        using Folder folder = new();
        async Task<float[]> RunAsync(int tokens, int accumulated)
        {
            TrainableModel model = SmallModel.Create(folder);
            // Examples of one length, so that both ways have the same ones in a step.
            TrainingExample[] examples = [.. Enumerable.Range(0, 8).Select(static i => TrainingExample.FromText($"card {i}, cash {i}"))];
            await new Trainer(model, new TrainerOptions { Steps = 3, BatchTokens = tokens, AccumulationSteps = accumulated, WarmupSteps = 0, Threads = 1 }).TrainAsync(SmallModel.Stream(examples), cancellationToken: Token);
            return model.Weights[LlamaLayout.Projection(0, "q_proj")];
        }
        float[] large = await RunAsync(100_000, 1);
        float[] small = await RunAsync(1, 8);
        Assert.All(large.Zip(small), static pair => Assert.Equal(pair.First, pair.Second, 3e-4));
    }

    [Fact]
    public async Task Training_ends_early_and_keeps_the_best_weights()
    {
        using Folder folder = new();
        TrainableModel model = SmallModel.Create(folder);
        // What is evaluated contradicts what is learnt, so that it becomes worse after a while.
        TrainingExample[] held = [.. SmallModel.Examples.Take(5).Select(static example => example with { Answer = "\"other\"" })];
        TrainerOptions options = new() { Epochs = 200, BatchTokens = 256, LearningRate = 5e-3, Threads = 1, Evaluation = held, EvaluateEvery = 2, Patience = 3 };
        TrainingResult result = await new Trainer(model, options).TrainAsync(SmallModel.Stream(), cancellationToken: Token);
        Assert.True(result.StoppedEarly);
        Assert.Equal(result.Evaluations.Min(static evaluation => evaluation.Loss), result.Evaluations[^4].Loss);
        Assert.Equal(result.Evaluations[^4].Loss, (await new Trainer(model, options).EvaluateAsync(held, cancellationToken: Token)).Loss, 6);
    }

    [Fact]
    public async Task Soft_targets_of_certainty_are_hard_targets()
    {
        using Folder folder = new();
        TrainableModel model = SmallModel.Create(folder);
        TrainingExample hard = SmallModel.Examples[0];
        EncodedExample encoded = Assert.Single(model.Encoder.Encode(hard, 1, Token));
        TrainingExample soft = hard with { SoftTargets = [.. encoded.Tokens.Skip(encoded.PromptLength).Select(static token => (IReadOnlyList<KeyValuePair<int, double>>)[new(0, 0), new(token, 1)])] };
        Trainer trainer = new(model);
        Assert.Equal((await trainer.EvaluateAsync([hard], cancellationToken: Token)).Loss, (await trainer.EvaluateAsync([soft], cancellationToken: Token)).Loss, 6);
        TrainingExample wrong = hard with { SoftTargets = [[new(0, 1)]] };
        Assert.Contains("soft targets for 1", (await Assert.ThrowsAsync<TrainingException>(() => trainer.EvaluateAsync([wrong], cancellationToken: Token))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_template_that_serves_otherwise_than_it_trains_is_refused_and_shown()
    {
        using Folder folder = new();
        SmallModel.Create(folder);
        string path = Path.Combine(folder["tokenizer"], "tokenizer_config.json");
        // Answers are changed by the template: what serving would show of an earlier turn is not what was learnt.
        string text = await File.ReadAllTextAsync(path, Token);
        await File.WriteAllTextAsync(path, text.Replace("{{ message.content }}", "{{ message.content | upper }}", StringComparison.Ordinal), Token);
        TrainingException exception = await Assert.ThrowsAsync<TrainingException>(() => new Trainer(SmallModel.Create(folder)).TrainAsync(SmallModel.Stream(), cancellationToken: Token));
        Assert.Contains("within the answer", exception.Message, StringComparison.Ordinal);
        Assert.Contains("training: ", exception.Message, StringComparison.Ordinal);
        Assert.Contains("serving:  ", exception.Message, StringComparison.Ordinal);
        Assert.Contains("CARD", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_large_model_is_refused_with_an_estimate()
    {
        using Folder folder = new();
        SmallModel.Create(folder);
        var model = TrainableModel.Create(new LlamaConfiguration { HiddenSize = 512, InnerSize = 2048, Layers = 8, Heads = 8, KeyValueHeads = 8, ContextLength = 64 }, folder["tokenizer"]);
        TrainingException exception = Assert.Throws<TrainingException>(() => new Trainer(model, new TrainerOptions { Threads = 2 }));
        Assert.Matches(@"33\.\d million weights.* \d\.\d GB of memory and \d\.\d hours", exception.Message);
        Assert.Contains(nameof(TrainerOptions.AllowLargeModel), exception.Message, StringComparison.Ordinal);
        _ = new Trainer(model, new TrainerOptions { AllowLargeModel = true });
    }

    [Fact]
    public async Task What_does_not_fit_the_context_is_refused_by_its_source()
    {
        using Folder folder = new();
        TrainingExample example = new([new ChatMessage(ChatRole.User, new string('x', 200))], "y") { Source = "data.jsonl:17" };
        TrainingException exception = await Assert.ThrowsAsync<TrainingException>(() => new Trainer(SmallModel.Create(folder)).TrainAsync(SmallModel.Stream([example]), cancellationToken: Token));
        Assert.StartsWith("data.jsonl:17 has ", exception.Message, StringComparison.Ordinal);
        exception = await Assert.ThrowsAsync<TrainingException>(() => new Trainer(SmallModel.Create(folder)).TrainAsync(SmallModel.Stream([]), cancellationToken: Token));
        Assert.Contains("no training examples", exception.Message, StringComparison.Ordinal);
    }
}

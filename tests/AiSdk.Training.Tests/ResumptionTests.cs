using System.Globalization;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Training.Tests;

/// <summary>Which checkpoints a run goes on from, and what it then says of itself.</summary>
public sealed class ResumptionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static TrainingExample Soft(TrainableModel model, TrainingExample example, double probability)
    {
        EncodedExample encoded = Assert.Single(model.Encoder.Encode(example, 1, Token));
        return example with { SoftTargets = [.. encoded.Tokens.Skip(encoded.PromptLength).Select(token => (IReadOnlyList<KeyValuePair<int, double>>)[new(5, 1 - probability), new(token, probability)])] };
    }

    [Theory]
    [InlineData("more examples")]
    [InlineData("a late answer")]
    [InlineData("a weight")]
    [InlineData("soft targets")]
    [InlineData("token splitting")]
    [InlineData("evaluation")]
    [InlineData("base weights")]
    [InlineData("a base of an adapter")]
    public async Task What_differs_from_the_run_of_the_checkpoint_is_refused(string what)
    {
        using Folder folder = new();
        TrainableModel first = SmallModel.Create(folder);
        TrainingExample[] examples = [.. SmallModel.Examples, Soft(first, SmallModel.Examples[3], 0.9)];
        TrainerOptions Options() => new()
        {
            Epochs = 2,
            BatchTokens = 256,
            Threads = 1,
            CheckpointFolder = folder["checkpoints"],
            Evaluation = [.. SmallModel.Examples.Take(3)],
            Lora = what == "a base of an adapter" ? new LoraOptions() : null,
        };
        await new Trainer(first, Options()).TrainAsync(SmallModel.Stream(examples), cancellationToken: Token);
        // The same once more is the result that there is.
        TrainingResult again = await new Trainer(SmallModel.Create(folder), Options()).TrainAsync(SmallModel.Stream(examples), cancellationToken: Token);
        Assert.Equal(again.Steps, again.ResumedAt);

        TrainerOptions options = Options();
        TrainableModel model = SmallModel.Create(folder, what is "base weights" or "a base of an adapter" ? 2ul : 1);
        switch (what)
        {
            case "more examples":
                examples = [.. examples, .. SmallModel.Examples.Take(2)];
                break;
            case "a late answer":
                examples[^3] = examples[^3] with { Answer = "\"other\"" };
                break;
            case "a weight":
                examples[^3] = examples[^3] with { Weight = 0.5 };
                break;
            case "soft targets":
                examples[^1] = Soft(model, SmallModel.Examples[3], 0.8);
                break;
            case "token splitting":
                examples[^3] = examples[^3] with { TokenSplitting = 0.1 };
                break;
            case "evaluation":
                options.Evaluation = [.. SmallModel.Examples.Take(2), SmallModel.Examples[2] with { Answer = "\"other\"" }];
                break;
        }
        TrainingException exception = await Assert.ThrowsAsync<TrainingException>(() => new Trainer(model, options).TrainAsync(SmallModel.Stream(examples), cancellationToken: Token));
        Assert.Contains("another run", exception.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(TrainerOptions.StartFrom), exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkpoint_does_not_depend_on_the_culture()
    {
        using Folder folder = new();
        async Task<TrainingResult> RunAsync(string culture)
        {
            CultureInfo before = CultureInfo.CurrentCulture;
            // It flows into the run's thread.
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
            try
            {
                return await new Trainer(SmallModel.Create(folder), new TrainerOptions { Threads = 1, CheckpointFolder = folder["checkpoints"] }).TrainAsync(SmallModel.Stream(), cancellationToken: Token);
            }
            finally
            {
                CultureInfo.CurrentCulture = before;
            }
        }
        await RunAsync("de-DE");
        Assert.NotNull((await RunAsync("en-US")).ResumedAt);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_cut_off_in_an_evaluation_makes_up_for_it(bool isLast)
    {
        using Folder folder = new();
        TrainerOptions Options(string? checkpoints)
        {
            TrainerOptions options = TrainerTests.Everything(checkpoints);
            options.EmaDecay = null;
            options.EvaluateEvery = isLast ? 1000 : 4;
            options.CheckpointEvery = 1000;
            // So many that the cancellation comes while it goes on.
            options.Evaluation = [.. Enumerable.Range(0, 200).SelectMany(static _ => SmallModel.Examples)];
            options.Epochs = 2;
            return options;
        }
        TrainableModel whole = SmallModel.Create(folder);
        TrainingResult wanted = await new Trainer(whole, Options(null)).TrainAsync(SmallModel.Stream(), cancellationToken: Token);
        int before = (isLast ? wanted.Steps : 4) - 1;
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Told<TrainingProgress> progress = new(told =>
        {
            if (told.Step == before)
                source.CancelAfter(120);
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new Trainer(SmallModel.Create(folder), Options(folder["checkpoints"])).TrainAsync(SmallModel.Stream(), progress, source.Token));
        string file = Path.GetFileName(Assert.Single(Directory.GetFiles(folder["checkpoints"])));
        Assert.Equal($"checkpoint-{before + 1:D9}.bin", file);

        TrainableModel resumed = SmallModel.Create(folder);
        List<TrainingProgress> told = [];
        TrainingResult result = await new Trainer(resumed, Options(folder["checkpoints"])).TrainAsync(SmallModel.Stream(), new Told<TrainingProgress>(told.Add), Token);
        Assert.Equal((before + 1, wanted.Evaluations[0]), (told[0].Step, told[0].Evaluation));
        Assert.Equal(wanted.Evaluations, result.Evaluations);
        Assert.Equal(SmallModel.Bits(whole), SmallModel.Bits(resumed));
    }

    [Fact]
    public async Task The_time_before_a_resumption_counts()
    {
        using Folder folder = new();
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Told<TrainingProgress> slow = new(told =>
        {
            Thread.Sleep(300);
            if (told.Step == 2)
                source.Cancel();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new Trainer(SmallModel.Create(folder), TrainerTests.Everything(folder["checkpoints"])).TrainAsync(SmallModel.Stream(), slow, source.Token));
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        TrainingResult result = await new Trainer(SmallModel.Create(folder), TrainerTests.Everything(folder["checkpoints"])).TrainAsync(SmallModel.Stream(), cancellationToken: Token);
        Assert.True(result.Elapsed > System.Diagnostics.Stopwatch.GetElapsedTime(start) + TimeSpan.FromSeconds(0.4));
        Assert.Equal(2, result.ResumedAt);
    }

    [Fact]
    public async Task Steps_are_counted_where_epochs_differ_and_each_is_told_once()
    {
        using Folder folder = new();
        List<TrainingProgress> told = [];
        TrainerOptions options = new() { Epochs = 3, BatchTokens = 64, WarmupSteps = 2, Threads = 1, Evaluation = [.. SmallModel.Examples.Take(2)] };
        TrainingResult result = await new Trainer(SmallModel.Create(folder), options).TrainEpochsAsync(static epoch => SmallModel.Stream(SmallModel.Examples.Take(6 * (epoch + 1))), new Told<TrainingProgress>(told.Add), Token);
        Assert.Equal(Enumerable.Range(1, result.Steps), told.Select(static progress => progress.Step));
        Assert.All(told, progress => Assert.Equal(result.Steps, progress.Steps));
        Assert.Equal(0.1 * options.LearningRate, told[^1].LearningRate, 1e-9);
        Assert.Equal(TimeSpan.Zero, told[^1].TimeLeft);
        // At the end of each epoch.
        Assert.Equal(3, result.Evaluations.Count);
        Assert.Equal(result.Evaluations, told.Select(static progress => progress.Evaluation).OfType<TrainingEvaluation>());
    }

    [Fact]
    public async Task Endless_data_are_read_as_far_as_needed()
    {
        using Folder folder = new();
        static async IAsyncEnumerable<TrainingExample> Endless()
        {
            for (int i = 0; ; i++)
                yield return SmallModel.Examples[i % SmallModel.Examples.Count];
        }
        TrainerOptions options = new() { Steps = 25, ShuffleBuffer = 30, BatchTokens = 64, Threads = 1, Evaluation = [.. SmallModel.Examples.Take(2)] };
        TrainingResult result = await new Trainer(SmallModel.Create(folder), options).TrainAsync(Endless(), cancellationToken: Token);
        Assert.Equal(25, result.Steps);
        Assert.InRange(result.Evaluations.Count, 10, 13);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_wrong_example_is_found_before_the_first_step(bool isEvaluation)
    {
        using Folder folder = new();
        TrainingExample tooLong = new([new ChatMessage(ChatRole.User, new string('x', 200))], "y");
        int steps = 0;
        TrainerOptions options = new() { Steps = 30, ShuffleBuffer = 10, BatchTokens = 64, Threads = 1, Evaluation = isEvaluation ? [SmallModel.Examples[0], tooLong] : [] };
        TrainingExample[] examples = isEvaluation ? [.. SmallModel.Examples] : [.. SmallModel.Examples, tooLong];
        TrainingException exception = await Assert.ThrowsAsync<TrainingException>(() => new Trainer(SmallModel.Create(folder), options).TrainAsync(SmallModel.Stream(examples), new Told<TrainingProgress>(_ => steps++), Token));
        Assert.StartsWith(isEvaluation ? "evaluation example 2 has" : "example 31 has", exception.Message, StringComparison.Ordinal);
        Assert.Equal(0, steps);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_to_is_found_before_the_first_step()
    {
        using Folder folder = new();
        await File.WriteAllTextAsync(folder["file"], "x", Token);
        int steps = 0;
        foreach (string path in (string[])[folder["file"], folder["file/below"]])
        {
            TrainingException exception = await Assert.ThrowsAsync<TrainingException>(() => new Trainer(SmallModel.Create(folder), TrainerTests.Everything(path)).TrainAsync(SmallModel.Stream(), new Told<TrainingProgress>(_ => steps++), Token));
            Assert.Contains($"'{path}' cannot be written to", exception.Message, StringComparison.Ordinal);
        }
        Assert.Equal(0, steps);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_folder_that_can_no_longer_be_written_to_costs_neither_the_result_nor_the_cancellation(bool cancels)
    {
        using Folder folder = new();
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(Token);
        TrainerOptions options = TrainerTests.Everything(folder["checkpoints"]);
        options.Lora = new LoraOptions { Rank = 2 };
        Told<TrainingProgress> progress = new(told =>
        {
            if (told.Step != 2)
                return;
            // A file where the folder was.
            Directory.Delete(folder["checkpoints"], recursive: true);
            File.WriteAllText(folder["checkpoints"], "x");
            if (cancels)
                source.Cancel();
        });
        Task<TrainingResult> run = new Trainer(SmallModel.Create(folder), options).TrainAsync(SmallModel.Stream(), progress, source.Token);
        if (cancels)
        {
            TrainingCanceledException cancelled = await Assert.ThrowsAsync<TrainingCanceledException>(() => run);
            Assert.Contains("No checkpoint of step 2 was written", cancelled.Message, StringComparison.Ordinal);
            Assert.Equal(source.Token, cancelled.CancellationToken);
            // Cancelling costs no adapter, even where there is no checkpoint.
            Assert.Equal(2, cancelled.Result!.Steps);
            Assert.NotNull(cancelled.Result.Adapter);
            return;
        }
        TrainingException exception = await Assert.ThrowsAsync<TrainingException>(() => run);
        Assert.Contains("cannot be written to", exception.Message, StringComparison.Ordinal);
        Assert.Equal(3, exception.Result!.Steps);
        Assert.NotNull(exception.Result.Adapter);
    }

    [Fact]
    public async Task Checkpoints_are_written_after_a_time_too_and_other_files_stay()
    {
        using Folder folder = new();
        Directory.CreateDirectory(folder["checkpoints"]);
        await File.WriteAllTextAsync(folder["checkpoints/checkpoint-notes.bin"], "mine", Token);
        TrainerOptions options = new() { Steps = 6, Threads = 1, BatchTokens = 64, CheckpointFolder = folder["checkpoints"], CheckpointInterval = TimeSpan.FromTicks(1) };
        List<int> counts = [];
        await new Trainer(SmallModel.Create(folder), options).TrainAsync(SmallModel.Stream(), new Told<TrainingProgress>(_ => counts.Add(Directory.GetFiles(folder["checkpoints"], "*.bin").Length)), Token);
        Assert.Equal([1, 2, 3, 3, 3, 3], counts);
        Assert.Equal("mine", await File.ReadAllTextAsync(folder["checkpoints/checkpoint-notes.bin"], Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_begins_with_a_checkpoints_weights_under_other_settings(bool lora)
    {
        using Folder folder = new();
        TrainerOptions Options(string checkpoints) => new() { Steps = 5, Threads = 1, BatchTokens = 256, LearningRate = 5e-3, WarmupSteps = 0, CheckpointFolder = folder[checkpoints], Lora = lora ? new LoraOptions { Rank = 2 } : null };
        TrainableModel model = SmallModel.Create(folder);
        TrainingResult first = await new Trainer(model, Options("first")).TrainAsync(SmallModel.Stream(), cancellationToken: Token);
        int[] Learnt(TrainableModel trained, TrainingResult result) => lora ? [.. result.Adapter!.Values.SelectMany(static values => values).Select(BitConverter.SingleToInt32Bits)] : SmallModel.Bits(trained);
        TrainerOptions options = Options("second");
        // So small that the weights stay as they are.
        options.LearningRate = 1e-30;
        options.StartFrom = folder["first"];
        TrainableModel other = SmallModel.Create(folder);
        TrainingResult second = await new Trainer(other, options).TrainAsync(SmallModel.Stream(), cancellationToken: Token);
        Assert.Null(second.ResumedAt);
        Assert.Equal(Learnt(model, first), Learnt(other, second));
        // And itself goes on, from its own checkpoints.
        Assert.Equal(5, (await new Trainer(SmallModel.Create(folder), options).TrainAsync(SmallModel.Stream(), cancellationToken: Token)).ResumedAt);

        options.StartFrom = Directory.GetFiles(folder["first"])[^1];
        options.Lora = new LoraOptions { Rank = 3 };
        Assert.Contains("other weights", (await Assert.ThrowsAsync<TrainingException>(() => new Trainer(SmallModel.Create(folder), options).TrainAsync(SmallModel.Stream(), cancellationToken: Token))).Message, StringComparison.Ordinal);
        options.StartFrom = folder["nowhere"];
        Assert.Contains("no checkpoint that can be read", (await Assert.ThrowsAsync<TrainingException>(() => new Trainer(SmallModel.Create(folder), options).TrainAsync(SmallModel.Stream(), cancellationToken: Token))).Message, StringComparison.Ordinal);
        options.StartFrom = folder["second"];
        Assert.Throws<ArgumentOutOfRangeException>(() => new Trainer(other, options));
    }

    [Fact]
    public async Task A_second_run_is_kept_from_the_folder_of_one_that_goes_on()
    {
        using Folder folder = new();
        TrainerOptions Options() => new() { Steps = 4, Threads = 1, BatchTokens = 64, CheckpointFolder = folder["checkpoints"], CheckpointEvery = 1, Lora = new LoraOptions { Rank = 2 } };
        TrainableModel model = SmallModel.Create(folder);
        TrainingException? refused = null;
        Told<TrainingProgress> progress = new(told =>
        {
            if (told.Step != 2)
                return;
            // Its own half-written file is not the other's to delete.
            File.WriteAllText(folder["checkpoints/checkpoint-000000003.bin.tmp"], "half");
            refused = Assert.Throws<TrainingException>(() => new Trainer(model, Options()).TrainAsync(SmallModel.Stream(), cancellationToken: Token).GetAwaiter().GetResult());
            Assert.True(File.Exists(folder["checkpoints/checkpoint-000000003.bin.tmp"]));
        });
        await new Trainer(model, Options()).TrainAsync(SmallModel.Stream(), progress, Token);
        Assert.Contains($"Another run writes its checkpoints to '{folder["checkpoints"]}'", refused!.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(TrainerOptions.CheckpointFolder), refused.Message, StringComparison.Ordinal);

        // Over, it leaves no trace; and what a killed one leaves hinders nobody.
        Assert.All(Directory.GetFiles(folder["checkpoints"]), static file => Assert.EndsWith(".bin", file, StringComparison.Ordinal));
        await File.WriteAllTextAsync(folder["checkpoints/run.lock"], "", Token);
        Assert.Equal(4, (await new Trainer(model, Options()).TrainAsync(SmallModel.Stream(), cancellationToken: Token)).ResumedAt);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_time_out_of_the_examples_is_no_cancellation(int enumeration)
    {
        using Folder folder = new();
        int enumerations = 0;
        async IAsyncEnumerable<TrainingExample> Examples()
        {
            // The first time they are inspected. This is what HttpClient throws when its time is over.
            bool fails = ++enumerations == enumeration;
            foreach (TrainingExample example in SmallModel.Examples)
                yield return fails ? throw new TaskCanceledException("The request timed out.", new TimeoutException()) : example;
        }
        TrainerOptions options = TrainerTests.Everything(folder["checkpoints"]);
        options.Lora = new LoraOptions { Rank = 2 };
        Task<TrainingResult> run = new Trainer(SmallModel.Create(folder), options).TrainAsync(Examples(), cancellationToken: Token);
        TrainingException exception = await Assert.ThrowsAsync<TrainingException>(() => run);
        Assert.True(run.IsFaulted);
        Assert.IsType<TaskCanceledException>(exception.InnerException);
        Assert.Contains("by the examples or the progress: The request timed out.", exception.Message, StringComparison.Ordinal);
        Assert.Contains(enumeration == 1 ? "before its first step" : "after step", exception.Message, StringComparison.Ordinal);
        Assert.Equal(enumeration == 1, exception.Result is null);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_exception_of_the_examples_or_the_progress_costs_nothing_that_was_learnt(bool ofProgress)
    {
        using Folder folder = new();
        int enumerations = 0;
        async IAsyncEnumerable<TrainingExample> Examples()
        {
            // The first time they are inspected, then comes the first epoch.
            bool fails = !ofProgress && ++enumerations == 3;
            foreach (TrainingExample example in SmallModel.Examples)
                yield return fails ? throw new TimeoutException("the database is gone") : example;
        }
        TrainerOptions Options(string? checkpoints)
        {
            TrainerOptions options = TrainerTests.Everything(checkpoints);
            options.Lora = new LoraOptions { Rank = 2 };
            options.CheckpointEvery = 1000;
            return options;
        }
        Told<TrainingProgress> progress = new(told =>
        {
            if (ofProgress && told.Step == 3)
                throw new TimeoutException("the database is gone");
        });
        TrainingException exception = await Assert.ThrowsAsync<TrainingException>(() => new Trainer(SmallModel.Create(folder), Options(folder["checkpoints"])).TrainAsync(Examples(), progress, Token));
        Assert.IsType<TimeoutException>(exception.InnerException);
        Assert.Contains("the database is gone", exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.Result!.Adapter);
        Assert.True(exception.Result.Steps >= 3);

        TrainableModel model = SmallModel.Create(folder);
        TrainingResult resumed = await new Trainer(model, Options(folder["checkpoints"])).TrainAsync(SmallModel.Stream(), cancellationToken: Token);
        Assert.Equal(exception.Result.Steps, resumed.ResumedAt);
        TrainingResult whole = await new Trainer(SmallModel.Create(folder), Options(null)).TrainAsync(SmallModel.Stream(), cancellationToken: Token);
        Assert.Equal(whole.Adapter!.Values, resumed.Adapter!.Values);
        // Without a step there is nothing to keep, and the exception stays what it was.
        enumerations = 1;
        if (!ofProgress)
            await Assert.ThrowsAsync<TimeoutException>(() => new Trainer(SmallModel.Create(folder), Options(null)).TrainAsync(Failing(), cancellationToken: Token));

        static async IAsyncEnumerable<TrainingExample> Failing()
        {
            yield return SmallModel.Examples[0];
            throw new TimeoutException();
        }
    }

    [Fact]
    public async Task A_template_that_writes_the_time_does_not_keep_a_run_from_going_on()
    {
        using Folder folder = new();
        BytePairTrainer.Train(SmallModel.Examples.Select(static example => example.Messages[0].Text), folder["tokenizer"], new BytePairOptions
        {
            VocabularySize = 300,
            ChatTemplate = "{{ strftime_now('%Y-%m-%d %H:%M:%S.%f %z') }}{% for message in messages %}<|{{ message.role }}|>{{ message.content }}{% if message.role == 'assistant' %}<|end|>{% endif %}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}",
        }, Token);
        LlamaConfiguration sizes = SmallModel.Sizes with { ContextLength = 128 };
        TrainerOptions Options(int steps) => new() { Steps = steps, BatchTokens = 256, Threads = 1, CheckpointFolder = folder["checkpoints"], CheckpointEvery = 1, Evaluation = [.. SmallModel.Examples.Take(2)] };
        await new Trainer(TrainableModel.Create(sizes, folder["tokenizer"]), Options(4)).TrainAsync(SmallModel.Stream(), cancellationToken: Token);
        TrainingResult again = await new Trainer(TrainableModel.Create(sizes, folder["tokenizer"]), Options(4)).TrainAsync(SmallModel.Stream(), cancellationToken: Token);
        Assert.Equal(4, again.ResumedAt);
    }

    [Fact]
    public async Task What_broken_off_writes_left_is_deleted_and_other_files_stay()
    {
        using Folder folder = new();
        Directory.CreateDirectory(folder["checkpoints"]);
        await File.WriteAllTextAsync(folder["checkpoints/checkpoint-000000004.bin.tmp"], "half", Token);
        await File.WriteAllTextAsync(folder["checkpoints/checkpoint-notes.bin.tmp"], "mine", Token);
        Checkpoint.Prepare(folder["checkpoints"]).Dispose();
        Assert.Equal("checkpoint-notes.bin.tmp", Path.GetFileName(Assert.Single(Directory.GetFiles(folder["checkpoints"]))));
        // A write that fails leaves none either.
        IEnumerable<float[]> Arrays()
        {
            yield return new float[8];
            throw new IOException("The disk is full.");
        }
        Assert.Throws<TrainingException>(() => Checkpoint.Write(folder["checkpoints"], new CheckpointState { Run = "x", Step = 4 }, Arrays()));
        Assert.Single(Directory.GetFiles(folder["checkpoints"]));
    }

    [Fact]
    public async Task The_time_left_counts_all_that_takes_time()
    {
        using Folder folder = new();
        const double pause = 0.05;
        List<TrainingProgress> told = [];
        Told<TrainingProgress> slow = new(progress =>
        {
            told.Add(progress);
            Thread.Sleep(TimeSpan.FromSeconds(pause));
        });
        await new Trainer(SmallModel.Create(folder), new TrainerOptions { Steps = 8, BatchTokens = 64, Threads = 1 }).TrainAsync(SmallModel.Stream(), slow, Token);
        // Told before its own pause.
        Assert.All(told, static progress => Assert.True(progress.TimeLeft.TotalSeconds >= 0.9 * pause * (progress.Steps - progress.Step) * (progress.Step - 1) / progress.Step, $"{progress}"));
    }

    [Fact]
    public async Task Writing_checkpoints_is_no_part_of_the_optimizers_share()
    {
        using Folder folder = new();
        // The weights that a checkpoint holds are many beside the few tokens of a step.
        TrainableModel model = TrainableModel.Create(SmallModel.Sizes with { VocabularySize = 60_000 }, Tokenizer(folder));
        double[] shares = new double[2];
        for (int i = 0; i < shares.Length; i++)
            shares[i] = (await new Trainer(model, new TrainerOptions { Steps = 6, BatchTokens = 16, Threads = 1, CheckpointFolder = i == 0 ? null : folder["checkpoints"], CheckpointEvery = 1 }).TrainAsync(SmallModel.Stream(), cancellationToken: Token)).OptimizerShare;
        Assert.InRange(shares[1], 0, (1 + shares[0]) / 2);

        static string Tokenizer(Folder folder)
        {
            SmallModel.Create(folder);
            return folder["tokenizer"];
        }
    }
}

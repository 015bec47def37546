namespace AiSdk.Training;

/// <summary>How a <see cref="Trainer"/> trains.</summary>
public sealed class TrainerOptions
{
    /// <summary>The highest learning rate, which warm-up leads to and from which the cosine schedule leads down.</summary>
    public double LearningRate { get; set; } = 1e-3;

    /// <summary>The share of <see cref="LearningRate"/> at which the schedule ends.</summary>
    public double FinalLearningRate { get; set; } = 0.1;

    /// <summary>The number of steps in which the learning rate rises from 0.</summary>
    public int WarmupSteps { get; set; } = 20;

    /// <summary>The number of optimizer steps; <see langword="null"/>: as many as <see cref="Epochs"/> gives.</summary>
    public int? Steps { get; set; }

    /// <summary>How often the examples are gone through; not used where <see cref="Steps"/> is set.</summary>
    public int Epochs { get; set; } = 1;

    /// <summary>The most tokens, padding included, of one batch. Examples of about the same length are put together. It is computed in parts of some 500 tokens, which fit into a core's cache.</summary>
    public int BatchTokens { get; set; } = 1024;

    /// <summary>How many batches make one optimizer step; their gradients are summed.</summary>
    public int AccumulationSteps { get; set; } = 1;

    /// <summary>How many examples are shuffled and put into batches together; also how many are held in memory.</summary>
    public int ShuffleBuffer { get; set; } = 50_000;

    /// <summary>AdamW's weight decay (Loshchilov and Hutter, 2019), of matrices only.</summary>
    public double WeightDecay { get; set; } = 0.1;

    /// <summary>AdamW's decay of the gradient's mean.</summary>
    public double Beta1 { get; set; } = 0.9;

    /// <summary>AdamW's decay of the squared gradient's mean.</summary>
    public double Beta2 { get; set; } = 0.98;

    /// <summary>What AdamW adds to the root of the squared gradient's mean.</summary>
    public double Epsilon { get; set; } = 1e-8;

    /// <summary>The largest norm of the gradient; a longer one is scaled down to it. <see langword="null"/>: it is not.</summary>
    public double? ClipNorm { get; set; } = 1;

    /// <summary>The decay of an exponential moving average of the weights, such as 0.999, which is then evaluated and is the result; <see langword="null"/>: none.</summary>
    public double? EmaDecay { get; set; }

    /// <summary>The probability that is taken from the right token and spread over all (Szegedy et al., 2016).</summary>
    public double LabelSmoothing { get; set; }

    /// <summary>The weight in the loss of tokens that are not the answer's, from 0.</summary>
    public double PromptWeight { get; set; }

    /// <summary>The share of values dropped of what attention and feed-forward add, in full training. Adapters have their own: <see cref="LoraOptions.Dropout"/>.</summary>
    public double Dropout { get; set; }

    /// <summary>What random numbers begin with: of order, dropout and new adapters.</summary>
    public ulong Seed { get; set; } = 1;

    /// <summary>The threads; <see langword="null"/>: one for each core. Each works on a part of a step, of some 500 tokens: more than two need larger batches (<see cref="BatchTokens"/>) or several (<see cref="AccumulationSteps"/>). What is learnt is the same for any number, bit by bit.</summary>
    public int? Threads { get; set; }

    /// <summary>Trains an adapter in place of the model's weights; <see langword="null"/>: full training.</summary>
    public LoraOptions? Lora { get; set; }

    /// <summary>Examples that are not learnt, on which the model is measured; empty: none.</summary>
    public IReadOnlyList<TrainingExample> Evaluation { get; set; } = [];

    /// <summary>The number of steps between evaluations; there is one at the end in any case. <see langword="null"/>: at the end of each epoch or, where <see cref="Steps"/> is set, ten in the run.</summary>
    public int? EvaluateEvery { get; set; }

    /// <summary>After how many evaluations without a better loss training ends; <see langword="null"/>: never. The weights of the best evaluation are the result.</summary>
    public int? Patience { get; set; }

    /// <summary>
    /// Where checkpoints are written, from which a later run of the same model, settings and data goes on (<see cref="TrainingResult.ResumedAt"/> tells it); one that had ended gives its result at once. What differs is refused.
    /// A chat template that writes the time reads when the run began, also in the runs that go on with it. What broken-off writes have left there is deleted when a run begins.
    /// <see langword="null"/>: nowhere.
    /// </summary>
    public string? CheckpointFolder { get; set; }

    /// <summary>The number of steps between checkpoints; there is one when a run is cancelled, and at its end, too. What a step left is written when the next one has shown that it computes.</summary>
    public int CheckpointEvery { get; set; } = 200;

    /// <summary>The time after which a checkpoint is written all the same; <see cref="Timeout.InfiniteTimeSpan"/>: only <see cref="CheckpointEvery"/> counts.</summary>
    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A checkpoint, or the folder of a run's checkpoints, whose weights this run begins with, whatever its settings were: a way on after a run that failed, with a lower learning rate. Steps, schedule and the optimizer's state begin anew.
    /// <see langword="null"/>: it begins with the model's weights or a new adapter.
    /// </summary>
    public string? StartFrom { get; set; }

    /// <summary>Whether to train a model that is larger than what is sensible on a CPU (<see cref="Trainer.SensibleParameters"/>).</summary>
    public bool AllowLargeModel { get; set; }

    /// <summary>The largest weight of an example or of prompts: in 32 bits sums of such losses stay numbers.</summary>
    internal const double LargestWeight = 1e6;

    /// <summary>The smallest one that is not 0.</summary>
    internal const double SmallestWeight = 1e-6;

    /// <summary>A copy that nobody else can change, checked.</summary>
    /// <exception cref="ArgumentException">A setting is not possible.</exception>
    internal TrainerOptions Frozen()
    {
        var copy = (TrainerOptions)MemberwiseClone();
        copy.Evaluation = [.. Given(Evaluation, nameof(Evaluation))];
        copy.Lora = Lora?.Frozen();
        copy.Validate();
        return copy;
    }

    /// <exception cref="ArgumentException">A setting is not possible.</exception>
    internal void Validate()
    {
        Require(LearningRate > 0 && double.IsFinite(LearningRate), nameof(LearningRate), LearningRate, "more than 0, and finite");
        Require(FinalLearningRate is >= 0 and <= 1, nameof(FinalLearningRate), FinalLearningRate, "from 0 to 1");
        Require(WarmupSteps >= 0, nameof(WarmupSteps), WarmupSteps, "0 or more");
        Require(Steps is null or > 0, nameof(Steps), Steps, "1 or more, or null");
        Require(Epochs > 0, nameof(Epochs), Epochs, "1 or more");
        Require(BatchTokens > 0, nameof(BatchTokens), BatchTokens, "1 or more");
        Require(AccumulationSteps > 0, nameof(AccumulationSteps), AccumulationSteps, "1 or more");
        Require(ShuffleBuffer > 0, nameof(ShuffleBuffer), ShuffleBuffer, "1 or more");
        Require(WeightDecay >= 0 && double.IsFinite(WeightDecay), nameof(WeightDecay), WeightDecay, "0 or more, and finite");
        Require(Beta1 is >= 0 and < 1, nameof(Beta1), Beta1, "from 0 to below 1");
        Require(Beta2 is >= 0 and < 1, nameof(Beta2), Beta2, "from 0 to below 1");
        Require(Epsilon > 0 && double.IsFinite(Epsilon), nameof(Epsilon), Epsilon, "more than 0, and finite");
        Require(ClipNorm is null or (> 0 and < double.PositiveInfinity), nameof(ClipNorm), ClipNorm, "more than 0, and finite, or null");
        Require(EmaDecay is null or (> 0 and < 1), nameof(EmaDecay), EmaDecay, "between 0 and 1, or null");
        Require(LabelSmoothing is >= 0 and < 1, nameof(LabelSmoothing), LabelSmoothing, "from 0 to below 1");
        Require(PromptWeight is 0 or (>= SmallestWeight and <= LargestWeight), nameof(PromptWeight), PromptWeight, "0, or from 0.000001 to 1000000");
        Require(Dropout is >= 0 and < 1, nameof(Dropout), Dropout, "from 0 to below 1");
        Require(Threads is null or > 0, nameof(Threads), Threads, "1 or more, or null");
        Require(EvaluateEvery is null or > 0, nameof(EvaluateEvery), EvaluateEvery, "1 or more, or null");
        Require(Patience is null or > 0, nameof(Patience), Patience, "1 or more, or null");
        Require(CheckpointEvery > 0, nameof(CheckpointEvery), CheckpointEvery, "1 or more");
        Require(CheckpointInterval > TimeSpan.Zero || CheckpointInterval == Timeout.InfiniteTimeSpan, nameof(CheckpointInterval), CheckpointInterval, "more than 0, or infinite");
        Require(CheckpointFolder is null || CheckpointFolder.Trim().Length > 0, nameof(CheckpointFolder), "empty", "the name of a folder, or null");
        Require(StartFrom is null || StartFrom.Trim().Length > 0, nameof(StartFrom), "empty", "the name of a checkpoint or of a folder of some, or null");
        Require(StartFrom is null || CheckpointFolder is null || !Path.GetFullPath(StartFrom + Path.DirectorySeparatorChar).StartsWith(Path.GetFullPath(CheckpointFolder + Path.DirectorySeparatorChar), StringComparison.Ordinal), nameof(StartFrom), StartFrom, $"elsewhere than in {nameof(CheckpointFolder)}, which is for this run's own checkpoints");
        Require(StartFrom is null || Lora?.Start is null, nameof(StartFrom), StartFrom, $"null where {nameof(Lora)}.{nameof(LoraOptions.Start)} is set");
        Require(!Given(Evaluation, nameof(Evaluation)).Contains(null!), nameof(Evaluation), "a list with null", "a list of examples");
        Require(Patience is null || Evaluation.Count > 0, nameof(Patience), Patience, $"null where {nameof(Evaluation)} is empty");
        Lora?.Validate();
    }

    internal static void Require(bool holds, string name, object? value, string rule)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {rule}.");
    }

    internal static T Given<T>(T? value, string name)
        where T : class => value ?? throw new ArgumentNullException(name, $"{name} must not be null.");
}

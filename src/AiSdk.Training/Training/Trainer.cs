using System.Globalization;

namespace AiSdk.Training;

/// <summary>Trains a model, or an adapter for it, on ONNX Runtime: each step is one graph of forward pass, derivative and loss.</summary>
/// <remarks>
/// With one thread the same model, settings and data give the same weights, bit by bit, and a run that was stopped, at whatever moment, goes on from its last checkpoint to the same weights.
/// Not thread-safe.
/// </remarks>
public sealed class Trainer
{
    /// <summary>The size up to which training on a CPU is sensible; a larger model is trained only with <see cref="TrainerOptions.AllowLargeModel"/>.</summary>
    public const long SensibleParameters = 30_000_000;

    private readonly TrainableModel _model;
    private readonly TrainerOptions _options;

    /// <summary>Prepares training.</summary>
    /// <param name="model">The model. Full training changes its weights.</param>
    /// <param name="options">How to train; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is not possible.</exception>
    /// <exception cref="TrainingException">The model is too large; the message estimates memory and time.</exception>
    public Trainer(TrainableModel model, TrainerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        _options = options ?? new TrainerOptions();
        _options.Validate();
        if (model.ParameterCount > SensibleParameters && !_options.AllowLargeModel)
            throw TooLarge();
    }

    /// <summary>Trains on examples, which are enumerated anew in each epoch.</summary>
    /// <param name="examples">The examples.</param>
    /// <param name="progress">Told after each step.</param>
    /// <param name="cancellationToken">Ends the run, also within a step; where checkpoints are written, one is.</param>
    /// <returns>What came of it. The model has the new weights (full training), or the result has an adapter.</returns>
    /// <exception cref="TrainingException">An example, a checkpoint or the template is wrong, or the loss is no longer a number: the message names examples and batch, and the model keeps its last good weights.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<TrainingResult> TrainAsync(IAsyncEnumerable<TrainingExample> examples, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(examples);
        return TrainEpochsAsync(_ => examples, progress, cancellationToken);
    }

    /// <summary>Trains on examples that differ from epoch to epoch, such as augmented ones.</summary>
    /// <param name="examples">Gives an epoch's examples, epochs counted from 0; for the same number always the same, as resuming a run and planning it ask again.</param>
    /// <param name="progress">Told after each step.</param>
    /// <param name="cancellationToken">Ends the run, also within a step; where checkpoints are written, one is.</param>
    /// <returns>What came of it. The model has the new weights (full training), or the result has an adapter.</returns>
    /// <exception cref="TrainingException">An example, a checkpoint or the template is wrong, or the loss is no longer a number: the message names examples and batch, and the model keeps its last good weights.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<TrainingResult> TrainEpochsAsync(Func<int, IAsyncEnumerable<TrainingExample>> examples, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(examples);
        return Task.Run(
            async () =>
            {
                using TrainingRun run = new(_model, _options, examples);
                return await run.RunAsync(progress, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken);
    }

    /// <summary>Measures the model on examples, without and with an adapter.</summary>
    /// <param name="examples">The examples.</param>
    /// <param name="adapter">An adapter, or <see langword="null"/>.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The mean loss of their answers' tokens.</returns>
    /// <exception cref="TrainingException">There are no examples, or one does not fit the model.</exception>
    public Task<TrainingEvaluation> EvaluateAsync(IReadOnlyList<TrainingExample> examples, LoraAdapter? adapter = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(examples);
        return Task.Run(
            () =>
            {
                using Evaluator evaluator = new(_model, _options, examples, adapter?.Targets ?? [], adapter?.Rank ?? 0, adapter?.Alpha ?? 0, adapter?.Values ?? [], cancellationToken);
                return new TrainingEvaluation(0, evaluator.Loss(cancellationToken));
            },
            cancellationToken);
    }

    private TrainingException TooLarge()
    {
        LlamaConfiguration c = _model.Configuration;
        double copies = (_options.Lora is null ? 4 : 1) + (_options.EmaDecay is null ? 0 : 1);
        // Kept for the derivative: about so many values for a token in each layer, and the logits thrice.
        double activations = _options.BatchTokens * (c.Layers * (20.0 * c.HiddenSize + 8.0 * c.InnerSize) + 3.0 * c.VocabularySize);
        double gigabytes = (copies * c.ParameterCount + activations) * sizeof(float) / 1e9;
        int threads = _options.Threads ?? Environment.ProcessorCount;
        double hours = 6.0 * c.ParameterCount * 1e6 / (threads * 50e9) / 3600;
        return new TrainingException(string.Create(CultureInfo.InvariantCulture, $"The model has {c.ParameterCount / 1e6:F1} million weights; up to {SensibleParameters / 1_000_000} million are sensible on a CPU. It would take about {gigabytes:F1} GB of memory and {hours:F1} hours for a million tokens (at 50 GFLOP/s on each of {threads} threads). Set {nameof(TrainerOptions)}.{nameof(TrainerOptions.AllowLargeModel)} to train it all the same."));
    }
}

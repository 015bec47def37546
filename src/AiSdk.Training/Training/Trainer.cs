using System.Globalization;

namespace AiSdk.Training;

/// <summary>Trains a model, or an adapter for it, on ONNX Runtime: each step is one graph of forward pass, derivative and loss.</summary>
/// <remarks>
/// The same model, settings and data give the same weights, bit by bit, and a run that was stopped, at whatever moment, goes on from its last checkpoint to the same weights.
/// Settings are copied when it is made. Several runs at once on one model are possible where they train adapters; full training needs the model for itself, and refuses it where it is in use.
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
    /// <exception cref="ArgumentException">A setting is not possible.</exception>
    /// <exception cref="TrainingException">The model is too large; the message estimates memory and time.</exception>
    public Trainer(TrainableModel model, TrainerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        _options = (options ?? new TrainerOptions()).Frozen();
        if (model.ParameterCount > SensibleParameters && !_options.AllowLargeModel)
            throw TooLarge();
    }

    /// <summary>Trains on examples, which are enumerated anew in each epoch.</summary>
    /// <param name="examples">The examples. They are enumerated once more before, to check all of them and to count the steps, and once for each epoch where tokens are split (<see cref="TrainingExample.TokenSplitting"/>) and the steps are not given; of data without an end as many as <see cref="TrainerOptions.Steps"/> needs.</param>
    /// <param name="progress">Told after each step.</param>
    /// <param name="cancellationToken">Ends the run, also within a step; where checkpoints are written, one is, of the last whole step.</param>
    /// <returns>What came of it. The model has the new weights (full training), or the result has an adapter.</returns>
    /// <exception cref="TrainingException">An example, a checkpoint or the template is wrong, or the loss is no longer a number: the message names examples and batch, and the model, or the adapter in <see cref="TrainingException.Result"/>, keeps the weights of the best evaluation, else the last good ones. Or the examples or the progress threw an exception after a step had been made, or timed out, which is the inner one; where checkpoints are written, one is. Or another run writes to the checkpoint folder.</exception>
    /// <exception cref="InvalidOperationException">The model is in use: full training needs it for itself.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled. Where a step had been made, it is a <see cref="TrainingCanceledException"/>, whose result has the adapter as it was then.</exception>
    public Task<TrainingResult> TrainAsync(IAsyncEnumerable<TrainingExample> examples, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(examples);
        return RunAsync(_ => examples, areEpochsAlike: true, progress, cancellationToken);
    }

    /// <summary>Trains on examples that differ from epoch to epoch, such as augmented ones.</summary>
    /// <param name="examples">Gives an epoch's examples, epochs counted from 0; for the same number always the same, as resuming a run asks again; and so does planning it, which goes through all epochs, or as far as <see cref="TrainerOptions.Steps"/> needs.</param>
    /// <param name="progress">Told after each step.</param>
    /// <param name="cancellationToken">Ends the run, also within a step; where checkpoints are written, one is, of the last whole step.</param>
    /// <returns>What came of it. The model has the new weights (full training), or the result has an adapter.</returns>
    /// <exception cref="TrainingException">An example, a checkpoint or the template is wrong, or the loss is no longer a number: the message names examples and batch, and the model, or the adapter in <see cref="TrainingException.Result"/>, keeps the weights of the best evaluation, else the last good ones. Or the examples or the progress threw an exception after a step had been made, or timed out, which is the inner one; where checkpoints are written, one is. Or another run writes to the checkpoint folder.</exception>
    /// <exception cref="InvalidOperationException">The model is in use: full training needs it for itself.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled. Where a step had been made, it is a <see cref="TrainingCanceledException"/>, whose result has the adapter as it was then.</exception>
    public Task<TrainingResult> TrainEpochsAsync(Func<int, IAsyncEnumerable<TrainingExample>> examples, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(examples);
        return RunAsync(examples, areEpochsAlike: false, progress, cancellationToken);
    }

    /// <summary>Measures the model on examples, without and with an adapter.</summary>
    /// <param name="examples">The examples.</param>
    /// <param name="adapter">An adapter, or <see langword="null"/>.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The mean loss of their answers' tokens.</returns>
    /// <exception cref="TrainingException">There are no examples, or one, or the adapter, does not fit the model.</exception>
    /// <exception cref="InvalidOperationException">The model is being trained.</exception>
    public Task<TrainingEvaluation> EvaluateAsync(IReadOnlyList<TrainingExample> examples, LoraAdapter? adapter = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(examples);
        return Task.Run(
            () =>
            {
                using IDisposable use = _model.Use(changes: false);
                adapter?.RequireFit(_model.Configuration);
                using Evaluator evaluator = new(_model, _options, examples, adapter?.Targets ?? [], adapter?.Rank ?? 0, adapter?.Alpha ?? 0, adapter?.Values ?? [], TimeProvider.System, cancellationToken);
                return new TrainingEvaluation(0, evaluator.Loss(cancellationToken));
            },
            cancellationToken);
    }

    private Task<TrainingResult> RunAsync(Func<int, IAsyncEnumerable<TrainingExample>> examples, bool areEpochsAlike, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken) => Task.Run(
        async () =>
        {
            using IDisposable use = _model.Use(changes: _options.Lora is null);
            using TrainingRun run = new(_model, _options, examples, areEpochsAlike);
            return await run.RunAsync(progress, cancellationToken).ConfigureAwait(false);
        },
        cancellationToken);

    private TrainingException TooLarge()
    {
        LlamaConfiguration c = _model.Configuration;
        int threads = _options.Threads ?? Environment.ProcessorCount;
        // Weights, those before the last step, the optimizer's two, and gradients.
        double copies = _options.Lora is null ? 5 + Math.Min(threads, TrainingBatch.PartsOf(_options.BatchTokens) * _options.AccumulationSteps) + (_options.EmaDecay is null ? 0 : 2) + (_options.Evaluation.Count > 0 ? 1 : 0) : 1;
        // Kept for the derivative: about so many values for a token in each layer, and the logits thrice.
        double activations = _options.BatchTokens * (c.Layers * (20.0 * c.HiddenSize + 8.0 * c.InnerSize) + 3.0 * c.VocabularySize);
        double gigabytes = (copies * c.ParameterCount + activations) * sizeof(float) / 1e9;
        double hours = 6.0 * c.ParameterCount * 1e6 / (threads * 50e9) / 3600;
        return new TrainingException(string.Create(CultureInfo.InvariantCulture, $"The model has {c.ParameterCount / 1e6:F1} million weights; up to {SensibleParameters / 1_000_000} million are sensible on a CPU. It would take about {gigabytes:F1} GB of memory and {hours:F1} hours for a million tokens (at 50 GFLOP/s on each of {threads} threads). Set {nameof(TrainerOptions)}.{nameof(TrainerOptions.AllowLargeModel)} to train it all the same."));
    }
}

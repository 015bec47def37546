using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using AiSdk.Onnx;

namespace AiSdk.Training;

/// <summary>One run of a <see cref="Trainer"/>.</summary>
/// <remarks>A step's weights have proved good when the next step's loss and gradient, or an evaluation, are finite numbers; only then are they written, and else they are taken back.</remarks>
internal sealed class TrainingRun : IDisposable
{
    private const ulong AdapterUse = 2;
    private const ulong DropoutUse = 3;
    private const int ShownLosses = 50;
    private const int EvaluationsOfSteps = 10;

    private readonly TrainableModel _model;
    private readonly TrainerOptions _options;
    private readonly TrainingData _data;
    private readonly IReadOnlyList<ParameterShape> _shapes;
    private readonly List<float[]> _weights;
    private readonly List<float[]> _averages;
    private readonly List<float[]> _best;
    private readonly List<float[]> _weightsBefore;
    private readonly List<float[]> _averagesBefore;
    private readonly AdamW _optimizer;
    private readonly LlamaSession _session;
    private readonly List<TrainingEvaluation> _evaluations = [];
    private readonly Queue<double> _losses = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Meter _meter = new();
    private readonly double _dropout;
    private Evaluator? _evaluator;
    private FileStream? _folder;
    private CheckpointState _state = new() { Run = "" };
    private IReadOnlyList<EncodedExample>? _lastBatch;
    private string? _lastCheckpoint;
    private TimeSpan _written;
    private TimeSpan _prepared;
    private int? _resumedAt;
    private int _proved;
    private int _steps;
    private double _norm;
    private bool _isCheckpointDue;
    private bool _isUnsaved;

    public TrainingRun(TrainableModel model, TrainerOptions options, Func<int, IAsyncEnumerable<TrainingExample>> examples, bool areEpochsAlike)
    {
        _model = model;
        _options = options;
        _data = new TrainingData(examples, areEpochsAlike, model.Encoder, options);
        LoraOptions? lora = options.Lora;
        _dropout = lora?.Dropout ?? options.Dropout;
        _shapes = lora is null ? [.. LlamaLayout.Parameters(model.Configuration)] : [.. LlamaLayout.AdapterParameters(model.Configuration, [.. lora.Targets], lora.Rank)];
        lora?.Start?.RequireFit(model.Configuration);
        _weights = lora is null ? [.. _shapes.Select(shape => model.Weights[shape.Name])] : lora.Start is { } start ? Copies(start.Values) : NewAdapter();
        if (options.StartFrom is { } checkpoint)
            Checkpoint.ReadWeights(checkpoint, Names(), _weights);
        _averages = options.EmaDecay is null ? [] : Copies(_weights);
        _best = options.Evaluation.Count == 0 ? [] : Copies(_weights);
        _weightsBefore = Copies(_weights);
        _averagesBefore = Copies(_averages);
        _optimizer = new AdamW(options, _shapes);
        LlamaGraphOptions graph = new()
        {
            AdapterTargets = lora?.Targets ?? [],
            Rank = lora?.Rank ?? 0,
            AdapterScale = lora is null ? 1 : lora.Alpha / lora.Rank,
            HasDropout = _dropout > 0,
            HasSmoothing = options.LabelSmoothing > 0,
        };
        _session = new LlamaSession(model, graph, _weights, options.Threads ?? Environment.ProcessorCount);
    }

    /// <summary>What is evaluated and given back: the averages, where there are any.</summary>
    private List<float[]> Shown => _averages.Count > 0 ? _averages : _weights;

    public void Dispose()
    {
        _session.Dispose();
        _evaluator?.Dispose();
        _folder?.Dispose();
    }

    public async Task<TrainingResult> RunAsync(IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        try
        {
            await PrepareAsync(cancellationToken).ConfigureAwait(false);
            // What a run owes that was cut off in an evaluation.
            if (_state.EvaluationDue)
                Conclude(progress, cancellationToken);
            while (!_state.HasEnded)
                await RunEpochAsync(progress, cancellationToken).ConfigureAwait(false);
            End();
        }
        catch (OperationCanceledException exception) when (cancellationToken.IsCancellationRequested)
        {
            string message = SaveBrokenOff(exception.Message);
            if (HasLearnt)
                throw new TrainingCanceledException(message, exception, Result(), exception.CancellationToken);
            throw;
        }
        catch (TrainingException exception) when (HasLearnt)
        {
            TakeShown();
            exception.Result = Result();
            throw;
        }
        // Of the data's source, or of whoever is told of the progress: what was learnt is not lost with them. A time-out of theirs, which comes as a cancellation, is none that was asked for.
        catch (Exception exception) when (HasLearnt || exception is OperationCanceledException)
        {
            throw BrokenOff(exception);
        }
        TakeShown();
        if (_options.Lora is null)
            _model.Origin = null;
        return Result();
    }

    private TrainingResult Result()
    {
        LoraAdapter? adapter = _options.Lora is { } lora ? new LoraAdapter(lora.Rank, lora.Alpha, _shapes, _weights) : null;
        return new TrainingResult(_state.Step, _losses.Count == 0 ? 0 : _losses.Average(), _state.Tokens, Elapsed(), _meter.OptimizerShare, [.. _evaluations], _state.StoppedEarly, adapter) { ResumedAt = _resumedAt };
    }

    private TimeSpan Elapsed() => TimeSpan.FromSeconds(_state.Elapsed) + _clock.Elapsed;

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset began = TimeProvider.System.GetLocalNow();
        if (_options.CheckpointFolder is { } folder)
        {
            _folder = Checkpoint.Prepare(folder);
            began = Checkpoint.Began(folder) ?? began;
        }
        // A template that writes the date would else make other examples the next day.
        _data.Clock = new FixedClock(began);
        TrainingPlan plan = await _data.InspectAsync(cancellationToken).ConfigureAwait(false);
        _steps = plan.Steps;
        if (_options.Evaluation.Count > 0)
            _evaluator = new Evaluator(_model, _options, _options.Evaluation, _options.Lora?.Targets ?? [], _options.Lora?.Rank ?? 0, _options.Lora?.Alpha ?? 0, Shown, _data.Clock, cancellationToken);
        // A run that was broken off has changed the weights that it began with; it may still be gone on with.
        string weights = Fingerprint();
        string[] origins = _options.Lora is null && _model.Origin is { } origin && origin != weights ? [weights, origin] : [weights];
        string[] runs = [.. origins.Select(known => Describe(known, plan))];
        _state = new CheckpointState { Run = runs[0], Began = began, Weights = Names() };
        if (_options.CheckpointFolder is not null && Checkpoint.ReadLast(_options.CheckpointFolder, runs, [.. Arrays()]) is { } found)
        {
            _state = found.State;
            _lastCheckpoint = found.Path;
            _resumedAt = _proved = found.State.Step;
            _evaluations.AddRange(found.State.Evaluations);
            foreach (double loss in found.State.Losses)
                _losses.Enqueue(loss);
        }
        if (_options.Lora is null)
            _model.Origin = origins[Array.IndexOf(runs, _state.Run)];
        _prepared = _clock.Elapsed;
    }

    private async Task RunEpochAsync(IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        int number = 0;
        int learnt = _state.Batch;
        List<IReadOnlyList<EncodedExample>> group = [];
        await foreach (IReadOnlyList<EncodedExample> batch in _data.BatchesAsync(_state.Epoch, cancellationToken).ConfigureAwait(false))
        {
            number++;
            if (number <= learnt)
                continue;
            // Learnt when another follows, so that the epoch's last step is known to be that.
            if (group.Count == _options.AccumulationSteps)
            {
                Step(group, number - 1, isLastOfEpoch: false, progress, cancellationToken);
                group.Clear();
                if (_state.HasEnded)
                    return;
            }
            group.Add(batch);
            if (group.Count == _options.AccumulationSteps && _state.Step + 1 == _options.Steps)
            {
                Step(group, number, isLastOfEpoch: false, progress, cancellationToken);
                return;
            }
        }
        if (number == 0)
            throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"Epoch {_state.Epoch + 1} has no examples with a weight. Examples are enumerated before the run and in each epoch: they must be there each time."));
        if (group.Count > 0)
            Step(group, number, isLastOfEpoch: true, progress, cancellationToken);
        else
            _state = InNextEpoch(_state);
    }

    private CheckpointState InNextEpoch(CheckpointState state) => state with { Epoch = state.Epoch + 1, Batch = 0, HasEnded = state.HasEnded || (_options.Steps is null && state.Epoch + 1 == _options.Epochs) };

    private void Step(List<IReadOnlyList<EncodedExample>> group, int number, bool isLastOfEpoch, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        int step = _state.Step + 1;
        double sum = 0;
        double weight = 0;
        int tokens = 0;
        List<(TrainingBatch Batch, int Number)> parts = [.. group.SelectMany((examples, i) => Parts(examples).Select(part => (part, number - group.Count + i + 1)))];
        try
        {
            IReadOnlyList<float> losses = _session.Run([.. parts.Select(static part => part.Batch)], _dropout, DropoutSeed(step), cancellationToken);
            foreach (((TrainingBatch part, int at), float loss) in parts.Zip(losses))
            {
                if (!float.IsFinite(loss))
                    throw NotFinite(string.Create(CultureInfo.InvariantCulture, $"The loss is no longer a finite number in step {step}, batch {at} of epoch {_state.Epoch + 1} ({Listed(part.Sources)})."));
                sum += loss;
                weight += part.Weight;
                tokens += part.RealTokens;
            }
        }
        finally
        {
            parts.ForEach(static part => part.Batch.Dispose());
        }
        long optimizing = Stopwatch.GetTimestamp();
        double norm = AdamW.Norm(_session.Gradients) / weight;
        if (!double.IsFinite(norm))
            throw NotFinite(string.Create(CultureInfo.InvariantCulture, $"The gradient is no longer a finite number in step {step}, batch {number} of epoch {_state.Epoch + 1} ({Listed([.. group.SelectMany(static examples => examples.Select(static example => example.Source))])})."));
        _proved = _state.Step;
        long saving = Stopwatch.GetTimestamp();
        if (_isCheckpointDue)
            SaveCheckpoint();
        TimeSpan saved = Stopwatch.GetElapsedTime(saving);
        _norm = norm;
        double clip = _options.ClipNorm is { } limit && norm > limit ? limit / norm : 1;
        _optimizer.Step(_weights, _session.Gradients, (float)(clip / weight), step, LearningRate(step), _weightsBefore);
        Average();
        _lastBatch = group[^1];
        _meter.Add(tokens, Stopwatch.GetElapsedTime(optimizing) - saved, Stopwatch.GetElapsedTime(start) - saved);
        _losses.Enqueue(sum / weight);
        if (_losses.Count > ShownLosses)
            _losses.Dequeue();
        CheckpointState next = _state with { Step = step, Batch = number, Tokens = _state.Tokens + tokens, HasEnded = step == _options.Steps };
        if (isLastOfEpoch)
            next = InNextEpoch(next);
        _state = next with { EvaluationDue = _evaluator is not null && (next.HasEnded || IsTimeToEvaluate(step, isLastOfEpoch)) };
        _isUnsaved = true;
        Conclude(progress, cancellationToken);
    }

    private bool IsTimeToEvaluate(int step, bool isLastOfEpoch) => (_options.EvaluateEvery, _options.Steps) switch
    {
        ({ } every, _) => step % every == 0,
        (null, { } steps) => step % Math.Max(1, steps / EvaluationsOfSteps) == 0,
        _ => isLastOfEpoch,
    };

    /// <summary>What follows a step.</summary>
    private void Conclude(IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        TrainingEvaluation? evaluation = _state.EvaluationDue ? Evaluate(cancellationToken) : null;
        _isCheckpointDue |= _options.CheckpointFolder is not null
            && (_state.Step % _options.CheckpointEvery == 0 || (_options.CheckpointInterval != Timeout.InfiniteTimeSpan && _clock.Elapsed - _written >= _options.CheckpointInterval));
        // An epoch that was gone through to its end is over.
        int epoch = _state.Batch == 0 ? _state.Epoch : _state.Epoch + 1;
        TimeSpan left = _state.HasEnded ? TimeSpan.Zero : Math.Max(0, _steps - _state.Step) * TimePerStep();
        progress?.Report(new TrainingProgress(_state.Step, _steps, epoch, _losses.LastOrDefault(), LearningRate(_state.Step), _norm, _meter.TokensPerSecond, left, evaluation));
    }

    /// <summary>The time that a step takes with all that goes with it: reading data, evaluations, checkpoints, reports.</summary>
    private TimeSpan TimePerStep() =>
        _state.Step - (_resumedAt ?? 0) is > 0 and int made ? (_clock.Elapsed - _prepared) / made : Elapsed() / Math.Max(1, _state.Step);

    /// <summary>Whatever came last must compute, too; then it is written.</summary>
    private void End()
    {
        if (!HasProved())
            throw NotFinite(string.Create(CultureInfo.InvariantCulture, $"The loss is no longer a finite number after step {_state.Step}, the last one."));
        if (_isUnsaved)
            SaveCheckpoint();
    }

    /// <summary>Whether the weights give a loss: known of those that a step or an evaluation was made with, tried with the last batch else.</summary>
    private bool HasProved()
    {
        if (_proved == _state.Step || _lastBatch is null)
            return true;
        List<TrainingBatch> parts = [.. Parts(_lastBatch)];
        try
        {
            if (!_session.Run(parts, _dropout, DropoutSeed(_state.Step), CancellationToken.None).All(float.IsFinite))
                return false;
            _proved = _state.Step;
            return true;
        }
        finally
        {
            parts.ForEach(static part => part.Dispose());
        }
    }

    /// <summary>Writes the checkpoint that is due, and adds to what is said where it could not be written.</summary>
    private string SaveBrokenOff(string message)
    {
        try
        {
            if (_isUnsaved && _options.CheckpointFolder is not null && HasProved())
                SaveCheckpoint();
            return message;
        }
        catch (Exception failure)
        {
            return $"{message} No checkpoint of step {_state.Step.ToString(CultureInfo.InvariantCulture)} was written: {failure.Message}";
        }
    }

    /// <summary>Keeps what was learnt until an exception that is none of training's.</summary>
    private TrainingException BrokenOff(Exception exception)
    {
        string when = HasLearnt ? string.Create(CultureInfo.InvariantCulture, $"after step {_state.Step}") : "before its first step";
        string message = SaveBrokenOff($"The run was broken off {when}, by the examples or the progress: {exception.Message}");
        if (!HasLearnt)
            return new TrainingException(message, exception);
        TakeShown();
        return new TrainingException(message, exception) { Result = Result() };
    }

    private ulong DropoutSeed(int step) => RandomNumbers.Seed(_options.Seed, DropoutUse, (ulong)step);

    private IEnumerable<TrainingBatch> Parts(IReadOnlyList<EncodedExample> examples) => TrainingBatch.Parts(examples, _options.PromptWeight, _options.LabelSmoothing);

    private void Average()
    {
        for (int p = 0; p < _averages.Count; p++)
        {
            _averages[p].CopyTo(_averagesBefore[p], 0);
            TensorPrimitives.Multiply(_averages[p], (float)_options.EmaDecay!.Value, _averages[p]);
            TensorPrimitives.MultiplyAdd(_weights[p], (float)(1 - _options.EmaDecay.Value), _averages[p], _averages[p]);
        }
    }

    private TrainingEvaluation Evaluate(CancellationToken cancellationToken)
    {
        double loss = _evaluator!.Loss(cancellationToken);
        if (!double.IsFinite(loss))
            throw NotFinite(string.Create(CultureInfo.InvariantCulture, $"The loss of the evaluation after step {_state.Step} is no longer a finite number."));
        if (_averages.Count == 0)
            _proved = _state.Step;
        TrainingEvaluation evaluation = new(_state.Step, loss);
        _evaluations.Add(evaluation);
        bool isBest = loss < _state.BestLoss;
        if (isBest)
            Copy(Shown, _best);
        int worse = isBest ? 0 : _state.Worse + 1;
        bool stops = worse >= _options.Patience;
        _state = _state with { BestLoss = Math.Min(loss, _state.BestLoss), Worse = worse, EvaluationDue = false, StoppedEarly = stops, HasEnded = _state.HasEnded || stops };
        _isUnsaved = true;
        return evaluation;
    }

    private double LearningRate(int step)
    {
        if (step <= _options.WarmupSteps)
            return _options.LearningRate * step / _options.WarmupSteps;
        double progress = Math.Min(1, (step - _options.WarmupSteps) / (double)Math.Max(1, _steps - _options.WarmupSteps));
        return _options.LearningRate * (_options.FinalLearningRate + (1 - _options.FinalLearningRate) * 0.5 * (1 + Math.Cos(Math.PI * progress)));
    }

    private void SaveCheckpoint()
    {
        if (_options.CheckpointFolder is not { } folder)
            return;
        _lastCheckpoint = Checkpoint.Write(folder, _state with { Elapsed = Elapsed().TotalSeconds, Losses = [.. _losses], Evaluations = _evaluations }, Arrays());
        _written = _clock.Elapsed;
        _isCheckpointDue = false;
        _isUnsaved = false;
    }

    private IEnumerable<float[]> Arrays() => [.. _weights, .. _optimizer.Means, .. _optimizer.Squares, .. _averages, .. _best];

    private string[] Names() => [.. _shapes.Select(static shape => string.Create(CultureInfo.InvariantCulture, $"{shape.Name} [{string.Join(", ", shape.Shape)}]"))];

    /// <summary>Stands for what is trained on and from: the model's weights and sizes, and what an adapter begins with.</summary>
    private string Fingerprint()
    {
        using ContentHash hash = new();
        LlamaConfiguration c = _model.Configuration;
        hash.Add(string.Create(CultureInfo.InvariantCulture, $"{c.VocabularySize} {c.HiddenSize} {c.InnerSize} {c.Layers} {c.Heads} {c.KeyValueHeads} {c.HeadSize} {c.ContextLength} {c.TiedEmbeddings} {c.RopeTheta} {c.RmsEpsilon}"));
        hash.Add<float>(_model.Cos);
        hash.Add<float>(_model.Sin);
        foreach (ParameterShape shape in LlamaLayout.Parameters(c))
            hash.Add<float>(_model.Weights[shape.Name]);
        foreach (float[] adapter in _options.Lora is null ? [] : _weights)
            hash.Add<float>(adapter);
        return hash.Finish();
    }

    // What the weights depend on; threads, reports and the like are not among it.
    private string Describe(string weights, TrainingPlan plan)
    {
        TrainerOptions o = _options;
        string lora = o.Lora is { } l ? string.Create(CultureInfo.InvariantCulture, $"rank {l.Rank}, alpha {l.Alpha}, dropout {l.Dropout}, of {string.Join(' ', l.Targets)}") : "none";
        string every = o.EvaluateEvery is { } steps ? string.Create(CultureInfo.InvariantCulture, $"{steps}") : "epoch";
        return string.Create(CultureInfo.InvariantCulture, $"model {weights}; data {plan.Hash} of {plan.Examples} examples; learning rate {o.LearningRate} to {o.FinalLearningRate}, warm-up {o.WarmupSteps}; steps {o.Steps}, epochs {o.Epochs}; batch {o.BatchTokens} x {o.AccumulationSteps} of {o.ShuffleBuffer}; decay {o.WeightDecay}, betas {o.Beta1} {o.Beta2}, epsilon {o.Epsilon}, clip {o.ClipNorm}; average {o.EmaDecay}; smoothing {o.LabelSmoothing}; prompt {o.PromptWeight}; dropout {o.Dropout}; seed {o.Seed}; adapter {lora}; evaluation {_evaluator?.Hash ?? "none"} every {every}, patience {o.Patience}");
    }

    private List<float[]> NewAdapter()
    {
        Xoshiro256 random = new(RandomNumbers.Seed(_options.Seed, AdapterUse, 0));
        List<float[]> values = [];
        foreach (ParameterShape shape in _shapes)
        {
            values.Add(new float[shape.Count]);
            // B begins with 0, so that the adapter begins without effect.
            if (shape.Name.EndsWith("lora_A.weight", StringComparison.Ordinal))
                RandomNumbers.FillNormal(values[^1], 1 / Math.Sqrt(3.0 * shape.Shape[0]), random);
        }
        return values;
    }

    /// <summary>Takes back a step whose weights did not prove good, and says what is left.</summary>
    private TrainingException NotFinite(string problem)
    {
        int good = _state.Step;
        if (_proved < _state.Step && _lastBatch is not null)
        {
            Copy(_weightsBefore, _weights);
            Copy(_averagesBefore, _averages);
            good--;
        }
        string holder = _options.Lora is null ? "The model has" : $"The adapter in the exception's {nameof(TrainingException.Result)} has";
        string kept = HasBest ? string.Create(CultureInfo.InvariantCulture, $"{holder} the weights of the best evaluation, after step {_evaluations.MinBy(static evaluation => evaluation.Loss)!.Step}.")
            : !HasLearnt && _options.Lora is not null ? "There is no adapter yet."
            : string.Create(CultureInfo.InvariantCulture, $"{holder} the weights of step {good}, the last that were good.");
        string written = _options.CheckpointFolder is null ? ""
            : _lastCheckpoint is null ? " No checkpoint had been written yet."
            : $" The last good checkpoint is '{_lastCheckpoint}'; a run with other settings can begin with its weights ({nameof(TrainerOptions.StartFrom)}).";
        _state = _state with { Step = good };
        return new TrainingException(string.Create(CultureInfo.InvariantCulture, $"{problem} {kept}{written} Lower the learning rate ({_options.LearningRate}), or look at the batch's examples."));
    }

    /// <summary>Whether there is anything but what it began with.</summary>
    private bool HasLearnt => _lastBatch is not null || _resumedAt is not null;

    private bool HasBest => _best.Count > 0 && _state.BestLoss < double.MaxValue;

    /// <summary>Makes what is given back of what was trained.</summary>
    private void TakeShown()
    {
        if (HasBest)
            Copy(_best, _weights);
        else if (_averages.Count > 0)
            Copy(_averages, _weights);
    }

    private static string Listed(IReadOnlyList<string> sources) => string.Join(", ", sources.Take(5)) + (sources.Count > 5 ? string.Create(CultureInfo.InvariantCulture, $" and {sources.Count - 5} more") : "");

    private static List<float[]> Copies(IReadOnlyList<float[]> arrays) => [.. arrays.Select(static array => (float[])array.Clone())];

    private static void Copy(List<float[]> from, List<float[]> to)
    {
        for (int i = 0; i < from.Count; i++)
            from[i].CopyTo(to[i], 0);
    }

    /// <summary>Measures speed.</summary>
    private sealed class Meter
    {
        private long _tokens;
        private TimeSpan _optimizing;
        private TimeSpan _all;

        public double TokensPerSecond => _all > TimeSpan.Zero ? _tokens / _all.TotalSeconds : 0;

        public double OptimizerShare => _all > TimeSpan.Zero ? _optimizing / _all : 0;

        public void Add(int tokens, TimeSpan optimizing, TimeSpan all)
        {
            _tokens += tokens;
            _optimizing += optimizing;
            _all += all;
        }
    }
}

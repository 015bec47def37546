using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using AiSdk.Onnx;

namespace AiSdk.Training;

/// <summary>One run of a <see cref="Trainer"/>.</summary>
internal sealed class TrainingRun : IDisposable
{
    private const ulong AdapterUse = 2;
    private const ulong DropoutUse = 3;
    private const int ShownLosses = 50;

    private readonly TrainableModel _model;
    private readonly TrainerOptions _options;
    private readonly TrainingData _data;
    private readonly IReadOnlyList<ParameterShape> _shapes;
    private readonly List<float[]> _weights;
    private readonly IReadOnlyList<float[]> _averages;
    private readonly IReadOnlyList<float[]> _best;
    private readonly AdamW _optimizer;
    private readonly LlamaSession _session;
    private readonly IReadOnlyList<float[]> _sums;
    private readonly List<TrainingEvaluation> _evaluations = [];
    private readonly Queue<double> _losses = new();
    private readonly double _dropout;
    private Evaluator? _evaluator;
    private CheckpointState _state = new() { Run = "" };
    private int _steps;
    private double _norm;
    private bool _isEvaluating;

    public TrainingRun(TrainableModel model, TrainerOptions options, Func<int, IAsyncEnumerable<TrainingExample>> examples)
    {
        _model = model;
        _options = options;
        _data = new TrainingData(examples, model.Encoder, options);
        LoraOptions? lora = options.Lora;
        _dropout = lora?.Dropout ?? options.Dropout;
        _shapes = lora is null ? [.. LlamaLayout.Parameters(model.Configuration)] : [.. LlamaLayout.AdapterParameters(model.Configuration, [.. lora.Targets], lora.Rank)];
        _weights = lora is null ? [.. _shapes.Select(shape => model.Weights[shape.Name])] : NewAdapter();
        _averages = options.EmaDecay is null ? [] : [.. _weights.Select(static weights => (float[])weights.Clone())];
        _best = options.Evaluation.Count == 0 ? [] : [.. _weights.Select(static weights => (float[])weights.Clone())];
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
        _sums = options.AccumulationSteps == 1 ? _session.Gradients : [.. _shapes.Select(static shape => new float[shape.Count])];
    }

    /// <summary>What is evaluated and given back: the averages, where there are any.</summary>
    private IReadOnlyList<float[]> Shown => _averages.Count > 0 ? _averages : _weights;

    public void Dispose()
    {
        _session.Dispose();
        _evaluator?.Dispose();
    }

    public async Task<TrainingResult> RunAsync(IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        await PrepareAsync(cancellationToken).ConfigureAwait(false);
        Meter meter = new();
        try
        {
            while (!_state.HasEnded)
                await RunEpochAsync(meter, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // An evaluation that was cut off belongs to the step before it: that step is made again from an earlier checkpoint.
            if (!_isEvaluating)
                SaveCheckpoint();
            throw;
        }
        if (_best.Count > 0)
            Copy(_best, _weights);
        else if (_averages.Count > 0)
            Copy(_averages, _weights);
        LoraAdapter? adapter = _options.Lora is { } lora ? new LoraAdapter(lora.Rank, lora.Alpha, _shapes, _weights) : null;
        return new TrainingResult(_state.Step, _losses.Count == 0 ? 0 : _losses.Average(), _state.Tokens, clock.Elapsed, meter.OptimizerShare, _evaluations, _state.StoppedEarly, adapter);
    }

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        string run = Describe(await _data.InspectAsync(cancellationToken).ConfigureAwait(false));
        if (_options.Evaluation.Count > 0)
        {
            _model.Encoder.RequireParity(_options.Evaluation[0], 1, cancellationToken);
            _evaluator = new Evaluator(_model, _options, _options.Evaluation, _options.Lora?.Targets ?? [], _options.Lora?.Rank ?? 0, _options.Lora?.Alpha ?? 0, Shown, cancellationToken);
        }
        _steps = _options.Steps ?? await CountStepsAsync(cancellationToken).ConfigureAwait(false);
        _state = new CheckpointState { Run = run };
        if (_options.CheckpointFolder is not { } folder || Checkpoint.ReadLast(folder, run, [.. Arrays()]) is not { } found)
            return;
        _state = found;
        _evaluations.AddRange(found.Evaluations);
        foreach (double loss in found.Losses)
            _losses.Enqueue(loss);
    }

    private async Task<int> CountStepsAsync(CancellationToken cancellationToken)
    {
        int batches = 0;
        await foreach (IReadOnlyList<EncodedExample> _ in _data.BatchesAsync(0, cancellationToken).ConfigureAwait(false))
            batches++;
        return (batches + _options.AccumulationSteps - 1) / _options.AccumulationSteps * _options.Epochs;
    }

    private async Task RunEpochAsync(Meter meter, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        int number = 0;
        int learnt = _state.Batch;
        List<IReadOnlyList<EncodedExample>> group = [];
        await foreach (IReadOnlyList<EncodedExample> batch in _data.BatchesAsync(_state.Epoch, cancellationToken).ConfigureAwait(false))
        {
            number++;
            if (number <= learnt)
                continue;
            group.Add(batch);
            if (group.Count < _options.AccumulationSteps)
                continue;
            Step(group, number, meter, progress, cancellationToken);
            group.Clear();
            if (_state.HasEnded)
                return;
        }
        if (group.Count > 0)
            Step(group, number, meter, progress, cancellationToken);
        if (number == 0)
            throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"Epoch {_state.Epoch + 1} has no examples with a weight."));
        _state = _state with { Epoch = _state.Epoch + 1, Batch = 0, HasEnded = _state.HasEnded || (_options.Steps is null && _state.Epoch + 1 == _options.Epochs) };
        if (_state.HasEnded)
            Finish(progress, meter, cancellationToken);
    }

    private void Step(List<IReadOnlyList<EncodedExample>> group, int number, Meter meter, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        int step = _state.Step + 1;
        double sum = 0;
        double weight = 0;
        int tokens = 0;
        for (int i = 0; i < group.Count; i++)
        {
            using var batch = TrainingBatch.Create(group[i], _options.PromptWeight, _options.LabelSmoothing);
            int at = number - group.Count + i + 1;
            float loss = _session.Run(batch, _dropout, RandomNumbers.Seed(_options.Seed, DropoutUse, ((ulong)step << 20) + (ulong)i), cancellationToken);
            if (!float.IsFinite(loss))
                throw NotFinite("loss", step, at, batch.Sources);
            sum += loss;
            weight += batch.Weight;
            tokens += batch.RealTokens;
            Accumulate(isFirst: i == 0);
        }
        long optimizing = Stopwatch.GetTimestamp();
        double norm = _norm = AdamW.Norm(_sums) / weight;
        if (!double.IsFinite(norm))
            throw NotFinite("gradient", step, number, [.. group.SelectMany(static examples => examples.Select(static example => example.Source))]);
        double clip = _options.ClipNorm is { } limit && norm > limit ? limit / norm : 1;
        double rate = LearningRate(step);
        _optimizer.Step(_weights, _sums, (float)(clip / weight), step, rate);
        Average();
        meter.Add(tokens, Stopwatch.GetElapsedTime(optimizing), Stopwatch.GetElapsedTime(start));
        _losses.Enqueue(sum / weight);
        if (_losses.Count > ShownLosses)
            _losses.Dequeue();
        _state = _state with { Step = step, Batch = number, Tokens = _state.Tokens + tokens, HasEnded = step == _options.Steps };
        if (_state.HasEnded)
        {
            Finish(progress, meter, cancellationToken);
            return;
        }
        TrainingEvaluation? evaluation = step % _options.EvaluateEvery == 0 ? Evaluate(cancellationToken) : null;
        if (_options.CheckpointFolder is not null && (step % _options.CheckpointEvery == 0 || _state.HasEnded))
            SaveCheckpoint();
        Report(progress, meter, evaluation);
    }

    /// <summary>The last evaluation and checkpoint of a run.</summary>
    private void Finish(IProgress<TrainingProgress>? progress, Meter meter, CancellationToken cancellationToken)
    {
        TrainingEvaluation? evaluation = _evaluations.Count > 0 && _evaluations[^1].Step == _state.Step ? null : Evaluate(cancellationToken);
        SaveCheckpoint();
        if (evaluation is not null || _state.Batch > 0)
            Report(progress, meter, evaluation);
    }

    private void Report(IProgress<TrainingProgress>? progress, Meter meter, TrainingEvaluation? evaluation)
    {
        // An epoch that was gone through to its end is over.
        int epoch = _state.Batch == 0 ? _state.Epoch : _state.Epoch + 1;
        TimeSpan left = TimeSpan.FromSeconds(Math.Max(0, _steps - _state.Step) * meter.SecondsPerStep);
        progress?.Report(new TrainingProgress(_state.Step, _steps, epoch, _losses.Last(), LearningRate(_state.Step), _norm, meter.TokensPerSecond, left, evaluation));
    }

    private void Accumulate(bool isFirst)
    {
        if (_options.AccumulationSteps == 1)
            return;
        for (int p = 0; p < _sums.Count; p++)
        {
            if (isFirst)
                _session.Gradients[p].CopyTo(_sums[p], 0);
            else
                TensorPrimitives.Add(_sums[p], _session.Gradients[p], _sums[p]);
        }
    }

    private void Average()
    {
        for (int p = 0; p < _averages.Count; p++)
        {
            TensorPrimitives.Multiply(_averages[p], (float)_options.EmaDecay!.Value, _averages[p]);
            TensorPrimitives.MultiplyAdd(_weights[p], (float)(1 - _options.EmaDecay.Value), _averages[p], _averages[p]);
        }
    }

    private TrainingEvaluation? Evaluate(CancellationToken cancellationToken)
    {
        if (_evaluator is null)
            return null;
        _isEvaluating = true;
        TrainingEvaluation evaluation = new(_state.Step, _evaluator.Loss(cancellationToken));
        _isEvaluating = false;
        _evaluations.Add(evaluation);
        bool isBest = evaluation.Loss < _state.BestLoss;
        if (isBest)
            Copy(Shown, _best);
        int worse = isBest ? 0 : _state.Worse + 1;
        bool stops = worse >= _options.Patience;
        _state = _state with { BestLoss = Math.Min(evaluation.Loss, _state.BestLoss), Worse = worse, StoppedEarly = stops, HasEnded = _state.HasEnded || stops };
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
        if (_options.CheckpointFolder is { } folder)
            Checkpoint.Write(folder, _state with { Losses = [.. _losses], Evaluations = _evaluations }, Arrays());
    }

    private IEnumerable<float[]> Arrays() => [.. _weights, .. _optimizer.Means, .. _optimizer.Squares, .. _averages, .. _best];

    // What the weights depend on; threads, reports and the like are not among it.
    private string Describe(IReadOnlyList<int> tokens)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // In full training the checkpoint has all weights.
        foreach (ParameterShape shape in _options.Lora is null ? [] : LlamaLayout.Parameters(_model.Configuration))
            hash.AppendData(MemoryMarshal.AsBytes<float>(_model.Weights[shape.Name]));
        hash.AppendData(System.Text.Encoding.UTF8.GetBytes(_model.Configuration.ToString()));
        string weights = Convert.ToHexString(hash.GetHashAndReset())[..16];
        hash.AppendData(MemoryMarshal.AsBytes<int>(tokens.ToArray()));
        string data = Convert.ToHexString(hash.GetHashAndReset())[..16];
        TrainerOptions o = _options;
        string lora = o.Lora is { } l ? string.Create(CultureInfo.InvariantCulture, $"rank {l.Rank}, alpha {l.Alpha}, dropout {l.Dropout}, of {string.Join(' ', l.Targets)}") : "none";
        return string.Create(CultureInfo.InvariantCulture, $"model {weights}; first examples {data}; learning rate {o.LearningRate} to {o.FinalLearningRate}, warm-up {o.WarmupSteps}; steps {o.Steps}, epochs {o.Epochs}; batch {o.BatchTokens} x {o.AccumulationSteps} of {o.ShuffleBuffer}; decay {o.WeightDecay}, betas {o.Beta1} {o.Beta2}, epsilon {o.Epsilon}, clip {o.ClipNorm}; average {o.EmaDecay}; smoothing {o.LabelSmoothing}; prompt {o.PromptWeight}; dropout {o.Dropout}; seed {o.Seed}; adapter {lora}; evaluation {o.Evaluation.Count} every {o.EvaluateEvery}, patience {o.Patience}");
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

    private TrainingException NotFinite(string what, int step, int batch, IReadOnlyList<string> sources)
    {
        string kept = _options.CheckpointFolder is { } folder ? $"The last good checkpoint stays in '{folder}'." : "The model keeps its weights from before that step.";
        string more = sources.Count > 5 ? string.Create(CultureInfo.InvariantCulture, $" and {sources.Count - 5} more") : "";
        return new TrainingException(string.Create(CultureInfo.InvariantCulture, $"The {what} is no longer a finite number in step {step}, batch {batch} of epoch {_state.Epoch + 1} ({string.Join(", ", sources.Take(5))}{more}). {kept} Lower the learning rate ({_options.LearningRate}), or look at the batch's examples."));
    }

    private static void Copy(IReadOnlyList<float[]> from, IReadOnlyList<float[]> to)
    {
        for (int i = 0; i < from.Count; i++)
            from[i].CopyTo(to[i], 0);
    }

    /// <summary>Measures speed.</summary>
    private sealed class Meter
    {
        private long _tokens;
        private int _steps;
        private TimeSpan _optimizing;
        private TimeSpan _all;

        public double TokensPerSecond => _all > TimeSpan.Zero ? _tokens / _all.TotalSeconds : 0;

        public double SecondsPerStep => _steps == 0 ? 0 : _all.TotalSeconds / _steps;

        public double OptimizerShare => _all > TimeSpan.Zero ? _optimizing / _all : 0;

        public void Add(int tokens, TimeSpan optimizing, TimeSpan all)
        {
            _tokens += tokens;
            _steps++;
            _optimizing += optimizing;
            _all += all;
        }
    }
}

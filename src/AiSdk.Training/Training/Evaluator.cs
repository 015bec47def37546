namespace AiSdk.Training;

/// <summary>Measures a model on fixed examples: a graph without derivative, over the arrays that are trained.</summary>
internal sealed class Evaluator : IDisposable
{
    private readonly LlamaSession _session;
    private readonly List<TrainingBatch> _batches = [];

    public Evaluator(TrainableModel model, TrainerOptions options, IReadOnlyList<TrainingExample> examples, IReadOnlyList<string> targets, int rank, double alpha, IReadOnlyList<float[]> trained, CancellationToken cancellationToken)
    {
        TrainingEncoder encoder = model.Encoder;
        EncodedExample[] encoded = [.. examples.Where(static example => example.Weight != 0).SelectMany((example, i) => encoder.Encode(example, i + 1, cancellationToken))];
        if (encoded.Length == 0)
            throw new TrainingException("There are no examples to evaluate.");
        foreach (IReadOnlyList<EncodedExample> batch in TrainingData.Batches(encoded, options.BatchTokens, random: null))
            _batches.Add(TrainingBatch.Create(batch, promptWeight: 0, smoothing: 0));
        LlamaGraphOptions graph = new() { AdapterTargets = targets, Rank = rank, AdapterScale = rank == 0 ? 1 : alpha / rank, IsTraining = false };
        _session = new LlamaSession(model, graph, trained, options.Threads ?? Environment.ProcessorCount);
    }

    public double Loss(CancellationToken cancellationToken)
    {
        double sum = 0;
        double weight = 0;
        foreach (TrainingBatch batch in _batches)
        {
            sum += _session.Run(batch, 0, 0, cancellationToken);
            weight += batch.Weight;
        }
        return sum / weight;
    }

    public void Dispose()
    {
        _session.Dispose();
        _batches.ForEach(static batch => batch.Dispose());
    }
}

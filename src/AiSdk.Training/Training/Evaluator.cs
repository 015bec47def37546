namespace AiSdk.Training;

/// <summary>Measures a model on fixed examples: a graph without derivative, over the arrays that are trained.</summary>
internal sealed class Evaluator : IDisposable
{
    private readonly LlamaSession _session;
    private readonly List<TrainingBatch> _batches = [];

    /// <summary>Prepares the examples and the graph.</summary>
    /// <exception cref="TrainingException">There is no example with a weight, or one is wrong.</exception>
    public Evaluator(TrainableModel model, TrainerOptions options, IReadOnlyList<TrainingExample> examples, IReadOnlyList<string> targets, int rank, double alpha, IReadOnlyList<float[]> trained, TimeProvider clock, CancellationToken cancellationToken)
    {
        using ContentHash hash = new();
        List<EncodedExample> encoded = [];
        for (int i = 0; i < examples.Count; i++)
        {
            if (examples[i] is not { Weight: 0 })
                encoded.AddRange(model.Encoder.Encode(examples[i], i + 1, cancellationToken, checkParity: true, what: "evaluation example", clock));
        }
        if (encoded.Count == 0)
            throw new TrainingException("There are no examples to evaluate.");
        // They are evaluated whole.
        encoded.ForEach(example => hash.Add(example with { Splitting = 0 }));
        Hash = hash.Finish();
        foreach (IReadOnlyList<EncodedExample> batch in TrainingData.Batches(encoded, options.BatchTokens, random: null))
            _batches.AddRange(TrainingBatch.Parts(batch, promptWeight: 0, smoothing: 0));
        LlamaGraphOptions graph = new() { AdapterTargets = targets, Rank = rank, AdapterScale = rank == 0 ? 1 : alpha / rank, IsTraining = false };
        _session = new LlamaSession(model, graph, trained, options.Threads ?? Environment.ProcessorCount);
    }

    /// <summary>Stands for the examples.</summary>
    public string Hash { get; }

    /// <summary>The mean negative log-probability of the answers' tokens.</summary>
    public double Loss(CancellationToken cancellationToken)
    {
        double sum = 0;
        foreach (float loss in _session.Run(_batches, 0, 0, cancellationToken))
            sum += loss;
        return sum / _batches.Sum(static batch => batch.Weight);
    }

    public void Dispose()
    {
        _session.Dispose();
        _batches.ForEach(static batch => batch.Dispose());
    }
}

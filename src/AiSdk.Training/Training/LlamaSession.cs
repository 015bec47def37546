using AiSdk.Onnx;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;

namespace AiSdk.Training;

/// <summary>A graph loaded into ONNX Runtime with the weights it reads and the gradients it writes: C# arrays, wrapped once.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class LlamaSession : IDisposable
{
    private readonly InferenceSession _session;
    private readonly LlamaGraph _graph;
    private readonly Dictionary<string, OrtValue> _fixed = new(StringComparer.Ordinal);
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;
    private readonly OrtValue[] _outputs;
    private readonly float[] _loss = new float[1];
    private readonly Dictionary<string, float[]> _masks = new(StringComparer.Ordinal);

    /// <summary>Loads the graph.</summary>
    /// <param name="model">The model, whose weights are read where <paramref name="trained"/> has none of the name.</param>
    /// <param name="options">What the graph has.</param>
    /// <param name="trained">The weights that are trained, by the order of <see cref="LlamaGraph.Trained"/>.</param>
    /// <param name="threads">ONNX Runtime's threads.</param>
    public LlamaSession(TrainableModel model, LlamaGraphOptions options, IReadOnlyList<float[]> trained, int threads)
    {
        _graph = LlamaGraph.Create(model.Configuration, options);
        using SessionOptions session = new()
        {
            IntraOpNumThreads = threads,
            // Shapes differ from batch to batch.
            EnableMemoryPattern = false,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        session.AddSessionConfigEntry("session.set_denormal_as_zero", "1");
        // There may be two sessions, for training and for evaluation, whose waiting threads would be in each other's way.
        session.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        _session = new InferenceSession(GraphLowering.Lower(_graph.Graph, [_graph.Loss, .. _graph.Gradients]).ToByteArray(), session);
        Dictionary<string, float[]> arrays = new(model.Weights, StringComparer.Ordinal)
        {
            [LlamaGraph.Cos] = model.Cos,
            [LlamaGraph.Sin] = model.Sin,
        };
        for (int i = 0; i < trained.Count; i++)
            arrays[_graph.Trained[i].Name] = trained[i];
        foreach (GraphValue input in _graph.Graph.Inputs)
        {
            if (arrays.TryGetValue(input.Name, out float[]? values))
                _fixed.Add(input.Name, OrtValue.CreateTensorValueFromMemory(values, Shape(input)));
        }
        _inputNames = [.. _graph.Graph.Inputs.Select(static input => input.Name)];
        Gradients = [.. _graph.Gradients.Select((_, i) => new float[_graph.Trained[i].Count])];
        _outputNames = [_graph.Loss.Name, .. _graph.Gradients.Select(static gradient => gradient.Name)];
        _outputs = [OrtValue.CreateTensorValueFromMemory(_loss, []), .. _graph.Gradients.Select((gradient, i) => OrtValue.CreateTensorValueFromMemory(Gradients[i], Shape(gradient)))];
    }

    public IReadOnlyList<ParameterShape> Trained => _graph.Trained;

    /// <summary>The gradients of the last run, by the order of <see cref="Trained"/>.</summary>
    public IReadOnlyList<float[]> Gradients { get; }

    /// <summary>Runs the graph over a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="dropout">The share dropped, where the graph has dropout.</param>
    /// <param name="seed">What the dropped values are drawn from.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <returns>The weighted sum of the losses.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="TrainingException">ONNX Runtime failed.</exception>
    public float Run(TrainingBatch batch, double dropout, ulong seed, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        List<OrtValue> made = [];
        using RunOptions options = new();
        // The options outlive the registration, which waits for its callback.
        using CancellationTokenRegistration registration = cancellationToken.Register(static state => ((RunOptions)state!).Terminate = true, options);
        try
        {
            OrtValue Made<T>(T[] values, params long[] shape)
                where T : unmanaged
            {
                long count = shape.Aggregate(1L, static (product, length) => product * length);
                var value = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, values.AsMemory(0, (int)count), shape);
                made.Add(value);
                return value;
            }
            Xoshiro256 random = new(seed);
            OrtValue[] inputs = [.. _inputNames.Select(name => _fixed.TryGetValue(name, out OrtValue? value) ? value : name switch
            {
                LlamaGraph.Tokens => Made(batch.Tokens, batch.Size, batch.Length),
                LlamaGraph.Rows => Made(batch.LossRows, batch.Rows),
                LlamaGraph.TargetTokens => Made(batch.TargetTokens, batch.Rows, batch.Choices),
                LlamaGraph.TargetWeights => Made(batch.TargetWeights, batch.Rows, batch.Choices),
                LlamaGraph.SmoothingWeights => Made(batch.SmoothingWeights, batch.Rows, 1),
                _ => Made(Mask(name, batch.Size * batch.Length, dropout, random, out int width), batch.Size * batch.Length, width),
            })];
            _session.Run(options, _inputNames, inputs, _outputNames, _outputs);
            return _loss[0];
        }
        catch (OnnxRuntimeException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new TrainingException($"ONNX Runtime failed in a step of training: {exception.Message}", exception);
        }
        finally
        {
            made.ForEach(static value => value.Dispose());
        }
    }

    public void Dispose()
    {
        _session.Dispose();
        foreach (OrtValue value in _fixed.Values.Concat(_outputs))
            value.Dispose();
    }

    private float[] Mask(string name, int rows, double dropout, Xoshiro256 random, out int width)
    {
        width = _graph.Dropouts.First(mask => mask.Name == name).Shape[0];
        int count = rows * width;
        if (!_masks.TryGetValue(name, out float[]? mask) || mask.Length < count)
            _masks[name] = mask = new float[count];
        float kept = (float)(1 / (1 - dropout));
        ushort limit = (ushort)(dropout * ushort.MaxValue);
        for (int i = 0; i < count; i += 4)
        {
            ulong bits = random.Next();
            for (int j = i; j < Math.Min(i + 4, count); j++, bits >>= 16)
                mask[j] = (ushort)bits < limit ? 0 : kept;
        }
        return mask;
    }

    private static long[] Shape(GraphValue value) => [.. value.Shape.Select(static dimension => dimension.Factor)];
}

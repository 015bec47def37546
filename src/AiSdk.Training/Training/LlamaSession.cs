using System.Numerics.Tensors;
using AiSdk.Onnx;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;

namespace AiSdk.Training;

/// <summary>A graph loaded into ONNX Runtime with the weights it reads and the gradients it writes: C# arrays, wrapped once.</summary>
/// <remarks>
/// Parts of a step run beside each other, each on one thread: of what a layer of a small model computes there is too little to divide among threads, whereas parts wait for each other only to add their gradients.
/// What the parts are does not depend on the threads, and their gradients are added in their order, so that any number of threads gives the same bits. Not thread-safe.
/// </remarks>
internal sealed class LlamaSession : IDisposable
{
    private const ulong PartUse = 4;

    private readonly int _threads;
    private readonly LlamaGraph _graph;
    private readonly Lazy<InferenceSession> _session;
    private readonly Lazy<InferenceSession> _whole;
    private readonly Dictionary<string, OrtValue> _fixed = new(StringComparer.Ordinal);
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;
    private readonly List<Lane> _lanes = [];

    /// <summary>Loads the graph.</summary>
    /// <param name="model">The model, whose weights are read where <paramref name="trained"/> has none of the name.</param>
    /// <param name="options">What the graph has.</param>
    /// <param name="trained">The weights that are trained, by the order of <see cref="LlamaGraph.Trained"/>.</param>
    /// <param name="threads">The most parts that run at once, and ONNX Runtime's threads for a step of one part.</param>
    public LlamaSession(TrainableModel model, LlamaGraphOptions options, IReadOnlyList<float[]> trained, int threads)
    {
        _threads = threads;
        _graph = LlamaGraph.Create(model.Configuration, options);
        byte[] lowered = GraphLowering.Lower(_graph.Graph, [_graph.Loss, .. _graph.Gradients]).ToByteArray();
        _session = new(() => Open(lowered, 1));
        _whole = threads == 1 ? _session : new(() => Open(lowered, threads));
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
        _outputNames = [_graph.Loss.Name, .. _graph.Gradients.Select(static gradient => gradient.Name)];
        Gradients = [.. _graph.Gradients.Select((_, i) => new float[_graph.Trained[i].Count])];
    }

    public IReadOnlyList<ParameterShape> Trained => _graph.Trained;

    /// <summary>The gradients of the last run, of all its parts together, by the order of <see cref="Trained"/>.</summary>
    public IReadOnlyList<float[]> Gradients { get; }

    /// <summary>Runs the graph over the parts of a step.</summary>
    /// <param name="parts">The parts.</param>
    /// <param name="dropout">The share dropped, where the graph has dropout.</param>
    /// <param name="seed">What the dropped values are drawn from.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <returns>The weighted sum of each part's losses.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="TrainingException">ONNX Runtime failed.</exception>
    public IReadOnlyList<float> Run(IReadOnlyList<TrainingBatch> parts, double dropout, ulong seed, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (_lanes.Count < Math.Min(parts.Count, _threads))
            _lanes.Add(new Lane(_graph));
        InferenceSession session = (parts.Count == 1 ? _whole : _session).Value;
        float[] losses = new float[parts.Count];
        using RunOptions options = new();
        // The options outlive the registration, which waits for its callback.
        using CancellationTokenRegistration registration = cancellationToken.Register(static state => ((RunOptions)state!).Terminate = true, options);
        Turns turns = new(parts.Count);
        void RunLane(int lane)
        {
            while (turns.TryTake(out int part))
            {
                try
                {
                    losses[part] = RunPart(session, options, _lanes[lane], parts[part], dropout, RandomNumbers.Seed(seed, PartUse, (ulong)part));
                    if (!turns.WaitFor(part))
                        return;
                    Add(_lanes[lane].Gradients, isFirst: part == 0);
                }
                catch
                {
                    turns.Stop();
                    throw;
                }
                turns.End(part);
            }
        }
        try
        {
            if (parts.Count == 1 || _threads == 1)
                RunLane(0);
            else
                Parallel.For(0, Math.Min(parts.Count, _threads), RunLane);
        }
        catch (Exception exception) when (exception is OnnxRuntimeException or AggregateException { InnerException: OnnxRuntimeException })
        {
            cancellationToken.ThrowIfCancellationRequested();
            Exception failure = exception is AggregateException ? exception.InnerException! : exception;
            throw new TrainingException($"ONNX Runtime failed in a step of training: {failure.Message}", failure);
        }
        return losses;
    }

    private void Add(IReadOnlyList<float[]> gradients, bool isFirst)
    {
        for (int p = 0; p < gradients.Count; p++)
        {
            if (isFirst)
                gradients[p].CopyTo(Gradients[p], 0);
            else
                TensorPrimitives.Add(Gradients[p], gradients[p], Gradients[p]);
        }
    }

    public void Dispose()
    {
        foreach (Lazy<InferenceSession> session in (Lazy<InferenceSession>[])[_session, _whole])
        {
            if (session.IsValueCreated)
                session.Value.Dispose();
        }
        _lanes.ForEach(static lane => lane.Dispose());
        foreach (OrtValue value in _fixed.Values)
            value.Dispose();
    }

    private static InferenceSession Open(byte[] graph, int threads)
    {
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
        return new InferenceSession(graph, session);
    }

    private float RunPart(InferenceSession session, RunOptions options, Lane lane, TrainingBatch batch, double dropout, ulong seed)
    {
        List<OrtValue> made = [];
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
                _ => Made(lane.Mask(name, batch.Size * batch.Length, dropout, random, out int width), batch.Size * batch.Length, width),
            })];
            session.Run(options, _inputNames, inputs, _outputNames, lane.Outputs);
            return lane.Loss;
        }
        finally
        {
            made.ForEach(static value => value.Dispose());
        }
    }

    private static long[] Shape(GraphValue value) => [.. value.Shape.Select(static dimension => dimension.Factor)];

    /// <summary>Hands out the parts of a step, and the turns in which their gradients are added: in the parts' order, whichever was computed first.</summary>
    private sealed class Turns(int parts)
    {
        private readonly object _gate = new();
        private int _next;
        private int _ended;
        private bool _isStopped;

        public bool TryTake(out int part)
        {
            lock (_gate)
            {
                part = _next;
                return !_isStopped && _next++ < parts;
            }
        }

        /// <summary>Waits until all parts before this one have been added; false if one of them failed.</summary>
        public bool WaitFor(int part)
        {
            lock (_gate)
            {
                while (_ended < part && !_isStopped)
                    Monitor.Wait(_gate);
                return !_isStopped;
            }
        }

        public void End(int part)
        {
            lock (_gate)
            {
                _ended = part + 1;
                Monitor.PulseAll(_gate);
            }
        }

        /// <summary>Lets nobody wait for a part that failed, and nobody begin another one.</summary>
        public void Stop()
        {
            lock (_gate)
            {
                _isStopped = true;
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>What one part writes to.</summary>
    private sealed class Lane : IDisposable
    {
        private readonly LlamaGraph _graph;
        private readonly float[] _loss = new float[1];
        private readonly Dictionary<string, float[]> _masks = new(StringComparer.Ordinal);

        public Lane(LlamaGraph graph)
        {
            _graph = graph;
            Gradients = [.. graph.Gradients.Select((_, i) => new float[graph.Trained[i].Count])];
            Outputs = [OrtValue.CreateTensorValueFromMemory(_loss, []), .. graph.Gradients.Select((gradient, i) => OrtValue.CreateTensorValueFromMemory(Gradients[i], Shape(gradient)))];
        }

        public float Loss => _loss[0];

        public IReadOnlyList<float[]> Gradients { get; }

        public OrtValue[] Outputs { get; }

        public float[] Mask(string name, int rows, double dropout, Xoshiro256 random, out int width)
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

        public void Dispose()
        {
            foreach (OrtValue value in Outputs)
                value.Dispose();
        }
    }
}

using AiSdk.Training.OnnxFormat;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;

namespace AiSdk.Training.Tests;

/// <summary>Runs a graph on ONNX Runtime, and compares its gradients with central differences.</summary>
internal sealed class GraphRunner : IDisposable
{
    private readonly InferenceSession _session;
    private readonly ComputationGraph _graph;
    private readonly string[] _outputs;

    public GraphRunner(ComputationGraph graph, params GraphValue[] outputs)
        : this(graph, 1, outputs)
    {
    }

    public GraphRunner(ComputationGraph graph, int threads, params GraphValue[] outputs)
    {
        _graph = graph;
        _outputs = [.. outputs.Select(static output => output.Name)];
        using SessionOptions options = new() { IntraOpNumThreads = threads };
        ModelProto model = GraphLowering.Lower(graph, outputs);
        _session = new InferenceSession(model.ToByteArray(), options);
    }

    public double[][] Run(IReadOnlyDictionary<string, (Array Values, long[] Shape)> feeds)
    {
        List<OrtValue> values = [];
        using RunOptions options = new();
        string[] names = [.. _graph.Inputs.Select(static input => input.Name)];
        try
        {
            foreach (GraphValue input in _graph.Inputs)
            {
                (Array array, long[] shape) = feeds[input.Name];
                values.Add(array switch
                {
                    long[] integers => OrtValue.CreateTensorValueFromMemory(integers, shape),
                    double[] numbers when input.Type == ElementType.Double => OrtValue.CreateTensorValueFromMemory(numbers, shape),
                    double[] numbers => OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(numbers, static n => (float)n), shape),
                    _ => throw new InvalidOperationException(input.Name),
                });
            }
            using IDisposableReadOnlyCollection<OrtValue> results = _session.Run(options, names, values, _outputs);
            return [.. results.Select(result => _graph.NumberType == ElementType.Double ? result.GetTensorDataAsSpan<double>().ToArray() : Array.ConvertAll(result.GetTensorDataAsSpan<float>().ToArray(), static n => (double)n))];
        }
        finally
        {
            values.ForEach(static value => value.Dispose());
        }
    }

    /// <summary>The worst relative error of gradients against central differences: |analytic − numeric| / max(|analytic|, |numeric|, 1e-3 of the largest).</summary>
    /// <param name="graph">A graph in double.</param>
    /// <param name="loss">Its loss.</param>
    /// <param name="parameters">What is differentiated.</param>
    /// <param name="gradients">Their gradients.</param>
    /// <param name="feeds">All inputs.</param>
    /// <param name="samples">How many elements of each parameter are tried.</param>
    public static double WorstError(ComputationGraph graph, GraphValue loss, IReadOnlyList<string> parameters, IReadOnlyList<GraphValue> gradients, Dictionary<string, (Array Values, long[] Shape)> feeds, int samples)
    {
        using GraphRunner all = new(graph, [loss, .. gradients]);
        using GraphRunner forward = new(graph, loss);
        double[][] analytic = all.Run(feeds);
        double worst = 0;
        Random random = new(5);
        for (int p = 0; p < parameters.Count; p++)
        {
            var values = (double[])feeds[parameters[p]].Values;
            double largest = analytic[p + 1].Max(Math.Abs);
            Xunit.Assert.Equal(values.Length, analytic[p + 1].Length);
            for (int s = 0; s < Math.Min(samples, values.Length); s++)
            {
                int at = samples >= values.Length ? s : random.Next(values.Length);
                double kept = values[at];
                double step = 1e-4 * Math.Max(0.1, Math.Abs(kept));
                // Richardson's extrapolation of two central differences: an error of the step's fourth power.
                double Difference(double h)
                {
                    values[at] = kept + h;
                    double up = forward.Run(feeds)[0][0];
                    values[at] = kept - h;
                    double down = forward.Run(feeds)[0][0];
                    values[at] = kept;
                    return (up - down) / (2 * h);
                }
                double numeric = (4 * Difference(step) - Difference(2 * step)) / 3;
                double exact = analytic[p + 1][at];
                worst = Math.Max(worst, Math.Abs(exact - numeric) / Math.Max(Math.Max(Math.Abs(exact), Math.Abs(numeric)), 1e-3 * largest + 1e-12));
            }
        }
        return worst;
    }

    public void Dispose() => _session.Dispose();
}

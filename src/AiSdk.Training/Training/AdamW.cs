using System.Numerics.Tensors;

namespace AiSdk.Training;

/// <summary>AdamW (Loshchilov and Hutter, 2019), in place.</summary>
internal sealed class AdamW
{
    // A piece of all arrays stays in the first cache while the passes go over it.
    private const int Chunk = 2048;

    // What is smaller becomes 0: arithmetic on denormal numbers takes a hundred times as long.
    private const float Flush = 1e-18f;
    private const float SmallestSquare = 1e-30f;

    private readonly float[] _work = new float[Chunk];
    private readonly TrainerOptions _options;
    private readonly IReadOnlyList<bool> _decays;

    public AdamW(TrainerOptions options, IReadOnlyList<ParameterShape> parameters)
    {
        _options = options;
        _decays = [.. parameters.Select(static parameter => !parameter.IsVector)];
        Means = [.. parameters.Select(static parameter => new float[parameter.Count])];
        Squares = [.. parameters.Select(static parameter => new float[parameter.Count])];
    }

    /// <summary>The decaying means of the gradients.</summary>
    public IReadOnlyList<float[]> Means { get; }

    /// <summary>The decaying means of their squares.</summary>
    public IReadOnlyList<float[]> Squares { get; }

    /// <summary>The gradient's norm.</summary>
    public static double Norm(IReadOnlyList<float[]> gradients)
    {
        double sum = 0;
        foreach (float[] gradient in gradients)
        {
            for (int at = 0; at < gradient.Length; at += Chunk)
                sum += TensorPrimitives.SumOfSquares(gradient.AsSpan(at, Math.Min(Chunk, gradient.Length - at)));
        }
        return Math.Sqrt(sum);
    }

    /// <summary>Makes one step.</summary>
    /// <param name="parameters">The weights.</param>
    /// <param name="gradients">Their gradients.</param>
    /// <param name="scale">What gradients are multiplied with.</param>
    /// <param name="step">The step's number, from 1.</param>
    /// <param name="learningRate">The step's learning rate.</param>
    /// <param name="previous">Takes the weights as they were; null: they are not kept.</param>
    public void Step(IReadOnlyList<float[]> parameters, IReadOnlyList<float[]> gradients, float scale, int step, double learningRate, IReadOnlyList<float[]>? previous = null)
    {
        double meanCorrection = 1 - Math.Pow(_options.Beta1, step);
        float rootCorrection = (float)(1 / Math.Sqrt(1 - Math.Pow(_options.Beta2, step)));
        for (int p = 0; p < parameters.Count; p++)
        {
            float kept = _decays[p] ? (float)(1 - learningRate * _options.WeightDecay) : 1;
            for (int at = 0; at < parameters[p].Length; at += Chunk)
            {
                int length = Math.Min(Chunk, parameters[p].Length - at);
                if (previous is not null)
                    parameters[p].AsSpan(at, length).CopyTo(previous[p].AsSpan(at));
                Update(parameters[p].AsSpan(at, length), gradients[p].AsSpan(at, length), Means[p].AsSpan(at, length), Squares[p].AsSpan(at, length), scale, kept, (float)(-learningRate / meanCorrection), rootCorrection);
            }
        }
    }

    private void Update(Span<float> weights, ReadOnlySpan<float> gradients, Span<float> means, Span<float> squares, float scale, float kept, float rate, float rootCorrection)
    {
        Span<float> work = _work.AsSpan(0, weights.Length);
        TensorPrimitives.Multiply(gradients, scale, work);
        TensorPrimitives.Multiply(means, (float)_options.Beta1, means);
        TensorPrimitives.MultiplyAdd(work, (float)(1 - _options.Beta1), means, means);
        TensorPrimitives.Add(means, Flush, means);
        TensorPrimitives.Subtract(means, Flush, means);
        TensorPrimitives.Multiply(work, work, work);
        TensorPrimitives.Multiply(squares, (float)_options.Beta2, squares);
        TensorPrimitives.MultiplyAdd(work, (float)(1 - _options.Beta2), squares, squares);
        TensorPrimitives.Max(squares, SmallestSquare, squares);
        TensorPrimitives.Sqrt(squares, work);
        TensorPrimitives.Multiply(work, rootCorrection, work);
        TensorPrimitives.Add(work, (float)_options.Epsilon, work);
        TensorPrimitives.Divide(means, work, work);
        if (kept != 1)
            TensorPrimitives.Multiply(weights, kept, weights);
        TensorPrimitives.MultiplyAdd(work, rate, weights, weights);
    }
}

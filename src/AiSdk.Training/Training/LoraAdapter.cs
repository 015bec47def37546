namespace AiSdk.Training;

/// <summary>A trained low-rank adapter.</summary>
public sealed partial class LoraAdapter
{
    internal LoraAdapter(int rank, double alpha, IReadOnlyList<ParameterShape> shapes, IReadOnlyList<float[]> values)
    {
        Rank = rank;
        Alpha = alpha;
        Shapes = shapes;
        Values = values;
    }

    /// <summary>The number of columns of A and rows of B.</summary>
    public int Rank { get; }

    /// <summary>The adapter's strength: the product is multiplied with alpha / rank.</summary>
    public double Alpha { get; }

    /// <summary>The projections it changes.</summary>
    public IReadOnlyList<string> Targets => [.. LlamaLayout.Projections.Where(name => Shapes.Any(shape => shape.Name.Contains($".{name}.", StringComparison.Ordinal)))];

    /// <summary>The number of its weights.</summary>
    public long ParameterCount => Shapes.Sum(static shape => shape.Count);

    internal IReadOnlyList<ParameterShape> Shapes { get; }

    internal IReadOnlyList<float[]> Values { get; }
}

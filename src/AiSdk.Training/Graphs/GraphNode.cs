namespace AiSdk.Training;

/// <summary>The operations a graph is made of. Their meaning is that of the methods of <see cref="ComputationGraph"/>.</summary>
internal enum GraphOperation
{
    Add,
    Sub,
    Mul,
    Exp,
    Sigmoid,
    Silu,
    MatMul,
    Transpose,
    Reshape,
    Expand,
    Softmax,
    ReduceSum,
    Gather,
    ScatterRows,
    CrossEntropy,
    AddElements,
    RmsNorm,
    Rotate,
    CausalMask,
}

/// <summary>One operation in a graph.</summary>
internal sealed class GraphNode
{
    public required string Name { get; init; }

    public required GraphOperation Operation { get; init; }

    public required IReadOnlyList<GraphValue> Inputs { get; init; }

    public required IReadOnlyList<GraphValue> Outputs { get; init; }

    public GraphValue Output => Outputs[0];

    /// <summary>MatMul: whether the last two dimensions of the left or right factor change places.</summary>
    public (bool Left, bool Right) Transposed { get; init; }

    /// <summary>MatMul: what the product is multiplied with. RmsNorm: epsilon.</summary>
    public double Number { get; init; } = 1;

    /// <summary>Transpose: the order of the input's axes. Reductions: the axes, from 0.</summary>
    public IReadOnlyList<int> Axes { get; init; } = [];

    /// <summary>Reductions: whether a reduced axis stays, with length 1.</summary>
    public bool KeepsAxes { get; init; }

    /// <summary>Rotate: whether it turns back.</summary>
    public bool IsInverse { get; init; }
}

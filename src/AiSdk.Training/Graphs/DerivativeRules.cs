namespace AiSdk.Training;

/// <summary>The derivative of each operation. What has no rule cannot lie between a parameter and the loss.</summary>
internal static class DerivativeRules
{
    public static IReadOnlyDictionary<GraphOperation, DerivativeRule> All { get; } = new Dictionary<GraphOperation, DerivativeRule>
    {
        [GraphOperation.Add] = Add,
        [GraphOperation.Sub] = Sub,
        [GraphOperation.Mul] = Mul,
        [GraphOperation.Exp] = Exp,
        [GraphOperation.Sigmoid] = Sigmoid,
        [GraphOperation.Silu] = Silu,
        [GraphOperation.MatMul] = MatMul,
        [GraphOperation.Transpose] = Transpose,
        [GraphOperation.Reshape] = Reshape,
        [GraphOperation.Expand] = Expand,
        [GraphOperation.Softmax] = Softmax,
        [GraphOperation.LogSoftmax] = LogSoftmax,
        [GraphOperation.ReduceSum] = ReduceSum,
        [GraphOperation.ReduceMean] = ReduceMean,
        [GraphOperation.Gather] = Gather,
        [GraphOperation.ScatterRows] = ScatterRows,
        [GraphOperation.GatherElements] = GatherElements,
        [GraphOperation.ScatterElements] = ScatterElements,
        [GraphOperation.RmsNorm] = RmsNorm,
        [GraphOperation.Rotate] = Rotate,
    };

    private static GraphValue?[] Add(DerivativeContext c) =>
        [c.For(0, () => c.ReduceTo(c.Gradient, c.Input(0))), c.For(1, () => c.ReduceTo(c.Gradient, c.Input(1)))];

    private static GraphValue?[] Sub(DerivativeContext c) =>
        [c.For(0, () => c.ReduceTo(c.Gradient, c.Input(0))), c.For(1, () => c.Graph.Scale(c.ReduceTo(c.Gradient, c.Input(1)), -1))];

    private static GraphValue?[] Mul(DerivativeContext c) =>
    [
        c.For(0, () => c.ReduceTo(c.Graph.Mul(c.Gradient, c.Input(1)), c.Input(0))),
        c.For(1, () => c.ReduceTo(c.Graph.Mul(c.Gradient, c.Input(0)), c.Input(1))),
    ];

    private static GraphValue?[] Exp(DerivativeContext c) => [c.Graph.Mul(c.Gradient, c.Node.Output)];

    private static GraphValue?[] Sigmoid(DerivativeContext c)
    {
        GraphValue y = c.Node.Output;
        return [c.Graph.Mul(c.Gradient, c.Graph.Sub(y, c.Graph.Mul(y, y)))];
    }

    // With s = sigmoid(x) and y = x·s: dy/dx = s + x·s·(1 − s) = s + y − y·s.
    private static GraphValue?[] Silu(DerivativeContext c)
    {
        ComputationGraph g = c.Graph;
        GraphValue y = c.Node.Output;
        GraphValue s = g.Sigmoid(c.Input(0));
        return [g.Mul(c.Gradient, g.Add(s, g.Sub(y, g.Mul(y, s))))];
    }

    private static GraphValue?[] MatMul(DerivativeContext c)
    {
        ComputationGraph g = c.Graph;
        GraphValue left = c.Input(0);
        GraphValue right = c.Input(1);
        GraphValue d = c.Gradient;
        double f = c.Node.Number;
        (bool a, bool b) = c.Node.Transposed;
        return
        [
            c.For(0, () => a ? g.MatMul(right, d, b, true, f) : g.MatMul(d, right, false, !b, f)),
            c.For(1, () => b ? g.MatMul(d, left, true, a, f) : g.MatMul(left, d, !a, false, f)),
        ];
    }

    private static GraphValue?[] Transpose(DerivativeContext c)
    {
        var back = new int[c.Node.Axes.Count];
        for (int i = 0; i < back.Length; i++)
            back[c.Node.Axes[i]] = i;
        return [c.Graph.Transpose(c.Gradient, back)];
    }

    private static GraphValue?[] Reshape(DerivativeContext c) => [c.Graph.Reshape(c.Gradient, c.Input(0).Shape)];

    private static GraphValue?[] Expand(DerivativeContext c) => [c.ReduceTo(c.Gradient, c.Input(0))];

    // dx = p·(d − Σ d·p).
    private static GraphValue?[] Softmax(DerivativeContext c)
    {
        ComputationGraph g = c.Graph;
        GraphValue weighted = g.Mul(c.Gradient, c.Node.Output);
        GraphValue sum = g.ReduceSum(weighted, keepAxes: true, weighted.Rank - 1);
        return [g.Sub(weighted, g.Mul(c.Node.Output, sum))];
    }

    // dx = d − p·Σ d.
    private static GraphValue?[] LogSoftmax(DerivativeContext c)
    {
        ComputationGraph g = c.Graph;
        GraphValue sum = g.ReduceSum(c.Gradient, keepAxes: true, c.Gradient.Rank - 1);
        return [g.Sub(c.Gradient, g.Mul(g.Exp(c.Node.Output), sum))];
    }

    private static GraphValue?[] ReduceSum(DerivativeContext c) => [Repeat(c, c.Gradient)];

    private static GraphValue?[] ReduceMean(DerivativeContext c) => [Repeat(c, c.Graph.Scale(c.Gradient, 1.0 / c.Input(0).Last.Factor))];

    private static GraphValue Repeat(DerivativeContext c, GraphValue gradient)
    {
        GraphValue input = c.Input(0);
        Dimension[] kept = [.. input.Shape.Select((dimension, axis) => c.Node.Axes.Contains(axis) ? 1 : dimension)];
        return c.Graph.Expand(c.Graph.Reshape(gradient, kept), input.Shape);
    }

    private static GraphValue?[] Gather(DerivativeContext c)
    {
        ComputationGraph g = c.Graph;
        GraphValue table = c.Input(0);
        GraphValue indices = c.Input(1);
        return indices.Rank == 1
            ? [g.ScatterRows(c.Gradient, indices, table.Shape[0]), null]
            : throw new NotSupportedException($"The derivative of Gather needs indices of one axis, but node '{c.Node.Name}' has {indices}.");
    }

    private static GraphValue?[] ScatterRows(DerivativeContext c) => [c.Graph.Gather(c.Gradient, c.Input(1)), null];

    private static GraphValue?[] GatherElements(DerivativeContext c) => [c.Graph.ScatterElements(c.Gradient, c.Input(1), c.Input(0).Last), null];

    private static GraphValue?[] ScatterElements(DerivativeContext c) => [c.Graph.GatherElements(c.Gradient, c.Input(1)), null];

    // With n = x·r, r = 1 / sqrt(mean(x²) + ε): dscale = Σ d·n, dx = r·(d·scale − n·mean(d·scale·n)).
    private static GraphValue?[] RmsNorm(DerivativeContext c)
    {
        ComputationGraph g = c.Graph;
        GraphValue scale = c.Input(1);
        GraphValue inverse = c.Node.Outputs[1];
        GraphValue normalized = g.Mul(c.Input(0), inverse);
        GraphValue product = g.Mul(c.Gradient, normalized);
        return
        [
            c.For(0, () => g.Mul(inverse, g.Sub(g.Mul(c.Gradient, scale), g.Mul(normalized, g.ReduceMean(g.Mul(product, scale)))))),
            c.For(1, () => c.ReduceTo(product, scale)),
        ];
    }

    private static GraphValue?[] Rotate(DerivativeContext c) => [c.Graph.Rotate(c.Gradient, c.Input(1), c.Input(2), !c.Node.IsInverse), null, null];
}

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
        [GraphOperation.ReduceSum] = ReduceSum,
        [GraphOperation.Gather] = Gather,
        [GraphOperation.ScatterRows] = ScatterRows,
        [GraphOperation.CrossEntropy] = CrossEntropy,
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

    private static GraphValue?[] ReduceSum(DerivativeContext c)
    {
        GraphValue input = c.Input(0);
        Dimension[] kept = [.. input.Shape.Select((dimension, axis) => c.Node.Axes.Contains(axis) ? 1 : dimension)];
        return [c.Graph.Expand(c.Graph.Reshape(c.Gradient, kept), input.Shape)];
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

    // With the weights w of targets t and s of smoothing, all of a row together W: dx = d·(W·p − s / width), and −d·w at each t.
    private static GraphValue?[] CrossEntropy(DerivativeContext c)
    {
        ComputationGraph g = c.Graph;
        GraphValue d = c.Gradient;
        GraphValue weights = c.Input(2);
        GraphValue? smoothing = c.Node.Inputs.Count > 3 ? c.Input(3) : null;
        if (c.Needed.Contains(weights) || (smoothing is not null && c.Needed.Contains(smoothing)))
            throw new NotSupportedException($"The derivative of CrossEntropy is that of its logits, but a parameter reaches node '{c.Node.Name}' through its weights.");
        GraphValue total = g.ReduceSum(weights, keepAxes: true, 1);
        GraphValue p = g.Exp(c.Node.Outputs[1]);
        GraphValue all = smoothing is null ? g.Mul(p, g.Mul(d, total)) : g.Sub(g.Mul(p, g.Mul(d, g.Add(total, smoothing))), g.Scale(g.Mul(d, smoothing), 1.0 / p.Last.Factor));
        return [g.AddElements(all, c.Input(1), g.Scale(g.Mul(d, weights), -1)), null, null, null];
    }

    // With r = 1 / sqrt(mean(x²) + ε): dscale = Σ d·x·r, dx = r·(d·scale − x·r²·mean(d·scale·x)). Sums are products with vectors, which need no room for what they sum.
    private static GraphValue?[] RmsNorm(DerivativeContext c)
    {
        ComputationGraph g = c.Graph;
        GraphValue x = c.Input(0);
        GraphValue scale = c.Input(1);
        GraphValue inverse = c.Node.Outputs[1];
        GraphValue product = g.Mul(c.Gradient, x);
        return
        [
            c.For(0, () =>
            {
                GraphValue mean = g.MatMul(product, g.Reshape(scale, x.Last, 1), factor: 1.0 / x.Last.Factor);
                return g.Mul(inverse, g.Sub(g.Mul(c.Gradient, scale), g.Mul(x, g.Mul(g.Mul(inverse, inverse), mean))));
            }),
            c.For(1, () => g.Reshape(g.MatMul(g.Reshape(inverse, 1, x.Shape[0]), product), x.Last)),
        ];
    }

    private static GraphValue?[] Rotate(DerivativeContext c) => [c.Graph.Rotate(c.Gradient, c.Input(1), c.Input(2), !c.Node.IsInverse), null, null];
}

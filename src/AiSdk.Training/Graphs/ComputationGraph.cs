using System.Globalization;

namespace AiSdk.Training;

/// <summary>A graph that is being built: inputs, constants and operations, in an order in which they can run. Every value's shape is known, up to named dimensions.</summary>
/// <remarks>Operations are those a Llama model and its derivative need. Numbers are <see cref="ElementType.Float"/>, or <see cref="ElementType.Double"/> for checks of gradients.</remarks>
/// <param name="numberType">The type of all numbers but indices.</param>
internal sealed class ComputationGraph(ElementType numberType)
{
    private readonly List<GraphNode> _nodes = [];
    private readonly List<GraphValue> _inputs = [];
    private readonly List<(GraphValue Value, double Number)> _constants = [];
    private readonly Dictionary<double, GraphValue> _numbers = [];
    private int _names;

    public ElementType NumberType { get; } = numberType;

    public IReadOnlyList<GraphNode> Nodes => _nodes;

    public IReadOnlyList<GraphValue> Inputs => _inputs;

    /// <summary>Scalars.</summary>
    public IReadOnlyList<(GraphValue Value, double Number)> Constants => _constants;

    /// <summary>Numbers that each run is given.</summary>
    public GraphValue Input(string name, params IReadOnlyList<Dimension> shape) => AddInput(new(name, NumberType, shape));

    /// <summary>Indices (int64) that each run is given.</summary>
    public GraphValue Indices(string name, params IReadOnlyList<Dimension> shape) => AddInput(new(name, ElementType.Int64, shape));

    /// <summary>A number.</summary>
    public GraphValue Constant(double number)
    {
        if (_numbers.TryGetValue(number, out GraphValue? known))
            return known;
        GraphValue value = new(NewName("number"), NumberType, []);
        _constants.Add((value, number));
        _numbers.Add(number, value);
        return value;
    }

    /// <summary>The sum; shapes broadcast as in ONNX.</summary>
    public GraphValue Add(GraphValue left, GraphValue right) => Elementwise(GraphOperation.Add, left, right);

    /// <summary>The difference; shapes broadcast.</summary>
    public GraphValue Sub(GraphValue left, GraphValue right) => Elementwise(GraphOperation.Sub, left, right);

    /// <summary>The product of each pair of elements; shapes broadcast.</summary>
    public GraphValue Mul(GraphValue left, GraphValue right) => Elementwise(GraphOperation.Mul, left, right);

    /// <summary>The value times a number.</summary>
    public GraphValue Scale(GraphValue value, double number) => Mul(value, Constant(number));

    public GraphValue Exp(GraphValue value) => Unary(GraphOperation.Exp, value);

    public GraphValue Sigmoid(GraphValue value) => Unary(GraphOperation.Sigmoid, value);

    /// <summary>x · sigmoid(x).</summary>
    public GraphValue Silu(GraphValue value) => Unary(GraphOperation.Silu, value);

    /// <summary>Softmax over the last axis.</summary>
    public GraphValue Softmax(GraphValue value) => Unary(GraphOperation.Softmax, value);

    /// <summary>The matrix product over the last two axes; the axes before them must be equal.</summary>
    /// <param name="left">[…, m, k].</param>
    /// <param name="right">[…, k, n].</param>
    /// <param name="transposeLeft">Whether <paramref name="left"/> is given as […, k, m].</param>
    /// <param name="transposeRight">Whether <paramref name="right"/> is given as […, n, k].</param>
    /// <param name="factor">What the product is multiplied with.</param>
    public GraphValue MatMul(GraphValue left, GraphValue right, bool transposeLeft = false, bool transposeRight = false, double factor = 1)
    {
        if (left.Rank < 2 || left.Rank != right.Rank || !left.Shape.SkipLast(2).SequenceEqual(right.Shape.SkipLast(2)))
            throw Mismatch(GraphOperation.MatMul, left, right);
        (Dimension rows, Dimension inner) = transposeLeft ? (left.Shape[^1], left.Shape[^2]) : (left.Shape[^2], left.Shape[^1]);
        (Dimension innerRight, Dimension columns) = transposeRight ? (right.Shape[^1], right.Shape[^2]) : (right.Shape[^2], right.Shape[^1]);
        if (inner != innerRight)
            throw Mismatch(GraphOperation.MatMul, left, right);
        return AddNode(GraphOperation.MatMul, [left, right], [.. left.Shape.SkipLast(2), rows, columns], transposed: (transposeLeft, transposeRight), number: factor);
    }

    /// <summary>Reorders axes: output axis i is input axis <paramref name="axes"/>[i].</summary>
    public GraphValue Transpose(GraphValue value, params IReadOnlyList<int> axes) =>
        AddNode(GraphOperation.Transpose, [value], [.. axes.Select(axis => value.Shape[axis])], axes: axes);

    /// <summary>The same elements in another shape.</summary>
    public GraphValue Reshape(GraphValue value, params IReadOnlyList<Dimension> shape)
    {
        if (value.HasShape(shape))
            return value;
        if (Size(value.Shape) != Size(shape))
            throw new InvalidOperationException($"{value} cannot take the shape [{string.Join(", ", shape)}].");
        return AddNode(GraphOperation.Reshape, [value], shape);
    }

    /// <summary>Repeats a value along axes of length 1, and along new leading axes, up to a shape.</summary>
    public GraphValue Expand(GraphValue value, IReadOnlyList<Dimension> shape) => value.HasShape(shape) ? value : AddNode(GraphOperation.Expand, [value], shape);

    /// <summary>The sum over axes.</summary>
    public GraphValue ReduceSum(GraphValue value, bool keepAxes, params IReadOnlyList<int> axes)
    {
        List<Dimension> shape = [];
        for (int i = 0; i < value.Rank; i++)
        {
            if (!axes.Contains(i))
                shape.Add(value.Shape[i]);
            else if (keepAxes)
                shape.Add(1);
        }
        return AddNode(GraphOperation.ReduceSum, [value], shape, axes: axes, keepsAxes: keepAxes);
    }

    /// <summary>Rows of a matrix: [rows, width] and indices […] give […, width].</summary>
    public GraphValue Gather(GraphValue table, GraphValue indices) => AddNode(GraphOperation.Gather, [table, indices], [.. indices.Shape, table.Last]);

    /// <summary>Adds rows to zeros: rows [n, width] at indices [n] of a matrix with <paramref name="count"/> rows. Indices may repeat.</summary>
    public GraphValue ScatterRows(GraphValue rows, GraphValue indices, Dimension count) => AddNode(GraphOperation.ScatterRows, [rows, indices], [count, rows.Last]);

    /// <summary>The cross-entropy of softmax over each row: −Σ weight · log p(target), and −smoothing · mean(log p). Only the logits have a derivative.</summary>
    /// <param name="logits">[n, width]; the width must be known.</param>
    /// <param name="targets">Indices [n, k] within rows. They may repeat.</param>
    /// <param name="weights">[n, k].</param>
    /// <param name="smoothing">[n, 1]: the weight that is spread over the whole row; null: none.</param>
    /// <returns>The losses, [n, 1].</returns>
    public GraphValue CrossEntropy(GraphValue logits, GraphValue targets, GraphValue weights, GraphValue? smoothing)
    {
        if (logits.Rank != 2 || !logits.Last.IsNumber || targets.Rank != 2 || targets.Shape[0] != logits.Shape[0])
            throw Mismatch(GraphOperation.CrossEntropy, logits, targets);
        if (!weights.HasShape(targets.Shape))
            throw Mismatch(GraphOperation.CrossEntropy, targets, weights);
        if (smoothing?.HasShape([logits.Shape[0], 1]) == false)
            throw Mismatch(GraphOperation.CrossEntropy, logits, smoothing);
        string name = NewName(nameof(GraphOperation.CrossEntropy));
        GraphValue losses = new(name, NumberType, [logits.Shape[0], 1]);
        GraphValue logProbabilities = new(name + "_log", NumberType, logits.Shape);
        _nodes.Add(new GraphNode { Name = name, Operation = GraphOperation.CrossEntropy, Inputs = smoothing is null ? [logits, targets, weights] : [logits, targets, weights, smoothing], Outputs = [losses, logProbabilities] });
        return losses;
    }

    /// <summary>Adds to elements of each row: [n, width], indices [n, k] within rows, and what is added, [n, k]. Indices may repeat. It has no derivative.</summary>
    public GraphValue AddElements(GraphValue value, GraphValue indices, GraphValue added)
    {
        if (value.Rank != 2 || indices.Rank != 2 || indices.Shape[0] != value.Shape[0])
            throw Mismatch(GraphOperation.AddElements, value, indices);
        return added.HasShape(indices.Shape) ? AddNode(GraphOperation.AddElements, [value, indices, added], value.Shape) : throw Mismatch(GraphOperation.AddElements, indices, added);
    }

    /// <summary>Root mean square normalization over the last axis (Zhang and Sennrich, 2019): x / sqrt(mean(x²) + epsilon) · scale.</summary>
    /// <param name="value">[n, width]; the width must be known.</param>
    /// <param name="scale">[width].</param>
    /// <param name="epsilon">What keeps the root from 0.</param>
    /// <returns>The result, and 1 / sqrt(…), [n, 1].</returns>
    public (GraphValue Output, GraphValue Inverse) RmsNorm(GraphValue value, GraphValue scale, double epsilon)
    {
        if (value.Rank != 2 || !value.Last.IsNumber || !scale.HasShape([value.Last]))
            throw Mismatch(GraphOperation.RmsNorm, value, scale);
        string name = NewName("RmsNorm");
        GraphValue output = new(name, NumberType, value.Shape);
        GraphValue inverse = new(name + "_inverse", NumberType, [.. value.Shape.SkipLast(1), 1]);
        _nodes.Add(new GraphNode { Name = name, Operation = GraphOperation.RmsNorm, Inputs = [value, scale], Outputs = [output, inverse], Number = epsilon });
        return (output, inverse);
    }

    /// <summary>Rotary position embedding (Su et al., 2021) in its split-halves form: of each head, element i and element i + size/2 turn by the position's angle i.</summary>
    /// <param name="value">[batch, heads, tokens, size].</param>
    /// <param name="cos">[positions, size/2], at least as many positions as tokens.</param>
    /// <param name="sin">[positions, size/2].</param>
    /// <param name="inverse">Whether it turns back, which is also its derivative.</param>
    public GraphValue Rotate(GraphValue value, GraphValue cos, GraphValue sin, bool inverse = false) =>
        AddNode(GraphOperation.Rotate, [value, cos, sin], value.Shape, isInverse: inverse);

    /// <summary>[tokens, tokens]: 0 where the column is not after the row, else a number that softmax makes nothing of.</summary>
    public GraphValue CausalMask(Dimension tokens) => AddNode(GraphOperation.CausalMask, [], [tokens, tokens]);

    private static Dimension Size(IReadOnlyList<Dimension> shape) => shape.Aggregate((Dimension)1, static (size, dimension) => size * dimension);

    private GraphValue Elementwise(GraphOperation operation, GraphValue left, GraphValue right)
    {
        int rank = Math.Max(left.Rank, right.Rank);
        var shape = new Dimension[rank];
        for (int i = 1; i <= rank; i++)
        {
            Dimension a = i <= left.Rank ? left.Shape[^i] : 1;
            Dimension b = i <= right.Rank ? right.Shape[^i] : 1;
            shape[^i] = a == b || b == 1 ? a : a == 1 ? b : throw Mismatch(operation, left, right);
        }
        return AddNode(operation, [left, right], shape);
    }

    private GraphValue Unary(GraphOperation operation, GraphValue value) => AddNode(operation, [value], value.Shape);

    private GraphValue AddNode(GraphOperation operation, IReadOnlyList<GraphValue> inputs, IReadOnlyList<Dimension> shape, (bool Left, bool Right) transposed = default, double number = 1, IReadOnlyList<int>? axes = null, bool keepsAxes = false, bool isInverse = false)
    {
        string name = NewName(operation.ToString());
        GraphValue output = new(name, NumberType, shape);
        _nodes.Add(new GraphNode { Name = name, Operation = operation, Inputs = inputs, Outputs = [output], Transposed = transposed, Number = number, Axes = axes ?? [], KeepsAxes = keepsAxes, IsInverse = isInverse });
        return output;
    }

    private GraphValue AddInput(GraphValue value)
    {
        _inputs.Add(value);
        return value;
    }

    private string NewName(string prefix) => string.Create(CultureInfo.InvariantCulture, $"{prefix}_{_names++}");

    private static InvalidOperationException Mismatch(GraphOperation operation, GraphValue left, GraphValue right) => new($"{operation} cannot take {left} and {right}.");
}

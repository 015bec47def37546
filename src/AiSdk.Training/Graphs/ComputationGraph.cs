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

    /// <summary>The logarithm of <see cref="Softmax"/>.</summary>
    public GraphValue LogSoftmax(GraphValue value) => Unary(GraphOperation.LogSoftmax, value);

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
    public GraphValue ReduceSum(GraphValue value, bool keepAxes, params IReadOnlyList<int> axes) => Reduce(GraphOperation.ReduceSum, value, keepAxes, axes);

    /// <summary>The mean over the last axis, which must have a known length; the axis stays.</summary>
    public GraphValue ReduceMean(GraphValue value) => value.Last.IsNumber
        ? Reduce(GraphOperation.ReduceMean, value, keepAxes: true, [value.Rank - 1])
        : throw new InvalidOperationException($"The mean of {value} needs a last axis of known length.");

    /// <summary>Rows of a matrix: [rows, width] and indices […] give […, width].</summary>
    public GraphValue Gather(GraphValue table, GraphValue indices) => AddNode(GraphOperation.Gather, [table, indices], [.. indices.Shape, table.Last]);

    /// <summary>Adds rows to zeros: rows [n, width] at indices [n] of a matrix with <paramref name="count"/> rows. Indices may repeat.</summary>
    public GraphValue ScatterRows(GraphValue rows, GraphValue indices, Dimension count) => AddNode(GraphOperation.ScatterRows, [rows, indices], [count, rows.Last]);

    /// <summary>Elements of each row: [n, width] and indices [n, k] give [n, k].</summary>
    public GraphValue GatherElements(GraphValue value, GraphValue indices) => AddNode(GraphOperation.GatherElements, [value, indices], indices.Shape);

    /// <summary>Adds elements to zeros: values [n, k] at indices [n, k] within rows of a width. Indices may repeat.</summary>
    public GraphValue ScatterElements(GraphValue values, GraphValue indices, Dimension width) => AddNode(GraphOperation.ScatterElements, [values, indices], [values.Shape[0], width]);

    /// <summary>Root mean square normalization over the last axis (Zhang and Sennrich, 2019): x / sqrt(mean(x²) + epsilon) · scale.</summary>
    /// <returns>The result, and 1 / sqrt(…) with the last axis of length 1.</returns>
    public (GraphValue Output, GraphValue Inverse) RmsNorm(GraphValue value, GraphValue scale, double epsilon)
    {
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

    private GraphValue Reduce(GraphOperation operation, GraphValue value, bool keepAxes, IReadOnlyList<int> axes)
    {
        List<Dimension> shape = [];
        for (int i = 0; i < value.Rank; i++)
        {
            if (!axes.Contains(i))
                shape.Add(value.Shape[i]);
            else if (keepAxes)
                shape.Add(1);
        }
        return AddNode(operation, [value], shape, axes: axes, keepsAxes: keepAxes);
    }

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

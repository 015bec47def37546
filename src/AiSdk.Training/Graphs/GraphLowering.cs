using System.Globalization;
using System.Runtime.InteropServices;
using AiSdk.Training.OnnxFormat;

namespace AiSdk.Training;

/// <summary>Writes a <see cref="ComputationGraph"/> as an ONNX model: each operation as the operator that ONNX Runtime computes fastest on the CPU, in double as those that know double.</summary>
internal sealed class GraphLowering
{
    // Softmax makes exactly 0 of it, in float too.
    private const double Masked = -1e30;

    private readonly ComputationGraph _graph;
    private readonly OnnxGraph _onnx = new();
    private readonly Dictionary<string, string> _symbols = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _shapes = new(StringComparer.Ordinal);
    private int _names;

    private GraphLowering(ComputationGraph graph) => _graph = graph;

    private bool IsDouble => _graph.NumberType == ElementType.Double;

    /// <summary>The model, with the graph's inputs, and outputs called by their values' names.</summary>
    public static ModelProto Lower(ComputationGraph graph, IReadOnlyList<GraphValue> outputs) => new GraphLowering(graph).Run(outputs);

    private ModelProto Run(IReadOnlyList<GraphValue> outputs)
    {
        foreach (GraphValue input in _graph.Inputs)
        {
            _onnx.Input(input.Name, input.Type, input.Shape);
            for (int axis = 0; axis < input.Rank; axis++)
            {
                Dimension dimension = input.Shape[axis];
                if (dimension is { IsNumber: false, Factor: 1 } && !dimension.Symbols.Contains('*', StringComparison.Ordinal) && !_symbols.ContainsKey(dimension.Symbols))
                    _symbols.Add(dimension.Symbols, Gathered(input.Name, axis));
            }
        }
        HashSet<GraphNode> used = Used(outputs);
        HashSet<GraphValue> read = [.. used.SelectMany(static node => node.Inputs), .. outputs];
        foreach ((GraphValue value, double number) in _graph.Constants)
        {
            if (read.Contains(value))
                _onnx.Initializer(Scalar(value.Name, number));
        }
        foreach (GraphNode node in _graph.Nodes.Where(used.Contains))
            Write(node);
        foreach (GraphValue output in outputs)
            _onnx.Output(output.Name, output.Type, output.Shape);
        return _onnx.Model;
    }

    private HashSet<GraphNode> Used(IReadOnlyList<GraphValue> outputs)
    {
        HashSet<GraphValue> wanted = [.. outputs];
        HashSet<GraphNode> used = [];
        foreach (GraphNode node in _graph.Nodes.Reverse())
        {
            if (node.Outputs.Any(wanted.Contains))
            {
                used.Add(node);
                wanted.UnionWith(node.Inputs);
            }
        }
        return used;
    }

    private void Write(GraphNode node)
    {
        string output = node.Output.Name;
        string[] inputs = [.. node.Inputs.Select(static input => input.Name)];
        long last = node.Inputs.Count > 0 ? node.Inputs[0].Rank - 1 : 0;
        switch (node.Operation)
        {
            case GraphOperation.Add or GraphOperation.Sub or GraphOperation.Mul or GraphOperation.Exp or GraphOperation.Sigmoid:
                _onnx.Node(node.Operation.ToString(), inputs, [output]);
                break;
            case GraphOperation.Silu:
                if (IsDouble)
                    _onnx.Node("Mul", [inputs[0], _onnx.Node("Sigmoid", inputs, [Temporary()])], [output]);
                else
                    _onnx.Node(OnnxGraph.Microsoft, "QuickGelu", inputs, [output], ("alpha", 1f));
                break;
            case GraphOperation.Softmax:
                _onnx.Node("Softmax", inputs, [output], ("axis", last));
                break;
            case GraphOperation.MatMul:
                WriteMatMul(node, inputs);
                break;
            case GraphOperation.Transpose:
                _onnx.Node("Transpose", inputs, [output], ("perm", node.Axes.Select(static axis => (long)axis).ToArray()));
                break;
            case GraphOperation.Reshape:
                _onnx.Node("Reshape", [inputs[0], ReshapeTarget(node.Output.Shape)], [output]);
                break;
            case GraphOperation.Expand:
                _onnx.Node("Expand", [inputs[0], Shape(node.Output.Shape)], [output]);
                break;
            case GraphOperation.ReduceSum:
                _onnx.Node("ReduceSum", [inputs[0], _onnx.Integers([.. node.Axes.Select(static axis => (long)axis)])], [output], ("keepdims", node.KeepsAxes ? 1L : 0L));
                break;
            case GraphOperation.Gather:
                _onnx.Node("Gather", inputs, [output], ("axis", 0L));
                break;
            case GraphOperation.ScatterRows:
                // ScatterND would take the indices as they are, but its add races on equal ones.
                string rows = _onnx.Node("Expand", [_onnx.Node("Unsqueeze", [inputs[1], _onnx.Integers(1)], [Temporary()]), Shape(node.Inputs[0].Shape)], [Temporary()]);
                string zeros = _onnx.Node("ConstantOfShape", [Shape(node.Output.Shape)], [Temporary()], ("value", Vector(0)));
                _onnx.Node("ScatterElements", [zeros, rows, inputs[0]], [output], ("axis", 0L), ("reduction", "add"));
                break;
            case GraphOperation.CrossEntropy:
                WriteCrossEntropy(node, inputs);
                break;
            case GraphOperation.AddElements:
                _onnx.Node("ScatterElements", inputs, [output], ("axis", 1L), ("reduction", "add"));
                break;
            case GraphOperation.RmsNorm:
                WriteRmsNorm(node, inputs);
                break;
            case GraphOperation.Rotate:
                WriteRotate(node, inputs);
                break;
            case GraphOperation.CausalMask:
                string full = _onnx.Node("ConstantOfShape", [Shape(node.Output.Shape)], [Temporary()], ("value", Vector(Masked)));
                _onnx.Node("Trilu", [full, ScalarInteger(1)], [output], ("upper", 1L));
                break;
            default:
                throw new NotSupportedException($"The operation {node.Operation} of node '{node.Name}' cannot be written to ONNX.");
        }
    }

    private void WriteCrossEntropy(GraphNode node, string[] inputs)
    {
        string log = _onnx.Node("LogSoftmax", [inputs[0]], [node.Outputs[1].Name], ("axis", 1L));
        string picked = _onnx.Node("GatherElements", [log, inputs[1]], [Temporary()], ("axis", 1L));
        string sum = _onnx.Node("ReduceSum", [_onnx.Node("Mul", [picked, inputs[2]], [Temporary()]), _onnx.Integers(1)], [Temporary()], ("keepdims", 1L));
        if (inputs.Length > 3)
        {
            string mean = _onnx.Node("ReduceMean", [log, _onnx.Integers(1)], [Temporary()], ("keepdims", 1L));
            sum = _onnx.Node("Add", [sum, _onnx.Node("Mul", [mean, inputs[3]], [Temporary()])], [Temporary()]);
        }
        _onnx.Node("Neg", [sum], [node.Output.Name]);
    }

    private void WriteMatMul(GraphNode node, string[] inputs)
    {
        (bool left, bool right) = node.Transposed;
        if (node.Output.Rank == 2)
        {
            _onnx.Node("Gemm", inputs, [node.Output.Name], ("transA", left ? 1L : 0L), ("transB", right ? 1L : 0L), ("alpha", (float)node.Number));
            return;
        }
        if (!IsDouble)
        {
            _onnx.Node(OnnxGraph.Microsoft, "FusedMatMul", inputs, [node.Output.Name], ("transA", left ? 1L : 0L), ("transB", right ? 1L : 0L), ("alpha", (float)node.Number));
            return;
        }
        string Turned(int index) => _onnx.Node("Transpose", [inputs[index]], [Temporary()], ("perm", Enumerable.Range(0, node.Output.Rank - 2).Append(node.Output.Rank - 1).Append(node.Output.Rank - 2).Select(static axis => (long)axis).ToArray()));
        string product = _onnx.Node("MatMul", [left ? Turned(0) : inputs[0], right ? Turned(1) : inputs[1]], [Temporary()]);
        string factor = Temporary();
        _onnx.Initializer(Scalar(factor, node.Number));
        _onnx.Node("Mul", [product, factor], [node.Output.Name]);
    }

    private void WriteRmsNorm(GraphNode node, string[] inputs)
    {
        string inverse = node.Outputs[1].Name;
        if (!IsDouble)
        {
            _onnx.Node("SimplifiedLayerNormalization", inputs, [node.Output.Name, inverse], ("axis", -1L), ("epsilon", (float)node.Number));
            return;
        }
        string epsilon = Temporary();
        _onnx.Initializer(Scalar(epsilon, node.Number));
        string mean = _onnx.Node("ReduceMean", [_onnx.Node("Mul", [inputs[0], inputs[0]], [Temporary()]), _onnx.Integers(-1)], [Temporary()], ("keepdims", 1L));
        _onnx.Node("Reciprocal", [_onnx.Node("Sqrt", [_onnx.Node("Add", [mean, epsilon], [Temporary()])], [Temporary()])], [inverse]);
        _onnx.Node("Mul", [_onnx.Node("Mul", [inputs[0], inverse], [Temporary()]), inputs[1]], [node.Output.Name]);
    }

    private void WriteRotate(GraphNode node, string[] inputs)
    {
        string sin = node.IsInverse ? _onnx.Node("Neg", [inputs[2]], [Temporary()]) : inputs[2];
        if (!IsDouble)
        {
            _onnx.Node(OnnxGraph.Microsoft, "RotaryEmbedding", [inputs[0], _onnx.Integers(0), inputs[1], sin], [node.Output.Name], ("interleaved", 0L));
            return;
        }
        GraphValue value = node.Inputs[0];
        string Slice(string from, string start, string end, long axis) => _onnx.Node("Slice", [from, start, end, _onnx.Integers(axis)], [Temporary()]);
        long half = value.Last.Factor / 2;
        string tokens = Shape([value.Shape[2]]);
        string cosines = Slice(inputs[1], _onnx.Integers(0), tokens, 0);
        string sines = Slice(sin, _onnx.Integers(0), tokens, 0);
        string first = Slice(inputs[0], _onnx.Integers(0), _onnx.Integers(half), 3);
        string second = Slice(inputs[0], _onnx.Integers(half), _onnx.Integers(2 * half), 3);
        string Product(string a, string b) => _onnx.Node("Mul", [a, b], [Temporary()]);
        string turnedFirst = _onnx.Node("Sub", [Product(first, cosines), Product(second, sines)], [Temporary()]);
        string turnedSecond = _onnx.Node("Add", [Product(second, cosines), Product(first, sines)], [Temporary()]);
        _onnx.Node("Concat", [turnedFirst, turnedSecond], [node.Output.Name], ("axis", 3L));
    }

    /// <summary>The shape for Reshape, which finds one dimension itself.</summary>
    private string ReshapeTarget(IReadOnlyList<Dimension> shape) => shape.Count(static dimension => !dimension.IsNumber) <= 1
        ? _onnx.Integers([.. shape.Select(static dimension => dimension.IsNumber ? dimension.Factor : -1)])
        : Shape(shape);

    /// <summary>A vector that holds a shape when the graph runs.</summary>
    private string Shape(IReadOnlyList<Dimension> shape)
    {
        if (shape.All(static dimension => dimension.IsNumber))
            return _onnx.Integers([.. shape.Select(static dimension => dimension.Factor)]);
        string key = string.Join(',', shape);
        if (!_shapes.TryGetValue(key, out string? known))
        {
            string[] parts = [.. shape.Select(Length)];
            known = parts.Length == 1 ? parts[0] : _onnx.Node("Concat", parts, [Temporary()], ("axis", 0L));
            _shapes.Add(key, known);
        }
        return known;
    }

    private string Length(Dimension dimension)
    {
        if (dimension.IsNumber)
            return _onnx.Integers(dimension.Factor);
        string? product = dimension.Factor == 1 ? null : _onnx.Integers(dimension.Factor);
        foreach (string symbol in Dimension.Names(dimension))
        {
            string length = _symbols.TryGetValue(symbol, out string? known) ? known : throw new InvalidOperationException($"No input of the graph has the dimension '{symbol}'.");
            product = product is null ? length : _onnx.Node("Mul", [product, length], [Temporary()]);
        }
        return product!;
    }

    private string Gathered(string input, int axis) => _onnx.Node("Shape", [input], [Temporary()], ("start", (long)axis), ("end", axis + 1L));

    private TensorProto Scalar(string name, double number) => Number(name, number, []);

    private TensorProto Vector(double number) => Number("", number, [1]);

    private TensorProto Number(string name, double number, ReadOnlySpan<long> shape) => IsDouble
        ? OnnxTensors.Create(name, ElementType.Double, MemoryMarshal.AsBytes([number]), shape)
        : OnnxTensors.Create(name, ElementType.Float, MemoryMarshal.AsBytes([(float)number]), shape);

    private string ScalarInteger(long number)
    {
        string name = Temporary();
        _onnx.Initializer(OnnxTensors.Create(name, ElementType.Int64, MemoryMarshal.AsBytes([number]), []));
        return name;
    }

    private string Temporary() => string.Create(CultureInfo.InvariantCulture, $"step_{_names++}");
}

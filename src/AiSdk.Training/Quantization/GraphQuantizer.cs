using System.Globalization;
using System.Runtime.InteropServices;
using AiSdk.Training.OnnxFormat;
using Google.Protobuf;

namespace AiSdk.Training;

/// <summary>Replaces products with constant matrices by MatMulNBits and the table of tokens by GatherBlockQuantized; a table that serves for both is kept once.</summary>
internal sealed class GraphQuantizer
{
    // What decoders are exported with. An operator that is not here may mean something that this does not know, such as weights in another place.
    private static readonly HashSet<string> s_known =
    [
        "Add", "And", "Attention", "BiasGelu", "Cast", "Clip", "Concat", "Constant", "ConstantOfShape", "Cos", "CumSum", "Div", "EmbedLayerNormalization", "Equal", "Erf", "Exp", "Expand", "FastGelu", "FusedMatMul", "Gather", "GatherBlockQuantized", "GatherND", "Gelu", "Gemm", "Greater",
        "GreaterOrEqual", "GroupQueryAttention", "Identity", "LayerNormalization", "Less", "LessOrEqual", "MatMul", "MatMulNBits", "Mod", "Mul", "MultiHeadAttention", "Neg", "Not", "Or", "Pow", "QuickGelu", "RMSNormalization",
        "Range", "Reciprocal", "ReduceMax", "ReduceMean", "ReduceSum", "Relu", "Reshape", "RotaryEmbedding", "ScatterND", "Shape", "Sigmoid", "Sin", "SimplifiedLayerNormalization", "SkipLayerNormalization",
        "SkipSimplifiedLayerNormalization", "Slice", "Softmax", "Split", "Sqrt", "Squeeze", "Sub", "Tanh", "Tile", "Transpose", "Trilu", "Unsqueeze", "Where",
    ];

    private readonly ModelProto _model;
    private readonly GraphReader _graph;
    private readonly QuantizationOptions _options;
    private readonly CancellationToken _cancellationToken;
    private readonly Dictionary<string, (string Codes, string Scales)> _done = new(StringComparer.Ordinal);
    private readonly List<TensorProto> _added = [];

    private GraphQuantizer(ModelProto model, string path, QuantizationOptions options, CancellationToken cancellationToken)
    {
        _model = model;
        _graph = new GraphReader(model, path);
        _options = options;
        _cancellationToken = cancellationToken;
    }

    /// <summary>Changes a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file that it was read from.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Ends the work between two rows of a matrix.</param>
    /// <returns>How many matrices were quantized.</returns>
    /// <exception cref="TrainingException">The graph has an operator that is not known, or no matrix to quantize.</exception>
    public static int Quantize(ModelProto model, string path, QuantizationOptions options, CancellationToken cancellationToken) => new GraphQuantizer(model, path, options, cancellationToken).Run();

    private int Run()
    {
        foreach (NodeProto node in _graph.Nodes)
        {
            if (!s_known.Contains(node.OpType))
                throw _graph.Error(node, "is of an operator that the quantizer does not know, so that it cannot tell what it would do to it.");
        }
        List<NodeProto> nodes = [];
        foreach (NodeProto node in _graph.Nodes)
            nodes.AddRange(Product(node) ?? [node]);
        // Tables behind products: what the head has made of one is used again.
        nodes = [.. nodes.SelectMany(node => Lookup(node) ?? [node])];
        if (_done.Count == 0)
            throw new TrainingException($"'{_graph.Path}' has no matrix of numbers to quantize: it may be quantized already.");
        _model.Graph.Node.Clear();
        _model.Graph.Node.AddRange(nodes);
        _model.Graph.Initializer.AddRange(_added);
        RemoveUnused();
        if (_model.OpsetImport.All(static set => set.Domain != OnnxGraph.Microsoft))
            _model.OpsetImport.Add(new OperatorSetIdProto { Domain = OnnxGraph.Microsoft, Version = 1 });
        return _done.Count;
    }

    private NodeProto[]? Product(NodeProto node)
    {
        if (node.OpType is not ("MatMul" or "Gemm") || !CanReplace(node) || LinearReader.Of(_graph, node) is not { } linear || Source(node.Input[1]) is not { } source)
            return null;
        // What is an input with a default can be another matrix in each run.
        if (_model.Graph.Input.Any(input => input.Name == source.Name))
            return null;
        if (Type(node.Input[1], source) is not { } type)
            return null;
        if (!_done.TryGetValue(source.Name, out (string Codes, string Scales) names))
        {
            float[] byColumns = LinearReader.Transposed(linear.Read(), linear.Rows, linear.Columns);
            names = Add(source.Name, byColumns, linear.Columns, linear.Rows, type);
        }
        NodeProto made = new() { OpType = "MatMulNBits", Domain = OnnxGraph.Microsoft, Name = GraphReader.Name(node) };
        made.Input.Add([node.Input[0], names.Codes, names.Scales]);
        made.Output.Add(node.Output[0]);
        foreach ((string name, long value) in new[] { ("K", linear.Rows), ("N", linear.Columns), ("bits", _options.Bits), ("block_size", _options.BlockSize), ("accuracy_level", (long)(_options.AccuracyLevel ?? (_options.Bits == 8 ? 4 : 0))) })
            made.Attribute.Add(OnnxGraph.Attribute(name, value));
        return [made];
    }

    // A product that also adds, or does more to its factors, stays as it is.
    private static bool CanReplace(NodeProto node) =>
        node.OpType == "MatMul" || (GraphReader.Input(node, 2).Length == 0 && GraphReader.Integer(node, "transA", 0) == 0 && GraphReader.Float(node, "alpha", 1) == 1);

    private NodeProto[]? Lookup(NodeProto node)
    {
        if (node.OpType != "Gather" || GraphReader.Integer(node, "axis", 0) != 0 || Source(node.Input[0]) is not { Dims: [long rows, long width] } table || _graph.Source(node.Input[0]) != table.Name)
            return null;
        // Tables of angles are small and exact; rows must be of whole blocks.
        if (Type(node.Input[0], table) is not { } type || width % _options.BlockSize != 0 || rows * width < 4096 || !ReadsTokens(node))
            return null;
        if (!_done.TryGetValue(table.Name, out (string Codes, string Scales) names))
            names = Add(table.Name, OnnxTensors.ReadFloats(table, _graph.Path), (int)rows, (int)width, type);
        string codes = node.Output[0] + ".codes";
        string shape = codes + ".shape";
        _added.Add(OnnxTensors.Create(shape, ElementType.Int64, MemoryMarshal.AsBytes([rows, width * _options.Bits / 8]), [2]));
        NodeProto reshape = new() { OpType = "Reshape", Name = codes };
        reshape.Input.Add([names.Codes, shape]);
        reshape.Output.Add(codes);
        NodeProto made = new() { OpType = "GatherBlockQuantized", Domain = OnnxGraph.Microsoft, Name = GraphReader.Name(node) };
        made.Input.Add([codes, node.Input[1], names.Scales]);
        made.Output.Add(node.Output[0]);
        foreach ((string name, long value) in new[] { ("gather_axis", 0L), ("quantize_axis", 1L), ("block_size", _options.BlockSize), ("bits", _options.Bits) })
            made.Attribute.Add(OnnxGraph.Attribute(name, value));
        return [reshape, made];
    }

    private bool ReadsTokens(NodeProto node)
    {
        string source = _graph.Source(node.Input[1]);
        return _model.Graph.Input.Any(input => input.Name == source) && !source.Contains("position", StringComparison.Ordinal);
    }

    /// <summary>The constant behind casts and transpositions.</summary>
    private TensorProto? Source(string value)
    {
        value = _graph.Source(value);
        while (_graph.Producer(value) is { OpType: "Transpose" } transpose)
            value = _graph.Source(transpose.Input[0]);
        return _graph.Constant(value);
    }

    /// <summary>The type that a value has where it is read; null where MatMulNBits does not compute in it.</summary>
    private ElementType? Type(string value, TensorProto source)
    {
        int type = source.DataType;
        for (NodeProto? node = _graph.Producer(value); node is { OpType: "Cast" or "Identity" or "Transpose" }; node = _graph.Producer(node.Input[0]))
        {
            if (node.OpType != "Cast")
                continue;
            type = (int)GraphReader.Integer(node, "to", 0);
            break;
        }
        return (ElementType)type is ElementType.Float or ElementType.Float16 ? (ElementType)type : null;
    }

    private (string Codes, string Scales) Add(string name, float[] rows, int count, int width, ElementType type)
    {
        QuantizedMatrix matrix = BlockQuantizer.Quantize(rows, count, width, _options.Bits, _options.BlockSize, _cancellationToken);
        (string Codes, string Scales) names = (string.Create(CultureInfo.InvariantCulture, $"{name}.int{_options.Bits}"), name + ".scales");
        _added.Add(OnnxTensors.Create(names.Codes, ElementType.UInt8, matrix.Codes, [count, matrix.Blocks, _options.BlockSize * _options.Bits / 8]));
        ReadOnlySpan<byte> scales = type == ElementType.Float16 ? MemoryMarshal.AsBytes<Half>(Array.ConvertAll(matrix.Scales, static scale => (Half)scale)) : MemoryMarshal.AsBytes<float>(matrix.Scales);
        _added.Add(OnnxTensors.Create(names.Scales, type, scales, [count, matrix.Blocks]));
        _done.Add(name, names);
        return names;
    }

    private void RemoveUnused()
    {
        GraphProto graph = _model.Graph;
        HashSet<string> used = [.. graph.Output.Select(static output => output.Name)];
        List<NodeProto> kept = [];
        foreach (NodeProto node in graph.Node.Reverse())
        {
            if (!node.Output.Any(used.Contains))
                continue;
            kept.Add(node);
            used.UnionWith(node.Input);
        }
        kept.Reverse();
        graph.Node.Clear();
        graph.Node.AddRange(kept);
        TensorProto[] constants = [.. graph.Initializer.Where(tensor => used.Contains(tensor.Name))];
        graph.Initializer.Clear();
        foreach (TensorProto tensor in constants)
        {
            if (tensor.DataLocation == TensorProto.Types.DataLocation.External)
            {
                tensor.RawData = ByteString.CopyFrom(OnnxTensors.ReadBytes(tensor, _graph.Path));
                tensor.ExternalData.Clear();
                tensor.ClearDataLocation();
            }
            graph.Initializer.Add(tensor);
        }
    }
}

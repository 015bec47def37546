using System.Globalization;
using AiSdk.Onnx;
using AiSdk.Training.OnnxFormat;

namespace AiSdk.Training;

/// <summary>Reads the weights of a Llama model from its graph, whoever exported it, by what the graph computes rather than by names.</summary>
/// <remarks>
/// Products with constant matrices, in the order in which they run, must be those of a Llama: for each layer q, k and v (or one for all three), o, gate and up (or one for both), down; then the head.
/// Which is which of those that read the same is told by where they lead: to the cache's keys or values, to the activation. What Llama models do not have is refused by its node.
/// </remarks>
internal sealed class LlamaImporter
{
    private readonly GraphReader _graph;
    private readonly GenAIConfig _config;
    private readonly Dictionary<string, float[]> _weights = new(StringComparer.Ordinal);
    private readonly Dictionary<NodeProto, Linear> _linears = new(ReferenceEqualityComparer.Instance);

    private LlamaImporter(GraphReader graph, GenAIConfig config)
    {
        _graph = graph;
        _config = config;
        Configuration = null!;
        Cos = null!;
        Sin = null!;
    }

    public LlamaConfiguration Configuration { get; private set; }

    public Dictionary<string, float[]> Weights => _weights;

    public float[] Cos { get; private set; }

    public float[] Sin { get; private set; }

    /// <summary>Reads a model.</summary>
    /// <exception cref="TrainingException">It is none of Llama's architecture; the message names what differs.</exception>
    public static LlamaImporter Read(string folder, GenAIConfig config)
    {
        string path = Path.Combine(folder, config.GraphFile);
        if (config.ModelType != "llama")
            throw new TrainingException($"The model in '{folder}' is of the architecture '{config.ModelType}' ({GenAIConfig.FileName}, model.type); only 'llama' can be trained.");
        LlamaImporter importer = new(new GraphReader(OnnxFile.Read(path), path), config);
        importer.Run();
        return importer;
    }

    private void Run()
    {
        List<List<Linear>> groups = Groups();
        int layers = _config.Layers;
        if (groups.Count != 4 * layers + 1)
            throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"'{_graph.Path}' has {groups.Count} groups of products with weights, but a Llama model of {layers} layers has {4 * layers + 1}: its architecture is another one."));
        (Func<float[]> table, int vocabulary, int hidden) = Embedding();
        Linear last = groups[^1] is [Linear only] ? only : throw Unexpected(groups[^1], "one product, the head");
        if (last.Rows != hidden || last.Columns != vocabulary || vocabulary != _config.VocabularySize)
            throw _graph.Error(last.Node, string.Create(CultureInfo.InvariantCulture, $"gives [{last.Rows}, {last.Columns}]; the head of a model with a table of [{vocabulary}, {hidden}] and model.vocab_size {_config.VocabularySize} was expected."));
        (int heads, int keyValueHeads, int headSize) = HeadSizes();
        Linear[] inner = [.. groups[2]];
        LlamaConfiguration c = new()
        {
            VocabularySize = vocabulary,
            HiddenSize = hidden,
            InnerSize = inner.Length == 1 ? inner[0].Columns / 2 : inner[0].Columns,
            Layers = layers,
            Heads = heads,
            KeyValueHeads = keyValueHeads,
            HeadSize = headSize,
            ContextLength = _config.ContextLength,
            // Found out when both tables have been read; with one, it is the smaller model.
            TiedEmbeddings = true,
            RmsEpsilon = Norm(last.Node.Input[0], hidden).Epsilon,
        };
        ReadRope(ref c);
        c.Validate();
        TrainableModel.RequireRoom(c, $"The model in '{_graph.Path}',");
        float[] embedding = table();
        float[] headWeights = LinearReader.Transposed(last.Read(), hidden, vocabulary);
        c = c with { TiedEmbeddings = headWeights.AsSpan().SequenceEqual(embedding) };
        TrainableModel.RequireRoom(c, $"The model in '{_graph.Path}',");
        Configuration = c;
        _weights.Add(LlamaLayout.Embedding, embedding);
        for (int layer = 0; layer < layers; layer++)
            ReadLayer(layer, groups[4 * layer], groups[4 * layer + 1], groups[4 * layer + 2], groups[4 * layer + 3]);
        _weights.Add(LlamaLayout.FinalNorm, Norm(last.Node.Input[0], hidden).Weight);
        if (!c.TiedEmbeddings)
            _weights.Add(LlamaLayout.Head, headWeights);
        foreach (ParameterShape parameter in LlamaLayout.Parameters(c))
        {
            if (_weights[parameter.Name].Length != parameter.Count)
                throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"'{_graph.Path}': '{parameter.Name}' should have the shape [{string.Join(", ", parameter.Shape)}], but has {_weights[parameter.Name].Length} values."));
        }
    }

    /// <summary>The products with weights, those that read the same value together, in the order in which they run.</summary>
    private List<List<Linear>> Groups()
    {
        List<List<Linear>> groups = [];
        Dictionary<string, List<Linear>> byInput = new(StringComparer.Ordinal);
        foreach (NodeProto node in _graph.Nodes)
        {
            if (node.Attribute.Any(static attribute => attribute.G is not null))
                throw _graph.Error(node, "has a graph within it, which Llama models do not have.");
            if (LinearReader.Of(_graph, node) is not { } linear)
                continue;
            _linears.Add(node, linear);
            string input = _graph.Source(node.Input[0]);
            if (!byInput.TryGetValue(input, out List<Linear>? group))
            {
                byInput.Add(input, group = []);
                groups.Add(group);
            }
            group.Add(linear);
            foreach (NodeProto reader in _graph.Readers(node.Output[0]))
            {
                if (reader.OpType == "Add" && reader.Input.Any(value => _graph.Constant(value) is { Dims.Count: 1 }))
                    throw _graph.Error(reader, "adds a bias, which Llama models do not have.");
            }
        }
        return groups;
    }

    private (Func<float[]> Table, int Vocabulary, int Hidden) Embedding()
    {
        NodeProto gather = _graph.Nodes.FirstOrDefault(node => node.OpType is "Gather" or "GatherBlockQuantized" && _graph.Source(node.Input[1]) == _config.Names.InputIds)
            ?? throw new TrainingException($"'{_graph.Path}' has no Gather or GatherBlockQuantized that reads '{_config.Names.InputIds}': its architecture is not Llama's.");
        if (gather.OpType == "GatherBlockQuantized")
        {
            int hidden = _linears.Values.First().Rows;
            return (() => BlockFormat.Read(_graph, gather, gather.Input[0], gather.Input[2], GraphReader.Input(gather, 3), _config.VocabularySize, hidden), _config.VocabularySize, hidden);
        }
        return _graph.Constant(_graph.Source(gather.Input[0])) is { Dims: [long rows, long width] } table
            ? (() => OnnxTensors.ReadFloats(table, _graph.Path), (int)rows, (int)width)
            : throw _graph.Error(gather, "looks tokens up in a table that is no constant matrix.");
    }

    private (int Heads, int KeyValueHeads, int HeadSize) HeadSizes()
    {
        JsonFile decoder = JsonFile.Read(Path.Combine(Path.GetDirectoryName(_graph.Path)!, GenAIConfig.FileName)).Object("model").Object("decoder");
        return (decoder.Int("num_attention_heads"), decoder.Int("num_key_value_heads"), decoder.Int("head_size"));
    }

    private void ReadLayer(int layer, List<Linear> attention, List<Linear> output, List<Linear> inner, List<Linear> down)
    {
        LlamaConfiguration c = Configuration;
        if (output is not [Linear o] || down is not [Linear d])
            throw Unexpected(output.Count == 1 ? down : output, "one product");
        (float[] Weight, double Epsilon) norm = Norm(attention[0].Node.Input[0], c.HiddenSize);
        _weights.Add(LlamaLayout.AttentionNorm(layer), norm.Weight);
        (float[] q, float[] k, float[] v) = Attention(layer, attention);
        bool interleaved = IsInterleaved(layer, attention);
        _weights.Add(LlamaLayout.Projection(layer, "q_proj"), interleaved ? Deinterleaved(q, c.Heads, c) : q);
        _weights.Add(LlamaLayout.Projection(layer, "k_proj"), interleaved ? Deinterleaved(k, c.KeyValueHeads, c) : k);
        _weights.Add(LlamaLayout.Projection(layer, "v_proj"), v);
        _weights.Add(LlamaLayout.Projection(layer, "o_proj"), o.Read());
        _weights.Add(LlamaLayout.InnerNorm(layer), Norm(inner[0].Node.Input[0], c.HiddenSize).Weight);
        (float[] gate, float[] up) = Inner(inner);
        _weights.Add(LlamaLayout.Projection(layer, "gate_proj"), gate);
        _weights.Add(LlamaLayout.Projection(layer, "up_proj"), up);
        _weights.Add(LlamaLayout.Projection(layer, "down_proj"), d.Read());
    }

    private (float[] Q, float[] K, float[] V) Attention(int layer, List<Linear> group)
    {
        LlamaConfiguration c = Configuration;
        NodeProto? fused = Fused(layer);
        if (fused is not null)
            RequirePlain(fused);
        if (group is [Linear packed])
        {
            if (fused is null || packed.Columns != c.QuerySize + 2 * c.KeyValueSize)
                throw _graph.Error(packed.Node, "gives queries, keys and values in a form that is not known.");
            float[] all = packed.Read();
            return (Columns(all, packed.Columns, 0, c.QuerySize), Columns(all, packed.Columns, c.QuerySize, c.KeyValueSize), Columns(all, packed.Columns, c.QuerySize + c.KeyValueSize, c.KeyValueSize));
        }
        if (group.Count != 3)
            throw Unexpected(group, "products for queries, keys and values");
        string[] cache = [.. _config.Names.CachePairs.Select(pair => pair.Present.Replace("%d", layer.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal))];
        if (cache.Length != 2)
            throw new TrainingException($"'{_graph.Path}' keeps keys and values in one cache, which is not supported.");
        Linear k = Reached(fused is null ? cache[0] : fused.Input[1], group);
        Linear v = Reached(fused is null ? cache[1] : fused.Input[2], group);
        Linear q = group.FirstOrDefault(linear => linear != k && linear != v) ?? throw Unexpected(group, "queries beside keys and values");
        return (q.Read(), k.Read(), v.Read());
    }

    private Linear Reached(string value, List<Linear> group)
    {
        HashSet<NodeProto> found = _graph.Upstream(value, _linears.ContainsKey);
        return found.Count == 1 && group.FirstOrDefault(linear => found.Contains(linear.Node)) is { } linear
            ? linear
            : throw new TrainingException($"'{_graph.Path}': '{value}' does not come from one of {string.Join(", ", group.Select(static linear => $"'{GraphReader.Name(linear.Node)}'"))} alone: the architecture is not Llama's.");
    }

    private (float[] Gate, float[] Up) Inner(List<Linear> group)
    {
        if (group is [Linear packed])
        {
            float[] all = packed.Read();
            return (Columns(all, packed.Columns, 0, packed.Columns / 2), Columns(all, packed.Columns, packed.Columns / 2, packed.Columns / 2));
        }
        if (group.Count != 2)
            throw Unexpected(group, "products for gate and up");
        bool IsActivated(Linear linear) => _graph.Readers(_graph.Source(linear.Node.Output[0])).Any(static node => node.OpType is "Sigmoid" or "Silu" or "Swish" or "QuickGelu");
        if (group.FirstOrDefault(IsActivated) is not { } gate)
        {
            NodeProto? other = _graph.Readers(group[0].Node.Output[0]).Concat(_graph.Readers(group[1].Node.Output[0])).FirstOrDefault(static node => node.OpType != "Mul");
            throw _graph.Error(other ?? group[0].Node, "is no SiLU, which Llama's feed-forward part has.");
        }
        return (gate.Read(), group.First(linear => linear != gate).Read());
    }

    /// <summary>The normalization's weight and epsilon of which a value is the output.</summary>
    private (float[] Weight, double Epsilon) Norm(string value, int width)
    {
        value = _graph.Source(value);
        // Some heads read the last token only.
        while (_graph.Producer(value) is { OpType: "Gather" or "Slice" or "Reshape" } picked)
            value = _graph.Source(picked.Input[0]);
        NodeProto node = _graph.Producer(value) ?? throw new TrainingException($"'{_graph.Path}': '{value}' is not the output of a normalization.");
        float epsilon = GraphReader.Float(node, "epsilon", 1e-5f);
        string? name = node.OpType switch
        {
            "SimplifiedLayerNormalization" or "RMSNormalization" => node.Input[1],
            "SkipSimplifiedLayerNormalization" when GraphReader.Input(node, 3).Length == 0 => node.Input[2],
            "Mul" => node.Input.FirstOrDefault(input => _graph.Constant(_graph.Source(input)) is { Dims.Count: 1 }),
            _ => null,
        };
        if (name is null || _graph.Constant(_graph.Source(name)) is not { } tensor || OnnxTensors.Count(tensor) != width)
            throw _graph.Error(node, "is no RMS normalization with a constant scale, which Llama's layers begin with.");
        if (node.OpType == "Mul")
            epsilon = PlainEpsilon(node);
        // By way of decimal, which makes 0.00001 of the float that is nearest to it.
        return (OnnxTensors.ReadFloats(tensor, _graph.Path), (double)(decimal)epsilon);
    }

    private float PlainEpsilon(NodeProto node)
    {
        foreach (NodeProto add in _graph.Upstream(node.Output[0], static candidate => candidate.OpType is "Add" or "MatMul" or "Gather"))
        {
            if (add.OpType == "Add" && add.Input.Select(input => _graph.Constant(_graph.Source(input))).FirstOrDefault(static constant => constant is not null && OnnxTensors.Count(constant) == 1) is { } constant)
                return OnnxTensors.ReadFloats(constant, _graph.Path)[0];
        }
        throw _graph.Error(node, "is no RMS normalization: no constant is added to the mean square.");
    }

    private NodeProto? Fused(int layer) =>
        _graph.Producer(_config.Names.CachePairs[0].Present.Replace("%d", layer.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)) is { OpType: "GroupQueryAttention" } node ? node : null;

    private void RequirePlain(NodeProto attention)
    {
        if (GraphReader.Integer(attention, "local_window_size", -1) > 0)
            throw _graph.Error(attention, "sees a window of the last tokens only, which Llama models do not.");
        if (GraphReader.Float(attention, "softcap", 0) != 0)
            throw _graph.Error(attention, "caps its scores, which Llama models do not.");
        if (GraphReader.Float(attention, "scale", 0) is not 0 and float scale && Math.Abs(scale * MathF.Sqrt(Configuration.HeadSize) - 1) > 1e-4)
            throw _graph.Error(attention, "scales its scores by another factor than 1 / sqrt(head size).");
    }

    /// <summary>Whether neighbouring elements turn together, rather than those of the two halves.</summary>
    private bool IsInterleaved(int layer, List<Linear> group)
    {
        if (Fused(layer) is { } fused && GraphReader.Integer(fused, "do_rotary", 0) == 1)
            return GraphReader.Integer(fused, "rotary_interleaved", 0) == 1;
        HashSet<NodeProto> turning = [];
        foreach (Linear linear in group)
            turning.UnionWith(_graph.Downstream(linear.Node.Output[0], node => node.OpType is "RotaryEmbedding" || _linears.ContainsKey(node) || IsPairs(node)));
        if (turning.FirstOrDefault(static node => node.OpType == "RotaryEmbedding") is { } rotary)
            return GraphReader.Integer(rotary, "interleaved", 0) == 1;
        return turning.Any(IsPairs);
    }

    // A view of heads as pairs.
    private bool IsPairs(NodeProto node) => node.OpType == "Reshape" && _graph.Constant(node.Input[1]) is { Dims: [5] } shape && OnnxTensors.ReadIntegers(shape, _graph.Path)[4] == 2;

    private void ReadRope(ref LlamaConfiguration c)
    {
        int half = c.HeadSize / 2;
        foreach ((string _, TensorProto tensor) in _graph.Constants)
        {
            if (tensor.Dims is not [long rows, long width] || width != half || rows < 2 || (ElementType)tensor.DataType is not (ElementType.Float or ElementType.Float16))
                continue;
            float[] values = OnnxTensors.ReadFloats(tensor, _graph.Path);
            // Position 0 does not turn at all, and position 1 turns the first pair by one radian.
            if (values.AsSpan(0, half).IndexOfAnyExcept(1f) < 0 && Math.Abs(values[half] - Math.Cos(1)) < 1e-3)
                Cos ??= values;
            else if (values.AsSpan(0, half).IndexOfAnyExcept(0f) < 0 && Math.Abs(values[half] - Math.Sin(1)) < 1e-3)
                Sin ??= values;
        }
        if (Cos is null || Sin is null)
            throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"'{_graph.Path}' has no tables of cosines and sines [positions, {half}] for rotary positions: its architecture is not Llama's, or turns other than whole heads."));
        int positions = Math.Min(Cos.Length, Sin.Length) / half;
        c = c with
        {
            ContextLength = Math.Min(c.ContextLength, positions),
            RopeTheta = half == 1 ? c.RopeTheta : Math.Pow(Math.Atan2(Sin[half + 1], Cos[half + 1]), -half),
        };
        Cos = Cos[..(c.ContextLength * half)];
        Sin = Sin[..(c.ContextLength * half)];
    }

    /// <summary>Columns in which neighbours turn together, in the order in which the halves do: the same products, as queries and keys change alike.</summary>
    private static float[] Deinterleaved(float[] values, int heads, LlamaConfiguration c)
    {
        int size = c.HeadSize;
        int columns = heads * size;
        var result = new float[values.Length];
        for (int row = 0; row < values.Length / columns; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                int i = column % size;
                int from = i < size / 2 ? 2 * i : 2 * (i - size / 2) + 1;
                result[row * columns + column] = values[row * columns + column - i + from];
            }
        }
        return result;
    }

    private static float[] Columns(float[] values, int columns, int start, int count)
    {
        int rows = values.Length / columns;
        var result = new float[rows * count];
        for (int row = 0; row < rows; row++)
            values.AsSpan(row * columns + start, count).CopyTo(result.AsSpan(row * count));
        return result;
    }

    private TrainingException Unexpected(List<Linear> group, string wanted) =>
        _graph.Error(group[0].Node, string.Create(CultureInfo.InvariantCulture, $"is one of {group.Count} products that read the same value; a Llama model has {wanted} there."));
}

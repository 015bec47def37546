using AiSdk.Training.OnnxFormat;

namespace AiSdk.Training;

/// <summary>An ONNX graph that is read: what makes and what reads each value, and the constants.</summary>
internal sealed class GraphReader
{
    private readonly Dictionary<string, NodeProto> _producers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<NodeProto>> _readers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorProto> _constants = new(StringComparer.Ordinal);

    public GraphReader(ModelProto model, string path)
    {
        Path = path;
        Nodes = model.Graph.Node;
        foreach (TensorProto tensor in model.Graph.Initializer)
            _constants[tensor.Name] = tensor;
        foreach (NodeProto node in Nodes)
        {
            foreach (string output in node.Output.Where(static name => name.Length > 0))
                _producers[output] = node;
            foreach (string input in node.Input.Where(static name => name.Length > 0))
            {
                if (!_readers.TryGetValue(input, out List<NodeProto>? readers))
                    _readers.Add(input, readers = []);
                readers.Add(node);
            }
            if (node.OpType == "Constant" && node.Attribute.FirstOrDefault(static attribute => attribute.Name == "value")?.T is { } value)
                _constants[node.Output[0]] = value;
        }
    }

    public string Path { get; }

    public IReadOnlyList<NodeProto> Nodes { get; }

    public IEnumerable<KeyValuePair<string, TensorProto>> Constants => _constants;

    public NodeProto? Producer(string value) => _producers.GetValueOrDefault(value);

    public IReadOnlyList<NodeProto> Readers(string value) => _readers.GetValueOrDefault(value) ?? [];

    public TensorProto? Constant(string value) => _constants.GetValueOrDefault(value);

    public static AttributeProto? Attribute(NodeProto node, string name) => node.Attribute.FirstOrDefault(attribute => attribute.Name == name);

    public static long Integer(NodeProto node, string name, long fallback) => Attribute(node, name) is { } attribute ? attribute.I : fallback;

    public static float Float(NodeProto node, string name, float fallback) => Attribute(node, name) is { } attribute ? attribute.F : fallback;

    public static string Input(NodeProto node, int index) => index < node.Input.Count ? node.Input[index] : "";

    public static string Name(NodeProto node) => node.Name.Length > 0 ? node.Name : node.Output[0];

    public TrainingException Error(NodeProto node, string problem) => new($"'{Path}': the node '{Name(node)}' ({node.OpType}) {problem}");

    /// <summary>The value that a value is a copy of: casts and identities are seen through.</summary>
    public string Source(string value)
    {
        while (Producer(value) is { OpType: "Cast" or "Identity" } node)
            value = node.Input[0];
        return value;
    }

    /// <summary>The first nodes of a kind on the ways to a value.</summary>
    public HashSet<NodeProto> Upstream(string value, Func<NodeProto, bool> isWanted) => Search([value], name => Producer(name) is { } node ? [node] : [], static node => node.Input, isWanted);

    /// <summary>The first nodes of a kind on the ways from a value.</summary>
    public HashSet<NodeProto> Downstream(string value, Func<NodeProto, bool> isWanted) => Search([value], Readers, static node => node.Output, isWanted);

    private static HashSet<NodeProto> Search(IEnumerable<string> start, Func<string, IReadOnlyList<NodeProto>> next, Func<NodeProto, IEnumerable<string>> values, Func<NodeProto, bool> isWanted)
    {
        HashSet<NodeProto> found = new(ReferenceEqualityComparer.Instance);
        HashSet<NodeProto> seen = new(ReferenceEqualityComparer.Instance);
        Queue<string> queue = new(start);
        while (queue.TryDequeue(out string? value))
        {
            foreach (NodeProto node in next(value))
            {
                if (!seen.Add(node))
                    continue;
                if (isWanted(node))
                {
                    found.Add(node);
                    continue;
                }
                foreach (string other in values(node))
                    queue.Enqueue(other);
            }
        }
        return found;
    }
}

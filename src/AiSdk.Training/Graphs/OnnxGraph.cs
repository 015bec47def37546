using AiSdk.Training.OnnxFormat;
using Google.Protobuf;

namespace AiSdk.Training;

/// <summary>Writes the nodes, weights, inputs and outputs of an ONNX model.</summary>
internal sealed class OnnxGraph
{
    public const string Microsoft = "com.microsoft";

    /// <summary>The version of ONNX's operators that is written.</summary>
    private const int OperatorSet = 18;

    private const int FormatVersion = 9;

    private readonly Dictionary<string, string> _integers = new(StringComparer.Ordinal);

    public OnnxGraph()
    {
        Model = new ModelProto { IrVersion = FormatVersion, ProducerName = "AiSdk.Training", Graph = new GraphProto { Name = "model" } };
        Model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = OperatorSet });
        Model.OpsetImport.Add(new OperatorSetIdProto { Domain = Microsoft, Version = 1 });
    }

    public ModelProto Model { get; }

    private GraphProto Graph => Model.Graph;

    public void Input(string name, ElementType type, params IEnumerable<Dimension> shape) => Graph.Input.Add(Value(name, type, shape));

    public void Output(string name, ElementType type, params IEnumerable<Dimension> shape) => Graph.Output.Add(Value(name, type, shape));

    /// <summary>Adds a node of ONNX's own operators.</summary>
    /// <returns>The first output.</returns>
    public string Node(string type, ReadOnlySpan<string> inputs, ReadOnlySpan<string> outputs, params ReadOnlySpan<(string Name, object Value)> attributes) => Node("", type, inputs, outputs, attributes);

    /// <summary>Adds a node.</summary>
    /// <param name="domain">The operator's domain.</param>
    /// <param name="type">The operator.</param>
    /// <param name="inputs">Its inputs; empty names for those that are left out.</param>
    /// <param name="outputs">Its outputs.</param>
    /// <param name="attributes">long, float, string, long[] or a tensor.</param>
    /// <returns>The first output.</returns>
    public string Node(string domain, string type, ReadOnlySpan<string> inputs, ReadOnlySpan<string> outputs, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        NodeProto node = new() { OpType = type, Domain = domain, Name = outputs[0] };
        foreach (string input in inputs)
            node.Input.Add(input);
        foreach (string output in outputs)
            node.Output.Add(output);
        foreach ((string name, object value) in attributes)
            node.Attribute.Add(Attribute(name, value));
        Graph.Node.Add(node);
        return outputs[0];
    }

    /// <summary>Adds a constant.</summary>
    public void Initializer(TensorProto tensor) => Graph.Initializer.Add(tensor);

    public string Floats(string name, ReadOnlySpan<float> values, params ReadOnlySpan<long> shape)
    {
        Initializer(OnnxTensors.Create(name, ElementType.Float, System.Runtime.InteropServices.MemoryMarshal.AsBytes(values), shape));
        return name;
    }

    public string Bytes(string name, ReadOnlySpan<byte> values, params ReadOnlySpan<long> shape)
    {
        Initializer(OnnxTensors.Create(name, ElementType.UInt8, values, shape));
        return name;
    }

    /// <summary>A vector of integers; equal ones are one constant.</summary>
    public string Integers(params ReadOnlySpan<long> values)
    {
        string name = $"integers_{string.Join('_', values.ToArray())}";
        if (_integers.TryAdd(name, name))
            Initializer(OnnxTensors.Create(name, ElementType.Int64, System.Runtime.InteropServices.MemoryMarshal.AsBytes(values), [values.Length]));
        return name;
    }

    /// <summary>The file's bytes.</summary>
    public byte[] ToBytes() => Model.ToByteArray();

    internal static AttributeProto Attribute(string name, object value)
    {
        AttributeProto attribute = new() { Name = name };
        switch (value)
        {
            case long number:
                attribute.I = number;
                attribute.Type = AttributeProto.Types.AttributeType.Int;
                break;
            case float number:
                attribute.F = number;
                attribute.Type = AttributeProto.Types.AttributeType.Float;
                break;
            case string text:
                attribute.S = ByteString.CopyFromUtf8(text);
                attribute.Type = AttributeProto.Types.AttributeType.String;
                break;
            case long[] numbers:
                attribute.Ints.Add(numbers);
                attribute.Type = AttributeProto.Types.AttributeType.Ints;
                break;
            case TensorProto tensor:
                attribute.T = tensor;
                attribute.Type = AttributeProto.Types.AttributeType.Tensor;
                break;
            default:
                throw new ArgumentException($"The attribute '{name}' is a {value.GetType().Name}.", nameof(value));
        }
        return attribute;
    }

    internal static ValueInfoProto Value(string name, ElementType type, IEnumerable<Dimension> shape)
    {
        TensorShapeProto dimensions = new();
        foreach (Dimension dimension in shape)
            dimensions.Dim.Add(dimension.IsNumber ? new TensorShapeProto.Types.Dimension { DimValue = dimension.Factor } : new TensorShapeProto.Types.Dimension { DimParam = dimension.ToString() });
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = dimensions } } };
    }
}

using System.Text;

namespace AiSdk.Onnx.Tests;

/// <summary>Writes small ONNX files, for graphs that none of the shared models has. Field numbers are those of onnx.proto.</summary>
internal sealed class OnnxGraphWriter : IDisposable
{
    public const int Float = 1;
    public const int UInt8 = 2;
    public const int Int32 = 6;
    public const int Int64 = 7;
    public const int Float16 = 10;

    private readonly MemoryStream _graph = new();

    public void Input(string name, int type, params object[] dimensions) => Write(_graph, 11, ValueInfo(name, type, dimensions));

    public void Output(string name, int type, params object[] dimensions) => Write(_graph, 12, ValueInfo(name, type, dimensions));

    public void Weights(string name, float[] values, params long[] dimensions)
    {
        var bytes = new byte[values.Length * sizeof(float)];
        Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length);
        Constant(name, Float, bytes, dimensions);
    }

    public void Halves(string name, float[] values, params long[] dimensions)
    {
        var halves = new Half[values.Length];
        System.Numerics.Tensors.TensorPrimitives.ConvertToHalf(values, halves);
        Constant(name, Float16, System.Runtime.InteropServices.MemoryMarshal.AsBytes(halves.AsSpan()).ToArray(), dimensions);
    }

    public void Integers(string name, long[] values, params long[] dimensions)
    {
        var bytes = new byte[values.Length * sizeof(long)];
        Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length);
        Constant(name, Int64, bytes, dimensions);
    }

    public void Bytes(string name, byte[] values, params long[] dimensions) => Constant(name, UInt8, values, dimensions);

    public void Node(string type, string[] inputs, string[] outputs, params (string Name, long Value)[] attributes) => Node("", type, inputs, outputs, attributes);

    public void Node(string domain, string type, string[] inputs, string[] outputs, params (string Name, long Value)[] attributes)
    {
        using MemoryStream node = new();
        foreach (string input in inputs)
            Write(node, 1, input);
        foreach (string output in outputs)
            Write(node, 2, output);
        Write(node, 4, type);
        foreach ((string name, long value) in attributes)
        {
            using MemoryStream attribute = new();
            Write(attribute, 1, name);
            Write(attribute, 3, value);
            Write(attribute, 20, 2);
            Write(node, 5, attribute.ToArray());
        }
        Write(node, 7, domain);
        Write(_graph, 1, node.ToArray());
    }

    public void Save(string path)
    {
        Write(_graph, 2, "test");
        using MemoryStream model = new();
        Write(model, 1, 9);
        foreach ((string domain, long version) in new[] { ("", 17L), ("com.microsoft", 1L) })
        {
            using MemoryStream opset = new();
            Write(opset, 1, domain);
            Write(opset, 2, version);
            Write(model, 8, opset.ToArray());
        }
        Write(model, 7, _graph.ToArray());
        File.WriteAllBytes(path, model.ToArray());
    }

    public void Dispose() => _graph.Dispose();

    private void Constant(string name, int type, byte[] bytes, long[] dimensions)
    {
        using MemoryStream tensor = new();
        foreach (long dimension in dimensions)
            Write(tensor, 1, dimension);
        Write(tensor, 2, type);
        Write(tensor, 8, name);
        Write(tensor, 9, bytes);
        Write(_graph, 5, tensor.ToArray());
    }

    private static byte[] ValueInfo(string name, int type, object[] dimensions)
    {
        using MemoryStream shape = new();
        foreach (object dimension in dimensions)
        {
            using MemoryStream one = new();
            if (dimension is string parameter)
                Write(one, 2, parameter);
            else
                Write(one, 1, (int)dimension);
            Write(shape, 1, one.ToArray());
        }
        using MemoryStream tensor = new();
        Write(tensor, 1, type);
        Write(tensor, 2, shape.ToArray());
        using MemoryStream typeOf = new();
        Write(typeOf, 1, tensor.ToArray());
        using MemoryStream info = new();
        Write(info, 1, name);
        Write(info, 2, typeOf.ToArray());
        return info.ToArray();
    }

    private static void Write(MemoryStream stream, int field, string text) => Write(stream, field, Encoding.UTF8.GetBytes(text));

    private static void Write(MemoryStream stream, int field, byte[] bytes)
    {
        Varint(stream, (ulong)(field << 3 | 2));
        Varint(stream, (ulong)bytes.Length);
        stream.Write(bytes);
    }

    private static void Write(MemoryStream stream, int field, long value)
    {
        Varint(stream, (ulong)(field << 3));
        Varint(stream, (ulong)value);
    }

    private static void Varint(MemoryStream stream, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            stream.WriteByte((byte)(value | 0x80));
        stream.WriteByte((byte)value);
    }
}

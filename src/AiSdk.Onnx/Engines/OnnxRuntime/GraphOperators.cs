using System.Text;

namespace AiSdk.Onnx;

/// <summary>Counts the nodes of one operator in an ONNX file, reading nothing but the node list.</summary>
/// <remarks>
/// The session does not tell which operators a graph has, and only some can write their cache in place. An ONNX file is a protobuf
/// message: ModelProto.graph is field 7, GraphProto.node field 1, NodeProto.op_type field 4 (onnx.proto). Weights are skipped.
/// </remarks>
internal static class GraphOperators
{
    private const int ModelGraph = 7;
    private const int GraphNode = 1;
    private const int NodeOpType = 4;
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int LengthDelimited = 2;
    private const int Fixed32 = 5;

    /// <summary>Whether a graph gives the same however its input is cut into runs. One that quantizes what it computes does so by each run's largest values.</summary>
    public static bool IsReproducible(string path)
    {
        try
        {
            return Count(path, "DynamicQuantizeMatMul") + Count(path, "DynamicQuantizeLinear") + Count(path, "MatMulIntegerToFloat") == 0;
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            // ORT's own format, which is not read here.
            return true;
        }
    }

    /// <summary>How many nodes of the main graph are of this type.</summary>
    /// <exception cref="InvalidDataException">The file is no protobuf message.</exception>
    public static int Count(string path, string operatorType)
    {
        using FileStream stream = File.OpenRead(path);
        byte[] wanted = Encoding.UTF8.GetBytes(operatorType);
        int count = 0;
        while (NextField(stream, stream.Length, out int field, out long length))
        {
            if (field == ModelGraph)
                count += CountInGraph(stream, stream.Position + length, wanted);
            else
                Skip(stream, length);
        }
        return count;
    }

    private static int CountInGraph(FileStream stream, long end, byte[] wanted)
    {
        int count = 0;
        while (NextField(stream, end, out int field, out long length))
        {
            if (field == GraphNode)
                count += IsOfType(stream, stream.Position + length, wanted) ? 1 : 0;
            else
                Skip(stream, length);
        }
        return count;
    }

    private static bool IsOfType(FileStream stream, long end, byte[] wanted)
    {
        bool found = false;
        Span<byte> name = stackalloc byte[wanted.Length];
        while (NextField(stream, end, out int field, out long length))
        {
            if (field == NodeOpType && length == wanted.Length)
            {
                stream.ReadExactly(name);
                found = name.SequenceEqual(wanted);
            }
            else
            {
                Skip(stream, length);
            }
        }
        return found;
    }

    /// <summary>Reads fields up to the next one with a length; the stream then stands at its content.</summary>
    private static bool NextField(FileStream stream, long end, out int field, out long length)
    {
        while (stream.Position < end)
        {
            long tag = ReadVarint(stream);
            field = (int)(tag >> 3);
            switch ((int)(tag & 7))
            {
                case Varint:
                    ReadVarint(stream);
                    break;
                case Fixed64:
                    Skip(stream, sizeof(long));
                    break;
                case Fixed32:
                    Skip(stream, sizeof(int));
                    break;
                case LengthDelimited:
                    length = ReadVarint(stream);
                    if (length < 0 || length > end - stream.Position)
                        throw new InvalidDataException("A field is longer than the message that holds it.");
                    return true;
                default:
                    throw new InvalidDataException("The file is not an ONNX model.");
            }
        }
        field = 0;
        length = 0;
        return false;
    }

    private static long ReadVarint(FileStream stream)
    {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            int next = stream.ReadByte();
            if (next < 0)
                throw new InvalidDataException("The file ends within a number.");
            value |= (long)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
        throw new InvalidDataException("A number is too long.");
    }

    private static void Skip(FileStream stream, long bytes) => stream.Seek(bytes, SeekOrigin.Current);
}

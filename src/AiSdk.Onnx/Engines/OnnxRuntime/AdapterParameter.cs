using System.Buffers.Binary;
using System.Text;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace AiSdk.Onnx;

/// <summary>A weight of an adapter's file.</summary>
/// <remarks>
/// ONNX Runtime does not tell what an adapter holds. Its file is a FlatBuffer (onnxruntime/lora/adapter_format/adapter_schema.fbs): table Adapter has the list of parameters as field 3, table Parameter
/// the name as field 0, the dimensions (int64) as field 1 and the type (ONNX's number) as field 2.
/// </remarks>
/// <param name="Name">The graph's input that it takes the place of.</param>
/// <param name="Dimensions">Its shape.</param>
/// <param name="Type">The type of its numbers.</param>
internal sealed record AdapterParameter(string Name, IReadOnlyList<long> Dimensions, TensorElementType Type)
{
    private const int AdapterParameters = 3;
    private const int ParameterName = 0;
    private const int ParameterDimensions = 1;
    private const int ParameterType = 2;

    /// <summary>Reads the weights' names and shapes from a file.</summary>
    /// <exception cref="InvalidDataException">It is no adapter.</exception>
    public static List<AdapterParameter> Read(ReadOnlySpan<byte> file)
    {
        List<AdapterParameter> parameters = [];
        int list = Field(file, Reference(file, 0), AdapterParameters);
        (int first, int count) = list == 0 ? (0, 0) : Vector(file, list, sizeof(int));
        for (int i = 0; i < count; i++)
        {
            int table = Reference(file, first + (i * sizeof(int)));
            int name = Field(file, table, ParameterName);
            int dimensions = Field(file, table, ParameterDimensions);
            int type = Field(file, table, ParameterType);
            parameters.Add(new AdapterParameter(
                name == 0 ? "" : Text(file, name),
                dimensions == 0 ? [] : Numbers(file, dimensions),
                type == 0 ? TensorElementType.DataTypeMax : (TensorElementType)Int32(file, type)));
        }
        return parameters;
    }

    private static string Text(ReadOnlySpan<byte> file, int at)
    {
        (int first, int count) = Vector(file, at, 1);
        return Encoding.UTF8.GetString(file.Slice(first, count));
    }

    private static long[] Numbers(ReadOnlySpan<byte> file, int at)
    {
        (int first, int count) = Vector(file, at, sizeof(long));
        var numbers = new long[count];
        for (int i = 0; i < count; i++)
            numbers[i] = BinaryPrimitives.ReadInt64LittleEndian(file[(first + (i * sizeof(long)))..]);
        return numbers;
    }

    /// <summary>Where a table's field is; 0 where the table does not have it.</summary>
    private static int Field(ReadOnlySpan<byte> file, int table, int field)
    {
        int list = Checked(file, (long)table - Int32(file, table), sizeof(ushort));
        int entry = sizeof(ushort) * (2 + field);
        if (entry >= BinaryPrimitives.ReadUInt16LittleEndian(file[list..]))
            return 0;
        ushort offset = BinaryPrimitives.ReadUInt16LittleEndian(file[Checked(file, list + (long)entry, sizeof(ushort))..]);
        return offset == 0 ? 0 : Checked(file, table + (long)offset, 1);
    }

    private static (int First, int Count) Vector(ReadOnlySpan<byte> file, int at, int size)
    {
        int vector = Reference(file, at);
        int count = Int32(file, vector);
        return count < 0 ? throw Cut() : (Checked(file, vector + (long)sizeof(int), (long)count * size), count);
    }

    private static int Reference(ReadOnlySpan<byte> file, int at) => Checked(file, at + (long)(uint)Int32(file, at), sizeof(int));

    private static int Int32(ReadOnlySpan<byte> file, int at) => BinaryPrimitives.ReadInt32LittleEndian(file[Checked(file, at, sizeof(int))..]);

    private static int Checked(ReadOnlySpan<byte> file, long at, long size) => at >= 0 && at + size <= file.Length ? (int)at : throw Cut();

    private static InvalidDataException Cut() => new("It points beyond its end.");
}

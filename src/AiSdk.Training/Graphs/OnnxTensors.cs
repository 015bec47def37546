using System.Globalization;
using System.Runtime.InteropServices;
using AiSdk.Training.OnnxFormat;
using Google.Protobuf;

namespace AiSdk.Training;

/// <summary>Constants of an ONNX file: written and read, within the file or beside it.</summary>
internal static class OnnxTensors
{
    public static TensorProto Create(string name, ElementType type, ReadOnlySpan<byte> bytes, ReadOnlySpan<long> shape)
    {
        TensorProto tensor = new() { Name = name, DataType = (int)type, RawData = ByteString.CopyFrom(bytes) };
        foreach (long dimension in shape)
            tensor.Dims.Add(dimension);
        return tensor;
    }

    public static long Count(TensorProto tensor) => tensor.Dims.Aggregate(1L, static (count, dimension) => count * dimension);

    /// <summary>The values as floats, from float, double, fp16, bfloat16.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="path">The file that holds it: data beside it are found from there.</param>
    /// <exception cref="TrainingException">The tensor is of another type, or its data are missing or cut off.</exception>
    public static float[] ReadFloats(TensorProto tensor, string path)
    {
        long count = Count(tensor);
        var type = (ElementType)tensor.DataType;
        if (type == ElementType.Float && tensor.FloatData.Count > 0)
            return [.. tensor.FloatData];
        if (type == ElementType.Double && tensor.DoubleData.Count > 0)
            return [.. tensor.DoubleData.Select(static value => (float)value)];
        if (type is ElementType.Float16 or ElementType.BFloat16 && tensor.Int32Data.Count > 0)
            return [.. tensor.Int32Data.Select(value => type == ElementType.Float16 ? (float)BitConverter.UInt16BitsToHalf((ushort)value) : BitConverter.Int32BitsToSingle(value << 16))];
        ReadOnlySpan<byte> bytes = ReadBytes(tensor, path);
        int size = type switch
        {
            ElementType.Float => sizeof(float),
            ElementType.Double => sizeof(double),
            ElementType.Float16 or ElementType.BFloat16 => sizeof(ushort),
            _ => throw new TrainingException($"'{path}': the constant '{tensor.Name}' is of ONNX type {tensor.DataType.ToString(CultureInfo.InvariantCulture)}; numbers (float, double, float16, bfloat16) were expected."),
        };
        RequireBytes(tensor, path, bytes.Length, count * size);
        var values = new float[count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = type switch
            {
                ElementType.Float => MemoryMarshal.Read<float>(bytes[(i * size)..]),
                ElementType.Double => (float)MemoryMarshal.Read<double>(bytes[(i * size)..]),
                ElementType.Float16 => (float)MemoryMarshal.Read<Half>(bytes[(i * size)..]),
                _ => BitConverter.Int32BitsToSingle(MemoryMarshal.Read<ushort>(bytes[(i * size)..]) << 16),
            };
        }
        return values;
    }

    /// <summary>The values of an integer constant.</summary>
    /// <exception cref="TrainingException">The tensor is of another type, or its data are missing or cut off.</exception>
    public static long[] ReadIntegers(TensorProto tensor, string path)
    {
        if (tensor.Int64Data.Count > 0)
            return [.. tensor.Int64Data];
        if (tensor.Int32Data.Count > 0)
            return [.. tensor.Int32Data];
        ReadOnlySpan<byte> bytes = ReadBytes(tensor, path);
        switch ((ElementType)tensor.DataType)
        {
            case ElementType.Int64:
                RequireBytes(tensor, path, bytes.Length, Count(tensor) * sizeof(long));
                return MemoryMarshal.Cast<byte, long>(bytes).ToArray();
            case ElementType.Int32:
                RequireBytes(tensor, path, bytes.Length, Count(tensor) * sizeof(int));
                return [.. MemoryMarshal.Cast<byte, int>(bytes).ToArray()];
            default:
                throw new TrainingException($"'{path}': the constant '{tensor.Name}' is of ONNX type {tensor.DataType.ToString(CultureInfo.InvariantCulture)}; integers were expected.");
        }
    }

    /// <summary>The bytes of a constant that keeps them raw, in the file or beside it.</summary>
    /// <exception cref="TrainingException">The data are missing or cut off.</exception>
    public static byte[] ReadBytes(TensorProto tensor, string path)
    {
        if (tensor.DataLocation != TensorProto.Types.DataLocation.External)
        {
            // Bytes are also kept one to an int32.
            return tensor.HasRawData ? tensor.RawData.ToByteArray() : [.. tensor.Int32Data.Select(static value => (byte)value)];
        }
        string Entry(string key) => tensor.ExternalData.FirstOrDefault(entry => entry.Key == key)?.Value ?? "";
        string file = Path.Combine(Path.GetDirectoryName(path)!, Entry("location"));
        try
        {
            using FileStream stream = File.OpenRead(file);
            long offset = long.TryParse(Entry("offset"), CultureInfo.InvariantCulture, out long at) ? at : 0;
            long length = long.TryParse(Entry("length"), CultureInfo.InvariantCulture, out long stated) ? stated : stream.Length - offset;
            stream.Position = offset;
            var bytes = new byte[length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new TrainingException($"'{path}' keeps the constant '{tensor.Name}' in '{file}', which cannot be read: {exception.Message}", exception);
        }
    }

    private static void RequireBytes(TensorProto tensor, string path, long actual, long wanted)
    {
        if (actual != wanted)
            throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"'{path}': the constant '{tensor.Name}' of shape [{string.Join(", ", tensor.Dims)}] needs {wanted} bytes, but has {actual}."));
    }
}

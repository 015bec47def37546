using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace AiSdk.Onnx;

/// <summary>Tensors over memory of one's own, and integers in the type that a graph wants.</summary>
internal static unsafe class GraphTensors
{
    /// <summary>A tensor over memory of the CPU, which must outlive it.</summary>
    public static OrtValue Create(TensorElementType type, long[] shape, nint address, long bytes) => Create(CacheDevice.Cpu, type, shape, address, bytes);

    /// <summary>A tensor over a device's memory, which must outlive it.</summary>
    public static OrtValue Create(CacheDevice device, TensorElementType type, long[] shape, nint address, long bytes) =>
        OrtValue.CreateTensorValueWithData(device.Memory, type, shape, address, bytes);

    /// <summary>The bytes of one element: of Int64 or Int32, of Float or Float16.</summary>
    public static int Size(TensorElementType type) => type switch
    {
        TensorElementType.Int64 => sizeof(long),
        TensorElementType.Float16 => sizeof(ushort),
        _ => sizeof(int),
    };

    /// <summary>Writes integers as Int64 or Int32.</summary>
    public static void Write(nint address, TensorElementType type, ReadOnlySpan<int> values)
    {
        if (type == TensorElementType.Int64)
            TensorPrimitives.ConvertChecked<int, long>(values, new Span<long>((void*)address, values.Length));
        else
            values.CopyTo(new Span<int>((void*)address, values.Length));
    }

    /// <summary>Writes consecutive integers.</summary>
    public static void WriteRange(nint address, TensorElementType type, int start, int count)
    {
        for (int i = 0; i < count; i++)
            Write(address + (i * Size(type)), type, [start + i]);
    }

    /// <summary>Writes one integer several times.</summary>
    public static void Fill(nint address, TensorElementType type, int value, int count)
    {
        if (type == TensorElementType.Int64)
            new Span<long>((void*)address, count).Fill(value);
        else
            new Span<int>((void*)address, count).Fill(value);
    }
}

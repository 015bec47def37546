using System.Runtime.InteropServices;
using Google.FlatBuffers;

namespace AiSdk.Onnx.Tests;

/// <summary>Writes adapters in ONNX Runtime's format: onnxruntime/lora/adapter_format/adapter_schema.fbs.</summary>
internal static class AdapterFile
{
    private const int FormatVersion = 1;
    private const int Float = 1;

    public static void Write(string path, IEnumerable<(string Name, long[] Shape, float[] Values)> weights)
    {
        FlatBufferBuilder builder = new(1024);
        List<int> parameters = [];
        foreach ((string name, long[] shape, float[] values) in weights)
        {
            StringOffset nameAt = builder.CreateString(name);
            builder.StartVector(sizeof(long), shape.Length, sizeof(long));
            foreach (long dimension in shape.Reverse())
                builder.AddLong(dimension);
            VectorOffset shapeAt = builder.EndVector();
            byte[] bytes = MemoryMarshal.AsBytes<float>(values).ToArray();
            builder.StartVector(1, bytes.Length, 8);
            builder.Put(bytes);
            VectorOffset dataAt = builder.EndVector();
            builder.StartTable(4);
            builder.AddOffset(0, nameAt.Value, 0);
            builder.AddOffset(1, shapeAt.Value, 0);
            builder.AddInt(2, Float, 0);
            builder.AddOffset(3, dataAt.Value, 0);
            parameters.Add(builder.EndTable());
        }
        builder.StartVector(sizeof(int), parameters.Count, sizeof(int));
        foreach (int parameter in Enumerable.Reverse(parameters))
            builder.AddOffset(parameter);
        VectorOffset all = builder.EndVector();
        builder.StartTable(4);
        builder.AddInt(0, FormatVersion, 0);
        builder.AddInt(1, 1, 0);
        builder.AddInt(2, 1, 0);
        builder.AddOffset(3, all.Value, 0);
        builder.Finish(builder.EndTable(), "TORT");
        File.WriteAllBytes(path, builder.SizedByteArray());
    }
}

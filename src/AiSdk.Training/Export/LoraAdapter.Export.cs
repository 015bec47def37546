using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Google.FlatBuffers;

namespace AiSdk.Training;

public sealed partial class LoraAdapter
{
    // ONNX Runtime's adapter_schema.fbs: table Parameter { name; dims: [int64]; data_type: int32; raw_data: [ubyte] (force_align: 8) },
    // table Adapter { format_version, adapter_version, model_version: int; parameters: [Parameter] }.
    private const string FileIdentifier = "TORT";
    private const int FormatVersion = 1;

    // A field of our own, which other readers pass over: far behind those that the format may come to have. The file's B is multiplied with alpha / rank already, which training on needs apart.
    private const int AlphaField = 31;

    /// <summary>Writes the adapter as an <c>.onnx_adapter</c> file, as ONNX Runtime's OrtLoraAdapter and ONNX Runtime GenAI read it; alpha / rank is in B.</summary>
    /// <param name="path">The file; its folder is created if it does not exist. The model it is used with is saved with <see cref="ExportOptions.AdapterTargets"/> that hold its <see cref="Targets"/>.</param>
    /// <remarks>Confidences of replies made with it are calibrated with the temperature of the base model's folder, which was fitted without it.</remarks>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        FlatBufferBuilder builder = new(1 << 16);
        var parameters = new Offset<byte>[Shapes.Count];
        for (int i = 0; i < Shapes.Count; i++)
            parameters[i] = Write(builder, Shapes[i], Exported(i));
        builder.StartVector(sizeof(int), parameters.Length, sizeof(int));
        for (int i = parameters.Length - 1; i >= 0; i--)
            builder.AddOffset(parameters[i].Value);
        VectorOffset list = builder.EndVector();
        builder.StartTable(AlphaField + 1);
        builder.AddDouble(AlphaField, Alpha, 0);
        builder.AddOffset(3, list.Value, 0);
        builder.AddInt(2, 1, 0);
        builder.AddInt(1, 1, 0);
        builder.AddInt(0, FormatVersion, 0);
        builder.Finish(builder.EndTable(), FileIdentifier);
        string full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full) ?? full);
        string unfinished = $"{full}.{Guid.NewGuid():N}.tmp";
        try
        {
            File.WriteAllBytes(unfinished, builder.SizedByteArray());
            File.Move(unfinished, full, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>Reads an adapter that <see cref="Save"/> wrote, to merge it or to train on (<see cref="LoraOptions.Start"/>).</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="TrainingException">The file cannot be read, or holds something else.</exception>
    public static LoraAdapter Load(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"The adapter '{path}' cannot be read: {exception.Message}", exception);
        }
        try
        {
            ByteBuffer buffer = new(bytes);
            if (bytes.Length < 8 || !bytes.AsSpan(4, 4).SequenceEqual("TORT"u8))
                throw new TrainingException($"'{path}' is no adapter of ONNX Runtime: it does not have the mark {FileIdentifier}.");
            return Read(path, new Table(buffer.GetInt(0), buffer), buffer);
        }
        catch (Exception exception) when (exception is ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            throw new TrainingException($"The adapter '{path}' is damaged: {exception.Message}", exception);
        }
    }

    /// <summary>Compares the adapter with a model's sizes.</summary>
    /// <exception cref="TrainingException">They do not fit.</exception>
    internal void RequireFit(LlamaConfiguration configuration)
    {
        ParameterShape[] expected = [.. LlamaLayout.AdapterParameters(configuration, [.. Targets], Rank)];
        if (expected.Length != Shapes.Count)
            throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"The adapter has {Shapes.Count} weights, but for this model of {configuration.Layers} layers it would have {expected.Length}: it belongs to another one."));
        for (int i = 0; i < expected.Length; i++)
        {
            if (expected[i].Name != Shapes[i].Name || !expected[i].Shape.SequenceEqual(Shapes[i].Shape))
                throw new TrainingException($"The adapter's '{Shapes[i].Name}' has the shape [{string.Join(", ", Shapes[i].Shape)}], but this model needs '{expected[i].Name}' with [{string.Join(", ", expected[i].Shape)}]: it belongs to another one.");
        }
    }

    /// <summary>The adapter's pairs of factors, for a model that it fits.</summary>
    internal IEnumerable<(int Layer, string Name, ParameterShape Shape, float[] A, float[] B)> Factors(LlamaConfiguration configuration)
    {
        int at = 0;
        for (int layer = 0; layer < configuration.Layers; layer++)
        {
            foreach (string name in Targets)
            {
                yield return (layer, name, Shapes[at], Values[at], Values[at + 1]);
                at += 2;
            }
        }
    }

    private float[] Exported(int index)
    {
        if (!Shapes[index].Name.EndsWith("lora_B.weight", StringComparison.Ordinal))
            return Values[index];
        var scaled = new float[Values[index].Length];
        TensorPrimitives.Multiply(Values[index], (float)(Alpha / Rank), scaled);
        return scaled;
    }

    private static Offset<byte> Write(FlatBufferBuilder builder, ParameterShape shape, float[] values)
    {
        builder.StartVector(1, values.Length * sizeof(float), 8);
        builder.Add(MemoryMarshal.AsBytes<float>(values).ToArray());
        VectorOffset data = builder.EndVector();
        builder.StartVector(sizeof(long), shape.Shape.Count, sizeof(long));
        for (int i = shape.Shape.Count - 1; i >= 0; i--)
            builder.AddLong(shape.Shape[i]);
        VectorOffset dimensions = builder.EndVector();
        StringOffset name = builder.CreateString(shape.Name);
        builder.StartTable(4);
        builder.AddOffset(3, data.Value, 0);
        builder.AddInt(2, (int)ElementType.Float, 0);
        builder.AddOffset(1, dimensions.Value, 0);
        builder.AddOffset(0, name.Value, 0);
        return new Offset<byte>(builder.EndTable());
    }

    private static LoraAdapter Read(string path, Table root, ByteBuffer buffer)
    {
        static int Field(int index) => 4 + 2 * index;
        List<ParameterShape> shapes = [];
        List<float[]> values = [];
        int list = root.__offset(Field(3));
        for (int i = 0; list != 0 && i < root.__vector_len(list); i++)
        {
            Table parameter = new(root.__indirect(root.__vector(list) + i * sizeof(int)), buffer);
            string name = parameter.__string(parameter.__offset(Field(0)) + parameter.bb_pos);
            int dimensions = parameter.__offset(Field(1));
            int[] shape = [.. Enumerable.Range(0, parameter.__vector_len(dimensions)).Select(d => (int)buffer.GetLong(parameter.__vector(dimensions) + d * sizeof(long)))];
            int data = parameter.__offset(Field(3));
            ParameterShape made = new(name, shape);
            if (buffer.GetInt(parameter.__offset(Field(2)) + parameter.bb_pos) != (int)ElementType.Float || parameter.__vector_len(data) != made.Count * sizeof(float) || shape.Length != 2)
                throw new TrainingException($"The adapter '{path}' has the weight '{name}' in another form than float [rows, columns].");
            shapes.Add(made);
            values.Add(MemoryMarshal.Cast<byte, float>(buffer.ToArray(parameter.__vector(data), parameter.__vector_len(data))).ToArray());
        }
        if (shapes.Count == 0 || !shapes[0].Name.EndsWith("lora_A.weight", StringComparison.Ordinal))
            throw new TrainingException($"The adapter '{path}' has no weights with the names that this library writes, such as '{LlamaLayout.Adapter(0, "q_proj").A}'.");
        int rank = shapes[0].Shape[1];
        // Without the field, B is as it was trained.
        double alpha = root.__offset(Field(AlphaField)) is not 0 and int at ? buffer.GetDouble(at + root.bb_pos) : rank;
        if (rank < 1 || !(alpha > 0 && double.IsFinite(alpha)))
            throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"The adapter '{path}' is damaged: its rank is {rank}, its alpha {alpha}."));
        for (int i = 0; i < shapes.Count; i++)
        {
            if (shapes[i].Name.EndsWith("lora_B.weight", StringComparison.Ordinal))
                TensorPrimitives.Multiply(values[i], (float)(rank / alpha), values[i]);
        }
        return new LoraAdapter(rank, alpha, shapes, values);
    }
}

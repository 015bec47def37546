using System.Globalization;
using AiSdk.Training.OnnxFormat;
using Google.Protobuf;

namespace AiSdk.Training;

/// <summary>Reads and writes ONNX files.</summary>
internal static class OnnxFile
{
    /// <summary>Protobuf messages end at 2 GB; larger weights go into a file beside the graph.</summary>
    private const long LargestMessage = 1_900_000_000;

    /// <summary>What the name of the file beside a graph's has more.</summary>
    public const string DataSuffix = ".data";

    // ONNX Runtime maps such files into memory by pages.
    private const int Alignment = 4096;

    /// <summary>Reads a model.</summary>
    /// <exception cref="TrainingException">The file is missing or no ONNX model.</exception>
    public static ModelProto Read(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            ModelProto model = ModelProto.Parser.ParseFrom(stream);
            return model.Graph is { Node.Count: > 0 } ? model : throw new TrainingException($"'{path}' holds no ONNX graph.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // InvalidProtocolBufferException is an IOException.
            throw new TrainingException($"'{path}' cannot be read as an ONNX model: {exception.Message}", exception);
        }
    }

    /// <summary>Writes a model. Constants go into <c>NAME.data</c> beside it where the model would be too large for one file.</summary>
    public static void Write(ModelProto model, string path) => Write(model, path, LargestMessage);

    internal static void Write(ModelProto model, string path, long largestMessage)
    {
        if (model.CalculateSize() > largestMessage || model.Graph.Initializer.Sum(static tensor => (long)tensor.RawData.Length) > largestMessage)
            MoveConstants(model, path);
        using FileStream stream = File.Create(path);
        model.WriteTo(stream);
    }

    private static void MoveConstants(ModelProto model, string path)
    {
        string name = Path.GetFileName(path) + DataSuffix;
        using FileStream data = File.Create(path + DataSuffix);
        foreach (TensorProto tensor in model.Graph.Initializer)
        {
            // Small ones are read while the graph is built, when data beside it are not there yet.
            if (!tensor.HasRawData || tensor.RawData.Length < 1024)
                continue;
            long offset = (data.Position + Alignment - 1) / Alignment * Alignment;
            data.SetLength(offset);
            data.Position = offset;
            tensor.RawData.WriteTo(data);
            foreach ((string key, string value) in new[] { ("location", name), ("offset", offset.ToString(CultureInfo.InvariantCulture)), ("length", tensor.RawData.Length.ToString(CultureInfo.InvariantCulture)) })
                tensor.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });
            tensor.DataLocation = TensorProto.Types.DataLocation.External;
            tensor.ClearRawData();
        }
    }
}

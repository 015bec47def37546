using System.Numerics.Tensors;

namespace AiSdk.Training;

public sealed partial class TrainableModel
{
    /// <summary>Writes the model as a folder in ONNX Runtime GenAI's layout, fp32, with its tokenizer and chat template; it can be loaded by AiSdk.Onnx, by ONNX Runtime GenAI, and by <see cref="Load"/>.</summary>
    /// <param name="folder">The folder; it is created if it does not exist, and files of the same names are replaced.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An adapter's target is none.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Save(string folder, ExportOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        LlamaExporter.Save(this, Path.GetFullPath(folder), options ?? new ExportOptions());
    }

    /// <summary>Adds an adapter to the weights for good.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <exception cref="TrainingException">It belongs to a model of other sizes.</exception>
    public void Merge(LoraAdapter adapter)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        float scale = (float)(adapter.Alpha / adapter.Rank);
        foreach ((int layer, string name, ParameterShape a, float[] aValues, float[] bValues) in adapter.Factors(Configuration))
        {
            float[] weights = Weights[LlamaLayout.Projection(layer, name)];
            int rank = a.Shape[1];
            int columns = bValues.Length / rank;
            for (int row = 0; row < a.Shape[0]; row++)
            {
                Span<float> target = weights.AsSpan(row * columns, columns);
                for (int r = 0; r < rank; r++)
                    TensorPrimitives.MultiplyAdd(bValues.AsSpan(r * columns, columns), scale * aValues[row * rank + r], target, target);
            }
        }
    }
}

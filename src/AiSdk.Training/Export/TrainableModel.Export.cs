using System.Numerics.Tensors;

namespace AiSdk.Training;

public sealed partial class TrainableModel
{
    /// <summary>Writes the model as a folder in ONNX Runtime GenAI's layout, fp32, with the tokenizer and chat template that it was made or loaded with; it can be loaded by AiSdk.Onnx, by ONNX Runtime GenAI, and by <see cref="Load"/>.</summary>
    /// <param name="folder">
    /// The folder; it is created if it does not exist. All is written beside it first and then put in its place. A model that is there is replaced, with its calibration of confidences, which is not this model's; other files, such as adapters, stay.
    /// </param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">An adapter's target is none, or named twice.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="InvalidOperationException">The model is being trained.</exception>
    public void Save(string folder, ExportOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        using IDisposable use = Use(changes: false);
        LlamaExporter.Save(this, Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)), options ?? new ExportOptions());
    }

    /// <summary>Adds an adapter to the weights for good.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <exception cref="TrainingException">It belongs to a model of other sizes.</exception>
    /// <exception cref="InvalidOperationException">The model is in use.</exception>
    public void Merge(LoraAdapter adapter)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        using IDisposable use = Use(changes: true);
        adapter.RequireFit(Configuration);
        Origin = null;
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

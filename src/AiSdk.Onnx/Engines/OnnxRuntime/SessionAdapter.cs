using Microsoft.ML.OnnxRuntime;

namespace AiSdk.Onnx;

/// <summary>An adapter (LoRA) in memory: weights that runs put in the place of the graph's defaults. Thread-safe.</summary>
internal sealed class SessionAdapter : IDisposable
{
    private SessionAdapter(string name, OrtLoraAdapter weights)
    {
        Name = name;
        Weights = weights;
    }

    /// <summary>The name that the application gave it.</summary>
    public string Name { get; }

    public OrtLoraAdapter Weights { get; }

    /// <summary>Loads all adapters of a model.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="files">Names and files.</param>
    /// <exception cref="OnnxModelException">A file is missing or is no adapter.</exception>
    public static Dictionary<string, SessionAdapter> Load(string folder, IDictionary<string, string> files)
    {
        Dictionary<string, SessionAdapter> adapters = new(StringComparer.Ordinal);
        try
        {
            foreach ((string name, string file) in files)
                adapters.Add(name, Load(name, AdapterFiles.Path(folder, name, file)));
            return adapters;
        }
        catch
        {
            foreach (SessionAdapter adapter in adapters.Values)
                adapter.Dispose();
            throw;
        }
    }

    public void Dispose() => Weights.Dispose();

    private static SessionAdapter Load(string name, string path)
    {
        try
        {
            // In the memory of the CPU, which is what no allocator stands for.
            return new SessionAdapter(name, OrtLoraAdapter.Create(path, null!));
        }
        catch (OnnxRuntimeException exception)
        {
            throw new OnnxModelException($"The adapter '{name}' cannot be loaded from '{path}': {exception.Message}", exception);
        }
    }
}

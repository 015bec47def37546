using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace AiSdk.Onnx;

/// <summary>An adapter (LoRA) in memory: weights that runs put in the place of the graph's defaults. Thread-safe.</summary>
internal sealed class SessionAdapter : IDisposable
{
    private readonly string _path;
    private readonly IReadOnlyList<AdapterParameter> _parameters;

    private SessionAdapter(string name, string path, IReadOnlyList<AdapterParameter> parameters, OrtLoraAdapter weights)
    {
        Name = name;
        _path = path;
        _parameters = parameters;
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

    /// <summary>Compares the adapter's weights with those that a graph takes, which ONNX Runtime does only when it runs, and then without naming the adapter.</summary>
    /// <param name="session">The graph.</param>
    /// <param name="graph">Its file.</param>
    /// <exception cref="OnnxModelException">They do not fit; the message names adapter, file and weight.</exception>
    public void RequireFit(InferenceSession session, string graph)
    {
        IReadOnlyDictionary<string, NodeMetadata> places = session.OverridableInitializerMetadata;
        // Sizes that the graph leaves open, such as ranks, by the graph's names for them.
        Dictionary<string, (long Size, string Parameter)> open = new(StringComparer.Ordinal);
        foreach (AdapterParameter parameter in _parameters)
        {
            if (!places.TryGetValue(parameter.Name, out NodeMetadata? place))
                throw Error(graph, parameter.Name, $"for which the graph has no place. It has {(places.Count == 0 ? "none for any adapter" : $"{places.Count.ToString(CultureInfo.InvariantCulture)}, such as '{places.Keys.Order(StringComparer.Ordinal).First()}'")}; the model must be exported with places for what the adapter changes.");
            if (place.ElementDataType != parameter.Type || place.Dimensions.Length != parameter.Dimensions.Count)
                throw Error(graph, parameter.Name, $"of {parameter.Type} [{string.Join(", ", parameter.Dimensions)}], where the graph takes {place.ElementDataType} [{string.Join(", ", place.Dimensions)}].");
            for (int i = 0; i < place.Dimensions.Length; i++)
            {
                long size = parameter.Dimensions[i];
                if (place.Dimensions[i] >= 0 && place.Dimensions[i] != size)
                    throw Error(graph, parameter.Name, $"of the shape [{string.Join(", ", parameter.Dimensions)}], where the graph takes [{string.Join(", ", Shape(place))}]: it belongs to another model.");
                if (place.Dimensions[i] < 0 && place.SymbolicDimensions[i] is { Length: > 0 } symbol && !open.TryAdd(symbol, (size, parameter.Name)) && open[symbol].Size != size)
                    throw Error(graph, parameter.Name, string.Create(CultureInfo.InvariantCulture, $"whose rank is {size}, but that of its '{open[symbol].Parameter}' is {open[symbol].Size}."));
            }
        }
        HashSet<string> given = [.. _parameters.Select(static parameter => parameter.Name)];
        foreach ((string name, NodeMetadata place) in places)
        {
            if (!given.Contains(name) && place.SymbolicDimensions.FirstOrDefault(symbol => symbol.Length > 0 && open.ContainsKey(symbol) && open[symbol].Size > 0) is { } symbol)
                throw Error(graph, open[symbol].Parameter, $"but not '{name}', with which it is multiplied.");
        }
    }

    public void Dispose() => Weights.Dispose();

    private static IEnumerable<string> Shape(NodeMetadata place) =>
        place.Dimensions.Select((size, i) => size >= 0 ? size.ToString(CultureInfo.InvariantCulture) : place.SymbolicDimensions[i] is { Length: > 0 } symbol ? symbol : "any");

    private OnnxModelException Error(string graph, string parameter, string problem) => new($"The adapter '{Name}' ('{_path}') does not fit '{graph}': it has the weight '{parameter}', {problem}");

    private static SessionAdapter Load(string name, string path)
    {
        try
        {
            // In the memory of the CPU, which is what no allocator stands for.
            var weights = OrtLoraAdapter.Create(path, null!);
            try
            {
                return new SessionAdapter(name, path, AdapterParameter.Read(File.ReadAllBytes(path)), weights);
            }
            catch
            {
                weights.Dispose();
                throw;
            }
        }
        catch (Exception exception) when (exception is OnnxRuntimeException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new OnnxModelException($"The adapter '{name}' cannot be loaded from '{path}': {exception.Message}", exception);
        }
    }
}

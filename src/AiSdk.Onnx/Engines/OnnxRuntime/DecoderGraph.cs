using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace AiSdk.Onnx;

/// <summary>What a loaded graph wants to be fed and gives back; made once per model, shared by its decoders.</summary>
internal sealed class DecoderGraph
{
    private DecoderGraph()
    {
    }

    public required GraphNames Names { get; init; }

    /// <summary>Int64 or Int32.</summary>
    public required TensorElementType IdType { get; init; }

    /// <summary>Int64 or Int32; null where the graph takes no mask.</summary>
    public required TensorElementType? MaskType { get; init; }

    /// <summary>Int64 or Int32; null where the graph takes no positions.</summary>
    public required TensorElementType? PositionType { get; init; }

    /// <summary>Float or Float16.</summary>
    public required TensorElementType LogitsType { get; init; }

    public required int VocabularySize { get; init; }

    /// <summary>Whether the graph says that it gives the logits of the last token only.</summary>
    public required bool GivesLastLogitsOnly { get; init; }

    /// <inheritdoc cref="SharedSession.CopiesInputs"/>
    public required bool CopiesInputs { get; init; }

    /// <summary>Where the cache lies: where the graph is run.</summary>
    public required CacheDevice Device { get; init; }

    /// <summary>The cache tensors of all layers.</summary>
    public required IReadOnlyList<CacheTensor> Cache { get; init; }

    /// <summary>Whether a cache tensor is one buffer of fixed size that the graph extends in place.</summary>
    public required bool SharesBuffers { get; init; }

    /// <summary>Whether one run can read a token each of several sequences that differ in length.</summary>
    public required bool TakesBatches { get; init; }

    /// <summary>Compares the graph with the configuration.</summary>
    /// <exception cref="OnnxModelException">The graph needs, lacks or gives something this engine does not expect.</exception>
    public static DecoderGraph Inspect(SharedSession shared, GenAIConfig config, string path)
    {
        InferenceSession session = shared.Session;
        GraphNames names = config.Names;
        IReadOnlyDictionary<string, NodeMetadata> inputs = session.InputMetadata;
        IReadOnlyDictionary<string, NodeMetadata> outputs = session.OutputMetadata;
        HashSet<string> known = new(StringComparer.Ordinal) { names.InputIds, names.AttentionMask, names.PositionIds };
        List<CacheTensor> cache = [];
        for (int layer = 0; layer < config.Layers; layer++)
        {
            foreach (CacheNames pair in names.CachePairs)
            {
                string past = Name(pair.Past, layer);
                string present = Name(pair.Present, layer);
                if (!inputs.TryGetValue(past, out NodeMetadata? metadata))
                    throw new OnnxModelException($"'{path}' has no cache input '{past}', which {GenAIConfig.FileName} names (num_hidden_layers {config.Layers.ToString(CultureInfo.InvariantCulture)}). Its inputs are: {string.Join(", ", inputs.Keys)}.");
                if (!outputs.ContainsKey(present))
                    throw new OnnxModelException($"'{path}' has no cache output '{present}', which {GenAIConfig.FileName} names. Its outputs are: {string.Join(", ", outputs.Keys)}.");
                known.Add(past);
                cache.Add(CacheTensor.Inspect(past, present, metadata, path));
            }
        }
        foreach (string input in inputs.Keys)
        {
            if (!known.Contains(input))
                throw new OnnxModelException($"'{path}' has the input '{input}', which this engine does not know how to feed. It knows '{names.InputIds}', '{names.AttentionMask}', '{names.PositionIds}' and the cache inputs {string.Join(" and ", names.CachePairs.Select(static p => $"'{p.Past}'"))} of {config.Layers.ToString(CultureInfo.InvariantCulture)} layers (names from {GenAIConfig.FileName}). Inputs for adapters need a default in the graph.");
        }
        bool sharesBuffers = config.Search.ShareBuffer && CanShareBuffers(path, config.Layers);
        return new DecoderGraph
        {
            Names = names,
            IdType = IntegerInput(inputs, names.InputIds, path) ?? throw new OnnxModelException($"'{path}' has no input '{names.InputIds}'. Its inputs are: {string.Join(", ", inputs.Keys)}."),
            MaskType = IntegerInput(inputs, names.AttentionMask, path),
            PositionType = IntegerInput(inputs, names.PositionIds, path),
            LogitsType = InspectLogits(outputs, config, path),
            VocabularySize = config.VocabularySize,
            GivesLastLogitsOnly = outputs[names.Logits].Dimensions is [_, 1, _],
            CopiesInputs = shared.CopiesInputs,
            Device = shared.Device,
            Cache = cache,
            SharesBuffers = sharesBuffers,
            // GroupQueryAttention reads each row's length from the mask; the other operators have no say in it.
            TakesBatches = sharesBuffers && inputs.ContainsKey(names.AttentionMask) && inputs.Values.All(static input => input.Dimensions is [<= 0, ..]) && cache.TrueForAll(static tensor => tensor.Shape.Count == 4),
        };
    }

    private static string Name(string pattern, int layer) => pattern.Replace("%d", layer.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private static TensorElementType? IntegerInput(IReadOnlyDictionary<string, NodeMetadata> inputs, string name, string path)
    {
        if (!inputs.TryGetValue(name, out NodeMetadata? metadata))
            return null;
        if (metadata.ElementDataType is not (TensorElementType.Int64 or TensorElementType.Int32))
            throw new OnnxModelException($"'{path}': the input '{name}' is of type {metadata.ElementDataType}; this engine feeds Int64 and Int32.");
        return metadata.Dimensions.Length == 2
            ? metadata.ElementDataType
            : throw new OnnxModelException($"'{path}': the input '{name}' has {metadata.Dimensions.Length.ToString(CultureInfo.InvariantCulture)} dimensions; this engine feeds [batch, tokens].");
    }

    private static TensorElementType InspectLogits(IReadOnlyDictionary<string, NodeMetadata> outputs, GenAIConfig config, string path)
    {
        string name = config.Names.Logits;
        if (!outputs.TryGetValue(name, out NodeMetadata? metadata))
            throw new OnnxModelException($"'{path}' has no output '{name}'. Its outputs are: {string.Join(", ", outputs.Keys)}.");
        if (metadata.ElementDataType is not (TensorElementType.Float or TensorElementType.Float16))
            throw new OnnxModelException($"'{path}': the output '{name}' is of type {metadata.ElementDataType}; this engine reads Float and Float16.");
        if (metadata.Dimensions is not [_, _, int vocabulary])
            throw new OnnxModelException($"'{path}': the output '{name}' must have the shape [batch, tokens, vocabulary].");
        if (vocabulary > 0 && vocabulary != config.VocabularySize)
            throw VocabularyMismatch(path, vocabulary, config.VocabularySize);
        return metadata.ElementDataType;
    }

    public static OnnxModelException VocabularyMismatch(string path, long actual, int stated) =>
        new(string.Create(CultureInfo.InvariantCulture, $"'{path}' gives logits for {actual} tokens, but {GenAIConfig.FileName} says model.vocab_size {stated}."));

    private static bool CanShareBuffers(string path, int layers)
    {
        // past_present_share_buffer is also found in the configuration of graphs that concatenate their cache, which cannot be done in place.
        try
        {
            return GraphOperators.Count(path, "GroupQueryAttention") >= layers;
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            // ORT's own format (.ort) has no such list; growing buffers serve it as well.
            return false;
        }
    }
}

/// <summary>One tensor of the cache, e.g. the keys of one layer.</summary>
/// <param name="Past">The input's name.</param>
/// <param name="Present">The output's name.</param>
/// <param name="Type">Float or Float16.</param>
/// <param name="Shape">[batch, heads, sequence, head size], or [2, batch, heads, sequence, head size] where keys and values are one tensor; batch 1, sequence 0.</param>
/// <param name="Blocks">The product of the dimensions before the sequence.</param>
/// <param name="RowBytes">The bytes of one block and one token.</param>
internal sealed record CacheTensor(string Past, string Present, TensorElementType Type, IReadOnlyList<long> Shape, long Blocks, long RowBytes)
{
    /// <summary>The bytes that one token takes.</summary>
    public long TokenBytes => Blocks * RowBytes;

    public static CacheTensor Inspect(string past, string present, NodeMetadata metadata, string path)
    {
        long elementSize = metadata.ElementDataType switch
        {
            TensorElementType.Float => sizeof(float),
            TensorElementType.Float16 => sizeof(ushort),
            _ => throw new OnnxModelException($"'{path}': the cache input '{past}' is of type {metadata.ElementDataType}; this engine keeps Float and Float16."),
        };
        long[] shape = metadata.Dimensions switch
        {
            [_, > 0 and int heads, _, > 0 and int size] => [1, heads, 0, size],
            [2, _, > 0 and int heads, _, > 0 and int size] => [2, 1, heads, 0, size],
            _ => throw new OnnxModelException($"'{path}': the cache input '{past}' has the shape [{string.Join(", ", metadata.Dimensions)}]; this engine keeps [batch, heads, sequence, head size] and [2, batch, heads, sequence, head size] with fixed heads and head size."),
        };
        return new CacheTensor(past, present, metadata.ElementDataType, shape, shape.Length == 5 ? shape[0] * shape[2] : shape[1], shape[^1] * elementSize);
    }
}

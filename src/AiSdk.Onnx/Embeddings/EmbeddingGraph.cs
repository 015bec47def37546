using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace AiSdk.Onnx;

/// <summary>What an embedding model's graph is fed, and which of its outputs is the vector.</summary>
internal sealed class EmbeddingGraph
{
    private static readonly string[] s_textOutputs = ["sentence_embedding", "text_embeds", "pooler_output"];
    private static readonly string[] s_tokenOutputs = ["last_hidden_state", "token_embeddings"];

    private EmbeddingGraph()
    {
    }

    /// <summary>Whether the graph takes the tokens' type ids.</summary>
    public required bool HasTypeIds { get; init; }

    /// <summary>The output's name.</summary>
    public required string Output { get; init; }

    /// <summary>Whether the output is a vector for each text, [texts, size], and not for each token, [texts, tokens, size].</summary>
    public required bool IsPooled { get; init; }

    /// <summary>The vector's size; null if only a run tells.</summary>
    public required int? Dimensions { get; init; }

    /// <summary>Finds out.</summary>
    /// <param name="session">The graph's session.</param>
    /// <param name="pooling">What the application wants.</param>
    /// <param name="path">The graph's file, for messages.</param>
    /// <exception cref="OnnxModelException">The graph is none of an embedding model, or lacks what pooling needs.</exception>
    public static EmbeddingGraph Inspect(InferenceSession session, EmbeddingPooling pooling, string path)
    {
        foreach ((string name, NodeMetadata input) in session.InputMetadata)
        {
            if (name is not ("input_ids" or "attention_mask" or "token_type_ids") || input.ElementDataType != TensorElementType.Int64)
                throw new OnnxModelException($"'{path}' has the input '{name}' of type {input.ElementDataType}; an embedding model takes input_ids, attention_mask and token_type_ids of type Int64.");
        }
        Dictionary<string, NodeMetadata> outputs = session.OutputMetadata.Where(static output => output.Value.ElementDataType == TensorElementType.Float).ToDictionary(StringComparer.Ordinal);
        string? ofText = Find(outputs, s_textOutputs, rank: 2);
        string? ofTokens = Find(outputs, s_tokenOutputs, rank: 3);
        // What the pooler of BERT gives was trained for another task; it serves only where there is nothing else.
        bool isPooled = pooling == EmbeddingPooling.Auto && ofText is not null && (ofText != "pooler_output" || ofTokens is null);
        string output = (isPooled ? ofText : ofTokens) ?? throw new OnnxModelException(
            $"'{path}' has no output of floats {(pooling == EmbeddingPooling.Auto ? "[texts, size] or " : "")}[texts, tokens, size]{(pooling == EmbeddingPooling.Auto ? "" : ", which this pooling needs")}. Its outputs are: {string.Join(", ", session.OutputMetadata.Select(static o => $"{o.Key} [{string.Join(", ", o.Value.Dimensions)}]"))}.");
        return new EmbeddingGraph
        {
            HasTypeIds = session.InputMetadata.ContainsKey("token_type_ids"),
            Output = output,
            IsPooled = isPooled,
            Dimensions = outputs[output].Dimensions[^1] is > 0 and int size ? size : null,
        };
    }

    private static string? Find(Dictionary<string, NodeMetadata> outputs, string[] names, int rank)
    {
        foreach (string name in names)
        {
            if (outputs.TryGetValue(name, out NodeMetadata? output) && output.Dimensions.Length == rank)
                return name;
        }
        string? only = null;
        foreach ((string name, NodeMetadata output) in outputs)
        {
            if (output.Dimensions.Length != rank)
                continue;
            if (only is not null)
                return null;
            only = name;
        }
        return only;
    }
}

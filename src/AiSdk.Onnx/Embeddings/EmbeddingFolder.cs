using System.Text.Json;

namespace AiSdk.Onnx;

/// <summary>An embedding model's folder, in the layout of sentence-transformers: graph, tokenizer, and how a text's vector is made.</summary>
/// <param name="GraphPath">model.onnx, there or in the folder onnx.</param>
/// <param name="Tokenizer">tokenizer.json, else the pieces in vocab.json.</param>
/// <param name="Pooling">What 1_Pooling/config.json says; null without it.</param>
/// <param name="Normalizes">What modules.json says; null without it.</param>
/// <param name="MaxTokens">The most tokens of a text, if a file says so.</param>
internal sealed record EmbeddingFolder(string GraphPath, ModelTokenizer Tokenizer, EmbeddingPooling? Pooling, bool? Normalizes, int? MaxTokens)
{
    // The pieces come without a limit; the model they belong to (Universal Sentence Encoder Lite) was made for this one.
    private const int PiecesMaxTokens = 128;

    /// <summary>Reads a folder.</summary>
    /// <exception cref="OnnxModelException">Something is missing or corrupt.</exception>
    public static EmbeddingFolder Read(string folder)
    {
        if (!Directory.Exists(folder))
            throw new OnnxModelException($"The model folder '{folder}' does not exist.");
        string graph = Path.Combine(folder, "model.onnx");
        if (!File.Exists(graph))
            graph = Path.Combine(folder, "onnx", "model.onnx");
        if (!File.Exists(graph))
            throw new OnnxModelException($"'{folder}' holds neither model.onnx nor onnx/model.onnx.");
        string pieces = Path.Combine(folder, "vocab.json");
        bool hasTokenizer = File.Exists(Path.Combine(folder, ModelTokenizer.FileName));
        if (!hasTokenizer && !File.Exists(pieces))
            throw new OnnxModelException($"'{folder}' holds neither {ModelTokenizer.FileName} nor vocab.json, one of which the model needs to read text.");
        ModelTokenizer tokenizer = hasTokenizer ? ModelTokenizer.Load(folder) : ModelTokenizer.ReadPieces(pieces);
        int? stated = Optional(folder, "sentence_bert_config.json")?.OptionalInt("max_seq_length");
        return new EmbeddingFolder(graph, tokenizer, ReadPooling(folder), ReadNormalizes(folder), stated ?? tokenizer.MaxLength ?? (hasTokenizer ? null : PiecesMaxTokens));
    }

    private static EmbeddingPooling? ReadPooling(string folder)
    {
        if (Optional(folder, "1_Pooling", "config.json") is not { } config)
            return null;
        List<EmbeddingPooling> modes = [];
        foreach ((string name, EmbeddingPooling mode) in (ReadOnlySpan<(string, EmbeddingPooling)>)
            [("pooling_mode_mean_tokens", EmbeddingPooling.Mean), ("pooling_mode_cls_token", EmbeddingPooling.FirstToken), ("pooling_mode_lasttoken", EmbeddingPooling.LastToken)])
        {
            if (config.OptionalBool(name) == true)
                modes.Add(mode);
        }
        return modes is [EmbeddingPooling only]
            ? only
            : throw config.Error($"asks for {(modes.Count == 0 ? "a way of pooling that is not supported" : "several ways of pooling at once")}; mean, first token and last token are supported, one of them.");
    }

    private static bool? ReadNormalizes(string folder)
    {
        string path = Path.Combine(folder, "modules.json");
        return File.Exists(path)
            ? JsonFile.ReadArray(path).EnumerateArray().Any(static module =>
                module.ValueKind == JsonValueKind.Object && module.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String && type.GetString()!.EndsWith(".Normalize", StringComparison.Ordinal))
            : null;
    }

    private static JsonFile? Optional(string folder, params ReadOnlySpan<string> parts)
    {
        string path = Path.Combine([folder, .. parts]);
        return File.Exists(path) ? JsonFile.Read(path) : null;
    }
}

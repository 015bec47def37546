namespace AiSdk.Onnx.Tests;

/// <summary>A random model of two layers whose attention is ONNX Runtime's GroupQueryAttention. Its tokens are the 32 characters from a on; the first ends a reply.</summary>
internal static class GroupQueryModel
{
    public const int Layers = 2;
    private const int Vocabulary = 32;
    public const int Hidden = 16;
    private const int HeadSize = 8;

    /// <summary>Writes a model folder.</summary>
    /// <param name="share">Whether its configuration has the cache extended in place.</param>
    /// <param name="half">Whether cache and logits are of 16 bits.</param>
    /// <param name="isBroken">Whether the graph fails on the last token.</param>
    /// <param name="takesAdapters">Whether the queries' weights can be added to by an adapter.</param>
    /// <param name="merged">What is added to them in the graph itself, for each layer [hidden, hidden]; null for nothing.</param>
    public static TemporaryFolder Create(bool share, bool half = false, bool isBroken = false, bool takesAdapters = false, IReadOnlyList<float[]>? merged = null)
    {
        var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("genai_config.json"), $$$"""
            {"model":{"type":"test","eos_token_id":0,"vocab_size":{{{Vocabulary}}},"context_length":512,
              "decoder":{"filename":"model.onnx","num_hidden_layers":{{{Layers}}}}},
             "search":{"max_length":512,"past_present_share_buffer":{{{(share ? "true" : "false")}}}}}
            """);
        IEnumerable<string> letters = Enumerable.Range(0, Vocabulary).Select(static id => $"\"{(char)('a' + id)}\":{id}");
        File.WriteAllText(folder.File("tokenizer.json"), $$$"""{"model":{"type":"BPE","vocab":{ {{{string.Join(',', letters)}}} },"merges":[]},"decoder":{"type":"Fuse"}}""");
        WriteGraph(folder.File("model.onnx"), half, isBroken ? Vocabulary - 1 : Vocabulary, takesAdapters, merged);
        return folder;
    }

    /// <summary>The names of an adapter's weights in a layer: [hidden, rank] and [rank, hidden].</summary>
    public static (string A, string B) AdapterNames(int layer) => ($"layers.{layer}.q.lora_A", $"layers.{layer}.q.lora_B");

    private static void WriteAdapter(OnnxGraphWriter graph, int layer)
    {
        // Inputs with a default, of rank 0: nothing is added.
        (string a, string b) = AdapterNames(layer);
        graph.Input(a, OnnxGraphWriter.Float, Hidden, "rank");
        graph.Weights(a, [], Hidden, 0);
        graph.Input(b, OnnxGraphWriter.Float, "rank", Hidden);
        graph.Weights(b, [], 0, Hidden);
        graph.Node("MatMul", [$"x{layer}", a], [$"down{layer}"]);
        graph.Node("MatMul", [$"down{layer}", b], [$"up{layer}"]);
        graph.Node("Add", [$"qbase_{layer}", $"up{layer}"], [$"q32_{layer}"]);
    }

    private static void WriteGraph(string path, bool half, int embedded, bool takesAdapters, IReadOnlyList<float[]>? merged)
    {
        var random = new Xoshiro256(1);
        using var graph = new OnnxGraphWriter();
        float[] Values(int count, float scale) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5) * scale)];
        int cacheType = half ? OnnxGraphWriter.Float16 : OnnxGraphWriter.Float;
        graph.Input("input_ids", OnnxGraphWriter.Int64, "batch", "tokens");
        graph.Input("attention_mask", OnnxGraphWriter.Int64, "batch", "total");
        graph.Integers("axis", [1], 1);
        graph.Integers("one", [1]);
        graph.Node("ReduceSum", ["attention_mask", "axis"], ["sums"], ("keepdims", 0));
        graph.Node("Sub", ["sums", "one"], ["lasts"]);
        graph.Node("Cast", ["lasts"], ["seqlens_k"], ("to", OnnxGraphWriter.Int32));
        graph.Node("Shape", ["attention_mask"], ["mask_shape"]);
        graph.Node("Gather", ["mask_shape", "one"], ["total64"]);
        graph.Node("Cast", ["total64"], ["total_length"], ("to", OnnxGraphWriter.Int32));
        graph.Weights("embedding", Values(embedded * Hidden, 4), embedded, Hidden);
        graph.Node("Gather", ["embedding", "input_ids"], ["x0"]);
        for (int layer = 0; layer < Layers; layer++)
        {
            float[] queries = Values(Hidden * Hidden, 2);
            graph.Weights($"wq{layer}", merged is null ? queries : [.. queries.Zip(merged[layer], static (weight, added) => weight + added)], Hidden, Hidden);
            graph.Weights($"wk{layer}", Values(Hidden * HeadSize, 2), Hidden, HeadSize);
            graph.Weights($"wv{layer}", Values(Hidden * HeadSize, 2), Hidden, HeadSize);
            graph.Weights($"wo{layer}", Values(Hidden * Hidden, 2), Hidden, Hidden);
            foreach (string part in (ReadOnlySpan<string>)["q", "k", "v"])
            {
                bool isAdapted = takesAdapters && part == "q";
                graph.Node("MatMul", [$"x{layer}", $"w{part}{layer}"], [isAdapted ? $"{part}base_{layer}" : $"{part}32_{layer}"]);
                if (isAdapted)
                    WriteAdapter(graph, layer);
                graph.Node("Cast", [$"{part}32_{layer}"], [$"{part}{layer}"], ("to", cacheType));
            }
            foreach (string part in (ReadOnlySpan<string>)["key", "value"])
            {
                graph.Input($"past_key_values.{layer}.{part}", cacheType, "batch", 1, "past", HeadSize);
                graph.Output($"present.{layer}.{part}", cacheType, "batch", 1, "present", HeadSize);
            }
            graph.Node("com.microsoft", "GroupQueryAttention", [$"q{layer}", $"k{layer}", $"v{layer}", $"past_key_values.{layer}.key", $"past_key_values.{layer}.value", "seqlens_k", "total_length"], [$"a16_{layer}", $"present.{layer}.key", $"present.{layer}.value"], ("num_heads", 2), ("kv_num_heads", 1));
            graph.Node("Cast", [$"a16_{layer}"], [$"a{layer}"], ("to", OnnxGraphWriter.Float));
            graph.Node("MatMul", [$"a{layer}", $"wo{layer}"], [$"o{layer}"]);
            graph.Node("Add", [$"x{layer}", $"o{layer}"], [$"x{layer + 1}"]);
        }
        graph.Weights("head", Values(Hidden * Vocabulary, 2), Hidden, Vocabulary);
        graph.Node("MatMul", [$"x{Layers}", "head"], [half ? "scores" : "logits"]);
        if (half)
            graph.Node("Cast", ["scores"], ["logits"], ("to", OnnxGraphWriter.Float16));
        graph.Output("logits", half ? OnnxGraphWriter.Float16 : OnnxGraphWriter.Float, "batch", "tokens", Vocabulary);
        graph.Save(path);
    }
}

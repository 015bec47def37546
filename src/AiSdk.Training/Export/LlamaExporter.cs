using System.Globalization;
using System.Text.Json;
using AiSdk.Onnx;
using AiSdk.Training.OnnxFormat;

namespace AiSdk.Training;

/// <summary>Writes a model as a folder in ONNX Runtime GenAI's layout: GroupQueryAttention, whose caches are extended in place.</summary>
internal static class LlamaExporter
{
    private const string GraphFile = "model.onnx";
    private const string DataFile = GraphFile + OnnxFile.DataSuffix;
    private const string ShareBuffer = "past_present_share_buffer";
    private const string RopeCos = "rope.cos";
    private const string RopeSin = "rope.sin";

    public static void Save(TrainableModel model, string folder, ExportOptions options)
    {
        TrainerOptions.Given(options.AdapterTargets, nameof(ExportOptions.AdapterTargets));
        foreach (string target in options.AdapterTargets)
            TrainerOptions.Require(LlamaLayout.Projections.Contains(target), nameof(ExportOptions.AdapterTargets), target, "made of " + string.Join(", ", LlamaLayout.Projections));
        TrainerOptions.Require(options.AdapterTargets.Distinct(StringComparer.Ordinal).Count() == options.AdapterTargets.Count, nameof(ExportOptions.AdapterTargets), string.Join(", ", options.AdapterTargets), "different projections");
        string unfinished = UnfinishedFolder.Create(folder);
        try
        {
            OnnxFile.Write(Build(model, options), Path.Combine(unfinished, GraphFile));
            model.Files.Write(unfinished);
            File.WriteAllBytes(Path.Combine(unfinished, GenAIConfig.FileName), Configuration(model));
            Replace(unfinished, folder);
        }
        finally
        {
            Directory.Delete(unfinished, recursive: true);
        }
    }

    /// <summary>Puts a model in the place of another one's files. The configuration goes first and comes last: a folder without one is no model, so that none is ever made of two.</summary>
    private static void Replace(string made, string folder)
    {
        Directory.CreateDirectory(folder);
        File.Delete(Path.Combine(folder, GenAIConfig.FileName));
        foreach (string name in (IEnumerable<string>)[GraphFile, DataFile, ConfidenceCalibration.FileName, .. ModelFiles.Names, GenAIConfig.FileName])
        {
            string source = Path.Combine(made, name);
            string target = Path.Combine(folder, name);
            if (File.Exists(source))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Move(source, target, overwrite: true);
            }
            else if (File.Exists(target))
            {
                File.Delete(target);
            }
        }
    }

    public static ModelProto Build(TrainableModel model, ExportOptions options)
    {
        LlamaConfiguration c = model.Configuration;
        OnnxGraph g = new();
        Dimension batch = Dimension.Of("batch_size");
        Dimension tokens = Dimension.Of("sequence_length");
        g.Input("input_ids", ElementType.Int64, batch, tokens);
        g.Input("attention_mask", ElementType.Int64, batch, Dimension.Of("total_sequence_length"));
        g.Output("logits", ElementType.Float, batch, tokens, c.VocabularySize);
        foreach (ParameterShape parameter in LlamaLayout.Parameters(c))
            g.Floats(parameter.Name, model.Weights[parameter.Name], [.. parameter.Shape.Select(static dimension => (long)dimension)]);
        g.Floats(RopeCos, model.Cos, c.ContextLength, c.HeadSize / 2);
        g.Floats(RopeSin, model.Sin, c.ContextLength, c.HeadSize / 2);
        if (!TurnsWithin(c))
            g.Input("position_ids", ElementType.Int64, batch, tokens);

        // The last position of each sequence, and the length of the longest, as GroupQueryAttention wants them.
        string sums = g.Node("ReduceSum", ["attention_mask", g.Integers(1)], ["mask.sums"], ("keepdims", 0L));
        g.Node("Cast", [g.Node("Sub", [sums, g.Integers(1)], ["mask.lasts"])], ["seqlens_k"], ("to", (long)ElementType.Int32));
        g.Node("Cast", [g.Node("Gather", [g.Node("Shape", ["attention_mask"], ["mask.shape"]), g.Integers(1)], ["mask.total"])], ["total_length"], ("to", (long)ElementType.Int32));

        string x = g.Node("Gather", [LlamaLayout.Embedding, "input_ids"], ["embedding"]);
        for (int layer = 0; layer < c.Layers; layer++)
            x = Layer(g, c, options.AdapterTargets, layer, x);
        string last = Norm(g, c, x, LlamaLayout.FinalNorm);
        string head = c.TiedEmbeddings ? LlamaLayout.Embedding : LlamaLayout.Head;
        g.Node("MatMul", [last, g.Node("Transpose", [head], ["head.transposed"], ("perm", new long[] { 1, 0 }))], ["logits"]);
        return g.Model;
    }

    private static string Layer(OnnxGraph g, LlamaConfiguration c, IReadOnlyList<string> targets, int layer, string x)
    {
        Dimension batch = Dimension.Of("batch_size");
        string Project(string name, string input) => LlamaExporter.Project(g, c, targets, layer, name, input);
        string normalized = Norm(g, c, x, LlamaLayout.AttentionNorm(layer));
        foreach (string part in (ReadOnlySpan<string>)["key", "value"])
        {
            g.Input($"past_key_values.{layer}.{part}", ElementType.Float, batch, c.KeyValueHeads, Dimension.Of("past_sequence_length"), c.HeadSize);
            g.Output($"present.{layer}.{part}", ElementType.Float, batch, c.KeyValueHeads, Dimension.Of("total_sequence_length"), c.HeadSize);
        }
        string query = Project("q_proj", normalized);
        string key = Project("k_proj", normalized);
        if (!TurnsWithin(c))
        {
            query = g.Node(OnnxGraph.Microsoft, "RotaryEmbedding", [query, "position_ids", RopeCos, RopeSin], [$"layer.{layer}.query"], ("interleaved", 0L));
            key = g.Node(OnnxGraph.Microsoft, "RotaryEmbedding", [key, "position_ids", RopeCos, RopeSin], [$"layer.{layer}.key"], ("interleaved", 0L));
        }
        string mixed = g.Node(
            OnnxGraph.Microsoft, "GroupQueryAttention",
            [query, key, Project("v_proj", normalized), $"past_key_values.{layer}.key", $"past_key_values.{layer}.value", "seqlens_k", "total_length", .. TurnsWithin(c) ? (ReadOnlySpan<string>)[RopeCos, RopeSin] : []],
            [$"layer.{layer}.attention", $"present.{layer}.key", $"present.{layer}.value"],
            ("num_heads", (long)c.Heads), ("kv_num_heads", (long)c.KeyValueHeads), ("do_rotary", TurnsWithin(c) ? 1L : 0L), ("rotary_interleaved", 0L));
        string attended = g.Node("Add", [x, Project("o_proj", mixed)], [$"layer.{layer}.attended"]);
        normalized = Norm(g, c, attended, LlamaLayout.InnerNorm(layer));
        string gate = Project("gate_proj", normalized);
        string silu = g.Node("Mul", [gate, g.Node("Sigmoid", [gate], [$"layer.{layer}.sigmoid"])], [$"layer.{layer}.silu"]);
        string inner = g.Node("Mul", [silu, Project("up_proj", normalized)], [$"layer.{layer}.inner"]);
        return g.Node("Add", [attended, Project("down_proj", inner)], [$"layer.{layer}.output"]);
    }

    // GroupQueryAttention itself turns heads of such sizes only.
    private static bool TurnsWithin(LlamaConfiguration c) => c.HeadSize % 16 == 0;

    private static string Norm(OnnxGraph g, LlamaConfiguration c, string x, string weight) =>
        g.Node("SimplifiedLayerNormalization", [x, weight], [weight + ".output"], ("axis", -1L), ("epsilon", (float)c.RmsEpsilon), ("stash_type", 1L));

    private static string Project(OnnxGraph g, LlamaConfiguration c, IReadOnlyList<string> targets, int layer, string name, string input)
    {
        string weight = LlamaLayout.Projection(layer, name);
        string stem = weight[..^".weight".Length];
        string product = g.Node("MatMul", [input, weight], [stem]);
        if (!targets.Contains(name))
            return product;
        (int rows, int columns) = LlamaLayout.ProjectionShape(c, name);
        (string a, string b) = LlamaLayout.Adapter(layer, name);
        Dimension rank = Dimension.Of("rank." + stem);
        g.Input(a, ElementType.Float, rows, rank);
        g.Input(b, ElementType.Float, rank, columns);
        g.Floats(a, [], rows, 0);
        g.Floats(b, [], 0, columns);
        return g.Node("Add", [product, g.Node("MatMul", [g.Node("MatMul", [input, a], [stem + ".lora_A"]), b], [stem + ".lora_B"])], [stem + ".adapted"]);
    }

    private static byte[] Configuration(TrainableModel model)
    {
        LlamaConfiguration c = model.Configuration;
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteStartObject("model");
            json.WriteString("type", "llama");
            if (model.Special.Begin is { } begin)
                json.WriteNumber("bos_token_id", begin);
            if (model.Special.End is [int end])
            {
                json.WriteNumber("eos_token_id", end);
            }
            else
            {
                json.WriteStartArray("eos_token_id");
                foreach (int token in model.Special.End)
                    json.WriteNumberValue(token);
                json.WriteEndArray();
            }
            json.WriteNumber("pad_token_id", model.Special.Padding ?? model.Special.End[0]);
            json.WriteNumber("vocab_size", c.VocabularySize);
            json.WriteNumber("context_length", c.ContextLength);
            json.WriteStartObject("decoder");
            json.WriteStartObject("session_options");
            json.WriteString("log_id", "onnxruntime-genai");
            json.WriteStartArray("provider_options");
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteString("filename", GraphFile);
            foreach ((string name, int value) in new[] { ("head_size", c.HeadSize), ("hidden_size", c.HiddenSize), ("num_attention_heads", c.Heads), ("num_key_value_heads", c.KeyValueHeads), ("num_hidden_layers", c.Layers) })
                json.WriteNumber(name, value);
            WriteNames(json, "inputs", [("input_ids", "input_ids"), ("attention_mask", "attention_mask"), .. TurnsWithin(c) ? (ReadOnlySpan<(string, string)>)[] : [("position_ids", "position_ids")], ("past_key_names", "past_key_values.%d.key"), ("past_value_names", "past_key_values.%d.value")]);
            WriteNames(json, "outputs", ("logits", "logits"), ("present_key_names", "present.%d.key"), ("present_value_names", "present.%d.value"));
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteStartObject("search");
            foreach (JsonProperty setting in model.Files.Search.EnumerateObject().Where(static setting => setting.Name is not ("max_length" or ShareBuffer)))
                setting.WriteTo(json);
            json.WriteNumber("max_length", model.Files.Search.TryGetProperty("max_length", out JsonElement length) && length.TryGetInt32(out int most) ? Math.Min(most, c.ContextLength) : c.ContextLength);
            json.WriteBoolean(ShareBuffer, true);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return stream.ToArray();
    }

    private static void WriteNames(Utf8JsonWriter json, string group, params ReadOnlySpan<(string Name, string Value)> names)
    {
        json.WriteStartObject(group);
        foreach ((string name, string value) in names)
            json.WriteString(name, value);
        json.WriteEndObject();
    }
}

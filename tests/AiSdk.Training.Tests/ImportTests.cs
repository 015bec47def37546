using AiSdk.Tests;
using AiSdk.Training.OnnxFormat;
using Xunit;

namespace AiSdk.Training.Tests;

/// <summary>Llama models as others export them, and models that only look like it.</summary>
public sealed class ImportTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void The_layout_of_GenAIs_builder_is_read(bool packed, bool interleaved)
    {
        using Folder folder = new();
        TrainableModel model = Create(folder);
        model.Save(folder["model"]);
        OnnxFile.Write(BuilderGraph(model, packed, interleaved), folder["model/model.onnx"]);
        var read = TrainableModel.Load(folder["model"]);
        Assert.Equal(model.Configuration with { RopeTheta = 0 }, read.Configuration with { RopeTheta = 0 });
        Assert.Equal(10_000, read.Configuration.RopeTheta, 0.5);
        Assert.Equal(SmallModel.Bits(model), SmallModel.Bits(read));
    }

    [Fact]
    public void Another_architecture_is_refused_by_name()
    {
        TrainingException exception = Assert.Throws<TrainingException>(() => TrainableModel.Load(TestData.Path("models", "tiny-gpt2")));
        Assert.Contains("'gpt2'", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("activation", "Sigmoid", "Tanh", "layer.0.sigmoid")]
    [InlineData("bias", "Add", "bias", "biased")]
    [InlineData("window", "GroupQueryAttention", "window", "layer.0.attention")]
    [InlineData("softcap", "GroupQueryAttention", "caps", "layer.0.attention")]
    [InlineData("scale", "GroupQueryAttention", "scales", "layer.0.attention")]
    public void What_Llama_models_do_not_have_is_refused_by_its_node(string change, string operation, string problem, string node)
    {
        using Folder folder = new();
        TrainableModel model = Create(folder);
        model.Save(folder["model"]);
        ModelProto graph = OnnxFile.Read(folder["model/model.onnx"]);
        NodeProto changed = graph.Graph.Node.First(candidate => candidate.OpType == operation);
        switch (change)
        {
            case "activation":
                changed.OpType = "Tanh";
                break;
            case "bias":
                graph.Graph.Initializer.Add(OnnxTensors.Create("bias", ElementType.Float, new byte[model.Configuration.QuerySize * 4], [model.Configuration.QuerySize]));
                NodeProto product = graph.Graph.Node.First(static candidate => candidate.OpType == "MatMul");
                NodeProto add = new() { OpType = "Add", Name = "biased" };
                add.Input.Add([product.Output[0] + ".plain", "bias"]);
                add.Output.Add(product.Output[0]);
                product.Output[0] += ".plain";
                graph.Graph.Node.Insert(graph.Graph.Node.IndexOf(product) + 1, add);
                break;
            case "window":
                changed.Attribute.Add(OnnxGraph.Attribute("local_window_size", 4L));
                break;
            case "softcap":
                changed.Attribute.Add(OnnxGraph.Attribute("softcap", 30f));
                break;
            default:
                changed.Attribute.Add(OnnxGraph.Attribute("scale", 0.5f));
                break;
        }
        OnnxFile.Write(graph, folder["model/model.onnx"]);
        TrainingException exception = Assert.Throws<TrainingException>(() => TrainableModel.Load(folder["model"]));
        Assert.Contains(problem, exception.Message, StringComparison.Ordinal);
        Assert.Contains(node, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_graph_that_computes_something_else_is_refused_by_what_it_computes()
    {
        using Folder folder = new();
        TrainableModel model = Create(folder);
        model.Save(folder["model"]);
        ModelProto graph = OnnxFile.Read(folder["model/model.onnx"]);
        // The residual is subtracted: every product and every normalization is in its place.
        graph.Graph.Node.First(static node => node.OpType == "Add").OpType = "Sub";
        OnnxFile.Write(graph, folder["model/model.onnx"]);
        Assert.Contains("computes something else", Assert.Throws<TrainingException>(() => TrainableModel.Load(folder["model"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_no_memory_holds_is_refused_by_its_shapes()
    {
        using Folder folder = new();
        TrainableModel model = Create(folder);
        model.Save(folder["model"]);
        ModelProto graph = OnnxFile.Read(folder["model/model.onnx"]);
        // So wide, and its weights in a file that is not there: who reads any of them fails at that.
        const long inner = 200_000_000;
        foreach (TensorProto tensor in graph.Graph.Initializer.Where(tensor => tensor.Dims.Count == 2 && tensor.Dims.Any(size => size == model.Configuration.InnerSize || size == model.Configuration.VocabularySize)))
        {
            for (int i = 0; i < 2; i++)
                tensor.Dims[i] = tensor.Dims[i] == model.Configuration.InnerSize ? inner : tensor.Dims[i];
            tensor.ClearRawData();
            tensor.DataLocation = TensorProto.Types.DataLocation.External;
            tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = "absent.data" });
        }
        OnnxFile.Write(graph, folder["model/model.onnx"]);
        TrainingException exception = Assert.Throws<TrainingException>(() => TrainableModel.Load(folder["model"]));
        Assert.StartsWith($"The model in '{folder["model/model.onnx"]}', of ", exception.Message, StringComparison.Ordinal);
        Assert.Contains("million weights would take", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_model_is_named()
    {
        using Folder folder = new();
        TrainableModel model = Create(folder);
        model.Save(folder["model"]);
        byte[] bytes = File.ReadAllBytes(folder["model/model.onnx"]);
        File.WriteAllBytes(folder["model/model.onnx"], bytes[..(bytes.Length / 2)]);
        Assert.Contains("model.onnx", Assert.Throws<TrainingException>(() => TrainableModel.Load(folder["model"])).Message, StringComparison.Ordinal);
    }

    /// <summary>Heads of 16, which GroupQueryAttention turns itself.</summary>
    private static TrainableModel Create(Folder folder)
    {
        SmallModel.Create(folder);
        return TrainableModel.Create(new LlamaConfiguration { HiddenSize = 48, InnerSize = 80, Layers = 2, Heads = 4, KeyValueHeads = 2, HeadSize = 16, ContextLength = 64, TiedEmbeddings = false }, folder["tokenizer"], 3);
    }

    /// <summary>The graph as ONNX Runtime GenAI's model builder writes it: normalizations that add the residual, queries, keys and values from one matrix, a table for the head.</summary>
    private static ModelProto BuilderGraph(TrainableModel model, bool packed, bool interleaved)
    {
        LlamaConfiguration c = model.Configuration;
        OnnxGraph g = new();
        Dimension batch = Dimension.Of("batch_size");
        g.Input("input_ids", ElementType.Int64, batch, Dimension.Of("sequence_length"));
        g.Input("attention_mask", ElementType.Int64, batch, Dimension.Of("total_sequence_length"));
        g.Output("logits", ElementType.Float, batch, Dimension.Of("sequence_length"), c.VocabularySize);
        g.Floats("cos_cache", model.Cos, c.ContextLength, c.HeadSize / 2);
        g.Floats("sin_cache", model.Sin, c.ContextLength, c.HeadSize / 2);
        g.Node("Cast", [g.Node("Sub", [g.Node("ReduceSum", ["attention_mask", g.Integers(1)], ["sum"], ("keepdims", 0L)), g.Integers(1)], ["last"])], ["seqlens"], ("to", 6L));
        g.Node("Cast", [g.Node("Gather", [g.Node("Shape", ["attention_mask"], ["shape"]), g.Integers(1)], ["total64"])], ["total"], ("to", 6L));
        string Weight(string name, params ReadOnlySpan<long> shape) => g.Floats("w/" + name, model.Weights[name], shape);
        string MatMul(string input, string name, float[] values, int columns) => g.Node("MatMul", [input, g.Floats(name + ".MatMul.weight", values, values.Length / columns, columns)], [name + "/output_0"]);
        string x = g.Node("Gather", [Weight(LlamaLayout.Embedding, c.VocabularySize, c.HiddenSize), "input_ids"], ["x"]);
        string? add = null;
        string Norm(string name)
        {
            string weight = Weight(name, c.HiddenSize);
            if (add is null)
                return g.Node("SimplifiedLayerNormalization", [x, weight], [name + "/y"], ("axis", -1L), ("epsilon", (float)c.RmsEpsilon), ("stash_type", 1L));
            g.Node(OnnxGraph.Microsoft, "SkipSimplifiedLayerNormalization", [x, add, weight], [name + "/y", "", "", name + "/sum"], ("epsilon", (float)c.RmsEpsilon));
            x = name + "/sum";
            return name + "/y";
        }
        for (int layer = 0; layer < c.Layers; layer++)
        {
            float[] Values(string name) => model.Weights[LlamaLayout.Projection(layer, name)];
            string n = Norm(LlamaLayout.AttentionNorm(layer));
            float[] q = interleaved ? Interleaved(Values("q_proj"), c.Heads, c) : Values("q_proj");
            float[] k = interleaved ? Interleaved(Values("k_proj"), c.KeyValueHeads, c) : Values("k_proj");
            string[] inputs = packed
                ? [MatMul(n, $"/l{layer}/qkv_proj", Joined(c.HiddenSize, q, k, Values("v_proj")), c.QuerySize + 2 * c.KeyValueSize), "", ""]
                : [MatMul(n, $"/l{layer}/q_proj", q, c.QuerySize), MatMul(n, $"/l{layer}/k_proj", k, c.KeyValueSize), MatMul(n, $"/l{layer}/v_proj", Values("v_proj"), c.KeyValueSize)];
            foreach (string part in new[] { "key", "value" })
            {
                g.Input($"past_key_values.{layer}.{part}", ElementType.Float, batch, c.KeyValueHeads, Dimension.Of("past"), c.HeadSize);
                g.Output($"present.{layer}.{part}", ElementType.Float, batch, c.KeyValueHeads, Dimension.Of("total"), c.HeadSize);
            }
            string mixed = g.Node(OnnxGraph.Microsoft, "GroupQueryAttention", [.. inputs, $"past_key_values.{layer}.key", $"past_key_values.{layer}.value", "seqlens", "total", "cos_cache", "sin_cache"], [$"/l{layer}/attn", $"present.{layer}.key", $"present.{layer}.value"], ("num_heads", (long)c.Heads), ("kv_num_heads", (long)c.KeyValueHeads), ("do_rotary", 1L), ("rotary_interleaved", interleaved ? 1L : 0L));
            add = MatMul(mixed, $"/l{layer}/o_proj", Values("o_proj"), c.HiddenSize);
            n = Norm(LlamaLayout.InnerNorm(layer));
            string gate = MatMul(n, $"/l{layer}/gate_proj", Values("gate_proj"), c.InnerSize);
            string up = MatMul(n, $"/l{layer}/up_proj", Values("up_proj"), c.InnerSize);
            string silu = g.Node("Mul", [gate, g.Node("Sigmoid", [gate], [$"/l{layer}/sigmoid"])], [$"/l{layer}/silu"]);
            add = MatMul(g.Node("Mul", [silu, up], [$"/l{layer}/inner"]), $"/l{layer}/down_proj", Values("down_proj"), c.HiddenSize);
        }
        string last = Norm(LlamaLayout.FinalNorm);
        g.Node("MatMul", [last, g.Floats("lm_head.MatMul.weight", LinearReader.Transposed(model.Weights[LlamaLayout.Head], c.VocabularySize, c.HiddenSize), c.HiddenSize, c.VocabularySize)], ["logits"]);
        return g.Model;
    }

    private static float[] Joined(int rows, params float[][] parts)
    {
        List<float> joined = [];
        for (int row = 0; row < rows; row++)
        {
            foreach (float[] part in parts)
                joined.AddRange(part.AsSpan(row * (part.Length / rows), part.Length / rows));
        }
        return [.. joined];
    }

    private static float[] Interleaved(float[] values, int heads, LlamaConfiguration c)
    {
        int columns = heads * c.HeadSize;
        var result = new float[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int within = i % columns % c.HeadSize;
            int to = within < c.HeadSize / 2 ? 2 * within : 2 * (within - c.HeadSize / 2) + 1;
            result[i - within + to] = values[i];
        }
        return result;
    }
}

using AiSdk.Onnx;
using AiSdk.Tests;
using AiSdk.Training.OnnxFormat;
using CsCheck;
using Google.Protobuf;
using Xunit;

namespace AiSdk.Training.Tests;

public sealed class QuantizerTests
{
    private static readonly string[] s_texts =
    [
        "Once upon a time, there was a little girl named Lily. She loved to play outside in the park. One day, she saw a big, red ball. She wanted to play with it, but it was too high.",
        "Tom had a small dog. The dog liked to run in the garden. One day the dog ran to the tree and found a toy. Tom was very happy and said thank you.",
        "It was a sunny day. The bird sat on the tree and sang a song. A cat came and looked at the bird. The bird was scared and flew away.",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Stories => TestData.Path("models", "stories260K");

    [Theory]
    [InlineData(8, 0.01, 0.97)]
    [InlineData(4, 0.25, 0.80)]
    public async Task The_plain_graph_is_quantized(int bits, double loss, double agreement)
    {
        using Folder folder = new();
        QuantizationReport report = await Quantizer.QuantizeAsync(Stories, folder["small"], new QuantizationOptions { Bits = bits, Texts = s_texts, MaxPerplexityLoss = loss }, Token);
        Check(report, loss, agreement, bits);
        await StoriesTests.SayAsync(folder["small"]);
    }

    [Theory]
    [InlineData(8, 0.01, 0.97)]
    [InlineData(4, 0.25, 0.80)]
    public async Task The_export_is_quantized_and_imported_again(int bits, double loss, double agreement)
    {
        using Folder folder = new();
        var model = TrainableModel.Load(Stories);
        Assert.True(model.Configuration.TiedEmbeddings);
        model.Save(folder["model"], new ExportOptions { AdapterTargets = ["q_proj"] });
        QuantizationReport report = await Quantizer.QuantizeAsync(folder["model"], folder["small"], new QuantizationOptions { Bits = bits, Texts = s_texts, MaxPerplexityLoss = loss }, Token);
        Check(report, loss, agreement, bits);
        // One table for both: 35 products and the head.
        Assert.Equal(36, report.Matrices);
        Assert.InRange(report.Quantized.Bytes, 0, report.Original.Bytes * (bits == 8 ? 0.40 : 0.30));
        if (bits == 8)
            Assert.Equal(await StoriesTests.SayAsync(Stories, 20), await StoriesTests.SayAsync(folder["small"], 20));
        var again = TrainableModel.Load(folder["small"]);
        Assert.True(again.Configuration.TiedEmbeddings);
        foreach ((string name, float[] values) in model.Weights)
        {
            float largest = values.Max(MathF.Abs);
            Assert.All(values.Zip(again.Weights[name]), pair => Assert.Equal(pair.First, pair.Second, largest / (1 << (bits - 2))));
        }
    }

    [Fact]
    public async Task Half_precision_is_imported_and_quantized()
    {
        using Folder folder = new();
        var model = TrainableModel.Load(Stories);
        model.Save(folder["half"]);
        ModelProto graph = OnnxFile.Read(folder["half/model.onnx"]);
        Halve(graph);
        OnnxFile.Write(graph, folder["half/model.onnx"]);
        var half = TrainableModel.Load(folder["half"]);
        foreach ((string name, float[] values) in model.Weights)
            Assert.All(values.Zip(half.Weights[name]), static pair => Assert.Equal((float)(Half)pair.First, pair.Second));
        QuantizationReport report = await Quantizer.QuantizeAsync(folder["half"], folder["small"], new QuantizationOptions { Texts = s_texts }, Token);
        Assert.Equal(36, report.Matrices);
    }

    [Fact]
    public async Task Weights_beside_the_graph_are_read_and_written()
    {
        using Folder folder = new();
        TrainableModel.Load(Stories).Save(folder["model"]);
        ModelProto graph = OnnxFile.Read(folder["model/model.onnx"]);
        OnnxFile.Write(graph, folder["model/model.onnx"], largestMessage: 1000);
        Assert.True(File.Exists(folder["model/model.onnx.data"]));
        Assert.Equal(SmallModel.Bits(TrainableModel.Load(Stories)), SmallModel.Bits(TrainableModel.Load(folder["model"])));
        Assert.Equal(await StoriesTests.SayAsync(Stories, 20), await StoriesTests.SayAsync(folder["model"], 20));
        await Quantizer.QuantizeAsync(folder["model"], folder["small"], new QuantizationOptions { Texts = s_texts }, Token);
    }

    [Fact]
    public async Task A_result_that_is_too_bad_is_refused_and_leaves_nothing()
    {
        using Folder folder = new();
        TrainingException exception = await Assert.ThrowsAsync<TrainingException>(() => Quantizer.QuantizeAsync(Stories, folder["small"], new QuantizationOptions { Bits = 4, BlockSize = 256, Texts = s_texts, MaxPerplexityLoss = 0.0001 }, Token));
        Assert.Matches(@"rises from \d+\.\d+ to \d+\.\d+", exception.Message);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task What_lies_beside_the_target_stays_as_it_is()
    {
        using Folder folder = new();
        Directory.CreateDirectory(folder["small.tmp"]);
        await File.WriteAllTextAsync(folder["small.tmp/notes.txt"], "mine", Token);
        await Quantizer.QuantizeAsync(Stories, folder["small"] + Path.DirectorySeparatorChar, new QuantizationOptions { Texts = s_texts }, Token);
        Assert.Equal("mine", await File.ReadAllTextAsync(folder["small.tmp/notes.txt"], Token));
        Assert.Equal(["small", "small.tmp"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_target_that_is_a_file_is_refused_before_the_work()
    {
        using Folder folder = new();
        await File.WriteAllTextAsync(folder["small"], "mine", Token);
        // The original does not exist: it would be the error of whoever began with it.
        ArgumentException exception = await Assert.ThrowsAsync<ArgumentException>(() => Quantizer.QuantizeAsync(folder["nowhere"], folder["small"], new QuantizationOptions { Texts = s_texts }, Token));
        Assert.Contains("is a file", exception.Message, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(folder["small"], Token));
    }

    [Fact]
    public async Task The_calibration_goes_with_the_model()
    {
        using Folder folder = new();
        TrainableModel.Load(Stories).Save(folder["model"]);
        new ConfidenceCalibration(1.5).Save(folder["model"]);
        await Quantizer.QuantizeAsync(folder["model"], folder["small"], new QuantizationOptions { Texts = s_texts }, Token);
        Assert.Equal(1.5, ConfidenceCalibration.Read(folder["small"])!.Temperature);
    }

    [Fact]
    public async Task An_operator_that_is_not_known_is_named_with_its_node()
    {
        using Folder folder = new();
        TrainableModel.Load(Stories).Save(folder["model"]);
        ModelProto graph = OnnxFile.Read(folder["model/model.onnx"]);
        NodeProto node = graph.Graph.Node.First(static candidate => candidate.OpType == "Sigmoid");
        node.OpType = "HardSwish";
        OnnxFile.Write(graph, folder["model/model.onnx"]);
        TrainingException exception = await Assert.ThrowsAsync<TrainingException>(() => Quantizer.QuantizeAsync(folder["model"], folder["small"], new QuantizationOptions { Texts = s_texts }, Token));
        Assert.Contains("HardSwish", exception.Message, StringComparison.Ordinal);
        Assert.Contains(node.Name, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_architecture_is_quantized_where_its_graph_is_known()
    {
        using Folder folder = new();
        QuantizationReport report = await Quantizer.QuantizeAsync(TestData.Path("models", "tiny-gpt2"), folder["small"], new QuantizationOptions { Texts = ["the weather is in the house"], MaxPerplexityLoss = 0.05 }, Token);
        Assert.True(report.Matrices > 1);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(4)]
    public void Values_come_back_within_their_scale(int bits)
    {
        Gen.Select(Gen.Float[-2, 2].Array[1, 200], Gen.Int[1, 4]).Sample(
            (row, rows) =>
            {
                float[] values = [.. Enumerable.Range(0, rows).SelectMany(r => row.Select(value => value / (1 << r)))];
                QuantizedMatrix matrix = BlockQuantizer.Quantize(values, rows, row.Length, bits, 32);
                for (int i = 0; i < values.Length; i++)
                {
                    int at = i % row.Length;
                    int block = i / row.Length * matrix.Blocks + at / 32;
                    int code = bits == 8 ? matrix.Codes[block * 32 + at % 32] : (matrix.Codes[block * 16 + at % 32 / 2] >> (at % 2 * 4)) & 15;
                    float back = (code - (1 << (bits - 1))) * matrix.Scales[block];
                    // The end with one code less is off by up to a step; at 4 bits up to 30 % of the largest value is cut off.
                    float allowed = Math.Abs(matrix.Scales[block]) * (bits == 8 ? 1.001f : 3.6f) + 1e-7f;
                    if (Math.Abs(back - values[i]) > allowed)
                        return false;
                }
                return true;
            },
            iter: 300,
            threads: 1);
    }

    private static void Check(QuantizationReport report, double loss, double agreement, int bits)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{bits} bits: {report}");
        Assert.InRange(report.PerplexityLoss, -loss, loss);
        Assert.InRange(report.TokenAgreement, agreement, 1);
        Assert.True(report.Quantized.Bytes < report.Original.Bytes);
        Assert.True(report.Quantized.TokensPerSecond > 0 && report.Original.TokensPerSecond > 0);
    }

    /// <summary>Weights as fp16, each with a cast behind it, as exporters do it that compute in fp32.</summary>
    private static void Halve(ModelProto model)
    {
        List<NodeProto> casts = [];
        foreach (TensorProto tensor in model.Graph.Initializer.Where(static tensor => tensor.DataType == (int)ElementType.Float && tensor.Dims.Count > 0 && !tensor.Name.StartsWith("rope", StringComparison.Ordinal)).ToArray())
        {
            string name = tensor.Name;
            Half[] values = Array.ConvertAll(OnnxTensors.ReadFloats(tensor, ""), static value => (Half)value);
            model.Graph.Initializer.Remove(tensor);
            model.Graph.Initializer.Add(OnnxTensors.Create(name + ".half", ElementType.Float16, System.Runtime.InteropServices.MemoryMarshal.AsBytes<Half>(values), [.. tensor.Dims]));
            NodeProto cast = new() { OpType = "Cast", Name = name + ".cast" };
            cast.Input.Add(name + ".half");
            cast.Output.Add(name);
            cast.Attribute.Add(OnnxGraph.Attribute("to", (long)ElementType.Float));
            casts.Add(cast);
        }
        NodeProto[] nodes = [.. casts, .. model.Graph.Node];
        model.Graph.Node.Clear();
        model.Graph.Node.AddRange(nodes);
    }

    [Fact]
    public async Task A_model_that_answers_is_compared_on_its_answers()
    {
        using Folder folder = new();
        TrainableModel model = SmallModel.Create(folder);
        await new Trainer(model, new TrainerOptions { Epochs = 60, BatchTokens = 256, LearningRate = 5e-3, Threads = 1 }).TrainAsync(SmallModel.Stream(), cancellationToken: Token);
        model.Save(folder["model"]);
        QuantizationReport answers = await Quantizer.QuantizeAsync(folder["model"], folder["by answers"], new QuantizationOptions { Examples = SmallModel.Examples, MaxPerplexityLoss = 0.05 }, Token);
        Assert.InRange(answers.Original.Perplexity, 1, 1.1);
        Assert.InRange(answers.Quantized.Perplexity, 1, 1.1);
        QuantizationReport texts = await Quantizer.QuantizeAsync(folder["model"], folder["by texts"], new QuantizationOptions { Texts = [.. SmallModel.Examples.Select(static example => example.Messages[0].Text)], MaxPerplexityLoss = 100 }, Token);
        Assert.True(texts.Original.Perplexity > 2, $"{texts.Original}");
    }

    [Fact]
    public async Task Something_to_compare_on_is_needed_and_a_wrong_example_is_named()
    {
        using Folder folder = new();
        SmallModel.Create(folder).Save(folder["model"]);
        Assert.Contains(nameof(QuantizationOptions.Examples), Assert.Throws<ArgumentException>(() => { _ = Quantizer.QuantizeAsync(folder["model"], folder["small"], new QuantizationOptions(), Token); }).Message, StringComparison.Ordinal);
        TrainingExample tooLong = SmallModel.Examples[0] with { Answer = new string('x', 200), Source = "held.jsonl:4" };
        TrainingException exception = await Assert.ThrowsAsync<TrainingException>(() => Quantizer.QuantizeAsync(folder["model"], folder["small"], new QuantizationOptions { Examples = [tooLong] }, Token));
        Assert.StartsWith("held.jsonl:4 has", exception.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["small"]));
    }

    [Fact]
    public async Task All_of_the_models_templates_go_with_it()
    {
        using Folder folder = new();
        SmallModel.Create(folder).Save(folder["model"]);
        await File.WriteAllTextAsync(folder["model/chat_template.jinja"], "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}", Token);
        Directory.CreateDirectory(folder["model/additional_chat_templates"]);
        await File.WriteAllTextAsync(folder["model/additional_chat_templates/tool_use.jinja"], "{{ messages[0].content }}", Token);
        await Quantizer.QuantizeAsync(folder["model"], folder["small"], new QuantizationOptions { Examples = SmallModel.Examples }, Token);
        Assert.Equal("{{ messages[0].content }}", await File.ReadAllTextAsync(folder["small/additional_chat_templates/tool_use.jinja"], Token));
    }

    [Fact]
    public void Quantizing_ends_between_two_rows_when_it_is_cancelled()
    {
        using CancellationTokenSource source = new();
        source.Cancel();
        ModelProto model = OnnxFile.Read(Path.Combine(Stories, "model.onnx"));
        Assert.Throws<OperationCanceledException>(() => GraphQuantizer.Quantize(model, Path.Combine(Stories, "model.onnx"), new QuantizationOptions { Texts = s_texts }, source.Token));
    }
}

using AiSdk.Tests;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Xunit;

namespace AiSdk.Training.Tests;

/// <summary>Adapters on the real model: trained, merged, written, and read by ONNX Runtime.</summary>
public sealed class AdapterTests
{
    private const string Lesson = "Tim went to the shop to buy a ticket. The man in the shop gave him a map of the town and a red pen.";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Stories => TestData.Path("models", "stories260K");

    [Fact]
    public async Task An_adapter_learns_while_the_model_stays_as_it_is()
    {
        using Folder folder = new();
        var model = TrainableModel.Load(Stories);
        int[] before = SmallModel.Bits(model);
        (Trainer trainer, LoraAdapter adapter) = await TrainAsync(model, LlamaLayout.Projections);
        Assert.Equal(before, SmallModel.Bits(model));
        TrainingExample[] lesson = [TrainingExample.FromText(Lesson)];
        double plain = (await trainer.EvaluateAsync(lesson, cancellationToken: Token)).Loss;
        double adapted = (await trainer.EvaluateAsync(lesson, adapter, Token)).Loss;
        Assert.InRange(adapted, 0, plain * 0.8);

        adapter.Save(folder["task.onnx_adapter"]);
        var read = LoraAdapter.Load(folder["task.onnx_adapter"]);
        Assert.Equal((adapter.Rank, adapter.ParameterCount), (read.Rank, read.ParameterCount));
        Assert.Equal(adapter.Targets, read.Targets);
        model.Merge(read);
        Assert.Equal(adapted, (await trainer.EvaluateAsync(lesson, cancellationToken: Token)).Loss, 4);
    }

    [Fact]
    public async Task OnnxRuntime_applies_the_file_to_the_exported_base_and_without_it_nothing_changes()
    {
        using Folder folder = new();
        var model = TrainableModel.Load(Stories);
        (_, LoraAdapter adapter) = await TrainAsync(model, ["q_proj", "v_proj", "down_proj"]);
        adapter.Save(folder["task.onnx_adapter"]);
        float[] plain = Logits(LlamaExporter.Build(model, new ExportOptions()).ToByteArray(), null);
        byte[] open = LlamaExporter.Build(model, new ExportOptions { AdapterTargets = ["q_proj", "v_proj", "o_proj", "down_proj"] }).ToByteArray();
        float[] off = Logits(open, null);
        Assert.Equal(Array.ConvertAll(plain, BitConverter.SingleToInt32Bits), Array.ConvertAll(off, BitConverter.SingleToInt32Bits));
        // On the CPU the adapter stays where it was read: no allocator.
        using var loaded = OrtLoraAdapter.Create(folder["task.onnx_adapter"], null);
        float[] on = Logits(open, loaded);
        Assert.NotEqual(off, on);
        model.Merge(adapter);
        float[] merged = Logits(LlamaExporter.Build(model, new ExportOptions()).ToByteArray(), null);
        Assert.All(on.Zip(merged), static pair => Assert.Equal(pair.First, pair.Second, 1e-3));
    }

    [Fact]
    public async Task An_adapter_of_another_model_is_refused()
    {
        using Folder folder = new();
        (_, LoraAdapter adapter) = await TrainAsync(TrainableModel.Load(Stories), ["q_proj"]);
        TrainingException exception = Assert.Throws<TrainingException>(() => SmallModel.Create(folder).Merge(adapter));
        Assert.Contains("belongs to another one", exception.Message, StringComparison.Ordinal);
        await File.WriteAllBytesAsync(folder["bad.onnx_adapter"], [1, 2, 3, 4, 5, 6, 7, 8, 9], Token);
        Assert.Contains("bad.onnx_adapter", Assert.Throws<TrainingException>(() => LoraAdapter.Load(folder["bad.onnx_adapter"])).Message, StringComparison.Ordinal);
        adapter.Save(folder["cut.onnx_adapter"]);
        byte[] bytes = await File.ReadAllBytesAsync(folder["cut.onnx_adapter"], Token);
        await File.WriteAllBytesAsync(folder["cut.onnx_adapter"], bytes[..(bytes.Length / 2)], Token);
        Assert.Contains("cut.onnx_adapter", Assert.Throws<TrainingException>(() => LoraAdapter.Load(folder["cut.onnx_adapter"])).Message, StringComparison.Ordinal);
    }

    private static async Task<(Trainer Trainer, LoraAdapter Adapter)> TrainAsync(TrainableModel model, IReadOnlyList<string> targets)
    {
        Trainer trainer = new(model, new TrainerOptions { Steps = 40, LearningRate = 1e-2, WarmupSteps = 4, Threads = 1, Lora = new LoraOptions { Rank = 4, Alpha = 8, Targets = targets } });
        TrainingResult result = await trainer.TrainAsync(SmallModel.Stream([TrainingExample.FromText(Lesson)]), cancellationToken: Token);
        return (trainer, result.Adapter!);
    }

    private static float[] Logits(byte[] graph, OrtLoraAdapter? adapter)
    {
        using SessionOptions options = new() { IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using InferenceSession session = new(graph, options);
        using RunOptions run = new();
        if (adapter is not null)
            run.AddActiveLoraAdapter(adapter);
        long[] tokens = [1, 403, 407, 261, 378, 432, 383];
        Dictionary<string, OrtValue> inputs = new(StringComparer.Ordinal);
        foreach ((string name, NodeMetadata metadata) in session.InputMetadata)
        {
            inputs.Add(name, name switch
            {
                "input_ids" => OrtValue.CreateTensorValueFromMemory(tokens, [1, tokens.Length]),
                "attention_mask" => OrtValue.CreateTensorValueFromMemory(Enumerable.Repeat(1L, tokens.Length).ToArray(), [1, tokens.Length]),
                "position_ids" => OrtValue.CreateTensorValueFromMemory(Enumerable.Range(0, tokens.Length).Select(static i => (long)i).ToArray(), [1, tokens.Length]),
                _ => OrtValue.CreateTensorValueFromMemory(Array.Empty<float>(), [1, metadata.Dimensions[1], 0, metadata.Dimensions[3]]),
            });
        }
        using IDisposableReadOnlyCollection<OrtValue> results = session.Run(run, inputs, ["logits"]);
        float[] logits = results[0].GetTensorDataAsSpan<float>().ToArray();
        foreach (OrtValue value in inputs.Values)
            value.Dispose();
        return logits;
    }
}

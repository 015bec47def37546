using AiSdk.Onnx;
using AiSdk.Tests;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Training.Tests;

/// <summary>Adapters that were trained here, served by the chat client from one base.</summary>
public sealed class AdapterServingTests
{
    private const string Prompt = "Once upon a time, there was a little";

    private static readonly string[] s_lessons = ["Once upon a time, there was a little red pen in a shop.", "Once upon a time, there was a little map of a town."];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Replies_at_the_same_time_use_the_adapters_that_they_name()
    {
        string stories = TestData.Path("models", "stories260K");
        using Folder folder = new();
        var model = TrainableModel.Load(stories);
        OnnxModelOptions options = new() { Engine = OnnxEngine.OnnxRuntime };
        model.Save(folder["base"], new ExportOptions { AdapterTargets = ["q_proj", "k_proj", "v_proj", "o_proj"] });
        List<string> expected = [];
        for (int i = 0; i < s_lessons.Length; i++)
        {
            TrainingExample[] lesson = [TrainingExample.FromText(s_lessons[i])];
            TrainingResult result = await new Trainer(model, new TrainerOptions { Steps = 60, LearningRate = 1e-2, WarmupSteps = 4, Threads = 1, Lora = new LoraOptions() }).TrainAsync(lesson.ToAsyncEnumerable(), cancellationToken: Token);
            result.Adapter!.Save(folder[$"lesson{i}.onnx_adapter"]);
            Assert.InRange(new FileInfo(folder[$"lesson{i}.onnx_adapter"]).Length, 1, 500_000);
            options.Adapters[$"lesson{i}"] = folder[$"lesson{i}.onnx_adapter"];
            var merged = TrainableModel.Load(stories);
            merged.Merge(result.Adapter);
            merged.Save(folder[$"merged{i}"]);
            using OnnxChatClient mergedClient = new(folder[$"merged{i}"], new OnnxModelOptions { Engine = OnnxEngine.OnnxRuntime });
            expected.Add(await ReplyAsync(mergedClient, new ChatOptions()));
        }
        using (OnnxChatClient original = new(stories, new OnnxModelOptions { Engine = OnnxEngine.OnnxRuntime }))
            expected.Add(await ReplyAsync(original, new ChatOptions()));
        Assert.Equal(3, expected.Distinct(StringComparer.Ordinal).Count());

        using OnnxChatClient client = new(folder["base"], options);
        string?[] names = ["lesson0", "lesson1", null];
        string[] replies = await Task.WhenAll(Enumerable.Range(0, 18).Select(i => ReplyAsync(client, new ChatOptions().WithAdapter(names[i % 3]))));
        for (int i = 0; i < replies.Length; i++)
            Assert.Equal(expected[i % 3], replies[i]);
    }

    [Fact]
    public async Task A_served_adapter_decides_as_the_graph_that_trained_it()
    {
        using Folder folder = new();
        (TrainableModel model, LoraAdapter adapter) = await TrainedAsync(folder);
        model.Save(folder["base"], new ExportOptions { AdapterTargets = adapter.Targets });
        adapter.Save(folder["task.onnx_adapter"]);

        int[] trained = [.. Trained(model, adapter)];
        int[] plain = [.. Trained(model, null)];
        Assert.InRange(trained.Zip(plain).Count(static pair => pair.First != pair.Second), trained.Length / 2, trained.Length);
        Assert.Equal(trained, Served(model, folder["base"], folder["task.onnx_adapter"]).Select(Largest));
        Assert.Equal(plain, Served(model, folder["base"], null).Select(Largest));
    }

    [Fact]
    public async Task A_quantized_base_takes_an_adapter_and_without_it_is_the_quantized_model_bit_by_bit()
    {
        using Folder folder = new();
        (TrainableModel model, LoraAdapter adapter) = await TrainedAsync(folder);
        adapter.Save(folder["task.onnx_adapter"]);
        model.Save(folder["plain"]);
        model.Save(folder["base"], new ExportOptions { AdapterTargets = adapter.Targets });
        foreach (string name in (string[])["plain", "base"])
            await Quantizer.QuantizeAsync(folder[name], folder[name + "8"], new QuantizationOptions { Bits = 8, Examples = SmallModel.Examples, MaxPerplexityLoss = 0.1, Threads = 1 }, Token);

        float[][] wanted = Served(model, folder["plain8"], null);
        float[][] off = Served(model, folder["base8"], null);
        foreach ((float[] one, float[] other) in wanted.Zip(off))
            Assert.Equal(Array.ConvertAll(one, BitConverter.SingleToInt32Bits), Array.ConvertAll(other, BitConverter.SingleToInt32Bits));
        int[] trained = [.. Trained(model, adapter)];
        int[] on = [.. Served(model, folder["base8"], folder["task.onnx_adapter"]).Select(Largest)];
        Assert.InRange(trained.Zip(on).Count(static pair => pair.First == pair.Second), trained.Length - 2, trained.Length);
        Assert.NotEqual(off.Select(Largest), on);
    }

    /// <summary>A model that has learnt its task, and an adapter that answers otherwise.</summary>
    private static async Task<(TrainableModel Model, LoraAdapter Adapter)> TrainedAsync(Folder folder)
    {
        TrainableModel model = SmallModel.Create(folder);
        await new Trainer(model, new TrainerOptions { Steps = 60, LearningRate = 5e-3, Threads = 1 }).TrainAsync(SmallModel.Stream(), cancellationToken: Token);
        return (model, await OtherAnswersAsync(model));
    }

    /// <summary>An adapter that answers all with what the model does not.</summary>
    private static async Task<LoraAdapter> OtherAnswersAsync(TrainableModel model)
    {
        TrainingExample[] others = [.. SmallModel.Examples.Select(static example => example with { Answer = example.Answer.Trim('"') })];
        return (await new Trainer(model, new TrainerOptions { Steps = 60, LearningRate = 1e-2, WarmupSteps = 4, Threads = 1, Lora = new LoraOptions() }).TrainAsync(SmallModel.Stream(others), cancellationToken: Token)).Adapter!;
    }

    /// <summary>The answers' first tokens by the graph of training: of all tokens those that it has the least loss for.</summary>
    private static IEnumerable<int> Trained(TrainableModel model, LoraAdapter? adapter)
    {
        LlamaGraphOptions graph = new() { AdapterTargets = adapter?.Targets ?? [], Rank = adapter?.Rank ?? 0, AdapterScale = adapter is null ? 1 : adapter.Alpha / adapter.Rank, IsTraining = false };
        using LlamaSession session = new(model, graph, adapter?.Values ?? [], threads: 1);
        foreach (int[] prompt in Prompts(model))
        {
            TrainingBatch[] alternatives = [.. Enumerable.Range(0, model.Configuration.VocabularySize).Select(token => TrainingBatch.Create([new EncodedExample([.. prompt, token], prompt.Length, 1, null, "")], promptWeight: 0, smoothing: 0))];
            yield return Largest([.. session.Run(alternatives, 0, 0, Token).Select(static loss => -loss)]);
            foreach (TrainingBatch alternative in alternatives)
                alternative.Dispose();
        }
    }

    /// <summary>The logits of the answers' first tokens as they are served.</summary>
    private static float[][] Served(TrainableModel model, string folder, string? adapter)
    {
        OnnxModelOptions options = new() { Engine = OnnxEngine.OnnxRuntime, IntraOpThreads = 1 };
        if (adapter is not null)
            options.Adapters["task"] = adapter;
        using var served = OnnxModel.Load(folder, options);
        List<float[]> logits = [];
        foreach (int[] prompt in Prompts(model))
        {
            using IDecoder decoder = served.CreateDecoder(prompt.Length, adapter is null ? null : "task");
            decoder.Append(prompt, Token);
            logits.Add(decoder.Logits.ToArray());
        }
        return [.. logits];
    }

    private static IEnumerable<int[]> Prompts(TrainableModel model)
    {
        foreach (TrainingExample example in SmallModel.Examples)
        {
            EncodedExample encoded = Assert.Single(model.Encoder.Encode(example, 1, Token));
            yield return encoded.Tokens[..encoded.PromptLength];
        }
    }

    private static int Largest(float[] values) => Array.IndexOf(values, values.Max());

    private static async Task<string> ReplyAsync(OnnxChatClient client, ChatOptions options)
    {
        options.MaxOutputTokens = 16;
        return (await client.GetResponseAsync(Prompt, options, Token)).Text;
    }
}

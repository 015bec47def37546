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

    private static async Task<string> ReplyAsync(OnnxChatClient client, ChatOptions options)
    {
        options.MaxOutputTokens = 16;
        return (await client.GetResponseAsync(Prompt, options, Token)).Text;
    }
}

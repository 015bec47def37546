using System.Runtime.InteropServices;
using AiSdk.Tests;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Onnx.Tests;

/// <summary>What the native library made with the real models: from the engine that <see cref="OnnxEngine.Auto"/> takes, which is the library itself in a process that is given it.</summary>
public sealed class ReferenceOutputTests : IDisposable
{
    private readonly List<OnnxModel> _models = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Gpt2_gives_the_reference_tokens_and_logits()
    {
        OnnxModel model = Load("tiny-gpt2");
        using IDecoder first = model.CreateDecoder(10);
        Assert.Equal([0, 0, 0, 52, 204, 204, 204, 204, 204, 204], TestModels.Greedy(first, [0, 0, 0, 52], 10, Token));
        using IDecoder second = model.CreateDecoder(40);
        second.Append([0, 0, 195, 731], Token);
        float[] expected = [0.29389286f, 0.04394005f, -0.051725287f, -0.007994809f, -0.16209185f];
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], second.Logits[i], 1e-4f);
        Assert.Equal(0.3418239f, second.Logits[731], 1e-4f);
        second.Rewind(0);
        Assert.Equal([0, 0, 195, 731, 731, .. Enumerable.Repeat(114, 35)], TestModels.Greedy(second, [0, 0, 195, 731], 40, Token));
        // Rewinding into the middle, and going on another way and back.
        second.Rewind(4);
        second.Append([52], Token);
        second.Rewind(4);
        Assert.Equal([731, .. Enumerable.Repeat(114, 35)], TestModels.Greedy(second, [731], 36, Token));
    }

    [Fact]
    public void Gpt2_continues_text_as_the_reference_does()
    {
        OnnxModel model = Load("tiny-gpt2");
        List<int> prompt = model.Tokenizer.EncodePrompt("the weather is in the house");
        using IDecoder decoder = model.CreateDecoder(32);
        List<int> ids = TestModels.Greedy(decoder, CollectionsMarshal.AsSpan(prompt), 32, Token);
        Assert.Equal([493, 382, 211, .. Enumerable.Repeat(620, 8), 553, 553, .. Enumerable.Repeat(369, 8)], ids[prompt.Count..]);
    }

    [Fact]
    public async Task Stories_tells_the_reference_story_once_and_many_times_at_once()
    {
        using var client = new OnnxChatClient(Load("stories260K"));
        ChatOptions options = new() { MaxOutputTokens = 118 };
        string story = (await client.GetResponseAsync(TestModels.User(TestModels.StoriesPrompt), options, Token)).Text;
        Assert.StartsWith(TestModels.StoriesContinuation, story, StringComparison.Ordinal);
        ChatResponse[] replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.GetResponseAsync(TestModels.User(TestModels.StoriesPrompt), options, Token)));
        Assert.All(replies, reply => Assert.Equal(story, reply.Text));
    }

    public void Dispose() => _models.ForEach(static model => model.Dispose());

    private OnnxModel Load(string name)
    {
        OnnxModel model = OnnxModel.Load(TestData.Path("models", name));
        _models.Add(model);
        Assert.Equal(RealGenAILibrary.IsChild ? OnnxEngine.GenAI : OnnxEngine.OnnxRuntime, model.Engine);
        return model;
    }
}

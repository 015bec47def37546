using System.Numerics.Tensors;
using Xunit;

namespace AiSdk.Onnx.Tests;

/// <summary>Graphs whose attention is ONNX Runtime's GroupQueryAttention, which extends its cache in place.</summary>
public sealed class SharedBufferTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void In_place_and_growing_caches_give_the_same()
    {
        using TemporaryFolder sharedFolder = GroupQueryModel.Create(share: true);
        using TemporaryFolder growingFolder = GroupQueryModel.Create(share: false);
        using OnnxModel sharedModel = OnnxModel.Load(sharedFolder.Path);
        using OnnxModel growingModel = OnnxModel.Load(growingFolder.Path);
        Assert.True(sharedModel.SharesBuffers);
        Assert.False(growingModel.SharesBuffers);
        using IDecoder shared = sharedModel.CreateDecoder(300);
        using IDecoder growing = growingModel.CreateDecoder(300);
        int[] prompt = [3, 17, 5, 5, 29];
        List<int> expected = TestModels.Greedy(growing, prompt, 300, Token);
        Assert.Equal(expected, TestModels.Greedy(shared, prompt, 300, Token));
        Assert.True(expected.Distinct().Count() > 3);
        AssertClose(growing.Logits, shared.Logits, 1e-5f);
    }

    [Fact]
    public void Rewinding_in_place_forgets_what_follows()
    {
        using TemporaryFolder folder = GroupQueryModel.Create(share: true);
        using OnnxModel model = OnnxModel.Load(folder.Path);
        using IDecoder decoder = model.CreateDecoder(20);
        decoder.Append([3, 17, 5, 5, 29, 8, 9], Token);
        decoder.Rewind(3);
        Assert.Throws<InvalidOperationException>(() => decoder.Logits.Length);
        decoder.Append([11], Token);
        decoder.Append([12], Token);
        using IDecoder fresh = model.CreateDecoder(5);
        fresh.Append([3, 17, 5, 11, 12], Token);
        AssertClose(fresh.Logits, decoder.Logits, 1e-5f);
        Assert.Equal(5, decoder.Length);
    }

    [Fact]
    public async Task A_reply_of_unknown_length_begins_with_a_small_cache_that_grows()
    {
        using TemporaryFolder sharedFolder = GroupQueryModel.Create(share: true);
        using TemporaryFolder growingFolder = GroupQueryModel.Create(share: false);
        foreach (TemporaryFolder folder in (TemporaryFolder[])[sharedFolder, growingFolder])
            folder.Edit("genai_config.json", "\"eos_token_id\":0", "\"eos_token_id\":31");
        (List<TokenLogProbability> shared, long whole) = await ReplyAsync(sharedFolder, 512);
        (List<TokenLogProbability> growing, _) = await ReplyAsync(growingFolder, 512);
        Assert.Equal(512 - 8, shared.Count);
        Assert.Equal(growing.Select(static token => token.LogProbability), shared.Select(static token => token.LogProbability), static (x, y) => Math.Abs(x - y) < 1e-3);
        (List<TokenLogProbability> few, long first) = await ReplyAsync(sharedFolder, 20);
        Assert.Equal(shared.Take(20).Select(static token => token.LogProbability), few.Select(static token => token.LogProbability));
        Assert.InRange(first, 1, whole * 0.6);

        static async Task<(List<TokenLogProbability> Tokens, long CacheBytes)> ReplyAsync(TemporaryFolder folder, int stopAfter)
        {
            using OnnxModel model = OnnxModel.Load(folder.Path);
            List<TokenLogProbability> tokens;
            await using (TextGeneration generation = TextGeneration.Start(model, "aaaaaaaa", new GenerationSettings { LogProbabilities = 0 }))
            {
                while (generation.FinishReason is null && generation.OutputTokens < stopAfter)
                    await generation.NextAsync(Token);
                tokens = [.. generation.Probabilities!];
            }
            return (tokens, model.Sequences.Bytes);
        }
    }

    [Fact]
    public void A_graph_that_cannot_share_is_given_growing_buffers_whatever_its_configuration_says()
    {
        using TemporaryFolder folder = TestModels.Copy("stories260K");
        folder.Edit("genai_config.json", "\"past_present_share_buffer\": false", "\"past_present_share_buffer\": true");
        using OnnxModel model = OnnxModel.Load(folder.Path);
        Assert.False(model.SharesBuffers);
        using IDecoder decoder = model.CreateDecoder(31);
        Assert.Equal(TestModels.StoriesFirstIds, TestModels.Greedy(decoder, TestModels.StoriesPromptIds, 31, Token)[10..]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sixteen_bit_caches_and_logits_are_close_to_thirty_two_bit_ones(bool share)
    {
        using TemporaryFolder halfFolder = GroupQueryModel.Create(share, half: true);
        using TemporaryFolder fullFolder = GroupQueryModel.Create(share: false);
        using OnnxModel halfModel = OnnxModel.Load(halfFolder.Path);
        using OnnxModel fullModel = OnnxModel.Load(fullFolder.Path);
        using IDecoder half = halfModel.CreateDecoder(64);
        using IDecoder full = fullModel.CreateDecoder(64);
        half.Append([3, 17, 5], Token);
        full.Append([3, 17, 5], Token);
        for (int i = 0; i < 20; i++)
        {
            AssertClose(full.Logits, half.Logits, 0.002f);
            half.Append([i], Token);
            full.Append([i], Token);
        }
        half.Rewind(4);
        full.Rewind(4);
        half.Append([7, 8], Token);
        full.Append([7, 8], Token);
        AssertClose(full.Logits, half.Logits, 0.002f);
    }

    [Fact]
    public void Calls_at_once_keep_their_own_buffers()
    {
        using TemporaryFolder folder = GroupQueryModel.Create(share: true);
        using OnnxModel model = OnnxModel.Load(folder.Path);
        List<int> Run(int first)
        {
            using IDecoder decoder = model.CreateDecoder(64);
            return TestModels.Greedy(decoder, [first, 1, 2], 64, CancellationToken.None);
        }
        List<int>[] single = [.. Enumerable.Range(0, 32).Select(Run)];
        List<int>[] together = new List<int>[32];
        Parallel.For(0, 32, new ParallelOptions { CancellationToken = Token }, i => together[i] = Run(i));
        Assert.Equal(single, together);
    }

    [Fact]
    public void Operators_are_counted_and_other_files_refused()
    {
        using TemporaryFolder folder = GroupQueryModel.Create(share: true);
        Assert.Equal(GroupQueryModel.Layers, GraphOperators.Count(folder.File("model.onnx"), "GroupQueryAttention"));
        Assert.Equal(1, GraphOperators.Count(folder.File("model.onnx"), "ReduceSum"));
        Assert.Equal(0, GraphOperators.Count(folder.File("model.onnx"), "Conv"));
        Assert.Throws<InvalidDataException>(() => GraphOperators.Count(folder.File("genai_config.json"), "Conv"));
    }

    private static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, float tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        // Logits are sums; what rounding does to them goes with the largest terms, not with the sum.
        float largest = MathF.Abs(TensorPrimitives.MaxMagnitude(expected));
        Assert.True(largest > 10);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], tolerance * largest);
    }
}

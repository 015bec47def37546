using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Onnx.Tests;

/// <summary>Adapters on ONNX Runtime, switched from reply to reply, on a random model that takes them.</summary>
public sealed class AdapterTests
{
    private const string Prompt = "bcdefghijklmnopqrstuvwxyzbcdefghij";
    private const int Rank = 3;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reply_with_an_adapter_is_that_of_the_model_with_its_weights_merged(bool share)
    {
        using TemporaryFolder folder = CreateModel(share, out IReadOnlyList<float[]>[] merged);
        using OnnxChatClient client = new(folder.Path, Options());
        using TemporaryFolder mergedFolder = GroupQueryModel.Create(share, merged: merged[0]);
        using OnnxChatClient mergedClient = new(mergedFolder.Path);
        using TemporaryFolder baseFolder = GroupQueryModel.Create(share);
        using OnnxChatClient baseClient = new(baseFolder.Path);

        string plain = await ReplyAsync(client, null);
        string adapted = await ReplyAsync(client, "one");
        Assert.Equal(await ReplyAsync(mergedClient, null), adapted);
        Assert.NotEqual(plain, adapted);
        Assert.NotEqual(adapted, await ReplyAsync(client, "two"));
        Assert.Equal(await ReplyAsync(baseClient, null), plain);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Without_an_adapter_every_bit_is_that_of_a_graph_that_takes_none(bool share)
    {
        using TemporaryFolder folder = CreateModel(share, out _);
        using TemporaryFolder baseFolder = GroupQueryModel.Create(share);
        using OnnxModel model = OnnxModel.Load(folder.Path, Options());
        using OnnxModel bare = OnnxModel.Load(baseFolder.Path);
        using IDecoder decoder = model.CreateDecoder(64);
        using IDecoder adapted = model.CreateDecoder(64, "one");
        using IDecoder expected = bare.CreateDecoder(64);
        foreach (int[] tokens in (int[][])[[1, 2, 3, 4, 5], [6], [7], [8, 9]])
        {
            decoder.Append(tokens, Token);
            adapted.Append(tokens, Token);
            expected.Append(tokens, Token);
            Assert.Equal(expected.Logits.ToArray(), decoder.Logits.ToArray());
            Assert.NotEqual(expected.Logits.ToArray(), adapted.Logits.ToArray());
        }
    }

    [Fact]
    public async Task Replies_at_the_same_time_keep_their_own_adapter()
    {
        using TemporaryFolder folder = CreateModel(share: true, out _);
        using OnnxModel model = OnnxModel.Load(folder.Path, Options());
        using OnnxChatClient client = new(model);
        string?[] adapters = [null, "one", "two"];
        Dictionary<string, string> alone = [];
        foreach (string? adapter in adapters)
            alone[adapter ?? ""] = await ReplyAsync(client, adapter);
        for (int round = 0; round < 5; round++)
        {
            string[] replies = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => ReplyAsync(client, adapters[i % 3])));
            for (int i = 0; i < replies.Length; i++)
                Assert.Equal(alone[adapters[i % 3] ?? ""], replies[i]);
        }
        // Those without one were made together.
        Assert.InRange(Assert.IsType<OnnxRuntimeEngine>(model.NativeEngine).Scheduler!.JointRuns, 1, long.MaxValue);
    }

    [Fact]
    public async Task What_was_read_with_one_adapter_is_not_used_with_another()
    {
        using TemporaryFolder folder = CreateModel(share: true, out _);
        using OnnxChatClient client = new(folder.Path, Options());
        List<long?> cached = [];
        foreach (string? adapter in (string?[])[null, "one", "two", "one", null])
        {
            ChatResponse response = await client.GetResponseAsync(Prompt, new ChatOptions { MaxOutputTokens = 5 }.WithAdapter(adapter), Token);
            cached.Add(response.Usage!.CachedInputTokenCount);
        }
        Assert.Equal([0, 0, 0, Prompt.Length - 1, Prompt.Length - 1], cached);
    }

    [Fact]
    public async Task Replies_that_name_none_use_the_default()
    {
        using TemporaryFolder folder = CreateModel(share: true, out _);
        using OnnxChatClient client = new(folder.Path, Options());
        OnnxModelOptions options = Options();
        options.DefaultAdapter = "two";
        using OnnxChatClient withDefault = new(folder.Path, options);
        string silent = (await withDefault.GetResponseAsync(Prompt, new ChatOptions { MaxOutputTokens = 60 }, Token)).Text;
        Assert.Equal(await ReplyAsync(client, "two"), silent);
        Assert.Equal(await ReplyAsync(client, null), await ReplyAsync(withDefault, null));
    }

    [Fact]
    public async Task What_is_no_adapter_is_named()
    {
        using TemporaryFolder folder = CreateModel(share: true, out _);
        using OnnxChatClient client = new(folder.Path, Options());
        ArgumentException unknown = await Assert.ThrowsAsync<ArgumentException>(() => ReplyAsync(client, "three"));
        Assert.Contains("'three'", unknown.Message, StringComparison.Ordinal);
        Assert.Contains("one, two", unknown.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new ChatOptions().WithAdapter(""));

        OnnxModelException absent = Assert.Throws<OnnxModelException>(() => OnnxModel.Load(folder.Path, new OnnxModelOptions { Adapters = { ["x"] = "x.onnx_adapter" } }));
        Assert.Contains(folder.File("x.onnx_adapter"), absent.Message, StringComparison.Ordinal);
        File.WriteAllText(folder.File("x.onnx_adapter"), "not an adapter");
        OnnxModelException broken = Assert.Throws<OnnxModelException>(() => OnnxModel.Load(folder.Path, new OnnxModelOptions { Adapters = { ["x"] = "x.onnx_adapter" } }));
        Assert.Contains("'x'", broken.Message, StringComparison.Ordinal);
        Assert.Contains("DefaultAdapter", Assert.Throws<ArgumentException>(() => OnnxModel.Load(folder.Path, new OnnxModelOptions { DefaultAdapter = "x" })).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("another name", "'layers.9.q.lora_A', for which the graph has no place")]
    [InlineData("another width", "[5, 3], where the graph takes [")]
    [InlineData("another rank", "whose rank is 2, but that of its")]
    [InlineData("one half", "with which it is multiplied")]
    [InlineData("one dimension", "of Float [3], where the graph takes")]
    public void An_adapter_that_does_not_fit_is_refused_when_it_is_loaded(string what, string problem)
    {
        using TemporaryFolder folder = CreateModel(share: true, out _);
        (string a, string b) = GroupQueryModel.AdapterNames(1);
        const int hidden = GroupQueryModel.Hidden;
        (string, long[], float[]) whole = (a, [hidden, Rank], new float[hidden * Rank]);
        AdapterFile.Write(folder.File("other.onnx_adapter"), what switch
        {
            "another name" => [("layers.9.q.lora_A", [hidden, 1], new float[hidden])],
            "another width" => [(a, [5, Rank], new float[5 * Rank]), (b, [Rank, hidden], new float[Rank * hidden])],
            "another rank" => [whole, (b, [2, hidden], new float[2 * hidden])],
            "one half" => [whole],
            _ => [(a, [3], new float[3])],
        });
        OnnxModelOptions options = Options();
        options.Adapters["other"] = "other.onnx_adapter";
        OnnxModelException failure = Assert.Throws<OnnxModelException>(() => OnnxModel.Load(folder.Path, options));
        Assert.Contains("adapter 'other'", failure.Message, StringComparison.Ordinal);
        Assert.Contains(folder.File("other.onnx_adapter"), failure.Message, StringComparison.Ordinal);
        Assert.Contains(problem, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_takes_no_adapter_refuses_one_when_it_is_loaded()
    {
        using TemporaryFolder adapters = CreateModel(share: true, out _);
        using TemporaryFolder folder = GroupQueryModel.Create(share: true);
        OnnxModelException failure = Assert.Throws<OnnxModelException>(() => OnnxModel.Load(folder.Path, new OnnxModelOptions { Adapters = { ["one"] = adapters.File("one.onnx_adapter") } }));
        Assert.Contains("none for any adapter", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_adapter_files_are_refused()
    {
        using TemporaryFolder folder = CreateModel(share: true, out _);
        byte[] whole = File.ReadAllBytes(folder.File("one.onnx_adapter"));
        Assert.Equal(2 * GroupQueryModel.Layers, AdapterParameter.Read(whole).Count);
        var random = new Xoshiro256(1);
        for (int i = 0; i < 2000; i++)
        {
            byte[] damaged = i % 2 == 0 ? whole[..(int)(random.NextDouble() * whole.Length)] : [.. whole];
            for (int k = 0; i % 2 == 1 && k < 1 + (i % 8); k++)
                damaged[(int)(random.NextDouble() * damaged.Length)] = (byte)random.Next();
            try
            {
                AdapterParameter.Read(damaged);
            }
            catch (InvalidDataException)
            {
                // The only exception there may be.
            }
        }
    }

    private static OnnxModelOptions Options() => new() { Adapters = { ["one"] = "one.onnx_adapter", ["two"] = "two.onnx_adapter" } };

    private static TemporaryFolder CreateModel(bool share, out IReadOnlyList<float[]>[] merged)
    {
        TemporaryFolder folder = GroupQueryModel.Create(share, takesAdapters: true);
        merged = [WriteAdapter(folder.File("one.onnx_adapter"), 1), WriteAdapter(folder.File("two.onnx_adapter"), 2)];
        return folder;
    }

    /// <summary>Writes a random adapter.</summary>
    /// <returns>For each layer what it adds, [hidden, hidden].</returns>
    private static List<float[]> WriteAdapter(string path, ulong seed)
    {
        var random = new Xoshiro256(seed);
        float[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5) * 3)];
        List<(string, long[], float[])> weights = [];
        List<float[]> merged = [];
        for (int layer = 0; layer < GroupQueryModel.Layers; layer++)
        {
            float[] a = Values(GroupQueryModel.Hidden * Rank);
            float[] b = Values(Rank * GroupQueryModel.Hidden);
            (string nameOfA, string nameOfB) = GroupQueryModel.AdapterNames(layer);
            weights.Add((nameOfA, [GroupQueryModel.Hidden, Rank], a));
            weights.Add((nameOfB, [Rank, GroupQueryModel.Hidden], b));
            var product = new float[GroupQueryModel.Hidden * GroupQueryModel.Hidden];
            for (int row = 0; row < GroupQueryModel.Hidden; row++)
            {
                for (int column = 0; column < GroupQueryModel.Hidden; column++)
                {
                    for (int k = 0; k < Rank; k++)
                        product[(row * GroupQueryModel.Hidden) + column] += a[(row * Rank) + k] * b[(k * GroupQueryModel.Hidden) + column];
                }
            }
            merged.Add(product);
        }
        AdapterFile.Write(path, weights);
        return merged;
    }

    private static async Task<string> ReplyAsync(OnnxChatClient client, string? adapter)
    {
        ChatOptions options = new() { MaxOutputTokens = 60 };
        return (await client.GetResponseAsync(Prompt, adapter is null && client.GetService<OnnxModel>()!.AdapterNames.Count == 0 ? options : options.WithAdapter(adapter), Token)).Text;
    }
}

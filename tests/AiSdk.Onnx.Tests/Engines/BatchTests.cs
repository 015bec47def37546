using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Onnx.Tests;

/// <summary>Replies that share the model's runs: each must be what it would be alone, whatever the others do.</summary>
public sealed class BatchTests
{
    private static readonly string[] _prompts = [.. Enumerable.Range(0, 12).Select(static i => string.Concat(Enumerable.Range(0, 3 + (i * 7)).Select(j => (char)('b' + (((i * 5) + (j * j)) % 24)))))];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(16, false)]
    [InlineData(3, false)]
    [InlineData(16, true)]
    public async Task Replies_together_are_those_made_alone(int maxBatchSize, bool half)
    {
        using TemporaryFolder folder = GroupQueryModel.Create(share: true, half);
        using OnnxModel one = OnnxModel.Load(folder.Path, new OnnxModelOptions { MaxBatchSize = 1, PrefixCacheBytes = 0 });
        using OnnxModel many = OnnxModel.Load(folder.Path, new OnnxModelOptions { MaxBatchSize = maxBatchSize });
        Assert.Null(Scheduler(one));
        using OnnxChatClient alone = new(one);
        using OnnxChatClient together = new(many);
        string[] expected = new string[_prompts.Length];
        for (int i = 0; i < expected.Length; i++)
            expected[i] = (await alone.GetResponseAsync(_prompts[i], Options(i), Token)).Text;
        Assert.Contains(expected, static text => text.Length > 100);
        for (int round = 0; round < 5; round++)
            Assert.Equal(expected, await Task.WhenAll(_prompts.Select((prompt, i) => i % 2 == 0 ? ReplyAsync(together, prompt, Options(i)) : StreamAsync(together, prompt, Options(i)))));
        Assert.InRange(Scheduler(many)!.JointRuns, 100, long.MaxValue);
        Assert.Equal(many.Sequences.Count, many.Decoders);
    }

    [Fact]
    public async Task A_reader_who_stops_keeps_nobody_waiting()
    {
        using TemporaryFolder folder = GroupQueryModel.Create(share: true);
        using OnnxModel model = OnnxModel.Load(folder.Path, new OnnxModelOptions { MaxBatchSize = 2 });
        using OnnxChatClient client = new(model);
        ChatOptions options = new() { MaxOutputTokens = 400, Temperature = 1, Seed = 5 };
        options.WithRegex("[b-y]{380,}");
        string expected = (await client.GetResponseAsync(_prompts[3], options, Token)).Text;
        // More streams than have places, each with more to read than is made ahead.
        List<IAsyncEnumerator<ChatResponseUpdate>> streams = [];
        List<string> read = [];
        for (int i = 0; i < 4; i++)
        {
            IAsyncEnumerator<ChatResponseUpdate> stream = client.GetStreamingResponseAsync(_prompts[3], options, Token).GetAsyncEnumerator(Token);
            Assert.True(await stream.MoveNextAsync());
            streams.Add(stream);
            read.Add(stream.Current.Text);
        }
        Assert.Equal(expected, (await client.GetResponseAsync(_prompts[3], options, Token)).Text);
        for (int i = 0; i < streams.Count; i++)
        {
            while (await streams[i].MoveNextAsync())
                read[i] += streams[i].Current.Text;
            await streams[i].DisposeAsync();
            Assert.Equal(expected, read[i]);
        }
    }

    [Fact]
    public async Task Who_is_cancelled_or_leaves_frees_his_place()
    {
        using TemporaryFolder folder = GroupQueryModel.Create(share: true);
        using OnnxModel model = OnnxModel.Load(folder.Path, new OnnxModelOptions { MaxBatchSize = 2 });
        using OnnxChatClient client = new(model);
        ChatOptions endless = new() { MaxOutputTokens = 400 };
        endless.WithRegex("[b-y]{400,}");
        string expected = await ReplyAsync(client, _prompts[1], Options(1));
        for (int round = 0; round < 20; round++)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
            // Two have places, the others wait for one.
            Task<string>[] stopped = [.. _prompts[..5].Select(prompt => ReplyAsync(client, prompt, endless, stop.Token))];
            IAsyncEnumerator<ChatResponseUpdate> left = client.GetStreamingResponseAsync(_prompts[2], endless, Token).GetAsyncEnumerator(Token);
            Task<string> whole = ReplyAsync(client, _prompts[1], Options(1));
            await stop.CancelAsync();
            foreach (Task<string> reply in stopped)
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reply);
            Assert.True(await left.MoveNextAsync());
            await left.DisposeAsync();
            Assert.Equal(expected, await whole);
            Assert.Equal(model.Sequences.Count, model.Decoders);
        }
    }

    [Fact]
    public async Task A_reply_on_which_the_model_fails_fails_alone()
    {
        using TemporaryFolder folder = GroupQueryModel.Create(share: true, isBroken: true);
        using OnnxModel model = OnnxModel.Load(folder.Path, new OnnxModelOptions { JumpForward = false });
        using OnnxChatClient client = new(model);
        ChatOptions broken = new() { MaxOutputTokens = 100 };
        broken.WithRegex("b{30}\u0080c{30}");
        ChatOptions sound = new() { MaxOutputTokens = 100 };
        sound.WithRegex("[b-y]{90}");
        string expected = await ReplyAsync(client, _prompts[4], sound);
        Task<string>[] replies = [.. Enumerable.Range(0, 6).Select(i => ReplyAsync(client, _prompts[4], i == 2 ? broken : sound))];
        await Assert.ThrowsAsync<OnnxModelException>(() => replies[2]);
        for (int i = 0; i < replies.Length; i++)
        {
            if (i != 2)
                Assert.Equal(expected, await replies[i]);
        }
        Assert.InRange(Scheduler(model)!.JointRuns, 1, long.MaxValue);
        Assert.Equal(model.Sequences.Count, model.Decoders);
    }

    [Fact]
    public async Task What_a_caller_does_with_a_reply_keeps_no_other_waiting()
    {
        using TemporaryFolder folder = GroupQueryModel.Create(share: true);
        using OnnxModel model = OnnxModel.Load(folder.Path);
        using OnnxChatClient client = new(model);
        using SemaphoreSlim others = new(0);
        async Task<bool> BlockAsync()
        {
            await client.GetResponseAsync(_prompts[0], new ChatOptions { MaxOutputTokens = 1 }, Token).ConfigureAwait(false);
            // Blocks the thread on which the reply came.
            return others.Wait(TimeSpan.FromMinutes(1), CancellationToken.None);
        }
        Task<bool> blocking = BlockAsync();
        await Task.WhenAll(_prompts.Select((prompt, i) => ReplyAsync(client, prompt, Options(i))));
        others.Release();
        Assert.True(await blocking);
    }

    private static DecodeScheduler? Scheduler(OnnxModel model) => Assert.IsType<OnnxRuntimeEngine>(model.NativeEngine).Scheduler;

    // Greedy and sampled, free and constrained, with and without choices to guess and jump over.
    private static ChatOptions Options(int i)
    {
        ChatOptions options = new() { MaxOutputTokens = 40 + (i * 15), Temperature = i % 3 == 0 ? 0 : 1, Seed = i };
        if (i % 4 == 1)
            options.WithRegex("(bcdefgh[i-y]{3}){4,12}");
        if (i % 4 == 3)
            options.StopSequences = ["zz"];
        return options;
    }

    private static async Task<string> ReplyAsync(OnnxChatClient client, string prompt, ChatOptions options, CancellationToken? cancellationToken = null) =>
        (await client.GetResponseAsync(prompt, options, cancellationToken ?? Token)).Text;

    private static async Task<string> StreamAsync(OnnxChatClient client, string prompt, ChatOptions options)
    {
        string text = "";
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(prompt, options, Token))
            text += update.Text;
        return text;
    }
}

using System.Diagnostics;
using AiSdk.Tests;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Onnx.Tests;

/// <summary>Many calls at once, of which some are cancelled or asked for what cannot be: whether the others notice, and whether all is given back.</summary>
[CollectionDefinition(nameof(SoakTests), DisableParallelization = true)]
[Collection(nameof(SoakTests))]
public sealed class SoakTests
{
    private const int Requests = 1_000;
    private const int AtOnce = 8;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_thousand_calls_of_which_a_third_is_cancelled_leave_nothing_behind(bool inBatches)
    {
        using TemporaryFolder folder = inBatches ? GroupQueryModel.Create(share: true) : TestModels.Copy("stories260K");
        // As little as makes the cache drop and copy sequences all the time.
        using OnnxModel model = OnnxModel.Load(folder.Path, new OnnxModelOptions { PrefixCacheBytes = 4 << 20 });
        using OnnxChatClient client = new(model);
        string[] prompts = inBatches ? ["bcdefghijkl", "bcdefghijmnop", "tomandlily", "zyxwv"] : ["Once upon a time, there was a little", "Once upon a time, there was a big dog", "Lily and Tom", "One day, a girl named"];
        string[] expected = new string[prompts.Length];
        using (OnnxChatClient plain = new(folder.Path, new OnnxModelOptions { PrefixCacheBytes = 0, JumpForward = false, PromptLookup = false }))
        {
            for (int i = 0; i < prompts.Length; i++)
                expected[i] = (await plain.GetResponseAsync(prompts[i], Options(), Token)).Text;
        }
        int cancelled = 0, refused = 0, whole = 0;
        long afterWarmUp = 0;
        for (int round = 0; round < 5; round++)
        {
            await Parallel.ForAsync(0, Requests / 5, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Token }, async (index, token) =>
            {
                int kind = index % 12;
                int prompt = index % prompts.Length;
                if (kind == 11)
                {
                    await Assert.ThrowsAsync<InvalidOperationException>(() => client.GetResponseAsync(new string('x', 50_000), Options(), token));
                    Interlocked.Increment(ref refused);
                    return;
                }
                using var stop = CancellationTokenSource.CreateLinkedTokenSource(token);
                bool isCancelled = kind % 3 == 0;
                try
                {
                    string text;
                    if (kind % 2 == 0)
                    {
                        if (isCancelled)
                            stop.CancelAfter(TimeSpan.FromMilliseconds(index % 20));
                        text = (await client.GetResponseAsync(prompts[prompt], Options(), stop.Token)).Text;
                    }
                    else
                    {
                        text = "";
                        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(prompts[prompt], Options(), stop.Token))
                        {
                            text += update.Text;
                            if (isCancelled && text.Length > index % 60)
                                await stop.CancelAsync();
                        }
                    }
                    Assert.Equal(expected[prompt], text);
                    Interlocked.Increment(ref whole);
                }
                catch (OperationCanceledException) when (isCancelled)
                {
                    Interlocked.Increment(ref cancelled);
                }
            });
            // Every decoder is either kept for the next prompt or gone.
            Assert.Equal(model.Sequences.Count, model.Decoders);
            Assert.InRange(model.Sequences.Bytes, 0, 4 << 20);
            long bytes = PrivateBytes();
            if (round == 0)
                afterWarmUp = bytes;
            else
                Assert.InRange(bytes, 0, afterWarmUp + (64L << 20));
        }
        Assert.Equal(Requests, cancelled + refused + whole);
        Assert.InRange(cancelled, Requests / 10, Requests / 2);
        Assert.InRange(refused, Requests / 20, Requests / 10);
        model.Dispose();
        Assert.Equal(0, model.Decoders);
    }

    private static ChatOptions Options() => new() { MaxOutputTokens = 48 };

    // Nothing else runs in the process meanwhile; what is allowed is the collector's and the allocator's room.
    private static long PrivateBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var process = Process.GetCurrentProcess();
        return process.PrivateMemorySize64;
    }
}

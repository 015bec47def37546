using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Xunit;

namespace AiSdk.Onnx.Tests;

public sealed class OnnxRuntimeDecoderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Stories_gives_the_reference_tokens()
    {
        using IDecoder decoder = TestModels.Stories.CreateDecoder(128);
        List<int> ids = TestModels.Greedy(decoder, TestModels.StoriesPromptIds, 128, Token);
        int start = TestModels.StoriesPromptIds.Length;
        Assert.Equal(TestModels.StoriesFirstIds, ids[start..(start + TestModels.StoriesFirstIds.Length)]);
        Assert.Equal(128, ids.Count);
    }

    [Fact]
    public void Gpt2_gives_the_reference_tokens_and_logits()
    {
        using IDecoder first = TestModels.Gpt2.CreateDecoder(10);
        Assert.Equal([0, 0, 0, 52, 204, 204, 204, 204, 204, 204], TestModels.Greedy(first, [0, 0, 0, 52], 10, Token));

        using IDecoder second = TestModels.Gpt2.CreateDecoder(40);
        second.Append([0, 0, 195, 731], Token);
        float[] logits = second.Logits.ToArray();
        Assert.Equal(1000, logits.Length);
        float[] expected = [0.29389286f, 0.04394005f, -0.051725287f, -0.007994809f, -0.16209185f];
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], logits[i], 1e-4f);
        Assert.Equal(731, TestModels.Best(logits));
        Assert.Equal(0.3418239f, logits[731], 1e-4f);
        second.Rewind(0);
        Assert.Equal([0, 0, 195, 731, 731, .. Enumerable.Repeat(114, 35)], TestModels.Greedy(second, [0, 0, 195, 731], 40, Token));
    }

    [Fact]
    public void Gpt2_continues_text_as_the_reference_does()
    {
        List<int> prompt = TestModels.Gpt2.Tokenizer.EncodePrompt("the weather is in the house");
        Assert.Equal([83, 258, 356, 265, 372, 318, 287, 262, 289, 280, 325], prompt);
        using IDecoder decoder = TestModels.Gpt2.CreateDecoder(32);
        List<int> ids = TestModels.Greedy(decoder, CollectionsMarshal.AsSpan(prompt), 32, Token);
        Assert.Equal([493, 382, 211, .. Enumerable.Repeat(620, 8), 553, 553, .. Enumerable.Repeat(369, 8)], ids[prompt.Count..]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void With_and_without_the_cache_the_tokens_are_the_same(bool gpt2)
    {
        OnnxModel model = gpt2 ? TestModels.Gpt2 : TestModels.Stories;
        int[] prompt = gpt2 ? [0, 0, 195, 731] : TestModels.StoriesPromptIds;
        using IDecoder cached = model.CreateDecoder(60);
        List<int> expected = TestModels.Greedy(cached, prompt, 60, Token);
        List<int> ids = [.. prompt];
        while (ids.Count < 60)
        {
            using IDecoder fresh = model.CreateDecoder(60);
            fresh.Append(CollectionsMarshal.AsSpan(ids), Token);
            ids.Add(TestModels.Best(fresh.Logits));
        }
        Assert.Equal(expected, ids);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rewinding_gives_the_same_logits(bool gpt2)
    {
        OnnxModel model = gpt2 ? TestModels.Gpt2 : TestModels.Stories;
        int[] ids = gpt2 ? [0, 0, 195, 731, 5, 9, 200, 17] : [.. TestModels.StoriesPromptIds];
        using IDecoder decoder = model.CreateDecoder(64);
        List<float[]> seen = [];
        foreach (int id in ids)
        {
            decoder.Append([id], Token);
            seen.Add(decoder.Logits.ToArray());
        }
        foreach (int keep in (ReadOnlySpan<int>)[5, 3, 1, 0])
        {
            decoder.Rewind(keep);
            Assert.Equal(keep, decoder.Length);
            Assert.Throws<InvalidOperationException>(() => decoder.Logits.Length);
            for (int i = keep; i < ids.Length; i++)
            {
                decoder.Append([ids[i]], Token);
                AssertClose(seen[i], decoder.Logits);
            }
        }
        // Other tokens than before must not see what was forgotten.
        decoder.Rewind(4);
        decoder.Append([ids[1], ids[2]], Token);
        using IDecoder fresh = model.CreateDecoder(64);
        fresh.Append([.. ids[..4], ids[1], ids[2]], Token);
        AssertClose(fresh.Logits, decoder.Logits);
    }

    [Fact]
    public void Rewinding_to_the_same_length_keeps_the_logits()
    {
        using IDecoder decoder = TestModels.Stories.CreateDecoder(16);
        decoder.Append(TestModels.StoriesPromptIds, Token);
        decoder.Rewind(decoder.Length);
        Assert.Equal(298, TestModels.Best(decoder.Logits));
        Assert.Throws<ArgumentOutOfRangeException>(() => decoder.Rewind(decoder.Length + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => decoder.Rewind(-1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public void A_prompt_in_pieces_gives_the_same_logits(int chunk)
    {
        using var model = OnnxModel.Load(TestModels.Stories.Folder, new OnnxModelOptions { PrefillChunkSize = chunk, IntraOpThreads = 1, AllowSpinning = false });
        using IDecoder pieces = model.CreateDecoder(32);
        pieces.Append(TestModels.StoriesPromptIds, Token);
        using IDecoder whole = TestModels.Stories.CreateDecoder(32);
        whole.Append(TestModels.StoriesPromptIds, Token);
        AssertClose(whole.Logits, pieces.Logits);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        using IDecoder decoder = TestModels.Stories.CreateDecoder(4);
        Assert.Throws<InvalidOperationException>(() => decoder.Logits.Length);
        Assert.Throws<ArgumentException>(() => decoder.Append([], Token));
        Assert.Throws<InvalidOperationException>(() => decoder.Append([1, 2, 3, 4, 5], Token));
        Assert.Throws<ArgumentOutOfRangeException>(() => decoder.Append([512], Token));
        Assert.Throws<ArgumentOutOfRangeException>(() => decoder.Append([-1], Token));
        Assert.Equal(0, decoder.Length);
        decoder.Append([1, 2, 3, 4], Token);
        Assert.Throws<InvalidOperationException>(() => decoder.Append([5], Token));
        decoder.Dispose();
        decoder.Dispose();
        Assert.Throws<ObjectDisposedException>(() => decoder.Append([1], Token));
    }

    [Fact]
    public async Task A_run_in_progress_can_be_stopped_and_the_decoder_used_again()
    {
        int[] prompt = [.. Enumerable.Range(0, 500).Select(static i => 3 + i % 500)];
        using IDecoder decoder = TestModels.Stories.CreateDecoder(512);
        decoder.Append([1], Token);
        // How long an uninterrupted run takes depends on the machine, and so does when to interrupt: moments across it are tried.
        var watch = Stopwatch.StartNew();
        decoder.Append(prompt, Token);
        TimeSpan whole = watch.Elapsed;
        decoder.Rewind(1);
        bool stopped = false;
        for (int attempt = 0; attempt < 500 && !stopped; attempt++)
        {
            using var source = CancellationTokenSource.CreateLinkedTokenSource(Token);
            using var ready = new ManualResetEventSlim();
            TimeSpan delay = whole * (attempt % 10 / 10.0);
            var canceller = Task.Run(
                () =>
                {
                    ready.Set();
                    var waited = Stopwatch.StartNew();
                    while (waited.Elapsed < delay)
                        Thread.Yield();
                    source.Cancel();
                },
                Token);
            ready.Wait(Token);
            try
            {
                decoder.Append(prompt, source.Token);
                decoder.Rewind(1);
            }
            catch (OperationCanceledException exception)
            {
                // Not the check before the run, but the run itself.
                stopped = exception.InnerException is OnnxRuntimeException;
            }
            await canceller;
            Assert.Equal(1, decoder.Length);
        }
        Assert.True(stopped, "no run was stopped");
        decoder.Append(TestModels.StoriesPromptIds.AsSpan(1), Token);
        Assert.Equal(298, TestModels.Best(decoder.Logits));
    }

    [Fact]
    public void A_run_that_fails_names_the_graph_and_leaves_the_state()
    {
        // The configuration promises more than the graph's 512 positions.
        using TemporaryFolder folder = TestModels.Copy("tiny-gpt2");
        folder.Edit("genai_config.json", "\"context_length\": 512", "\"context_length\": 2048");
        using OnnxModel model = OnnxModel.Load(folder.Path);
        using IDecoder decoder = model.CreateDecoder(2048);
        decoder.Append([0, 0, 195, 731], Token);
        OnnxModelException exception = Assert.Throws<OnnxModelException>(() => decoder.Append(new int[2000], Token));
        Assert.Contains("past.onnx", exception.Message, StringComparison.Ordinal);
        Assert.IsType<OnnxRuntimeException>(exception.InnerException);
        Assert.Equal(4, decoder.Length);
        Assert.Throws<InvalidOperationException>(() => decoder.Logits.Length);
        decoder.Append([731], Token);
        Assert.Equal(114, TestModels.Best(decoder.Logits));
    }

    [Fact]
    public void A_disposed_model_lets_decoders_finish_and_refuses_new_ones()
    {
        OnnxModel model = OnnxModel.Load(TestModels.Stories.Folder);
        using IDecoder decoder = model.CreateDecoder(16);
        model.Dispose();
        model.Dispose();
        decoder.Append(TestModels.StoriesPromptIds, Token);
        Assert.Equal(298, TestModels.Best(decoder.Logits));
        Assert.Throws<ObjectDisposedException>(() => model.CreateDecoder(16));
    }

    private static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-4f);
    }
}

using AiSdk.Tests;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Onnx.Tests;

public sealed class SequenceCacheTests
{
    private const string Head = "Once upon a time, there was a little girl named Lily. She loved to play outside in the park.";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("stories260K")]
    [InlineData("tiny-gpt2")]
    public async Task A_prompt_that_begins_like_an_earlier_one_is_read_from_there_and_answered_alike(string name)
    {
        using var plain = new OnnxChatClient(TestData.Path("models", name), new OnnxModelOptions { PrefixCacheBytes = 0 });
        using var caching = new OnnxChatClient(TestData.Path("models", name));
        long cached = 0;
        foreach (string tail in (string[])[" One day", " Then she", "", " One day, she saw", " One day"])
        {
            var options = new ChatOptions { MaxOutputTokens = 60 };
            ChatResponse expected = await plain.GetResponseAsync(TestModels.User(Head + tail), options, Token);
            ChatResponse response = await caching.GetResponseAsync(TestModels.User(Head + tail), options, Token);
            Assert.Equal(expected.Text, response.Text);
            Assert.Equal(0, expected.Usage!.CachedInputTokenCount);
            Assert.InRange(response.Usage!.CachedInputTokenCount!.Value, cached == 0 ? 0 : 20, response.Usage.InputTokenCount!.Value - 1);
            cached = response.Usage.InputTokenCount.Value;
        }
    }

    [Fact]
    public async Task Concurrent_calls_do_not_share_a_state()
    {
        using var client = new OnnxChatClient(TestData.Path("models", "stories260K"));
        string[] prompts = [.. Enumerable.Range(0, 24).Select(static i => $"{Head}{((string[])[" One", " Then", " Her", " The"])[i % 4]}")];
        Dictionary<string, string> expected = [];
        foreach (string prompt in prompts.Distinct())
            expected[prompt] = (await client.GetResponseAsync(TestModels.User(prompt), new ChatOptions { MaxOutputTokens = 40 }, Token)).Text;
        string[] replies = await Task.WhenAll(prompts.Select(async prompt => (await client.GetResponseAsync(TestModels.User(prompt), new ChatOptions { MaxOutputTokens = 40 }, Token)).Text));
        Assert.Equal(prompts.Select(prompt => expected[prompt]), replies);
    }

    [Fact]
    public void What_is_kept_stays_within_its_memory_and_the_oldest_goes_first()
    {
        List<FakeDecoder> made = [];
        using var cache = new SequenceCache((capacity, adapter) => Add(made, new FakeDecoder(capacity, adapter)), maxBytes: 3_500);
        for (int i = 0; i < 5; i++)
        {
            int[] tokens = [.. Enumerable.Range(100 * i, 20)];
            IDecoder decoder = cache.Rent(tokens, 50);
            decoder.Append(tokens, Token);
            cache.Return(decoder, tokens);
            Assert.InRange(cache.Bytes, 1, 3_500);
        }
        Assert.Equal(3, cache.Count);
        Assert.Equal([true, true, false, false, false], made.Select(static d => d.IsDisposed));
        // The third is the oldest that is there; it is taken, cut to what is shared, and no other one is made.
        IDecoder third = cache.Rent([.. Enumerable.Range(200, 15), 7, 8], 80);
        Assert.Same(made[2], third);
        Assert.Equal((15, 80), (third.Length, third.Capacity));
        cache.Return(third, [.. Enumerable.Range(200, 15)]);
        cache.Dispose();
        Assert.All(made, static d => Assert.True(d.IsDisposed));
        IDecoder late = new FakeDecoder(10);
        late.Append([.. Enumerable.Range(0, 10)], Token);
        cache.Return(late, [.. Enumerable.Range(0, 10)]);
        Assert.True(((FakeDecoder)late).IsDisposed);
    }

    [Fact]
    public void Many_calls_of_one_kind_do_not_push_out_what_others_begin_with()
    {
        List<FakeDecoder> made = [];
        using var cache = new SequenceCache((capacity, adapter) => Add(made, new FakeDecoder(capacity, adapter)), maxBytes: 4_500);
        int[] head = [.. Enumerable.Range(0, 20)];
        // Once to read it, once to make use of it.
        for (int call = 0; call < 2; call++)
            Use([.. head, 1_000 + call]);
        for (int call = 0; call < 20; call++)
            Use([.. Enumerable.Range(10_000 + (100 * call), 20)]);
        int before = made.Count;
        using IDecoder again = cache.Rent([.. head, 7, 8], 30);
        Assert.Equal((20, before), (again.Length, made.Count));

        void Use(int[] tokens)
        {
            IDecoder decoder = cache.Rent(tokens, 40);
            decoder.Append(tokens.AsSpan(decoder.Length), Token);
            cache.Return(decoder, tokens);
        }
    }

    [Fact]
    public void What_is_dropped_while_it_is_copied_is_disposed_by_its_last_reader()
    {
        SequenceCache? cache = null;
        FakeDecoder? kept = null;
        bool drops = false;
        cache = new SequenceCache(
            (capacity, adapter) =>
            {
                if (drops)
                {
                    // In the middle of a copy: another one begins, and the cache is emptied.
                    drops = false;
                    using IDecoder other = cache!.Rent([.. Enumerable.Range(0, 20), 5], 40);
                    Assert.Equal(20, other.Length);
                    cache.Dispose();
                    Assert.False(kept!.IsDisposed);
                }
                return new FakeDecoder(capacity, adapter);
            },
            maxBytes: 100_000);
        int[] talk = [.. Enumerable.Range(0, 90)];
        kept = (FakeDecoder)cache.Rent(talk, 100);
        ((IDecoder)kept).Append(talk, Token);
        cache.Return(kept, talk);
        drops = true;
        using IDecoder copy = cache.Rent([.. Enumerable.Range(0, 20), 6], 40);
        Assert.Equal(20, copy.Length);
        Assert.True(kept.IsDisposed);
    }

    [Fact]
    public void A_long_sequence_is_copied_from_not_cut()
    {
        List<FakeDecoder> made = [];
        using var cache = new SequenceCache((capacity, adapter) => Add(made, new FakeDecoder(capacity, adapter)), maxBytes: 10_000);
        int[] talk = [.. Enumerable.Range(0, 90)];
        IDecoder decoder = cache.Rent(talk, 100);
        decoder.Append(talk, Token);
        cache.Return(decoder, talk);
        IDecoder other = cache.Rent([.. talk[..20], 7], 100);
        Assert.NotSame(decoder, other);
        Assert.Equal(20, other.Length);
        Assert.Equal(90, decoder.Length);
        other.Dispose();
    }

    [Fact]
    public void A_disposed_model_keeps_nothing()
    {
        OnnxModel model = OnnxModel.Load(TestData.Path("models", "stories260K"));
        int[] tokens = [1, .. TestModels.StoriesPromptIds];
        IDecoder decoder = model.RentDecoder(tokens, 30);
        decoder.Append(tokens, Token);
        model.ReturnDecoder(decoder, tokens);
        Assert.Equal(1, model.Sequences.Count);
        model.Dispose();
        Assert.Equal(0, model.Sequences.Count);
        Assert.Throws<ObjectDisposedException>(() => decoder.Append([1], Token));
        Assert.Throws<ObjectDisposedException>(() => model.RentDecoder(tokens, 30));
    }

    private static FakeDecoder Add(List<FakeDecoder> made, FakeDecoder decoder)
    {
        made.Add(decoder);
        return decoder;
    }

    /// <summary>Counts tokens; the cache is tested with real decoders above.</summary>
    private sealed class FakeDecoder(int capacity, string? adapter = null) : IDecoder
    {
        public string? Adapter => adapter;

        public bool IsDisposed { get; private set; }

        public int Length { get; private set; }

        public int Capacity { get; private set; } = capacity;

        public long CacheBytes => 1_000;

        public int MaxKeptLogits => 1;

        public bool CanCopy => true;

        public bool CanRewind => true;

        public TimeSpan EngineTime => TimeSpan.Zero;

        public ReadOnlySpan<float> Logits => default;

        public ReadOnlySpan<float> KeptLogits(int index) => default;

        public void Append(ReadOnlySpan<int> tokens, int kept, CancellationToken cancellationToken) => Length += tokens.Length;

        public void Reserve(int capacity) => Capacity = Math.Max(Capacity, capacity);

        public void CopyFrom(IDecoder other, int length) => Length = length;

        public void Rewind(int length) => Length = length;

        public void Dispose() => IsDisposed = true;
    }
}

using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Onnx.Tests;

public sealed class OnnxChatClientTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_reply_is_the_reference_text()
    {
        using var client = new OnnxChatClient(TestModels.Stories);
        ChatResponse response = await client.GetResponseAsync(TestModels.User(TestModels.StoriesPrompt), new ChatOptions { MaxOutputTokens = 118 }, Token);
        Assert.StartsWith(TestModels.StoriesContinuation, response.Text, StringComparison.Ordinal);
        Assert.Equal(ChatFinishReason.Length, response.FinishReason);
        Assert.Equal("stories260K", response.ModelId);
        Assert.NotNull(response.ResponseId);
        Assert.NotNull(response.CreatedAt);
        Assert.Equal(10, response.Usage!.InputTokenCount);
        Assert.Equal(118, response.Usage.OutputTokenCount);
        Assert.Equal(128, response.Usage.TotalTokenCount);
        Assert.Equal(ChatRole.Assistant, Assert.Single(response.Messages).Role);
    }

    [Fact]
    public async Task Greedy_repeats_and_is_the_default()
    {
        using var client = new OnnxChatClient(TestModels.Stories);
        string first = await TextAsync(client, TestModels.StoriesPrompt, new ChatOptions { MaxOutputTokens = 40 });
        Assert.Equal(first, await TextAsync(client, TestModels.StoriesPrompt, new ChatOptions { MaxOutputTokens = 40, Temperature = 0, Seed = 9 }));
        Assert.Equal(first, await TextAsync(client, TestModels.StoriesPrompt, new ChatOptions { MaxOutputTokens = 40, Temperature = 1, TopK = 1, Seed = 9 }));
        Assert.NotEqual(first, await TextAsync(client, TestModels.StoriesPrompt, new ChatOptions { MaxOutputTokens = 40, Temperature = 1.5f, Seed = 9 }));
    }

    [Theory]
    [InlineData(0f, null)]
    [InlineData(1f, 1L)]
    [InlineData(2f, 2L)]
    public async Task Streamed_and_buffered_text_are_equal(float temperature, long? seed)
    {
        // A high temperature draws byte tokens, which make incomplete characters.
        using var client = new OnnxChatClient(TestModels.Stories);
        var options = new ChatOptions { MaxOutputTokens = 300, Temperature = temperature, Seed = seed, StopSequences = ["zzz"] };
        ChatResponse buffered = await client.GetResponseAsync(TestModels.User(TestModels.StoriesPrompt), options, Token);
        List<ChatResponseUpdate> updates = await client.GetStreamingResponseAsync(TestModels.User(TestModels.StoriesPrompt), options, Token).ToListAsync(Token);
        Assert.Equal(buffered.Text, string.Concat(updates.Select(static u => u.Text)));
        ChatResponse joined = updates.ToChatResponse();
        Assert.Equal(buffered.FinishReason, joined.FinishReason);
        Assert.Equal(buffered.Usage!.InputTokenCount, joined.Usage!.InputTokenCount);
        Assert.Equal(buffered.Usage.OutputTokenCount, joined.Usage.OutputTokenCount);
        Assert.Equal(buffered.Usage.TotalTokenCount, joined.Usage.TotalTokenCount);
        Assert.Equal("stories260K", joined.ModelId);
        Assert.Single(updates.Select(static u => u.ResponseId).Distinct());
        Assert.NotNull(updates[0].ResponseId);
        Assert.NotNull(updates[0].CreatedAt);
        Assert.All(updates[..^1], static u => Assert.NotEqual("", u.Text));
        Assert.All(updates[..^1], static u => Assert.Null(u.FinishReason));
        Assert.IsType<UsageContent>(Assert.Single(updates[^1].Contents));
        Assert.True(updates.Count > 20);
    }

    [Fact]
    public async Task Stop_sequences_span_tokens_and_are_not_shown()
    {
        using var client = new OnnxChatClient(TestModels.Stories);
        // " girl" is the tokens 298 ... : the sequence begins within one and ends within another.
        foreach ((string stop, string expected) in new[] { ("rl na", " gi"), ("Lily.", " girl named "), (" girl", "") })
        {
            var options = new ChatOptions { MaxOutputTokens = 60, StopSequences = [stop, "never there"] };
            ChatResponse response = await client.GetResponseAsync(TestModels.User(TestModels.StoriesPrompt), options, Token);
            Assert.Equal(expected, response.Text);
            Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
            string shown = "";
            await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(TestModels.User(TestModels.StoriesPrompt), options, Token))
            {
                shown += update.Text;
                Assert.StartsWith(shown, expected, StringComparison.Ordinal);
            }
            Assert.Equal(expected, shown);
        }
    }

    [Fact]
    public async Task An_end_token_ends_the_reply_and_is_not_shown()
    {
        // 114 is what the model repeats; as an end token, alone or among others, it stops at its first appearance.
        foreach (string end in new[] { "114", "[998, 114]" })
        {
            using TemporaryFolder folder = TestModels.Copy("tiny-gpt2");
            folder.Edit("genai_config.json", "\"eos_token_id\": 999", $"\"eos_token_id\": {end}");
            // Without its template the model is given the text alone.
            File.Delete(folder.File("tokenizer_config.json"));
            using var client = new OnnxChatClient(folder.Path);
            string prompt = Text(TestModels.Gpt2, [0, 0, 195, 731]);
            Assert.Equal([0, 0, 195, 731], TestModels.Gpt2.Tokenizer.EncodePrompt(prompt));
            ChatResponse response = await client.GetResponseAsync(TestModels.User(prompt), cancellationToken: Token);
            Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
            Assert.Equal(Text(TestModels.Gpt2, [731]), response.Text);
            Assert.Equal(2, response.Usage!.OutputTokenCount);
        }
    }

    [Fact]
    public async Task Seeds_repeat_across_clients_and_others_differ()
    {
        using var client = new OnnxChatClient(TestModels.Stories);
        using var other = new OnnxChatClient(TestModels.Stories.Folder, new OnnxModelOptions { IntraOpThreads = 1, AllowSpinning = false });
        var options = new ChatOptions { MaxOutputTokens = 60, Temperature = 1, TopP = 0.95f, TopK = 40, Seed = 1234 };
        string text = await TextAsync(client, TestModels.StoriesPrompt, options);
        Assert.Equal(text, await TextAsync(client, TestModels.StoriesPrompt, options));
        Assert.Equal(text, await TextAsync(other, TestModels.StoriesPrompt, options));
        options.Seed = 1235;
        Assert.NotEqual(text, await TextAsync(client, TestModels.StoriesPrompt, options));
    }

    [Fact]
    public async Task A_repetition_penalty_makes_repeats_fewer()
    {
        using TemporaryFolder folder = TestModels.Copy("tiny-gpt2");
        File.Delete(folder.File("tokenizer_config.json"));
        using var client = new OnnxChatClient(folder.Path);
        async Task<int> DistinctAsync(object? penalty)
        {
            var options = new ChatOptions { MaxOutputTokens = 30, AdditionalProperties = new() { ["repetition_penalty"] = penalty } };
            string text = await TextAsync(client, "the weather is in the house", options);
            return TestModels.Gpt2.Tokenizer.EncodePrompt(text).Distinct().Count();
        }
        int without = await DistinctAsync(null);
        Assert.True(without < 10);
        Assert.Equal(without, await DistinctAsync(1));
        int with = await DistinctAsync(1.8);
        Assert.True(with > 2 * without, $"{with} of {without}");
        Assert.Equal(with, await DistinctAsync(1.8m));
        using var json = JsonDocument.Parse("1.8");
        Assert.Equal(with, await DistinctAsync(json.RootElement));
    }

    [Fact]
    public async Task The_models_own_search_settings_hold_where_the_call_says_nothing()
    {
        using TemporaryFolder folder = TestModels.Copy("stories260K");
        folder.Edit("genai_config.json", "\"max_length\": 512", "\"max_length\": 30, \"do_sample\": true, \"temperature\": 1.2, \"top_k\": 20, \"top_p\": 0.9, \"random_seed\": 5, \"repetition_penalty\": 1.1");
        using var sampling = new OnnxChatClient(folder.Path);
        using var client = new OnnxChatClient(TestModels.Stories);
        ChatResponse response = await sampling.GetResponseAsync(TestModels.User(TestModels.StoriesPrompt), cancellationToken: Token);
        Assert.Equal(30, response.Usage!.TotalTokenCount);
        var same = new ChatOptions { MaxOutputTokens = 20, Temperature = 1.2f, TopK = 20, TopP = 0.9f, Seed = 5, AdditionalProperties = new() { ["repetition_penalty"] = 1.1f } };
        Assert.Equal(await TextAsync(client, TestModels.StoriesPrompt, same), response.Text);
        Assert.NotEqual(await TextAsync(client, TestModels.StoriesPrompt, new ChatOptions { MaxOutputTokens = 20 }), response.Text);
        // A call that says how much it wants is not held by max_length.
        Assert.Equal(40, (await sampling.GetResponseAsync(TestModels.User(TestModels.StoriesPrompt), new ChatOptions { MaxOutputTokens = 40 }, Token)).Usage!.OutputTokenCount);
        InvalidOperationException exception = await Assert.ThrowsAsync<InvalidOperationException>(() => sampling.GetResponseAsync(TestModels.User(new string('x', 60)), cancellationToken: Token));
        Assert.Contains("max_length 30", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_context_is_the_end()
    {
        using var client = new OnnxChatClient(TestModels.Stories);
        ChatResponse response = await client.GetResponseAsync(TestModels.User(string.Concat(Enumerable.Repeat("z", 500))), new ChatOptions { MaxOutputTokens = 5000, StopSequences = [] }, Token);
        Assert.Equal(512, response.Usage!.TotalTokenCount);
        Assert.Equal(ChatFinishReason.Length, response.FinishReason);
    }

    [Fact]
    public async Task A_prompt_that_is_too_long_says_by_how_much_and_what_to_do()
    {
        using var client = new OnnxChatClient(TestModels.Stories);
        List<ChatMessage> messages = TestModels.User(string.Concat(Enumerable.Repeat("z", 600)));
        InvalidOperationException exception = await Assert.ThrowsAsync<InvalidOperationException>(() => client.GetResponseAsync(messages, cancellationToken: Token));
        Assert.Contains("602 tokens", exception.Message, StringComparison.Ordinal);
        Assert.Contains("512", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Shorten", exception.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.GetStreamingResponseAsync(messages, cancellationToken: Token).ToListAsync(Token).AsTask());
    }

    [Fact]
    public async Task An_empty_prompt_starts_from_the_begin_token()
    {
        using var client = new OnnxChatClient(TestModels.Stories);
        ChatResponse response = await client.GetResponseAsync(TestModels.User(""), new ChatOptions { MaxOutputTokens = 5 }, Token);
        Assert.Equal(1, response.Usage!.InputTokenCount);
        Assert.False(response.Text.StartsWith(' '));
    }

    [Fact]
    public async Task Options_out_of_range_are_refused_by_name()
    {
        using var client = new OnnxChatClient(TestModels.Stories);
        (ChatOptions Options, string Name)[] cases =
        [
            (new() { Temperature = -0.1f }, "Temperature"),
            (new() { Temperature = float.NaN }, "Temperature"),
            (new() { Temperature = float.PositiveInfinity }, "Temperature"),
            (new() { TopK = 0 }, "TopK"),
            (new() { TopP = 0 }, "TopP"),
            (new() { TopP = 1.1f }, "TopP"),
            (new() { TopP = float.NaN }, "TopP"),
            (new() { MaxOutputTokens = 0 }, "MaxOutputTokens"),
            (new() { FrequencyPenalty = 2.1f }, "FrequencyPenalty"),
            (new() { FrequencyPenalty = float.NaN }, "FrequencyPenalty"),
            (new() { PresencePenalty = -2.1f }, "PresencePenalty"),
            (new() { StopSequences = ["a", ""] }, "StopSequences"),
            (new() { AdditionalProperties = new() { ["repetition_penalty"] = 0 } }, "repetition_penalty"),
            (new() { AdditionalProperties = new() { ["repetition_penalty"] = "high" } }, "repetition_penalty"),
        ];
        foreach ((ChatOptions options, string name) in cases)
        {
            ArgumentOutOfRangeException exception = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => client.GetResponseAsync(TestModels.User("a"), options, Token));
            Assert.Equal(name, exception.ParamName);
            Assert.Contains("must be", exception.Message, StringComparison.Ordinal);
            Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(() => { client.GetStreamingResponseAsync(TestModels.User("a"), options, Token); }).ParamName);
        }
        await Assert.ThrowsAsync<ArgumentNullException>(() => client.GetResponseAsync(null!, cancellationToken: Token));
    }

    [Fact]
    public async Task A_call_without_messages_is_refused()
    {
        using var client = new OnnxChatClient(TestModels.Stories);
        var options = new ChatOptions { Instructions = "Be brief." };
        Assert.Equal("messages", (await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync([], options, Token))).ParamName);
        Assert.Equal("messages", Assert.Throws<ArgumentException>(() => { client.GetStreamingResponseAsync([], options, Token); }).ParamName);
    }

    [Fact]
    public async Task A_tool_call_cannot_be_required_without_tools()
    {
        using var client = new OnnxChatClient(TestModels.Stories);
        foreach (ChatToolMode mode in (ChatToolMode[])[ChatToolMode.RequireAny, ChatToolMode.RequireSpecific("weather")])
        {
            ArgumentException refused = await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync(TestModels.User("a"), new ChatOptions { ToolMode = mode }, Token));
            Assert.Contains("ChatOptions.Tools", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Frequency_and_presence_penalty_reach_the_sampler()
    {
        using TemporaryFolder folder = TestModels.Copy("tiny-gpt2");
        File.Delete(folder.File("tokenizer_config.json"));
        using var client = new OnnxChatClient(folder.Path);
        async Task<string> ReplyAsync(float? frequency, float? presence) =>
            await TextAsync(client, "the weather is in the house", new ChatOptions { MaxOutputTokens = 30, FrequencyPenalty = frequency, PresencePenalty = presence });
        string without = await ReplyAsync(null, null);
        Assert.Equal(without, await ReplyAsync(0, 0));
        Assert.NotEqual(without, await ReplyAsync(2, null));
        Assert.NotEqual(without, await ReplyAsync(null, 2));
    }

    [Fact]
    public async Task Cancelling_ends_a_call_between_tokens()
    {
        using var client = new OnnxChatClient(TestModels.Stories);
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Token);
        int seen = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(TestModels.User(TestModels.StoriesPrompt), cancellationToken: source.Token))
            {
                if (++seen == 5)
                    await source.CancelAsync();
            }
        });
        Assert.Equal(5, seen);
        using var early = new CancellationTokenSource();
        await early.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetResponseAsync(TestModels.User("a"), cancellationToken: early.Token));
        // Long enough that the call is under way, far shorter than the call.
        using var later = new CancellationTokenSource(TimeSpan.FromMilliseconds(5));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            while (true)
                await client.GetResponseAsync(TestModels.User(TestModels.StoriesPrompt), cancellationToken: later.Token);
        });
        Assert.StartsWith(" girl", await TextAsync(client, TestModels.StoriesPrompt, new ChatOptions { MaxOutputTokens = 10 }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_may_leave_early()
    {
        using var model = OnnxModel.Load(TestModels.Stories.Folder);
        var client = new OnnxChatClient(model);
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(TestModels.User(TestModels.StoriesPrompt), cancellationToken: Token))
        {
            Assert.Equal(" g", update.Text);
            break;
        }
        client.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.GetResponseAsync(TestModels.User("a"), cancellationToken: Token));
        Assert.Equal(512, model.ContextLength);
        using IDecoder decoder = model.CreateDecoder(4);
        decoder.Append([1], Token);
        Assert.Equal(512, decoder.Logits.Length);
    }

    [Fact]
    public async Task Sixty_four_calls_at_once_give_what_one_gives()
    {
        using var client = new OnnxChatClient(TestModels.Stories);
        string[] prompts = [.. Enumerable.Range(0, 64).Select(static i => string.Create(CultureInfo.InvariantCulture, $"{(i % 2 == 0 ? "Once upon a time" : "One day, Tom")} saw {i}"))];
        ChatOptions Options(int i) => new() { MaxOutputTokens = 40 + i % 7, Temperature = i % 3 == 0 ? 1 : 0, Seed = i };
        string[] single = new string[64];
        for (int i = 0; i < 64; i++)
            single[i] = await TextAsync(client, prompts[i], Options(i));
        string[] together = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => i % 2 == 0 ? TextAsync(client, prompts[i], Options(i)) : StreamAsync(client, prompts[i], Options(i))));
        Assert.Equal(single, together);
    }

    [Theory]
    [InlineData("tr-TR")]
    [InlineData("fi-FI")]
    public async Task The_culture_changes_nothing(string culture)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo(culture);
            using var client = new OnnxChatClient(TestModels.Stories.Folder);
            Assert.StartsWith(TestModels.StoriesContinuation, await TextAsync(client, TestModels.StoriesPrompt, new ChatOptions { MaxOutputTokens = 118 }), StringComparison.Ordinal);
            Assert.Equal([83, 258, 356, 265, 372, 318, 287, 262, 289, 280, 325], TestModels.Gpt2.Tokenizer.EncodePrompt("the weather is in the house"));
            ArgumentOutOfRangeException exception = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => client.GetResponseAsync(TestModels.User("a"), new ChatOptions { TopK = -3 }, Token));
            Assert.Contains("-3", exception.Message.Replace('\u2212', '-'), StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public async Task Work_does_not_run_on_the_callers_context()
    {
        using var client = new OnnxChatClient(TestModels.Stories);
        SynchronizationContext? before = SynchronizationContext.Current;
        try
        {
            var context = new CountingContext();
            SynchronizationContext.SetSynchronizationContext(context);
            Task<ChatResponse> task = client.GetResponseAsync(TestModels.User(TestModels.StoriesPrompt), new ChatOptions { MaxOutputTokens = 20 }, Token);
            SynchronizationContext.SetSynchronizationContext(null);
            await task;
            Assert.Equal(0, context.Posts);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    [Fact]
    public void Services_are_given_by_type()
    {
        using var client = new OnnxChatClient(TestModels.Stories);
        Assert.Same(TestModels.Stories, client.GetService<OnnxModel>());
        ChatClientMetadata metadata = client.GetService<ChatClientMetadata>()!;
        Assert.Equal("onnx", metadata.ProviderName);
        Assert.Equal("stories260K", metadata.DefaultModelId);
        Assert.Equal(ModelProfile.Local with { ContextLength = TestModels.Stories.ContextLength }, client.GetService<ModelProfile>());
        Assert.Same(client, client.GetService<IChatClient>());
        Assert.Null(client.GetService<string>());
        Assert.Null(client.GetService(typeof(OnnxModel), "key"));
        Assert.Throws<ArgumentNullException>(() => client.GetService(null!));
        Assert.Throws<ArgumentNullException>(() => new OnnxChatClient((OnnxModel)null!));
    }

    [Fact]
    public async Task A_client_disposes_the_model_that_it_loaded()
    {
        var client = new OnnxChatClient(TestModels.Stories.Folder);
        OnnxModel model = client.GetService<OnnxModel>()!;
        client.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.CreateDecoder(1));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.GetResponseAsync(TestModels.User("a"), cancellationToken: Token));
    }

    private static async Task<string> TextAsync(OnnxChatClient client, string prompt, ChatOptions options) =>
        (await client.GetResponseAsync(TestModels.User(prompt), options, Token)).Text;

    private static async Task<string> StreamAsync(OnnxChatClient client, string prompt, ChatOptions options)
    {
        StringBuilder text = new();
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(TestModels.User(prompt), options, Token))
            text.Append(update.Text);
        return text.ToString();
    }

    private static string Text(OnnxModel model, int[] ids)
    {
        TokenTextDecoder decoder = model.Tokenizer.CreateDecoder([]);
        return string.Concat(ids.Select(decoder.Push)) + decoder.Finish();
    }

    private sealed class CountingContext : SynchronizationContext
    {
        private int _posts;

        public int Posts => _posts;

        public override void Post(SendOrPostCallback d, object? state)
        {
            Interlocked.Increment(ref _posts);
            base.Post(d, state);
        }
    }
}

using System.Globalization;
using AiSdk.Onnx;
using AiSdk.Tests;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.IntegrationTests;

/// <summary>A generated class over a real model in the process.</summary>
public sealed class GeneratedClientTests
{
    private const string Beginning = "Once upon a time, there was a little";
    private const string Continuation = " girl named Lily. She loved to play outside in the park. One day, she saw a big, red ball. She wanted to";

    [Theory]
    [MemberData(nameof(CultureScope.All), MemberType = typeof(CultureScope))]
    public async Task A_function_continues_the_story_in_any_culture(string culture)
    {
        using CultureScope scope = new(culture);
        using OnnxChatClient client = new(TestData.Path("models", "stories260K"));
        AiResult<string> result = await new StoryTeller(client).ContinueAsync(Beginning, TestContext.Current.CancellationToken);

        Assert.StartsWith(Continuation, result.Value, StringComparison.Ordinal);
        Assert.Equal(40, result.Usage?.OutputTokenCount);
        Assert.Equal(ChatFinishReason.Length, result.FinishReason);
        Assert.Equal("stories260K", result.ModelId);
    }

    [Fact]
    public async Task A_stream_gives_the_same_text_and_says_that_it_was_cut_off()
    {
        using OnnxChatClient client = new(TestData.Path("models", "stories260K"));
        string text = "";
        AiTruncatedException cutOff = await Assert.ThrowsAsync<AiTruncatedException>(async () =>
        {
            ChatOptions options = new() { MaxOutputTokens = 40 };
            await foreach (string piece in new StoryTeller(client).StreamAsync(Beginning, options, TestContext.Current.CancellationToken))
                text += piece;
        });

        Assert.StartsWith(Continuation, text, StringComparison.Ordinal);
        Assert.Equal(text, cutOff.RawReply);
    }

    [Fact]
    public async Task A_reply_that_is_no_value_of_the_type_is_an_error_with_the_reply()
    {
        using OnnxChatClient client = new(TestData.Path("models", "stories260K"), new OnnxModelOptions { ConstrainedDecoding = ConstrainedDecoding.Off });
        AiOutputException failure = await Assert.ThrowsAsync<AiOutputException>(
            () => new StoryTeller(client).MoodAsync(Beginning, TestContext.Current.CancellationToken));

        Assert.Equal(" it is time to go to the park", failure.RawReply);
        Assert.Equal("$", failure.Path);
        Assert.Equal("IStoryTeller.MoodAsync", failure.FunctionName);
    }

    [Fact]
    public async Task A_reply_is_kept_to_the_type_even_by_a_model_that_knows_nothing_of_it()
    {
        using OnnxChatClient client = new(TestData.Path("models", "stories260K"));
        Assert.True(Enum.IsDefined(await new StoryTeller(client).MoodAsync(Beginning, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task A_result_tells_how_sure_the_model_was()
    {
        using OnnxChatClient client = new(TestData.Path("models", "stories260K"));
        AiResult<Mood> result = await new StoryTeller(client).SureMoodAsync(Beginning, TestContext.Current.CancellationToken);
        Assert.InRange(result.Confidence!.Value, 0.0001, 0.9999);
        Assert.Null((await new StoryTeller(client).ContinueAsync(Beginning, TestContext.Current.CancellationToken)).Confidence);
    }

    [Fact]
    public async Task Sixty_four_calls_at_once_each_get_their_own_story()
    {
        using OnnxChatClient client = new(TestData.Path("models", "stories260K"));
        StoryTeller teller = new(client);
        string[] beginnings = [Beginning, "Tom had a big dog.", "The sun was hot.", "Lily and Ben went"];
        Dictionary<string, string> alone = [];
        foreach (string beginning in beginnings)
            alone[beginning] = (await teller.ContinueAsync(beginning, TestContext.Current.CancellationToken)).Value;
        Assert.Equal(beginnings.Length, alone.Values.Distinct(StringComparer.Ordinal).Count());

        await Task.WhenAll(Enumerable.Range(0, 64).Select(async i =>
        {
            string beginning = beginnings[i % beginnings.Length];
            AiResult<string> result = await teller.ContinueAsync(beginning, TestContext.Current.CancellationToken);
            Assert.True(alone[beginning] == result.Value, string.Create(CultureInfo.InvariantCulture, $"call {i}: {result.Value}"));
        }));
    }

    [Fact]
    public async Task Cancelling_stops_a_call_between_tokens()
    {
        using OnnxChatClient client = new(TestData.Path("models", "stories260K"));
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        string text = "";
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (string piece in new StoryTeller(client).StreamAsync(Beginning, new ChatOptions { MaxOutputTokens = 400 }, source.Token))
            {
                text += piece;
                if (text.Length > 20)
                    await source.CancelAsync();
            }
        });

        Assert.InRange(text.Length, 21, Continuation.Length);
    }
}

using System.Text.Json;
using AiSdk.Tests;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Onnx.Tests;

public sealed class LogProbabilityTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_token_of_a_reply_tells_its_own_and_the_likeliest_others()
    {
        using var client = new OnnxChatClient(TestModels.Stories);
        ChatOptions options = new() { MaxOutputTokens = 21, AdditionalProperties = new() { [OnnxChatClient.LogProbabilities] = 3 } };
        ChatResponse response = await client.GetResponseAsync(TestModels.User(TestModels.StoriesPrompt), options, Token);
        var tokens = Assert.IsAssignableFrom<IReadOnlyList<TokenLogProbability>>(response.AdditionalProperties![OnnxChatClient.LogProbabilities]);
        Assert.Equal(TestModels.StoriesFirstIds, tokens.Select(static t => t.Token));
        Assert.All(tokens, static t =>
        {
            // Greedy: the token is the likeliest.
            Assert.Equal(3, t.Alternatives.Count);
            Assert.Equal((t.Token, t.LogProbability), (t.Alternatives[0].Token, t.Alternatives[0].LogProbability));
            Assert.InRange(t.LogProbability, -20, 0);
            Assert.True(t.Alternatives[0].LogProbability >= t.Alternatives[1].LogProbability && t.Alternatives[1].LogProbability >= t.Alternatives[2].LogProbability);
            Assert.InRange(t.Alternatives.Sum(static a => Math.Exp(a.LogProbability)), 0, 1.000001);
        });
        ChatResponseUpdate last = await client.GetStreamingResponseAsync(TestModels.User(TestModels.StoriesPrompt), options, Token).LastAsync(Token);
        Assert.Equal(tokens.Select(static t => t.Token), ((IReadOnlyList<TokenLogProbability>)last.AdditionalProperties![OnnxChatClient.LogProbabilities]!).Select(static t => t.Token));
    }

    [Fact]
    public async Task A_text_is_scored_as_its_tokens_are()
    {
        using var client = new OnnxChatClient(TestModels.Stories);
        ChatOptions options = new() { MaxOutputTokens = 40, AdditionalProperties = new() { [OnnxChatClient.LogProbabilities] = true } };
        ChatResponse response = await client.GetResponseAsync(TestModels.User(TestModels.StoriesPrompt), options, Token);
        var tokens = (IReadOnlyList<TokenLogProbability>)response.AdditionalProperties![OnnxChatClient.LogProbabilities]!;
        TextScore prompt = await TestModels.Stories.ScoreAsync(TestModels.StoriesPrompt, Token);
        TextScore whole = await TestModels.Stories.ScoreAsync(TestModels.StoriesPrompt + response.Text, Token);
        Assert.Equal(9, prompt.Tokens);
        Assert.Equal(prompt.Tokens + 40, whole.Tokens);
        Assert.Equal(prompt.LogLikelihood + tokens.Sum(static t => t.LogProbability), whole.LogLikelihood, 1e-3);
        Assert.Equal(Math.Exp(-whole.LogLikelihood / whole.Tokens), whole.Perplexity, 1e-9);
        // The model knows stories, and not much else.
        Assert.True(whole.Perplexity < 4);
        Assert.True((await TestModels.Stories.ScoreAsync("The quarterly earnings exceeded expectations by 4.2 %.", Token)).Perplexity > 20);
    }

    [Fact]
    public async Task A_text_beyond_the_context_is_read_in_windows()
    {
        string text = string.Concat(Enumerable.Repeat("Once upon a time, there was a little girl named Lily. She loved to play outside in the park. ", 40));
        TextScore score = await TestModels.Stories.ScoreAsync(text, Token);
        Assert.True(score.Tokens > 2 * TestModels.Stories.ContextLength);
        Assert.InRange(score.Perplexity, 1, 10);
    }

    [Fact]
    public async Task A_constrained_reply_tells_what_the_model_itself_thought()
    {
        using var client = new OnnxChatClient(TestModels.Stories);
        ChatOptions options = new() { ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonElement.Parse("""{"enum":["happy","sad"]}""")) };
        string expected = (await client.GetResponseAsync(TestModels.User(TestModels.StoriesPrompt), options, Token)).Text;
        options.AdditionalProperties = new() { [OnnxChatClient.LogProbabilities] = 0 };
        ChatResponse response = await client.GetResponseAsync(TestModels.User(TestModels.StoriesPrompt), options, Token);
        var tokens = (IReadOnlyList<TokenLogProbability>)response.AdditionalProperties![OnnxChatClient.LogProbabilities]!;
        Assert.Equal(expected, response.Text);
        Assert.Equal(response.Usage!.OutputTokenCount, tokens.Count);
        // No story begins with a quote and a brace: the probability is not one that the mask has made.
        Assert.True(tokens[0].LogProbability < -2);
    }

    [Theory]
    [InlineData("\"many\"")]
    [InlineData("-1")]
    [InlineData("21")]
    public async Task A_wrong_wish_is_refused(string value)
    {
        using var client = new OnnxChatClient(TestModels.Stories);
        ChatOptions options = new() { AdditionalProperties = new() { [OnnxChatClient.LogProbabilities] = JsonElement.Parse(value) } };
        Assert.Contains("logprobs", (await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => client.GetResponseAsync(TestModels.User("a"), options, Token))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task There_must_be_something_to_predict() =>
        Assert.Contains("two", (await Assert.ThrowsAsync<ArgumentException>(() => TestModels.Stories.ScoreAsync("", Token))).Message, StringComparison.Ordinal);
}

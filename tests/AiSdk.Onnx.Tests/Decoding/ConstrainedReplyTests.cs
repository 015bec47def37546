using System.Text.Json;
using AiSdk.Tests;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Onnx.Tests;

/// <summary>Replies in a response format, by real models: in the format, and the same whatever makes them faster.</summary>
public sealed class ConstrainedReplyTests
{
    private const string Person = """
        {"type":"object","properties":{"name":{"type":"string","maxLength":12},"mood":{"enum":["happy","sad","unknown"]},"toys":{"type":"array","items":{"type":"string","maxLength":8},"maxItems":3},
        "age":{"type":"integer","minimum":0,"maximum":120}},"required":["name","mood","toys","age"],"additionalProperties":false}
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Cases => new MatrixTheoryData<string, string>(
        ["stories260K", "tiny-gpt2"],
        [
            Person,
            """{"enum":["billing","technical","sales","other"]}""",
            """{"type":"array","items":{"type":"boolean"},"minItems":2,"maxItems":5}""",
            """{"type":"string","pattern":"^[A-Z]{3}-[0-9]{4}$"}""",
        ]);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task What_makes_replies_faster_does_not_change_them(string model, string schema)
    {
        List<string> replies = [];
        foreach (OnnxModelOptions options in (OnnxModelOptions[])
            [
                new() { JumpForward = false, PromptLookup = false, PrefixCacheBytes = 0 },
                new() { JumpForward = true, PromptLookup = false, PrefixCacheBytes = 0 },
                new() { JumpForward = false, PromptLookup = true, PrefixCacheBytes = 0 },
                new(),
            ])
        {
            using var client = new OnnxChatClient(TestData.Path("models", model), options);
            foreach (string prompt in (string[])["Once upon a time, there was a little girl named Lily.", "Once upon a time, there was a little girl named Sue. She had a toy.", TestModels.StoriesPrompt])
                replies.Add(await ReplyAsync(client, prompt, schema, new ChatOptions { MaxOutputTokens = 200 }));
        }
        string[][] runs = [.. replies.Chunk(3)];
        Assert.All(runs, run => Assert.Equal(runs[0], run));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_reply_that_ends_is_in_its_format_at_any_temperature(string model, string schema)
    {
        using var client = new OnnxChatClient(TestData.Path("models", model));
        OutputShape shape = OutputShape.FromJsonSchema(JsonElement.Parse(schema));
        for (int seed = 0; seed < 8; seed++)
        {
            string reply = await ReplyAsync(client, TestModels.StoriesPrompt, schema, new ChatOptions { MaxOutputTokens = 300, Temperature = 2, Seed = seed });
            Assert.Empty(StructuredOutput.Validate(reply, shape));
        }
    }

    [Fact]
    public async Task A_reply_is_kept_to_a_regular_expression_or_to_choices()
    {
        using var client = new OnnxChatClient(TestData.Path("models", "tiny-gpt2"));
        for (int seed = 0; seed < 8; seed++)
        {
            ChatOptions options = new() { MaxOutputTokens = 100, Temperature = 2, Seed = seed };
            ChatResponse chosen = await client.GetResponseAsync(TestModels.StoriesPrompt, options.Clone().WithChoices("yes", "no", "not sure", "größer"), Token);
            Assert.Contains(chosen.Text, (string[])["yes", "no", "not sure", "größer"]);
            ChatResponse matched = await client.GetResponseAsync(TestModels.StoriesPrompt, options.Clone().WithRegex(@"[A-Z]{3}-\d{4}"), Token);
            Assert.Matches(@"\A[A-Z]{3}-[0-9]{4}\z", matched.Text);
        }
    }

    [Fact]
    public async Task What_is_no_format_of_a_reply_is_refused_before_the_model_runs()
    {
        using var client = new OnnxChatClient(TestData.Path("models", "tiny-gpt2"));
        NotSupportedException wrong = await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync("a", new ChatOptions().WithRegex("(a)\\1"), Token));
        Assert.Contains("'pattern'", wrong.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync("a", new ChatOptions { ResponseFormat = ChatResponseFormat.Json }.WithRegex("a"), Token));
        await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync("a", new ChatOptions { AdditionalProperties = new() { ["choices"] = 1 } }, Token));
        Assert.Throws<ArgumentException>(() => new ChatOptions().WithRegex("a").WithChoices("a"));
        Assert.Throws<ArgumentException>(() => new ChatOptions().WithChoices("a").WithRegex("a"));
        Assert.Throws<ArgumentException>(() => new ChatOptions().WithChoices());
        Assert.Throws<ArgumentException>(() => new ChatOptions().WithRegex(""));
    }

    [Fact]
    public async Task Without_a_schema_the_reply_is_an_object()
    {
        using var client = new OnnxChatClient(TestModels.Stories);
        ChatResponse response = await client.GetResponseAsync(TestModels.User(TestModels.StoriesPrompt), new ChatOptions { ResponseFormat = ChatResponseFormat.Json, MaxOutputTokens = 40, Temperature = 1, Seed = 3 }, Token);
        Assert.StartsWith("{", response.Text, StringComparison.Ordinal);
        Assert.True(response.FinishReason == ChatFinishReason.Length || JsonElement.Parse(response.Text).ValueKind == JsonValueKind.Object);
    }

    [Fact]
    public async Task A_reply_that_the_limit_cuts_says_so()
    {
        using var client = new OnnxChatClient(TestModels.Stories);
        ChatResponse response = await client.GetResponseAsync(TestModels.User(TestModels.StoriesPrompt), Format(Person, new ChatOptions { MaxOutputTokens = 9 }), Token);
        Assert.Equal(ChatFinishReason.Length, response.FinishReason);
        Assert.Equal(9, response.Usage!.OutputTokenCount);
        Assert.StartsWith("{\"name\":\"", response.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Streamed_and_buffered_replies_are_equal()
    {
        using var client = new OnnxChatClient(TestModels.Stories);
        ChatOptions options = Format(Person, new ChatOptions { MaxOutputTokens = 200, Temperature = 1, Seed = 5 });
        ChatResponse buffered = await client.GetResponseAsync(TestModels.User(TestModels.StoriesPrompt), options, Token);
        ChatResponse streamed = await client.GetStreamingResponseAsync(TestModels.User(TestModels.StoriesPrompt), options, Token).ToChatResponseAsync(Token);
        Assert.Equal(buffered.Text, streamed.Text);
        Assert.Equal(buffered.FinishReason, streamed.FinishReason);
    }

    [Fact]
    public async Task What_cannot_be_enforced_is_refused_by_name_and_place()
    {
        const string Schema = """{"type":"object","properties":{"a":{"type":"array","uniqueItems":true}}}""";
        using var client = new OnnxChatClient(TestModels.Stories);
        NotSupportedException refused = await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync(TestModels.User("x"), Format(Schema, new ChatOptions()), Token));
        Assert.Contains("#/properties/a: 'uniqueItems'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_it_may_be_left_alone_the_reply_says_why()
    {
        const string Schema = """{"type":"array","uniqueItems":true}""";
        using var client = new OnnxChatClient(TestData.Path("models", "stories260K"), new OnnxModelOptions { ConstrainedDecoding = ConstrainedDecoding.WhenPossible });
        ChatOptions options = Format(Schema, new ChatOptions { MaxOutputTokens = 118 });
        ChatResponse response = await client.GetResponseAsync(TestModels.User(TestModels.StoriesPrompt), options, Token);
        Assert.StartsWith(TestModels.StoriesContinuation, response.Text, StringComparison.Ordinal);
        Assert.Contains("'uniqueItems'", (string)response.AdditionalProperties![OnnxChatClient.UnconstrainedReason]!, StringComparison.Ordinal);
        ChatResponseUpdate last = await client.GetStreamingResponseAsync(TestModels.User(TestModels.StoriesPrompt), options, Token).LastAsync(Token);
        Assert.Contains("'uniqueItems'", (string)last.AdditionalProperties![OnnxChatClient.UnconstrainedReason]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_schema_names_without_asserting_it_is_told()
    {
        const string Schema = """{"type":"object","properties":{"n":{"type":"integer","format":"int32"},"b":{"type":"string","contentEncoding":"base64","maxLength":8}},"required":["n","b"],"additionalProperties":false}""";
        using var client = new OnnxChatClient(TestData.Path("models", "stories260K"));
        ChatResponse response = await client.GetResponseAsync(TestModels.User("Once"), Format(Schema, new ChatOptions { MaxOutputTokens = 100 }), Token);
        var told = (IReadOnlyList<string>)response.AdditionalProperties![OnnxChatClient.Unenforced]!;
        Assert.Equal(["'format' at #/properties/n names 'int32', which is no format of JSON Schema and asserts nothing.", "'contentEncoding' at #/properties/b describes what a text holds and asserts nothing."], told);
        response = await client.GetResponseAsync(TestModels.User("Once"), Format("""{"type":"string","format":"date"}""", new ChatOptions { MaxOutputTokens = 100 }), Token);
        Assert.False(response.AdditionalProperties?.ContainsKey(OnnxChatClient.Unenforced) ?? false);
    }

    private static async Task<string> ReplyAsync(OnnxChatClient client, string prompt, string schema, ChatOptions options)
    {
        ChatResponse response = await client.GetResponseAsync(TestModels.User(prompt), Format(schema, options), Token);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        return response.Text;
    }

    private static ChatOptions Format(string schema, ChatOptions options)
    {
        options.ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonElement.Parse(schema));
        return options;
    }
}

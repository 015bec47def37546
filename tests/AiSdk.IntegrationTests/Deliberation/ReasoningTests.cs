using System.Text.Json;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.IntegrationTests.Deliberation;

/// <summary>Functions whose model reasons first: what is asked for, what is read, and what is streamed.</summary>
public sealed class ReasoningTests
{
    private const string Value = """{"verdict":"Guilty","years":2,"charges":[{"name":"theft","years":2}],"note":null}""";
    private const string Reply = "{\"reasoning\":\"He was seen. \\\"Twice\\\"\\n\\u00e9\",\"value\":" + Value + "}";
    private const string Thoughts = "He was seen. \"Twice\"\né";

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Over_http_the_schema_has_the_field_first_and_the_result_has_the_thoughts()
    {
        await using OpenAiServer server = await OpenAiServer.ReplyingAsync(Reply);

        AiResult<Ruling> result = await new Court(server.CreateClient()).JudgeAsync("A theft.", CancellationToken);

        AssertRuling(result.Value);
        Assert.Equal(Thoughts, result.Reasoning);
        Assert.Equal((Reply, 0, 1), (result.RawReply, result.Repairs.Count, result.Attempts));
        JsonElement schema = server.Request.GetProperty("response_format").GetProperty("json_schema").GetProperty("schema");
        Assert.Equal(["reasoning", "value"], schema.GetProperty("properties").EnumerateObject().Select(static p => p.Name));
        Assert.Equal("Weigh both sides.", schema.GetProperty("properties").GetProperty("reasoning").GetProperty("description").GetString());
        Assert.Equal(["reasoning", "value"], schema.GetProperty("required").EnumerateArray().Select(static name => name.GetString()));
    }

    [Fact]
    public async Task Over_http_by_tool_the_arguments_have_the_field()
    {
        await using OpenAiServer server = await OpenAiServer.StartAsync(static exchange => exchange.CallToolAsync("Ruling", Reply));

        AiResult<Ruling> result = await new Court(server.CreateClient()).JudgeByToolAsync("A theft.", CancellationToken);

        AssertRuling(result.Value);
        Assert.Equal((Thoughts, StructuredOutputMode.ToolCall), (result.Reasoning, result.OutputMode));
        Assert.True(server.Request.GetProperty("tools")[0].GetProperty("function").GetProperty("parameters").GetProperty("properties").TryGetProperty("reasoning", out _));
    }

    [Fact]
    public async Task By_prompt_the_type_is_described_with_the_field()
    {
        Bench bench = new(Reply);

        AiResult<Ruling> result = await new Court(bench).JudgeByPromptAsync("A theft.", CancellationToken);

        AssertRuling(result.Value);
        Assert.Equal(Thoughts, result.Reasoning);
        Assert.Contains("{\n  // Weigh both sides.\n  reasoning: string;\n  value: {\n", bench.Question(0), StringComparison.Ordinal);
        Assert.Equal(bench.Question(0).Replace("A theft.", "{{facts}}", StringComparison.Ordinal), Court.JudgeByPromptAsyncInfo.PromptsFor(StructuredOutputMode.Prompt).Single().Text);
    }

    [Theory]
    // The field, not well-formed: quotes, a line break, no end of the reply.
    [InlineData("{\"reasoning\": \"He said \"no\", then \"yes\", so\", \"value\": " + Value + "}", "He said \"no\", then \"yes\", so")]
    [InlineData("{\"reasoning\": \"One.\nTwo.\", \"value\": " + Value + "}", "One.\nTwo.")]
    [InlineData("```json\n{reasoning: 'He was seen.', value: {verdict: 'guilty', years: '2', charges: [{name: 'theft', years: 2}]}}\n```", "He was seen.")]
    [InlineData("{\"value\": " + Value + ", \"reasoning\": \"Afterwards.\"}", "Afterwards.")]
    // The value is damaged, the field is not.
    [InlineData("{\"reasoning\": \"He was seen.\", \"value\": {\"verdict\": Guilty, \"years\": 2, \"charges\": [{\"name\": \"theft\", \"years\": 2,}],}", "He was seen.")]
    // Without the wrapper: beside the value, in tags, as prose, not at all.
    [InlineData("{\"reasoning\":\"He was seen.\",\"verdict\":\"Guilty\",\"years\":2,\"charges\":[{\"name\":\"theft\",\"years\":2}]}", "He was seen.")]
    [InlineData("<think>He was seen.</think>\n" + Value, "He was seen.")]
    [InlineData("<think>Maybe {\"verdict\": 1}.</think>\n" + Reply, Thoughts)]
    [InlineData("He was seen by two.\n\n" + Value, "He was seen by two.")]
    [InlineData(Value, null)]
    [InlineData("{\"value\":" + Value + "}", null)]
    [InlineData("{\"reasoning\":null,\"value\":" + Value + "}", null)]
    public async Task Replies_that_are_not_as_asked_are_read_with_their_thoughts(string reply, string? thoughts)
    {
        AiResult<Ruling> result = await new Court(new Bench(reply)).JudgeAsync("A theft.", CancellationToken);

        AssertRuling(result.Value);
        Assert.Equal(thoughts, result.Reasoning);
    }

    [Fact]
    public async Task What_does_not_fit_is_named_in_terms_of_the_value_and_asked_for_again()
    {
        Bench bench = new("{\"reasoning\":\"Hm.\",\"value\":\"Maybe\"}", "{\"reasoning\":\"Ah.\",\"value\":\"NotGuilty\"}");

        AiResult<Verdict> result = await new Court(bench).DecideAsync("x", null, CancellationToken);

        Assert.Equal((Verdict.NotGuilty, "Ah.", 2), (result.Value, result.Reasoning, result.Attempts));
        Assert.Contains("\"path\":\"$", bench.Question(1), StringComparison.Ordinal);

        AiOutputException invalid = await Assert.ThrowsAsync<AiOutputException>(() => new Court(new Bench("{\"reasoning\":\"Hm.\",\"value\":{\"verdict\":\"Guilty\",\"years\":200,\"charges\":[]}}")).JudgeAsync("x", CancellationToken));
        Assert.Equal("$.years", invalid.Path);
        Assert.StartsWith("{\"reasoning\":\"Hm.\"", invalid.RawReply, StringComparison.Ordinal);

        AiOutputException missing = await Assert.ThrowsAsync<AiOutputException>(() => new Court(new Bench("{\"reasoning\": 'Hm.', \"value\": {\"verdict\": \"Guilty\", \"charges\": []}}")).JudgeAsync("x", CancellationToken));
        Assert.Equal("$.years", missing.Path);
    }

    [Fact]
    public async Task Examples_show_the_thoughts()
    {
        Bench bench = new("{\"reasoning\":\"Ah.\",\"value\":\"Guilty\"}");
        await new Court(bench).DecideAsync("x", null, CancellationToken);
        Assert.Equal("{\"reasoning\":\"Who has paid owes nothing.\",\"value\":\"NotGuilty\"}", bench.Requests.Single().Messages[1].Text);
        Assert.Equal("Who has paid owes nothing.", Court.DecideAsyncInfo.Examples.Single().Reasoning);
    }

    [Fact]
    public async Task A_model_that_reasons_beside_its_reply_is_not_asked_twice()
    {
        bool reasons = true;
        Bench bench = new((_, _, _) => Task.FromResult(new ChatMessage(ChatRole.Assistant, reasons ? [new TextReasoningContent("By itself."), new TextContent("{\"value\":\"Guilty\"}")] : [new TextContent("{\"value\":\"Guilty\"}")])));
        Court court = new(bench);

        Assert.Equal("By itself.", (await court.DecideAsync("x", null, CancellationToken)).Reasoning);
        Assert.Equal("By itself.", (await court.DecideAsync("x", null, CancellationToken)).Reasoning);
        reasons = false;
        Assert.Null((await court.DecideAsync("x", null, CancellationToken)).Reasoning);
        await court.DecideAsync("x", null, CancellationToken);
        await court.DecideAsync("x", new ChatOptions { Reasoning = new ReasoningOptions { Effort = ReasoningEffort.High } }, CancellationToken);
        await court.DecideAsync("x", new ChatOptions { Reasoning = new ReasoningOptions { Effort = ReasoningEffort.None } }, CancellationToken);

        Assert.Equal([true, false, false, true, false, true], bench.Requests.Select(static request => HasField(request.Options)));
    }

    [Fact]
    public async Task What_one_model_does_says_nothing_of_another_of_the_same_client()
    {
        int asked = 0;
        Bench bench = new((_, _, _) => Task.FromResult(new ChatMessage(ChatRole.Assistant, asked++ < 2 ? [new TextReasoningContent("By itself."), new TextContent("{\"value\":\"Guilty\"}")] : [new TextContent("{\"value\":\"Guilty\"}")])));
        Court court = new(bench);
        foreach (string model in (string[])["thinker", "thinker", "writer", "thinker", "writer"])
            await court.DecideAsync("x", new ChatOptions { ModelId = model }, CancellationToken);
        Assert.Equal([true, false, true, false, true], bench.Requests.Select(static request => HasField(request.Options)));
    }

    [Fact]
    public async Task The_client_or_the_declaration_can_say_that_the_model_reasons_by_itself()
    {
        Bench says = new(Reply) { Source = ReasoningSource.Model };
        await new Court(says).JudgeAsync("x", CancellationToken);
        Assert.False(HasField(says.Requests.Single().Options));
        Assert.Null(says.Requests.Single().Options!.Reasoning);

        Bench declared = new(Value);
        await new Court(declared).JudgeBesideAsync("x", CancellationToken);
        Assert.False(HasField(declared.Requests.Single().Options));
        Assert.Equal(ReasoningOutput.Full, declared.Requests.Single().Options!.Reasoning!.Output);
    }

    [Theory]
    [InlineData(Reply)]
    [InlineData("Here it is:\n```json\n" + Reply + "\n```")]
    [InlineData("<think>Or {\"x\": 1}?</think>" + Reply)]
    [InlineData("{ \"reasoning\" : \"He was seen. \\\"Twice\\\"\\n\\u00E9\" , \"value\" : " + Value + " }")]
    public async Task A_stream_shows_the_thoughts_first_and_then_the_value_and_takes_nothing_back(string reply)
    {
        List<Partial<Ruling>> partials = [];
        await foreach (Partial<Ruling> partial in new Court(new Bench(reply)).StreamAsync("x", CancellationToken))
            partials.Add(partial);

        Assert.Contains(partials, static p => p.Reasoning == "He was" && p.ToJson() == "null");
        Assert.All(partials.Zip(partials.Skip(1)), static pair => Assert.StartsWith(pair.First.Reasoning ?? "", pair.Second.Reasoning, StringComparison.Ordinal));
        Assert.Contains(partials, static p => p.Reasoning == Thoughts && !p.IsComplete && p.ToJson().Contains("theft", StringComparison.Ordinal));
        Assert.Equal(Thoughts, partials[^1].Reasoning);
        AssertRuling(partials[^1].Value);
    }

    [Fact]
    public async Task A_stream_without_the_field_is_a_stream_all_the_same()
    {
        List<Partial<Ruling>> partials = [];
        await foreach (Partial<Ruling> partial in new Court(new Bench((_, _, _) => Task.FromResult(new ChatMessage(ChatRole.Assistant, [new TextReasoningContent("By itself."), new TextContent(Value)])))).StreamAsync("x", CancellationToken))
            partials.Add(partial);

        Assert.All(partials, static p => Assert.Equal("By itself.", p.Reasoning));
        Assert.Contains(partials, static p => !p.IsComplete && p.ToJson().Contains("theft", StringComparison.Ordinal));
        AssertRuling(partials[^1].Value);
    }

    [Fact]
    public async Task Elements_come_one_by_one_behind_the_thoughts()
    {
        List<Charge> charges = [];
        await foreach (Charge charge in new Court(new Bench("{\"reasoning\":\"Two.\",\"value\":[{\"name\":\"theft\",\"years\":1},{\"name\":\"fraud\",\"years\":2}]}")).ChargesAsync("x", CancellationToken))
            charges.Add(charge);
        Assert.Equal([new("theft", 1), new("fraud", 2)], charges);
    }

    private static bool HasField(ChatOptions? options) => ((ChatResponseFormatJson)options!.ResponseFormat!).Schema!.Value.GetProperty("properties").TryGetProperty("reasoning", out _);

    private static void AssertRuling(Ruling ruling)
    {
        Assert.Equal((Verdict.Guilty, 2, null), (ruling.Verdict, ruling.Years, ruling.Note));
        Assert.Equal([new Charge("theft", 2)], ruling.Charges);
    }
}

using System.Text.Json;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.IntegrationTests;

/// <summary>The same declaration over each provider's protocol gives the same: the real clients, a real server that refuses what the provider would.</summary>
public sealed class DialectTests
{
    private const string Json =
        """{"title":"Broken window","kind":"glass_damage","amount":129.90,"happened":"2026-03-31","policy":"AB-1234","items":[{"article":"window","value":100.5},{"article":"door \"B\" – größer","value":29.4}],"reporter":{"type":"Person","name":"Ada","age":null},"contact":null,"share":50}""";

    public static TheoryData<string> Names => [.. Dialect.All.Keys];

    public static TheoryData<string> WithTools => [.. Dialect.All.Where(static dialect => dialect.Value.HasTools).Select(static dialect => dialect.Key)];

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Names))]
    public async Task The_same_declaration_gives_the_same_value(string dialect)
    {
        await using DialectServer server = await DialectServer.StartAsync(dialect, static _ => Answer.Of(Json));

        AiResult<Claim> result = await new ClaimDesk(server.CreateClient()).ReadAsync("my window broke", CancellationToken);

        AssertIsTheClaim(result.Value);
        Assert.Equal(Dialect.All[dialect].Mode, result.OutputMode);
        Assert.Single(server.Requests);
        Assert.Equal(dialect == "Prose", result.Repairs.Count > 0);
        Assert.Equal(1, result.Attempts);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Usage_tells_what_came_from_the_cache_and_what_went_into_reasoning(string dialect)
    {
        await using DialectServer server = await DialectServer.StartAsync(dialect, static _ => Answer.Of(Json));

        AiResult<Claim> result = await new ClaimDesk(server.CreateClient()).ReadAsync("x", CancellationToken);

        Assert.Equal((Dialect.Input, Dialect.Output, Dialect.Input + Dialect.Output), (result.Usage!.InputTokenCount, result.Usage.OutputTokenCount, result.Usage.TotalTokenCount));
        if (Dialect.All[dialect].CountsDetails)
            Assert.Equal((Dialect.Cached, Dialect.Reasoning), (result.Usage.CachedInputTokenCount, result.Usage.ReasoningTokenCount));
    }

    [Theory, MemberData(nameof(Names))]
    public async Task A_streamed_value_grows_to_the_same(string dialect)
    {
        await using DialectServer server = await DialectServer.StartAsync(dialect, static _ => Answer.Of(Json));

        List<Partial<Claim>> partials = await new ClaimDesk(server.CreateClient()).WatchAsync("x", CancellationToken).ToListAsync(CancellationToken);

        AssertIsTheClaim(partials[^1].Value!);
        Assert.True(partials[^1].IsComplete);
        // A call of a tool comes as a whole from some clients.
        if (Dialect.All[dialect].Mode != StructuredOutputMode.ToolCall)
            Assert.Contains(partials, static partial => !partial.IsComplete && partial.Title is { Length: > 0 });
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Elements_are_streamed_each_once(string dialect)
    {
        await using DialectServer server = await DialectServer.StartAsync(dialect, static _ => Answer.Of("""{"value":[{"article":"a","value":1},{"article":"b","value":2.5}]}"""));

        Assert.Equal([new ClaimItem("a", 1), new ClaimItem("b", 2.5)], await new ClaimDesk(server.CreateClient()).ItemsAsync("x", CancellationToken).ToListAsync(CancellationToken));
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Text_is_text(string dialect)
    {
        await using DialectServer server = await DialectServer.StartAsync(dialect, static _ => new Answer { Text = "Grüße, {\"not\": \"read\"}" });
        ClaimDesk desk = new(server.CreateClient());

        Assert.Equal("Grüße, {\"not\": \"read\"}", await desk.AnswerAsync("x", CancellationToken));
        Assert.Equal("Grüße, {\"not\": \"read\"}", string.Concat(await desk.StreamAsync("x", CancellationToken).ToListAsync(CancellationToken)));
    }

    [Theory, MemberData(nameof(WithTools))]
    public async Task A_tool_is_run_and_the_value_read_behind_it(string dialect)
    {
        await using DialectServer server = await DialectServer.StartAsync(
            dialect, static number => number == 0 ? new Answer { Call = ("Rate", """{"currency":"USD"}""") } : Answer.Of(Json));

        AiResult<Claim> result = await new ClaimDesk(server.CreateClient()).ReadWithRatesAsync("x", CancellationToken);

        AssertIsTheClaim(result.Value);
        AiToolCall call = Assert.Single(result.ToolCalls);
        Assert.Equal(("Rate", "0.5"), (call.Name, call.Result));
        Assert.Equal(dialect == "Gemini" ? StructuredOutputMode.ToolCall : Dialect.All[dialect].Mode, result.OutputMode);
        Assert.Equal(2, server.Requests.Count);
        Assert.Equal(2 * (Dialect.Input + Dialect.Output), result.Usage!.TotalTokenCount);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task A_type_that_the_dialect_refuses_is_asked_for_otherwise(string dialect)
    {
        const string Sorted = """{"name":"all","counts":{"a":1,"b c":2},"folders":[{"name":"sub","counts":{},"folders":[]}]}""";
        await using DialectServer server = await DialectServer.StartAsync(dialect, static _ => Answer.Of(Sorted));

        AiResult<Folder> result = await new ClaimDesk(server.CreateClient()).SortAsync("x", CancellationToken);

        Assert.Equal(2, result.Value.Counts["b c"]);
        Assert.Equal("sub", Assert.Single(result.Value.Folders).Name);
        Assert.Equal(dialect == "Anthropic" ? StructuredOutputMode.ToolCall : Dialect.All[dialect].Mode, result.OutputMode);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task What_the_dialect_drops_is_checked_when_the_reply_is_read(string dialect)
    {
        string wrong = Json.Replace("AB-1234", "1234", StringComparison.Ordinal).Replace("Broken window", "B", StringComparison.Ordinal);
        await using DialectServer server = await DialectServer.StartAsync(dialect, _ => Answer.Of(wrong));

        AiOutputException failure = await Assert.ThrowsAsync<AiOutputException>(() => new ClaimDesk(server.CreateClient()).ReadAsync("x", CancellationToken));

        Assert.Equal(["$.policy", "$.title"], failure.Errors.Select(static error => error.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task OpenAI_is_asked_to_enforce_the_schema_and_told_in_words_what_it_cannot()
    {
        await using DialectServer server = await DialectServer.StartAsync("OpenAIStrict", static _ => Answer.Of(Json));
        await new ClaimDesk(server.CreateClient()).ReadAsync("x", CancellationToken);

        JsonElement sent = server.Requests[0].GetProperty("response_format").GetProperty("json_schema");
        Assert.True(sent.GetProperty("strict").GetBoolean());
        JsonElement title = sent.GetProperty("schema").GetProperty("properties").GetProperty("title");
        Assert.False(title.TryGetProperty("maxLength", out _));
        Assert.Equal("minLength: 2\nmaxLength: 40", title.GetProperty("description").GetString());
    }

    [Fact]
    public async Task OpenAI_is_not_asked_to_enforce_what_it_would_refuse_nor_the_schemas_of_tools()
    {
        await using DialectServer server = await DialectServer.StartAsync("OpenAIStrict", static _ => Answer.Of("""{"name":"all","counts":{},"folders":[]}"""));
        await new ClaimDesk(server.CreateClient()).SortAsync("x", CancellationToken);
        Assert.False(server.Requests[0].GetProperty("response_format").GetProperty("json_schema").TryGetProperty("strict", out _));

        await using DialectServer other = await DialectServer.StartAsync("OpenAIStrict", static _ => Answer.Of(Json));
        await new ClaimDesk(other.CreateClient()).ReadWithRatesAsync("x", CancellationToken);
        Assert.False(other.Requests[0].GetProperty("tools")[0].GetProperty("function").TryGetProperty("strict", out JsonElement strict) && strict.GetBoolean());
    }

    [Fact]
    public async Task Gemini_gets_an_enum_of_one_value_for_a_constant()
    {
        await using DialectServer server = await DialectServer.StartAsync("Gemini", static _ => Answer.Of(Json));
        await new ClaimDesk(server.CreateClient()).ReadAsync("x", CancellationToken);

        JsonElement config = server.Requests[0].GetProperty("generationConfig");
        Assert.Equal("Person", config.GetProperty("responseJsonSchema").GetProperty("properties").GetProperty("reporter").GetProperty("anyOf")[0].GetProperty("properties").GetProperty("type").GetProperty("enum")[0].GetString());
        Assert.Equal(1, config.GetProperty("responseJsonSchema").GetProperty("properties").GetProperty("items").GetProperty("minItems").GetInt32());
    }

    [Fact]
    public async Task Without_its_profile_Gemini_refuses_the_schema()
    {
        await using DialectServer server = await DialectServer.StartAsync("Gemini", static _ => Answer.Of(Json));
        ClaimDesk desk = new(server.CreateClient().AsBuilder().UseModelProfile(ModelProfile.Unknown).Build());

        AiFunctionException failure = await Assert.ThrowsAsync<AiFunctionException>(() => desk.ReadAsync("x", CancellationToken));

        Assert.Contains("is not permitted", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Claude_is_not_made_to_call_a_tool_while_it_reasons()
    {
        await using DialectServer server = await DialectServer.StartAsync("Anthropic", static _ => Answer.Of(Json));
        ClaimDesk desk = new(server.CreateClient(), new AiFunctionsOptions { OutputMode = StructuredOutputMode.ToolCall });

        AssertIsTheClaim((await desk.ReadBrieflyAsync("x", null, CancellationToken)).Value);
        ChatOptions reasoning = new() { MaxOutputTokens = 4000, Reasoning = new ReasoningOptions { Effort = ReasoningEffort.Low } };
        AssertIsTheClaim((await desk.ReadBrieflyAsync("x", reasoning, CancellationToken)).Value);

        Assert.Equal("tool", server.Requests[0].GetProperty("tool_choice").GetProperty("type").GetString());
        Assert.False(server.Requests[1].TryGetProperty("tool_choice", out JsonElement choice) && choice.GetProperty("type").GetString() != "auto");
    }

    [Fact]
    public async Task A_profile_can_be_said_for_one_call_and_is_not_sent()
    {
        await using DialectServer server = await DialectServer.StartAsync("Prose", static _ => Answer.Of(Json));
        ClaimDesk desk = new(server.CreateClient());
        ModelProfile tools = ModelProfile.OpenAICompatible with { OutputMode = StructuredOutputMode.ToolCall };
        ChatOptions options = new ChatOptions().WithModelProfile(tools);

        AiFunctionException failure = await Assert.ThrowsAsync<AiFunctionException>(() => desk.ReadBrieflyAsync("x", options, CancellationToken));

        Assert.Contains("neither response_format nor tools", failure.Message, StringComparison.Ordinal);
        Assert.True(server.Requests[0].TryGetProperty("tools", out _));
        Assert.DoesNotContain("ModelProfile", server.Requests[0].GetRawText(), StringComparison.Ordinal);
        Assert.Same(tools, options.AdditionalProperties!.Values.Single());
    }

    private static void AssertIsTheClaim(Claim claim)
    {
        Assert.Equal([new ClaimItem("window", 100.5), new ClaimItem("door \"B\" – größer", 29.4)], claim.Items);
        Assert.Equal(
            new Claim("Broken window", ClaimKind.GlassDamage, 129.90m, new DateOnly(2026, 3, 31), "AB-1234", claim.Items, new Party.Person("Ada", null), null, 50),
            claim);
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.IntegrationTests;

/// <summary>Calls over HTTP that succeed: what is sent, and what comes back. All of it under cultures that write numbers and letters differently.</summary>
public sealed class CallTests
{
    private const string OrderReply = """{"customer":"Ünal İş","lines":[{"article":"tea","quantity":-3,"price":1234.50,"reason":"billing_issue"}],"urgent":true,"note":null}""";

    private const string ConstrainedReply =
        """{"title":"ab","code":"AB-1","stars":3,"weight":1.5,"tags":["t"],"currency":"eur","due":"2026-03-31","reference":"6b29fc40-ca47-1067-b31d-00dd010662da","level":9}""";

    public static TheoryData<string> Cultures => CultureScope.All;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Cultures))]
    public async Task A_reply_becomes_the_typed_value(string culture)
    {
        using CultureScope scope = new(culture);
        await using OpenAiServer server = await OpenAiServer.ReplyingAsync(OrderReply);

        Order order = await server.CreateDesk().ExtractAsync("three teas", CancellationToken);

        Assert.Equal("Ünal İş", order.Customer);
        Assert.Equal([new OrderLine("tea", -3, 1234.50m, Intent.BillingIssue)], order.Lines);
        Assert.True(order.Urgent);
        Assert.Null(order.Note);
    }

    [Theory, MemberData(nameof(Cultures))]
    public async Task The_schema_sent_is_the_generated_constant_where_the_type_has_no_constraint_keywords(string culture)
    {
        using CultureScope scope = new(culture);
        await using OpenAiServer server = await OpenAiServer.ReplyingAsync(OrderReply);

        await server.CreateDesk().ExtractAsync("three teas", CancellationToken);

        JsonElement format = server.Request.GetProperty("response_format");
        Assert.Equal("json_schema", format.GetProperty("type").GetString());
        JsonElement sent = format.GetProperty("json_schema");
        Assert.Equal("Order", sent.GetProperty("name").GetString());
        Assert.Equal("An order as a customer describes it.", sent.GetProperty("description").GetString());
        AssertSame(JsonNode.Parse(Desk.ExtractAsyncInfo.Output!.JsonSchema), sent.GetProperty("schema"));
    }

    [Theory, MemberData(nameof(Cultures))]
    public async Task The_schema_sent_of_a_wrapped_enum_is_the_generated_constant(string culture)
    {
        using CultureScope scope = new(culture);
        await using OpenAiServer server = await OpenAiServer.ReplyingAsync("""{"value":"declined_card_payment"}""");

        Intent intent = await server.CreateDesk().RouteAsync("declined", "Contoso", CancellationToken);

        Assert.Equal(Intent.DeclinedCardPayment, intent);
        AssertSame(JsonNode.Parse(Desk.RouteAsyncInfo.Output!.JsonSchema), server.Request.GetProperty("response_format").GetProperty("json_schema").GetProperty("schema"));
    }

    /// <summary>
    /// Microsoft.Extensions.AI.OpenAI rewrites schemas on their way out: keywords that OpenAI's strict mode once refused are written into the description,
    /// one line each. exclusiveMinimum passes as it is.
    /// </summary>
    [Theory, MemberData(nameof(Cultures))]
    public async Task The_OpenAI_adapter_moves_constraint_keywords_into_descriptions_and_changes_nothing_else(string culture)
    {
        using CultureScope scope = new(culture);
        await using OpenAiServer server = await OpenAiServer.ReplyingAsync(ConstrainedReply);

        Constrained value = await server.CreateDesk().ConstrainAsync("x", CancellationToken);

        Assert.Equal(new DateOnly(2026, 3, 31), value.Due);
        JsonNode expected = JsonNode.Parse(Desk.ConstrainAsyncInfo.Output!.JsonSchema)!;
        MoveToDescription(expected, "title", "minLength", "maxLength");
        MoveToDescription(expected, "code", "pattern");
        MoveToDescription(expected, "stars", "minimum", "maximum");
        MoveToDescription(expected, "weight", "maximum");
        MoveToDescription(expected, "tags", "minItems", "maxItems");
        MoveToDescription(expected, "due", "format");
        MoveToDescription(expected, "reference", "format");
        MoveToDescription(expected, "level", "minimum", "maximum");
        AssertSame(expected, server.Request.GetProperty("response_format").GetProperty("json_schema").GetProperty("schema"));
    }

    [Theory, MemberData(nameof(Cultures))]
    public async Task Strict_mode_is_asked_for_only_where_the_caller_says_so(string culture)
    {
        using CultureScope scope = new(culture);
        await using OpenAiServer server = await OpenAiServer.ReplyingAsync(ConstrainedReply);
        Desk desk = server.CreateDesk();

        await desk.ConstrainStrictlyAsync("x", new ChatOptions { AdditionalProperties = new() { ["strict"] = true } }, CancellationToken);
        await desk.ConstrainStrictlyAsync("x", new ChatOptions(), CancellationToken);

        JsonElement[] formats = [.. server.Requests.Select(static request => request.GetProperty("response_format").GetProperty("json_schema"))];
        Assert.True(formats[0].GetProperty("strict").GetBoolean());
        Assert.False(formats[1].TryGetProperty("strict", out _));
        AssertSame(JsonNode.Parse(formats[1].GetProperty("schema").GetRawText()), formats[0].GetProperty("schema"));
    }

    [Theory, MemberData(nameof(Cultures))]
    public async Task Messages_are_sent_with_their_roles_in_order_and_nothing_is_added(string culture)
    {
        using CultureScope scope = new(culture);
        await using OpenAiServer server = await OpenAiServer.ReplyingAsync("""{"value":"Other"}""");

        await server.CreateDesk().RouteAsync("I {{bank}} & <b>\u0130\ud83d\ude00", "Contoso", CancellationToken);

        Assert.Equal(
            [
                ("system", "You route customer messages for Contoso."),
                ("user", "My card was declined in a shop"),
                ("assistant", """{"value":"declined_card_payment"}"""),
                ("user", "I {{bank}} & <b>\u0130\ud83d\ude00"),
            ],
            server.Request.GetProperty("messages").EnumerateArray().Select(static message => (message.GetProperty("role").GetString()!, Exchange.Text(message))));
    }

    [Theory, MemberData(nameof(Cultures))]
    public async Task Arguments_are_printed_in_the_invariant_culture(string culture)
    {
        using CultureScope scope = new(culture);
        await using OpenAiServer server = await OpenAiServer.ReplyingAsync(OrderReply);

        await server.CreateDesk().PriceAsync(
            1234.5m, new DateOnly(2026, 3, 31), [new("tea", -3, 1234.50m, null), new("ice", 4, 0.5m, null)], -1.5, Intent.BillingIssue, CancellationToken);

        JsonElement messages = server.Request.GetProperty("messages");
        Assert.Equal("Amounts are in 1,234.50 2026-03-31.", Exchange.Text(messages[0]));
        Assert.Equal("0: tea x -3 at 1234.50\n1: ice x 4 at 0.5\n-1.5 billing_issue", Exchange.Text(messages[1]));
    }

    [Theory, MemberData(nameof(Cultures))]
    public async Task Model_options_are_sent_as_declared(string culture)
    {
        using CultureScope scope = new(culture);
        await using OpenAiServer server = await OpenAiServer.ReplyingAsync("ok");

        await server.CreateDesk().TuneAsync("x", CancellationToken);

        JsonElement request = server.Request;
        Assert.Equal("other-model", request.GetProperty("model").GetString());
        Assert.Equal(0.25, request.GetProperty("temperature").GetDouble());
        Assert.Equal(0.5, request.GetProperty("top_p").GetDouble());
        Assert.Equal(77, request.GetProperty("max_completion_tokens").GetInt32());
        Assert.Equal(42, request.GetProperty("seed").GetInt64());
        Assert.Equal(0.5, request.GetProperty("frequency_penalty").GetDouble());
        Assert.Equal(-0.5, request.GetProperty("presence_penalty").GetDouble());
        Assert.Equal(["END", "\n\n"], request.GetProperty("stop").EnumerateArray().Select(static stop => stop.GetString()!));
        Assert.False(request.TryGetProperty("response_format", out _));
    }

    [Theory, MemberData(nameof(Cultures))]
    public async Task What_is_not_declared_is_not_sent(string culture)
    {
        using CultureScope scope = new(culture);
        await using OpenAiServer server = await OpenAiServer.ReplyingAsync("ok");

        await server.CreateDesk().AnswerAsync("x", CancellationToken);

        Assert.Equal(["messages", "model"], server.Request.EnumerateObject().Select(static property => property.Name).Order());
    }

    [Theory, MemberData(nameof(Cultures))]
    public async Task The_callers_chat_options_win_and_stay_as_they_were(string culture)
    {
        using CultureScope scope = new(culture);
        await using OpenAiServer server = await OpenAiServer.ReplyingAsync("ok");
        ChatOptions options = new() { Temperature = 0.75f };

        await server.CreateDesk().TuneAsync("x", options, CancellationToken);

        Assert.Equal(0.75, server.Request.GetProperty("temperature").GetDouble());
        Assert.Equal(77, server.Request.GetProperty("max_completion_tokens").GetInt32());
        Assert.Null(options.MaxOutputTokens);
        Assert.Null(options.ResponseFormat);
    }

    [Theory, MemberData(nameof(Cultures))]
    public async Task A_result_tells_usage_finish_reason_model_attempts_raw_reply_and_call_id(string culture)
    {
        using CultureScope scope = new(culture);
        await using OpenAiServer server = await OpenAiServer.ReplyingAsync(OrderReply);
        Desk desk = server.CreateDesk();

        AiResult<Order> result = await desk.ExtractWithDetailsAsync("x", CancellationToken);
        AiResult<Order> next = await desk.ExtractWithDetailsAsync("x", CancellationToken);

        // A remote endpoint does not tell how sure it is.
        Assert.Null(result.Confidence);
        Assert.Equal("Ünal İş", result.Value.Customer);
        Assert.Equal(OrderReply, result.RawReply);
        Assert.Equal(ChatFinishReason.Stop, result.FinishReason);
        Assert.Equal((11, 7, 18), (result.Usage!.InputTokenCount, result.Usage.OutputTokenCount, result.Usage.TotalTokenCount));
        Assert.Equal("served-model", result.ModelId);
        Assert.Equal(1, result.Attempts);
        Assert.Matches("^[0-9a-f]{16}$", result.CallId);
        Assert.NotEqual(result.CallId, next.CallId);
    }

    [Theory, MemberData(nameof(Cultures))]
    public async Task Text_comes_as_it_is(string culture)
    {
        using CultureScope scope = new(culture);
        await using OpenAiServer server = await OpenAiServer.ReplyingAsync("  {\"not\": \"read\"}\n");

        Assert.Equal("  {\"not\": \"read\"}\n", await server.CreateDesk().AnswerAsync("x", CancellationToken));
    }

    [Theory, MemberData(nameof(Cultures))]
    public async Task A_text_result_tells_as_much_as_a_typed_one(string culture)
    {
        using CultureScope scope = new(culture);
        await using OpenAiServer server = await OpenAiServer.ReplyingAsync("hello");

        AiResult<string> result = await server.CreateDesk().AnswerWithDetailsAsync("x", CancellationToken);

        Assert.Equal(("hello", "hello", "served-model", 18L), (result.Value, result.RawReply, result.ModelId, result.Usage!.TotalTokenCount!.Value));
        Assert.Equal(ChatFinishReason.Stop, result.FinishReason);
    }

    [Theory, MemberData(nameof(Cultures))]
    public async Task A_number_is_read_wrapped_and_bare(string culture)
    {
        using CultureScope scope = new(culture);
        await using OpenAiServer server = await OpenAiServer.StartAsync(exchange => exchange.ReplyAsync(exchange.Question.EndsWith("bare", StringComparison.Ordinal) ? "-12" : """{"value":-12}"""));
        Desk desk = server.CreateDesk();

        Assert.Equal(-12, await desk.CountAsync("wrapped", CancellationToken));
        Assert.Equal(-12, await desk.CountAsync("bare", CancellationToken));
    }

    [Theory, MemberData(nameof(Cultures))]
    public async Task A_union_is_read_by_its_discriminator_wherever_it_stands(string culture)
    {
        using CultureScope scope = new(culture);
        await using OpenAiServer server = await OpenAiServer.StartAsync(exchange => exchange.ReplyAsync(
            exchange.Question == "circle" ? """{"value":{"type":"Circle","radius":1.5}}""" : """{"value":{"side":2.5e0,"type":"Square"}}"""));
        Desk desk = server.CreateDesk();

        Assert.Equal(new Shape.Circle(1.5), await desk.ShapeAsync("circle", CancellationToken));
        Assert.Equal(new Shape.Square(2.5), await desk.ShapeAsync("square", CancellationToken));
    }

    [Fact]
    public async Task Null_arguments_are_refused_before_anything_is_sent()
    {
        await using OpenAiServer server = await OpenAiServer.ReplyingAsync("ok");
        Desk desk = server.CreateDesk();

        await Assert.ThrowsAsync<ArgumentNullException>("message", () => desk.RouteAsync(null!, "Contoso", CancellationToken));
        await Assert.ThrowsAsync<ArgumentNullException>("text", () => desk.AnswerAsync(null!, CancellationToken));
        Assert.Throws<ArgumentNullException>("client", static () => new Desk(null!));
        Assert.Empty(server.Requests);
    }

    private static void MoveToDescription(JsonNode schema, string property, params string[] keywords)
    {
        JsonObject target = schema["properties"]![property]!.AsObject();
        List<string> lines = target["description"] is { } description ? [description.GetValue<string>()] : [];
        foreach (string keyword in keywords)
        {
            lines.Add($"{keyword}: {target[keyword] ?? throw new InvalidOperationException($"{property} has no {keyword}")}");
            target.Remove(keyword);
        }
        target["description"] = string.Join("\n", lines);
    }

    private static void AssertSame(JsonNode? expected, JsonElement actual) =>
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(actual.GetRawText())), $"expected {expected}\nactual {actual}");
}

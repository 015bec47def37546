using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace AiSdk.IntegrationTests.Tools;

/// <summary>Functions that use tools, over HTTP: what the model is offered and told, what runs, and what ends a loop.</summary>
public sealed class ToolLoopTests
{
    private readonly ShopTools _tools = new();

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tool_runs_and_the_model_sees_its_result()
    {
        await using OpenAiServer server = await Script(("find_order", """{"id":"17"}"""), (null, "It costs 12.50."));

        AiResult<string> result = await Desk(server).AnswerAsync("What does order 17 cost?", CancellationToken);

        Assert.Equal("It costs 12.50.", result.Value);
        AiToolCall call = Assert.Single(result.ToolCalls);
        Assert.Equal(("find_order", """{"id":"17"}""", """{"id":"17","total":12.50,"due":"2026-03-31"}""", null), (call.Name, call.Arguments, call.Result, call.Error));
        Assert.Equal(36, result.Usage!.TotalTokenCount);
        Assert.Equal(["find_order", "wait", "cancel_order"], Names(server.Requests.First()));
        Assert.Equal(call.Result, Exchange.Text(server.Requests.Last().GetProperty("messages").EnumerateArray().Last()));
    }

    [Fact]
    public async Task A_typed_reply_comes_after_the_tools()
    {
        await using OpenAiServer server = await Script(("find_order", """{"id":"17"}"""), (null, """{"id":"17","total":12.50,"due":"2026-03-31"}"""));
        AiResult<ShopOrder> result = await Desk(server).ExtractAsync("17", CancellationToken);
        Assert.Equal(new ShopOrder("17", 12.50m, new DateOnly(2026, 3, 31)), result.Value);
        Assert.Equal("find_order", Assert.Single(result.ToolCalls).Name);
    }

    [Fact]
    public async Task Wrong_arguments_go_back_to_the_model_which_then_does_better()
    {
        await using OpenAiServer server = await Script(("find_order", """{"id":17}"""), ("find_order", """{"id":"123456"}"""), ("find_order", """{"id":"17"}"""), (null, "Done."));

        AiResult<string> result = await Desk(server).AnswerAsync("17", CancellationToken);

        Assert.Equal("Done.", result.Value);
        Assert.Collection(
            result.ToolCalls,
            static call => Assert.Contains("argument 'id': expected a string, found the number 17", call.Error, StringComparison.Ordinal),
            static call => Assert.Contains("argument 'id'", call.Error, StringComparison.Ordinal),
            static call => Assert.Null(call.Error));
        Assert.Contains("argument 'id': expected a string", Exchange.Text(server.Requests.ElementAt(1).GetProperty("messages").EnumerateArray().Last()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_tool_says_to_the_model_arrives_and_what_it_does_not_say_does_not()
    {
        await using OpenAiServer server = await Script(("find_order", """{"id":"lost"}"""), ("find_order", """{"id":"bug"}"""), (null, "Sorry."));

        AiResult<string> result = await Desk(server).AnswerAsync("?", CancellationToken);

        Assert.Equal(["There is no order 'lost'.", "secret"], result.ToolCalls.Select(static call => call.Error));
        Assert.Equal("There is no order 'lost'.", Exchange.Text(server.Requests.ElementAt(1).GetProperty("messages").EnumerateArray().Last()));
        Assert.DoesNotContain("secret", server.Requests.Last().GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_hosted_server_wants_to_do_is_asked_for_call_by_call_and_by_name()
    {
        static ToolApprovalRequestContent Request(string id, string tool) => new(id, new McpServerToolCallContent("c" + id, tool, "files") { Arguments = new Dictionary<string, object?> { ["path"] = "/x" } });
        Deliberation.Bench bench = new((i, _, _) => Task.FromResult(i == 0
            ? new ChatMessage(ChatRole.Assistant, [Request("1", "list_files"), Request("2", "delete_file")])
            : new ChatMessage(ChatRole.Assistant, "Done.")));
        List<string> asked = [];
        ShopDesk desk = new(bench, Options((approval, _) =>
        {
            asked.Add($"{approval.Tool} {approval.Arguments.GetRawText()}");
            return new ValueTask<bool>(approval.Tool == "files.list_files");
        }));

        await desk.WithMoreAsync("?", [new HostedMcpServerTool("files", new Uri("https://files.example/mcp"))], CancellationToken);

        Assert.Equal(["""files.list_files {"path":"/x"}""", """files.delete_file {"path":"/x"}"""], asked);
        Assert.Equal([true, false], bench.Requests.Last().Messages.SelectMany(static m => m.Contents).OfType<ToolApprovalResponseContent>().Select(static r => r.Approved));
    }

    [Fact]
    public async Task An_effect_that_ended_in_an_error_is_not_tried_again_by_the_model()
    {
        await using OpenAiServer server = await Script(("cancel_order", """{"id":"broken"}"""), ("cancel_order", """{ "id": "broken" }"""), (null, "Please look yourself."));
        List<ToolApproval> asked = [];

        AiResult<string> result = await Desk(server, Approving(asked, true)).AnswerAsync("Cancel it", CancellationToken);

        Assert.Equal(["broken"], _tools.Effects);
        Assert.Single(asked);
        Assert.Contains("not known whether it took effect", result.ToolCalls[1].Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arguments_that_are_no_json_are_not_taken_for_none()
    {
        await using OpenAiServer server = await Script(("refund", """{"id":"17"""), ("refund", """{"id":"17"}"""), (null, "Refunded."));
        List<ToolApproval> asked = [];
        RefundTools tools = new();

        AiResult<string> result = await Desk(server, Approving(asked, true)).WithMoreAsync("Refund 17", tools.AsAiTools(), CancellationToken);

        Assert.Equal(["17"], tools.Refunded);
        Assert.Single(asked);
        Assert.Contains("no valid JSON", result.ToolCalls[0].Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_is_asked_about_arguments_that_do_not_fit()
    {
        await using OpenAiServer server = await Script(("cancel_order", """{"id":17}"""), ("cancel_order", """{"id":"17\ud83d"}"""), ("cancel_order", """{"id":"17"}"""), (null, "Cancelled."));
        List<ToolApproval> asked = [];

        AiResult<string> result = await Desk(server, Approving(asked, true)).AnswerAsync("Cancel 17", CancellationToken);

        Assert.Equal("17", Assert.Single(asked).Arguments.GetProperty("id").GetString());
        Assert.Equal(["17"], _tools.Effects);
        string[] told = [.. server.Requests.Last().GetProperty("messages").EnumerateArray().Where(static message => message.GetProperty("role").GetString() == "tool").Select(Exchange.Text)];
        Assert.Equal(
            [
                "cancel_order was not run, because its arguments do not fit: argument 'id': expected a string, found the number 17. Call it again with the arguments that its schema describes.",
                "cancel_order was not run, because its arguments do not fit: argument 'id': an escape that is half of a surrogate pair. Call it again with the arguments that its schema describes.",
                "Cancelled 17.",
            ],
            told);
        Assert.Equal([told[0], told[1], null], result.ToolCalls.Select(static call => call.Error));
        Assert.Equal(["""{"id":17}""", """{"id":"17\ufffd"}""", """{"id":"17"}"""], result.ToolCalls.Select(static call => call.Arguments));
    }

    [Fact]
    public async Task Without_somebody_to_approve_wrong_arguments_are_told_to_the_model_first()
    {
        await using OpenAiServer server = await Script(("cancel_order", """{"id":17}"""), ("cancel_order", """{"id":"17"}"""));
        AiApprovalRequiredException e = await Assert.ThrowsAsync<AiApprovalRequiredException>(() => Desk(server).AnswerAsync("Cancel 17", CancellationToken));
        Assert.Equal("17", Assert.Single(e.Approvals).Arguments.GetProperty("id").GetString());
        Assert.Empty(_tools.Effects);
    }

    [Fact]
    public async Task Half_a_character_goes_back_to_the_model_also_beside_a_call_that_waits()
    {
        static FunctionCallContent Call(string id, string tool, string argument) => new(id, tool, new Dictionary<string, object?> { ["id"] = JsonElement.Parse(argument) });
        Deliberation.Bench bench = new((i, _, _) => Task.FromResult(i switch
        {
            0 => new ChatMessage(ChatRole.Assistant, [Call("a", "find_order", "\"1\\ud83d\""), Call("b", "cancel_order", "\"2\"")]),
            1 => new ChatMessage(ChatRole.Assistant, [Call("c", "find_order", "\"1\\ude00\"")]),
            _ => new ChatMessage(ChatRole.Assistant, "Done."),
        }));

        AiResult<string> result = await new ShopDesk(bench, Options(Approving([], true))).AnswerAsync("?", CancellationToken);

        Assert.Equal("Done.", result.Value);
        Assert.Equal(["2"], _tools.Effects);
        Assert.Equal(["find_order", "cancel_order", "find_order"], result.ToolCalls.Select(static call => call.Name));
        Assert.All(result.ToolCalls.Where(static call => call.Name == "find_order"), static call => Assert.Contains("argument 'id': an escape that is half of a surrogate pair", call.Error, StringComparison.Ordinal));
    }

    /// <summary>What adds an argument of its own is not held to the schema of what is within.</summary>
    [Fact]
    public async Task A_tool_that_somebody_has_put_another_around_is_asked_for_as_it_is()
    {
        await using OpenAiServer server = await Script(("cancel_order", "{}"), (null, "Cancelled."));
        List<ToolApproval> asked = [];
        AIFunction inner = _tools.AsAiTools().Single(static tool => tool.Name == "cancel_order");

        await new OuterDesk(server.CreateClient(), Options(Approving(asked, true))).AnswerAsync("?", [new Fixed(inner)], CancellationToken);

        Assert.Single(asked);
        Assert.Equal(["17"], _tools.Effects);
    }

    [Fact]
    public async Task A_tool_that_only_reads_is_not_waited_for_past_the_limit()
    {
        using SlowTools tools = new();
        await using OpenAiServer server = await Script(("read_slowly", "{}"));

        await Assert.ThrowsAsync<AiToolLimitException>(() => Desk(server).FastWithAsync("?", tools.AsAiTools(), CancellationToken));

        Assert.False(tools.HasEnded);
        tools.Gate.Set();
    }

    [Fact]
    public async Task An_effect_is_waited_for_past_the_limit()
    {
        using SlowTools tools = new();
        await using OpenAiServer server = await Script(("write_slowly", "{}"));

        AiToolLimitException e = await Assert.ThrowsAsync<AiToolLimitException>(() => Desk(server, Approving([], true)).FastWithAsync("?", tools.AsAiTools(), CancellationToken));

        Assert.True(tools.HasEnded);
        Assert.Equal("Written.", Assert.Single(e.ToolCalls).Result);
    }

    [Fact]
    public async Task Nobody_is_asked_about_what_would_not_be_run()
    {
        static FunctionCallContent Cancel(int id) => new($"c{id}", "cancel_order", new Dictionary<string, object?> { ["id"] = $"{id}" });
        Deliberation.Bench bench = new((i, _, _) => Task.FromResult(i == 0
            ? new ChatMessage(ChatRole.Assistant, [Cancel(1), new FunctionCallContent("r", "Reply"), Cancel(2), Cancel(3)])
            : new ChatMessage(ChatRole.Assistant, "Done.")));
        List<ToolApproval> asked = [];

        AiResult<string> result = await new ShopDesk(bench, Options(Approving(asked, true))).ShortAsync("?", CancellationToken);

        Assert.Equal(["cancel_order", "cancel_order"], asked.Select(static approval => approval.Tool));
        Assert.Equal(["1", "2"], _tools.Effects);
        Assert.Contains("no more than 2 calls", result.ToolCalls[0].Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_approved_leaves_no_empty_message_behind()
    {
        await using OpenAiServer server = await Script(("cancel_order", """{"id":"17"}"""), ("cancel_order", """{"id":"18"}"""), (null, "no idea"), (null, """{"id":"17","total":12.50,"due":"2026-03-31"}"""));

        await Desk(server, Approving([], true)).ExtractAgainAsync("17", CancellationToken);

        Assert.Equal(4, server.Requests.Count);
        Assert.All(server.Requests.SelectMany(static request => request.GetProperty("messages").EnumerateArray()), static message =>
            Assert.True(message.TryGetProperty("tool_calls", out _) || Exchange.Text(message).Length > 0));
    }

    [Fact]
    public async Task A_tool_that_keeps_failing_is_the_models_problem_until_a_limit_is_reached()
    {
        (string?, string) bug = ("find_order", """{"id":"bug"}""");
        await using OpenAiServer server = await Script(bug, bug, bug, bug, bug, (null, "Sorry."));

        AiResult<string> result = await Desk(server).AnswerAsync("?", CancellationToken);

        Assert.Equal(("Sorry.", 5), (result.Value, result.ToolCalls.Count));
    }

    [Fact]
    public async Task The_last_step_offers_no_tools_and_so_ends()
    {
        int count = 0;
        await using OpenAiServer server = await OpenAiServer.StartAsync(exchange =>
            exchange.Request.TryGetProperty("tools", out _) ? exchange.CallToolAsync("find_order", $$"""{"id":"{{count++}}"}""") : exchange.ReplyAsync("That is all."));
        AiResult<string> result = await Desk(server).ShortAsync("?", CancellationToken);
        Assert.Equal("That is all.", result.Value);
        Assert.Equal(3, server.Requests.Count);
        Assert.Equal(2, result.ToolCalls.Count);
    }

    [Fact]
    public async Task A_model_that_calls_tools_that_it_is_not_offered_is_stopped()
    {
        int count = 0;
        await using OpenAiServer server = await OpenAiServer.StartAsync(exchange => exchange.CallToolAsync("find_order", $$"""{"id":"{{count++}}"}"""));
        AiToolLimitException e = await Assert.ThrowsAsync<AiToolLimitException>(() => Desk(server).ShortAsync("?", CancellationToken));
        Assert.Contains("Steps", e.Message, StringComparison.Ordinal);
        Assert.Equal(3, server.Requests.Count);
        // The third is past the two that may run.
        Assert.Equal("find_order was not run: no more than 2 calls of tools are allowed. Answer with what you have.", e.ToolCalls[2].Error);
    }

    [Fact]
    public async Task The_same_call_is_run_once_and_ends_the_call_when_it_comes_on_and_on()
    {
        await using OpenAiServer server = await Script(("find_order", """{"id":"1"}"""), ("find_order", """{ "id" : "1" }"""), (null, "Done."));
        AiResult<string> result = await Desk(server).AnswerAsync("?", CancellationToken);
        Assert.StartsWith("You have called find_order with these arguments before", result.ToolCalls[1].Error, StringComparison.Ordinal);
        Assert.Contains("12.50", result.ToolCalls[1].Result, StringComparison.Ordinal);

        await using OpenAiServer stuck = await OpenAiServer.StartAsync(static exchange => exchange.CallToolAsync("find_order", """{"id":"1"}"""));
        AiToolLimitException e = await Assert.ThrowsAsync<AiToolLimitException>(() => Desk(stuck).AnswerAsync("?", CancellationToken));
        Assert.Contains("over and over", e.Message, StringComparison.Ordinal);
        Assert.Equal(3, stuck.Requests.Count);
    }

    [Fact]
    public async Task Tokens_end_a_call()
    {
        int count = 0;
        await using OpenAiServer server = await OpenAiServer.StartAsync(exchange => exchange.CallToolAsync("find_order", $$"""{"id":"{{count++}}"}"""));
        AiToolLimitException e = await Assert.ThrowsAsync<AiToolLimitException>(() => Desk(server).CheapAsync("?", CancellationToken));
        Assert.Contains("36 tokens", e.Message, StringComparison.Ordinal);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task Seconds_end_a_call_also_while_a_tool_runs()
    {
        await using OpenAiServer server = await Script(("wait", """{"milliseconds":60000}"""));
        AiToolLimitException e = await Assert.ThrowsAsync<AiToolLimitException>(() => Desk(server).FastAsync("?", CancellationToken));
        Assert.Contains("longer than 1 seconds", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_that_cancels_gets_a_cancellation()
    {
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(CancellationToken);
        await using OpenAiServer server = await OpenAiServer.StartAsync(async exchange =>
        {
            await exchange.CallToolAsync("wait", """{"milliseconds":60000}""");
            source.CancelAfter(200);
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Desk(server).AnswerAsync("?", source.Token));
    }

    [Fact]
    public async Task An_effect_is_asked_for_once_and_then_happens_once()
    {
        await using OpenAiServer server = await Script(("cancel_order", """{"id":"17"}"""), (null, "Cancelled."));
        List<ToolApproval> asked = [];

        AiResult<string> result = await Desk(server, Approving(asked, true)).AnswerAsync("Cancel 17", CancellationToken);

        Assert.Equal("Cancelled.", result.Value);
        ToolApproval approval = Assert.Single(asked);
        Assert.Equal(("cancel_order", "Cancels an order.", ToolEffect.Destructive, """{"id":"17"}"""), (approval.Tool, approval.Description, approval.Effect, approval.Arguments.GetRawText()));
        Assert.Equal(["17"], _tools.Effects);
        Assert.Equal(64, Assert.Single(_tools.Keys).Length);
        Assert.Equal("Cancelled 17.", Assert.Single(result.ToolCalls).Result);
        Assert.Equal(["id"], server.Requests.First().GetProperty("tools")[2].GetProperty("function").GetProperty("parameters").GetProperty("properties").EnumerateObject().Select(static p => p.Name));
    }

    [Fact]
    public async Task A_function_with_guards_has_its_tools_approved_and_tells_of_them_as_any_other()
    {
        await using OpenAiServer server = await Script(("cancel_order", """{"id":"17"}"""), (null, "Cancelled."));
        List<ToolApproval> asked = [];

        AiResult<string> result = await Desk(server, Approving(asked, true)).GuardedAsync("Cancel 17", CancellationToken);

        Assert.Equal("Cancelled. Bye.", result.Value);
        Assert.Single(asked);
        Assert.Equal(["17"], _tools.Effects);
        Assert.Equal("Cancelled 17.", Assert.Single(result.ToolCalls).Result);
    }

    [Fact]
    public async Task An_effect_that_is_denied_does_not_happen()
    {
        await using OpenAiServer server = await Script(("cancel_order", """{"id":"17"}"""), (null, "I did not cancel it."));
        List<ToolApproval> asked = [];

        AiResult<string> result = await Desk(server, Approving(asked, false)).AnswerAsync("Cancel 17", CancellationToken);

        Assert.Equal("I did not cancel it.", result.Value);
        Assert.Single(asked);
        Assert.Empty(_tools.Effects);
        Assert.Equal("It was not approved.", Assert.Single(result.ToolCalls).Error);
        Assert.Contains("did not approve", server.Requests.Last().GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_somebody_to_approve_an_effect_does_not_happen()
    {
        await using OpenAiServer server = await Script(("cancel_order", """{"id":"17"}"""), (null, "Cancelled."));
        AiApprovalRequiredException e = await Assert.ThrowsAsync<AiApprovalRequiredException>(() => Desk(server).AnswerAsync("Cancel 17", CancellationToken));
        Assert.Equal("cancel_order", Assert.Single(e.Approvals).Tool);
        Assert.Contains("ApproveTool", e.Message, StringComparison.Ordinal);
        Assert.Empty(_tools.Effects);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Effects_happen_and_are_answered_though_the_server_gives_all_calls_the_same_id(bool streamed)
    {
        static FunctionCallContent Cancel(int id) => new("call_0", "cancel_order", new Dictionary<string, object?> { ["id"] = $"{id}" });
        Deliberation.Bench bench = new((i, _, _) => Task.FromResult(i switch
        {
            0 => new ChatMessage(ChatRole.Assistant, [Cancel(1), Cancel(2)]),
            1 => new ChatMessage(ChatRole.Assistant, [Cancel(3)]),
            _ => new ChatMessage(ChatRole.Assistant, "Done."),
        }));
        List<ToolApproval> asked = [];
        ShopDesk desk = new(bench, Options(Approving(asked, true)));

        string answer = streamed
            ? string.Concat(await desk.StreamAsync("Cancel 1, 2 and 3", CancellationToken).ToListAsync(CancellationToken))
            : (await desk.AnswerAsync("Cancel 1, 2 and 3", CancellationToken)).Value;

        Assert.Equal("Done.", answer);
        Assert.Equal(["1", "2", "3"], _tools.Effects);
        Assert.Equal(3, asked.Count);
        Assert.Equal(3, _tools.Keys.Distinct(StringComparer.Ordinal).Count());
        // Each result is that of its own call.
        List<AIContent> contents = [.. bench.Requests.Last().Messages.SelectMany(static message => message.Contents)];
        foreach (FunctionCallContent call in contents.OfType<FunctionCallContent>())
            Assert.Equal($"Cancelled {call.Arguments!["id"]}.", $"{Assert.Single(contents.OfType<FunctionResultContent>(), result => result.CallId == call.CallId).Result}");
        Assert.Equal(["call_0", "call_0-2", "call_0-3"], contents.OfType<FunctionCallContent>().Select(static call => call.CallId));
    }

    [Fact]
    public async Task A_call_that_is_repeated_in_the_same_operation_has_one_effect()
    {
        List<ToolApproval> asked = [];
        string operation = Guid.NewGuid().ToString();
        for (int attempt = 0; attempt < 3; attempt++)
        {
            await using OpenAiServer server = await Script(("cancel_order", attempt == 1 ? """{ "id": "17" }""" : """{"id":"17"}"""), (null, "Cancelled."));
            using (ToolOperation.Begin(operation))
                Assert.Equal("Cancelled 17.", Assert.Single((await Desk(server, Approving(asked, true)).AnswerAsync("Cancel 17", CancellationToken)).ToolCalls).Result);
        }
        Assert.Equal(["17"], _tools.Effects);

        await using OpenAiServer other = await Script(("cancel_order", """{"id":"17"}"""), (null, "Cancelled."));
        await Desk(other, Approving(asked, true)).AnswerAsync("Cancel 17", CancellationToken);
        Assert.Equal(["17", "17"], _tools.Effects);
    }

    [Fact]
    public async Task An_effect_that_failed_is_not_tried_again_in_the_same_operation()
    {
        string operation = Guid.NewGuid().ToString();
        for (int attempt = 0; attempt < 2; attempt++)
        {
            await using OpenAiServer server = await Script(("cancel_order", """{"id":"lost"}"""), (null, "No."));
            using (ToolOperation.Begin(operation))
                Assert.Contains("There is no order 'lost'.", Assert.Single((await Desk(server, Approving([], true)).AnswerAsync("?", CancellationToken)).ToolCalls).Error, StringComparison.Ordinal);
        }
        Assert.Equal(["lost"], _tools.Effects);
    }

    [Fact]
    public async Task Tools_from_elsewhere_are_offered_beside_those_of_the_type()
    {
        AITool elsewhere = AIFunctionFactory.Create(static (string city) => $"Sunny in {city}", "get_weather");
        await using OpenAiServer server = await Script(("get_weather", """{"city":"Ulm"}"""), (null, "Sunny."));
        AiResult<string> result = await Desk(server).WithMoreAsync("?", [elsewhere], CancellationToken);
        Assert.Equal(["find_order", "wait", "cancel_order", "get_weather"], Names(server.Requests.First()));
        Assert.Contains("Sunny in Ulm", Assert.Single(result.ToolCalls).Result, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_loop_of_the_callers_own_does_not_run_the_tools_past_the_record()
    {
        await using OpenAiServer server = await Script(("find_order", """{"id":"17"}"""), (null, "Done."));
        IChatClient client = server.CreateClient().AsBuilder().UseFunctionInvocation().Build();
        AiResult<string> result = await new ShopDesk(client, Options(null)).AnswerAsync("?", CancellationToken);
        Assert.Equal("Done.", result.Value);
        Assert.Single(result.ToolCalls);
    }

    [Fact]
    public async Task A_stream_uses_tools_too()
    {
        await using OpenAiServer server = await OpenAiServer.StartAsync(async exchange =>
        {
            if (exchange.Request.GetProperty("messages").GetArrayLength() == 1)
            {
                await exchange.SendDeltaAsync(new JsonObject
                {
                    ["tool_calls"] = new JsonArray(new JsonObject
                    {
                        ["index"] = 0,
                        ["id"] = "call_1",
                        ["type"] = "function",
                        ["function"] = new JsonObject { ["name"] = "cancel_order", ["arguments"] = """{"id":"17"}""" },
                    }),
                });
                await exchange.EndAsync("tool_calls");
                return;
            }
            await exchange.SendAsync("Can");
            await exchange.SendAsync("celled.");
            await exchange.EndAsync();
        });
        List<ToolApproval> asked = [];
        List<string> pieces = [];
        await foreach (string piece in Desk(server, Approving(asked, true)).StreamAsync("Cancel 17", CancellationToken))
            pieces.Add(piece);
        Assert.Equal(["Can", "celled."], pieces);
        Assert.Single(asked);
        Assert.Equal(["17"], _tools.Effects);
    }

    [Fact]
    public async Task A_registered_class_takes_its_tools_from_the_services()
    {
        await using OpenAiServer server = await Script(("cancel_order", """{"id":"17"}"""), (null, "Cancelled."));
        MemoryToolJournal journal = new();
        await using ServiceProvider services = new ServiceCollection()
            .AddSingleton(server.CreateClient())
            .AddSingleton(_tools)
            .AddSingleton<IToolJournal>(journal)
            .AddSingleton(new AiFunctionsOptions { ApproveTool = static (_, _) => new ValueTask<bool>(true) })
            .AddShopDesk()
            .BuildServiceProvider();
        await services.GetRequiredService<IShopDesk>().AnswerAsync("Cancel 17", CancellationToken);
        Assert.Equal(["17"], _tools.Effects);
        Assert.Equal(ToolJournalState.Succeeded, (await journal.BeginAsync(_tools.Keys[0], "cancel_order", CancellationToken)).State);
    }

    [Fact]
    public async Task A_function_is_a_tool_of_another()
    {
        await using OpenAiServer inner = await OpenAiServer.ReplyingAsync("42");
        await using OpenAiServer outer = await Script(("Answer", """{"message":"What is 6 times 7?"}"""), (null, "It is 42."));
        AIFunction tool = ShopDesk.AnswerTool(Desk(inner));
        AiResult<string> result = await Desk(outer).WithMoreAsync("?", [tool], CancellationToken);
        Assert.Equal("It is 42.", result.Value);
        Assert.Equal(("Answer", "42"), (result.ToolCalls[0].Name, result.ToolCalls[0].Result));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Approval_that_is_needed_in_a_function_called_as_a_tool_is_told_to_who_called_the_outer_one(bool streamed)
    {
        await using OpenAiServer inner = await Script(("cancel_order", """{"id":"17"}"""), (null, "Cancelled."));
        await using OpenAiServer outer = await ToolScript.StartAsync(("Answer", """{"message":"Cancel 17"}"""), (null, "I could not cancel it."));
        OuterDesk desk = new(outer.CreateClient(), Options(static (_, _) => new ValueTask<bool>(true)));
        AITool[] tools = [ShopDesk.AnswerTool(Desk(inner))];

        AiApprovalRequiredException e = streamed
            ? await Assert.ThrowsAsync<AiApprovalRequiredException>(async () => await desk.StreamAsync("?", tools, CancellationToken).ToListAsync(CancellationToken))
            : await Assert.ThrowsAsync<AiApprovalRequiredException>(() => desk.AnswerAsync("?", tools, CancellationToken));

        Assert.Equal(streamed ? "IOuterDesk.StreamAsync" : "IOuterDesk.AnswerAsync", e.FunctionName);
        ToolApproval approval = Assert.Single(e.Approvals);
        Assert.Equal(("cancel_order", """{"id":"17"}""", "IShopDesk.AnswerAsync"), (approval.Tool, approval.Arguments.GetRawText(), approval.Function));
        Assert.Contains("called Answer, in which IShopDesk.AnswerAsync wants to run cancel_order, which needs approval", e.Message, StringComparison.Ordinal);
        Assert.IsType<AiApprovalRequiredException>(e.InnerException);
        // Nothing was run, and no model was asked to make something of it.
        Assert.Empty(_tools.Effects);
        Assert.Single(outer.Requests);
    }

    [Fact]
    public async Task Once_somebody_can_approve_the_same_operation_goes_on()
    {
        string operation = Guid.NewGuid().ToString();
        for (int attempt = 0; attempt < 3; attempt++)
        {
            await using OpenAiServer inner = await Script(("cancel_order", """{"id":"17"}"""), (null, "Cancelled."));
            await using OpenAiServer outer = await Script(("Answer", """{"message":"Cancel 17"}"""), (null, "Done."));
            AITool[] tools = [ShopDesk.AnswerTool(Desk(inner, attempt == 0 ? null : Approving([], true)))];
            using (ToolOperation.Begin(operation))
            {
                Task<AiResult<string>> call = new OuterDesk(outer.CreateClient()).AnswerAsync("?", tools, CancellationToken);
                if (attempt == 0)
                    await Assert.ThrowsAsync<AiApprovalRequiredException>(() => call);
                else
                    Assert.Equal("Cancelled.", Assert.Single((await call).ToolCalls).Result);
            }
        }
        Assert.Equal(["17"], _tools.Effects);
    }

    [Fact]
    public async Task Through_several_functions_the_one_that_needs_approval_is_named()
    {
        await using OpenAiServer inner = await Script(("cancel_order", """{"id":"17"}"""));
        await using OpenAiServer middle = await Script(("Answer", """{"message":"Cancel 17"}"""));
        await using OpenAiServer outer = await Script(("ask_desk", "{}"), (null, "Done."));
        AITool desk = AIFunctionFactory.Create(
            async () => (await new OuterDesk(middle.CreateClient()).AnswerAsync("?", [ShopDesk.AnswerTool(Desk(inner))], CancellationToken)).Value, "ask_desk");

        AiApprovalRequiredException e = await Assert.ThrowsAsync<AiApprovalRequiredException>(() => new OuterDesk(outer.CreateClient()).AnswerAsync("?", [desk], CancellationToken));

        Assert.Contains("called ask_desk, in which IShopDesk.AnswerAsync wants to run cancel_order", e.Message, StringComparison.Ordinal);
        Assert.Equal("IShopDesk.AnswerAsync", Assert.Single(e.Approvals).Function);
    }

    /// <summary>A server that calls tools and answers as it is told, one thing for each request.</summary>
    private static Task<OpenAiServer> Script(params (string? Tool, string Text)[] replies)
    {
        int next = -1;
        return OpenAiServer.StartAsync(exchange =>
        {
            (string? tool, string text) = replies[Math.Min(Interlocked.Increment(ref next), replies.Length - 1)];
            return tool is null ? exchange.ReplyAsync(text) : exchange.CallToolAsync(tool, text, "call_" + next);
        });
    }

    private static Func<ToolApproval, CancellationToken, ValueTask<bool>> Approving(List<ToolApproval> asked, bool answer) => async (approval, cancellationToken) =>
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        asked.Add(approval);
        return answer;
    };

    private ShopDesk Desk(OpenAiServer server, Func<ToolApproval, CancellationToken, ValueTask<bool>>? approve = null) => new(server.CreateClient(), Options(approve));

    private AiFunctionsOptions Options(Func<ToolApproval, CancellationToken, ValueTask<bool>>? approve) => new()
    {
        Services = new ServiceCollection().AddSingleton(_tools).BuildServiceProvider(),
        ApproveTool = approve,
    };

    /// <summary>Gives an order's number that the model does not see.</summary>
    private sealed class Fixed(AIFunction inner) : DelegatingAIFunction(inner)
    {
        public override JsonElement JsonSchema { get; } = JsonElement.Parse("""{"type":"object","properties":{}}"""u8);

        protected override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
        {
            arguments["id"] = "17";
            return base.InvokeCoreAsync(arguments, cancellationToken);
        }
    }

    private static string[] Names(JsonElement request) => [.. request.GetProperty("tools").EnumerateArray().Select(static tool => tool.GetProperty("function").GetProperty("name").GetString()!)];
}

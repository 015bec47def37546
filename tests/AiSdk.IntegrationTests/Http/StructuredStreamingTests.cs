using System.Text.Json.Nodes;
using Xunit;

namespace AiSdk.IntegrationTests;

/// <summary>Elements and parts over server-sent events, and each way in which they can end.</summary>
public sealed class StructuredStreamingTests
{
    private const string Line = """{"article":"çay \"😀\"","quantity":1,"price":2.5,"reason":"billing_issue"}""";

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_element_is_given_before_the_next_is_sent()
    {
        TaskCompletionSource seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using OpenAiServer server = await OpenAiServer.StartAsync(async exchange =>
        {
            await exchange.SendAsync($"{{\"value\":[{Line},");
            await seen.Task.WaitAsync(TimeSpan.FromSeconds(20), exchange.Aborted);
            await exchange.SendAsync($" {Line}]}}");
            await exchange.EndAsync();
        });

        List<OrderLine> lines = [];
        await foreach (OrderLine line in server.CreateDesk().LinesAsync("x", CancellationToken))
        {
            lines.Add(line);
            seen.TrySetResult();
        }

        OrderLine expected = new("çay \"😀\"", 1, 2.5m, Intent.BillingIssue);
        Assert.Equal([expected, expected], lines);
        Assert.True(server.Request.GetProperty("stream").GetBoolean());
        Assert.Equal("json_schema", server.Request.GetProperty("response_format").GetProperty("type").GetString());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public async Task Parts_only_grow_and_the_last_is_the_value(int size)
    {
        string reply = $"Here is the order:\n```json\n{{\"customer\":\"Zoë 😀\",\"lines\":[{Line},{Line},],\"urgent\":True,\"note\":null}}\n```";
        await using OpenAiServer server = await OpenAiServer.StartAsync(exchange => SendAsync(exchange, reply, size));

        List<Partial<Order>> parts = [];
        await foreach (Partial<Order> part in server.CreateDesk().WatchAsync("x", CancellationToken))
            parts.Add(part);

        string customer = "";
        int count = 0;
        foreach (Partial<Order> part in parts)
        {
            Assert.StartsWith(customer, part.Customer ?? "", StringComparison.Ordinal);
            Assert.InRange(part.Lines?.Count ?? 0, count, 2);
            customer = part.Customer ?? "";
            count = part.Lines?.Count ?? 0;
            Assert.True((part.Lines ?? []).All(static line => line.Quantity is null or 1 && line.Price is null or 2.5m && line.Reason is null or Intent.BillingIssue));
        }
        Partial<Order> last = parts[^1];
        Assert.True(last.IsComplete);
        Assert.Equal("Zoë 😀", last.Value.Customer);
        Assert.Equal("çay \"😀\"", last.Lines![1].Article);
        Assert.Equal(last.Value.Lines.Count, last.Lines!.Count);
        Assert.True(last.Urgent);
        Assert.Contains(last.Repairs, static repair => repair.Kind == RepairKind.Extraction);
        Assert.DoesNotContain(parts[..^1], static part => part.IsComplete);
        Assert.True(size > 3 || parts.Count > 10);
    }

    [Fact]
    public async Task A_stream_cut_off_at_the_token_limit_gives_what_was_whole_and_then_an_AiTruncatedException()
    {
        await using OpenAiServer server = await OpenAiServer.StartAsync(static async exchange =>
        {
            await exchange.SendAsync($"{{\"value\":[{Line},{Line[..20]}");
            await exchange.EndAsync("length");
        });

        List<OrderLine> lines = [];
        AiTruncatedException cut = await Assert.ThrowsAsync<AiTruncatedException>(async () =>
        {
            await foreach (OrderLine line in server.CreateDesk().LinesAsync("x", CancellationToken))
                lines.Add(line);
        });
        Assert.Single(lines);
        Assert.StartsWith("{\"value\":[", cut.RawReply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_after_a_draft_that_was_shown_is_an_error_and_not_another_value()
    {
        const string Draft = """{"customer":"Ada","lines":[],"urgent":true,"note":null}""";
        string reply = $"{Draft}\nWait, corrected:\n{Draft.Replace("Ada", "Bob", StringComparison.Ordinal)}";
        await using OpenAiServer server = await OpenAiServer.StartAsync(exchange => SendAsync(exchange, reply, 8));

        List<string?> customers = [];
        AiOutputException error = await Assert.ThrowsAsync<AiOutputException>(async () =>
        {
            await foreach (Partial<Order> part in server.CreateDesk().WatchAsync("x", CancellationToken))
                customers.Add(part.Customer);
        });
        Assert.All(customers, static customer => Assert.StartsWith(customer ?? "", "Ada", StringComparison.Ordinal));
        Assert.Equal(reply, error.RawReply);
    }

    [Fact]
    public async Task A_refusal_in_a_stream_of_parts_is_an_AiRefusalException()
    {
        await using OpenAiServer server = await OpenAiServer.StartAsync(static async exchange =>
        {
            await exchange.SendDeltaAsync(new JsonObject { ["refusal"] = "I won't." });
            await exchange.EndAsync();
        });
        AiRefusalException refused = await Assert.ThrowsAsync<AiRefusalException>(async () =>
        {
            await foreach (Partial<Order> part in server.CreateDesk().WatchAsync("x", CancellationToken))
                Assert.Fail(part.ToString());
        });
        Assert.Equal("I won't.", refused.Refusal);
    }

    [Fact]
    public async Task Stopping_early_ends_the_request()
    {
        TaskCompletionSource gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using OpenAiServer server = await OpenAiServer.StartAsync(async exchange =>
        {
            await exchange.SendAsync($"[{Line},");
            await exchange.HangAsync();
            gone.SetResult();
        });
        await foreach (OrderLine line in server.CreateDesk().LinesAsync("x", CancellationToken))
        {
            Assert.Equal(1, line.Quantity);
            break;
        }
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(20), CancellationToken);
    }

    private static async Task SendAsync(Exchange exchange, string reply, int size)
    {
        for (int i = 0; i < reply.Length;)
        {
            // A server sends whole characters.
            int length = Math.Min(size, reply.Length - i);
            if (char.IsHighSurrogate(reply[i + length - 1]))
                length++;
            await exchange.SendAsync(reply.Substring(i, length));
            i += length;
        }
        await exchange.EndAsync();
    }
}

using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace AiSdk.IntegrationTests;

/// <summary>samples/Quickstart over an endpoint, as a user starts it: its chain of functions, and its client, which tries again what may pass.</summary>
public sealed class QuickstartTests
{
    private const string Complaint = "My cup came broken, see the picture. It cost 20 euros.";

    internal static readonly string Program = DotNet.Sample("Quickstart");

    [Fact]
    public async Task The_chain_comes_to_its_end_though_every_request_fails_once()
    {
        ConcurrentDictionary<string, int> asked = new(StringComparer.Ordinal);
        await using OpenAiServer server = await OpenAiServer.StartAsync(async exchange =>
        {
            // Which of the samples is asked again cannot be seen; that each step is, can.
            string step = Step(exchange.Request);
            if (asked.AddOrUpdate(step, 1, static (_, count) => count + 1) == 1)
                await FailAsync(exchange, step == "read" ? 503 : 429);
            else
                await exchange.ReplyAsync(Reply(step));
        });

        string output = await DecideAsync(server, 0);

        Assert.Contains("problem:  broken cup", output, StringComparison.Ordinal);
        Assert.Contains("thoughts: Damage with a proof is refunded.", output, StringComparison.Ordinal);
        // Two samples that agree decide of three.
        Assert.Matches(@"decision: Refund 20 \(\d of \d samples agree; \d calls, \d+ tokens\)", output);
        Assert.Contains("mended:   It promises a voucher.", output, StringComparison.Ordinal);
        Assert.Contains("We refund your 20 euros.", output, StringComparison.Ordinal);
        Assert.DoesNotContain("voucher for you", output, StringComparison.Ordinal);
        Assert.Contains("the endpoint answered 503 Service Unavailable; trying again in 0.0 s (1 of 4)", output, StringComparison.Ordinal);
        Assert.Contains("the endpoint answered 429 Too Many Requests; trying again", output, StringComparison.Ordinal);
        // Asked again means: with the same request. Besides, what one function gave is what the next was given.
        Assert.Equal(2, asked["read"]);
        Assert.Single(server.Requests.Where(static request => Step(request) == "read").Select(static request => request.GetRawText()).Distinct(StringComparer.Ordinal));
        Assert.Contains("broken cup", server.Requests.First(static request => Step(request) == "decide").GetRawText(), StringComparison.Ordinal);
        Assert.Contains("Decision: Refund, amount 20", server.Requests.First(static request => Step(request) == "write").GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_server_names_no_time_it_waits_and_tries_again()
    {
        int count = 0;
        await using OpenAiServer server = await OpenAiServer.StartAsync(exchange => Interlocked.Increment(ref count) == 1
            ? exchange.WriteAsync("{}", 503)
            : exchange.ReplyAsync(Step(exchange.Request) == "decide" ? """{"reasoning":"Unclear.","value":{"outcome":"Person","amount":0}}""" : Reply("read")));

        string output = await DecideAsync(server, 0);

        Assert.Matches(@"the endpoint answered 503 Service Unavailable; trying again in \d+\.\d s \(1 of 4\)", output);
        Assert.Contains("decision: Person 0", output, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Requests, static request => Step(request) == "write");
    }

    [Fact]
    public async Task A_connection_that_breaks_is_tried_again()
    {
        int count = 0;
        await using OpenAiServer server = await OpenAiServer.StartAsync(exchange =>
        {
            if (Interlocked.Increment(ref count) > 1)
                return exchange.ReplyAsync(Step(exchange.Request) == "decide" ? """{"reasoning":"Unclear.","value":{"outcome":"Person","amount":0}}""" : Reply("read"));
            exchange.Context.Abort();
            return Task.CompletedTask;
        });

        string output = await DecideAsync(server, 0);

        Assert.Contains("the endpoint cannot be reached", output, StringComparison.Ordinal);
        Assert.Contains("decision: Person 0", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(503, 5)]
    [InlineData(400, 1)]
    [InlineData(401, 1)]
    public async Task What_does_not_pass_is_an_error_that_is_told_and_not_tried_forever(int status, int requests)
    {
        await using OpenAiServer server = await OpenAiServer.StartAsync(exchange => FailAsync(exchange, status));

        string output = await DecideAsync(server, 1);

        Assert.Equal(requests, server.Requests.Count);
        Assert.Contains($"{status}", output, StringComparison.Ordinal);
        Assert.DoesNotContain("problem:", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    private static Task<string> DecideAsync(OpenAiServer server, int exitCode) =>
        DotNet.RunAsync(Path.GetTempPath(), [exitCode], Program, "--endpoint", $"{server.Address}", "--model-name", "test-model", "--task", "decide", Complaint);

    private static Task FailAsync(Exchange exchange, int status)
    {
        exchange.Context.Response.Headers.RetryAfter = "0";
        return exchange.WriteAsync(new JsonObject { ["error"] = new JsonObject { ["message"] = "Not now.", ["type"] = "server_error" } }.ToJsonString(), status);
    }

    /// <summary>Which request of the chain it is.</summary>
    private static string Step(JsonElement request)
    {
        string all = request.GetProperty("messages").GetRawText();
        // Marks are escaped in JSON as it is sent.
        return all.Contains("problems\\u003E", StringComparison.OrdinalIgnoreCase) || all.Contains("<problems>", StringComparison.Ordinal) ? "revise"
            : request.TryGetProperty("response_format", out JsonElement format) && format.GetRawText().Contains("\"Critique\"", StringComparison.Ordinal) ? "critique"
            : all.Contains("You read complaints", StringComparison.Ordinal) ? "read"
            : all.Contains("You decide on complaints", StringComparison.Ordinal) ? "decide" : "write";
    }

    private static string Reply(string step) => step switch
    {
        "read" => """{"problem":"broken cup","loss":20,"hasProof":true}""",
        "decide" => """{"reasoning":"Damage with a proof is refunded.","value":{"outcome":"Refund","amount":20}}""",
        "critique" => """{"problems":["It promises a voucher."]}""",
        "write" => "We refund your 20 euros, and there is a voucher for you.",
        _ => "We refund your 20 euros.",
    };
}

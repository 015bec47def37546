using System.ClientModel;
using System.ClientModel.Primitives;
using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiSdk.IntegrationTests;
using BankDesk.Tickets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenAI;

namespace AiSdk.BankDesk.Tests;

/// <summary>A real HTTP server on loopback that speaks OpenAI's chat completions: typed requests get a fixed routing and fixed facts, the streamed one what the test says.</summary>
internal sealed class Endpoint : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<JsonElement> _requests = new();

    private Endpoint(WebApplication app) => _app = app;

    /// <summary>The streamed requests, in order.</summary>
    public IReadOnlyList<JsonElement> Streamed => [.. _requests.Where(static request => IsStreamed(request))];

    /// <summary>The questions to the handbook, in order, with what was asked again.</summary>
    public IReadOnlyList<JsonElement> Questions => [.. _requests.Where(IsQuestion)];

    /// <summary>All that was sent, as text.</summary>
    public string Sent => string.Join('\n', _requests.Select(static request => request.GetRawText()));

    /// <summary>Starts a server.</summary>
    /// <param name="answer">Answers the streamed request with this number, from 0.</param>
    /// <param name="intent">What every message is routed as.</param>
    /// <param name="handbook">Replies to the question to the handbook with this number, from 0: the reply's text, by the request.</param>
    public static async Task<Endpoint> StartAsync(Func<Exchange, int, Task> answer, string intent = "lost_or_stolen_card", Func<JsonElement, int, string>? handbook = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        WebApplication app = builder.Build();
        Endpoint endpoint = new(app);
        app.MapPost("/v1/chat/completions", async context =>
        {
            JsonElement request = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body, cancellationToken: context.RequestAborted);
            int number = endpoint.Streamed.Count;
            int question = endpoint.Questions.Count;
            endpoint._requests.Enqueue(request);
            Exchange exchange = new(context, request);
            if (IsStreamed(request))
                await answer(exchange, number);
            else if (IsQuestion(request))
                await exchange.ReplyAsync(handbook!(request, question));
            else if (request.GetRawText().Contains("Name the intent.", StringComparison.Ordinal))
                await exchange.ReplyAsync(new JsonObject { ["value"] = intent }.ToJsonString());
            else
                await exchange.ReplyAsync("""{"amount":null,"currency":null,"merchant":null,"date":null,"cardEnding":null}""");
        });
        await app.StartAsync();
        return endpoint;
    }

    /// <summary>The model at this endpoint, as the program opens it.</summary>
    public DeskModel Model(bool callsTools = true)
    {
        OpenAIClientOptions options = new() { Endpoint = new Uri(_app.Urls.Single() + "/v1"), RetryPolicy = new ClientRetryPolicy(maxRetries: 0) };
        return new DeskModel(new OpenAIClient(new ApiKeyCredential("none"), options).GetChatClient("test-model").AsIChatClient(), "test-model", "at a test", callsTools);
    }

    /// <summary>Streams a text.</summary>
    public static async Task SayAsync(Exchange exchange, string text)
    {
        foreach (string word in text.Split(' '))
            await exchange.SendAsync(word + " ");
        await exchange.EndAsync();
    }

    /// <summary>Streams the call of a tool.</summary>
    public static async Task CallAsync(Exchange exchange, string tool, string arguments, string id = "call-0123456789abcdef")
    {
        await exchange.SendDeltaAsync(new JsonObject
        {
            ["tool_calls"] = new JsonArray(new JsonObject
            {
                ["index"] = 0,
                ["id"] = id,
                ["type"] = "function",
                ["function"] = new JsonObject { ["name"] = tool, ["arguments"] = arguments },
            }),
        });
        await exchange.EndAsync("tool_calls");
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static bool IsQuestion(JsonElement request) => request.GetRawText().Contains("from its handbook", StringComparison.Ordinal);

    private static bool IsStreamed(JsonElement request) => request.TryGetProperty("stream", out JsonElement stream) && stream.ValueKind == JsonValueKind.True;
}

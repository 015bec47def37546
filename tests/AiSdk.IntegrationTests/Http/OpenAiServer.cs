using System.ClientModel;
using System.ClientModel.Primitives;
using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenAI;

namespace AiSdk.IntegrationTests;

/// <summary>A real HTTP server on loopback that speaks OpenAI's chat completions, and answers each request as the test says.</summary>
internal sealed class OpenAiServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<JsonElement> _requests = new();

    private OpenAiServer(WebApplication app) => _app = app;

    /// <summary>What has been asked, in order.</summary>
    public IReadOnlyCollection<JsonElement> Requests => _requests;

    /// <summary>Where it listens, as clients of OpenAI want it.</summary>
    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/v1");

    /// <summary>The only request.</summary>
    public JsonElement Request => _requests.Single();

    /// <summary>Starts a server.</summary>
    public static async Task<OpenAiServer> StartAsync(Func<Exchange, Task> answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        WebApplication app = builder.Build();
        OpenAiServer server = new(app);
        app.MapPost("/v1/chat/completions", async context =>
        {
            JsonElement request = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body, cancellationToken: context.RequestAborted);
            server._requests.Enqueue(request);
            await answer(new Exchange(context, request));
        });
        await app.StartAsync();
        return server;
    }

    /// <summary>A server that answers every request with the same reply.</summary>
    public static Task<OpenAiServer> ReplyingAsync(string content) => StartAsync(exchange => exchange.ReplyAsync(content));

    /// <summary>The chat client that an application would make. It does not retry.</summary>
    /// <param name="timeout">How long it waits for the network.</param>
    public IChatClient CreateClient(TimeSpan? timeout = null)
    {
        OpenAIClientOptions options = new()
        {
            Endpoint = Address,
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            NetworkTimeout = timeout ?? TimeSpan.FromSeconds(60),
        };
        return new OpenAIClient(new ApiKeyCredential("no-secret"), options).GetChatClient("test-model").AsIChatClient();
    }

    /// <summary>The generated functions over <see cref="CreateClient"/>.</summary>
    public Desk CreateDesk(TimeSpan? timeout = null) => new(CreateClient(timeout));

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

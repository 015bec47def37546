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

namespace AiSdk.IntegrationTests;

/// <summary>A real HTTP server on loopback that speaks a provider's dialect, and refuses what the provider would.</summary>
internal sealed class DialectServer : IAsyncDisposable
{
    private readonly Dialect _dialect;
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<JsonElement> _requests = new();

    private DialectServer(Dialect dialect, WebApplication app)
    {
        _dialect = dialect;
        _app = app;
    }

    /// <summary>What has been asked, in order.</summary>
    public IReadOnlyList<JsonElement> Requests => [.. _requests];

    /// <summary>A server whose model answers as the test says: the n-th request, from 0.</summary>
    public static Task<DialectServer> StartAsync(string dialect, Func<int, Answer> answer) => StartAsync(dialect, answer, static (_, _) => Task.FromResult(false));

    /// <summary>A server that does something else first; where that gives true, it has answered.</summary>
    public static async Task<DialectServer> StartAsync(string dialect, Func<int, Answer> answer, Func<HttpContext, int, Task<bool>> first)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        WebApplication app = builder.Build();
        DialectServer server = new(Dialect.All[dialect], app);
        app.MapPost("/{**path}", async context =>
        {
            JsonElement request = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body, cancellationToken: context.RequestAborted);
            int number = server._requests.Count;
            server._requests.Enqueue(request);
            if (!await first(context, number))
                await server.AnswerAsync(context, request, answer(number));
        });
        await app.StartAsync();
        return server;
    }

    /// <summary>The provider's client; its requests to the provider's address come here.</summary>
    /// <param name="around">Puts handlers around the one that leads here.</param>
    public IChatClient CreateClient(Func<HttpMessageHandler, HttpMessageHandler>? around = null)
    {
        Uri address = new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        HttpMessageHandler handler = new Redirection(address);
        return _dialect.CreateClient(new HttpClient(around?.Invoke(handler) ?? handler));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>Answers with an error in the provider's form.</summary>
    public static Task FailAsync(HttpContext context, string dialect, int status, string type, string message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(Dialect.All[dialect].Error(type, message), context.RequestAborted);
    }

    private async Task AnswerAsync(HttpContext context, JsonElement request, Answer answer)
    {
        if (_dialect.Refuses(request) is { } wrong)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(_dialect.Error("invalid_request_error", wrong), context.RequestAborted);
            return;
        }
        if (!_dialect.IsStream(context.Request.Path, request))
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(_dialect.Reply(request, answer), context.RequestAborted);
            return;
        }
        context.Response.ContentType = _dialect.StreamType;
        foreach (string piece in _dialect.Stream(request, answer))
        {
            await context.Response.WriteAsync(piece, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    /// <summary>Leads what is sent to a provider to the server on loopback.</summary>
    private sealed class Redirection(Uri server) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.RequestUri = new UriBuilder(request.RequestUri!) { Scheme = server.Scheme, Host = server.Host, Port = server.Port }.Uri;
            return base.SendAsync(request, cancellationToken);
        }
    }
}

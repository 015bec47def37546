using System.ClientModel;
using System.ClientModel.Primitives;
using System.Globalization;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Http.Resilience;
using OpenAI;
using Polly;
using Polly.Retry;

namespace Quickstart;

/// <summary>Makes the client of an OpenAI-compatible server that tries again what may pass: 429, 408, 5xx and broken connections. A function is then asked once more with the same request, and nothing else.</summary>
internal static class EndpointClient
{
    private const int MaxRetries = 4;

    // A server that thinks is slow, one that says nothing at all is gone.
    private static readonly TimeSpan _attemptTimeout = TimeSpan.FromMinutes(2);

    /// <summary>Makes a client.</summary>
    /// <param name="address">The server, <c>http://localhost:11434/v1</c>.</param>
    /// <param name="model">The model's name as the server knows it.</param>
    /// <param name="key">The key, or null for servers that want none.</param>
    /// <param name="tell">Is told of each retry.</param>
    public static IChatClient Create(Uri address, string model, string? key, Action<string>? tell = null)
    {
        HttpRetryStrategyOptions retry = new()
        {
            // The first wait is a second; where the server says Retry-After, it is that.
            MaxRetryAttempts = MaxRetries,
            Delay = TimeSpan.FromSeconds(1),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            OnRetry = attempt =>
            {
                tell?.Invoke(string.Create(CultureInfo.InvariantCulture, $"{Why(attempt)}; trying again in {attempt.RetryDelay.TotalSeconds:0.0} s ({attempt.AttemptNumber + 1} of {MaxRetries})"));
                return default;
            },
        };
        ResiliencePipeline<HttpResponseMessage> pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>().AddRetry(retry).AddTimeout(_attemptTimeout).Build();
        HttpClient http = new(new ResilienceHandler(pipeline) { InnerHandler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) } }) { Timeout = Timeout.InfiniteTimeSpan };
        OpenAIClientOptions options = new()
        {
            Endpoint = address,
            Transport = new HttpClientPipelineTransport(http),
            // One of them retries, not both.
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            NetworkTimeout = Timeout.InfiniteTimeSpan,
        };
        // The client wants a text for a key even where the server wants none.
        return new OpenAIClient(new ApiKeyCredential(key ?? "none"), options).GetChatClient(model).AsIChatClient();
    }

    private static string Why(OnRetryArguments<HttpResponseMessage> attempt) => attempt.Outcome.Result is { } response
        ? string.Create(CultureInfo.InvariantCulture, $"the endpoint answered {(int)response.StatusCode} {response.ReasonPhrase}")
        : $"the endpoint cannot be reached ({attempt.Outcome.Exception?.Message})";
}

using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace AiSdk.Evaluation;

/// <summary>Replies that were recorded once and lie beside a test, so that it evaluates offline and asks the model only where it is told to.</summary>
public static class RecordedReplies
{
    /// <summary>The environment variable that, set to 1, lets tests ask the model and record.</summary>
    public const string LiveVariable = "AISDK_EVAL_LIVE";

    private const string ClientFile = "client.json";

    /// <summary>Whether tests ask the model.</summary>
    public static bool IsLive => Environment.GetEnvironmentVariable(LiveVariable) == "1";

    /// <summary>A client that replays what was recorded, and makes the model's client only when the model is to be asked.</summary>
    /// <param name="folder">Where the replies lie; as a rule <see cref="FolderBeside"/> the test.</param>
    /// <param name="model">Names the model and its version, of a local model by <see cref="LocalModel.Hash"/>: replies of another one are not replayed.</param>
    /// <param name="live">Makes the model's client. Whoever disposes of the client that is returned disposes of it too.</param>
    /// <exception cref="ArgumentException">The folder or the model is empty.</exception>
    public static IChatClient Open(string folder, string model, Func<IChatClient> live)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentException.ThrowIfNullOrEmpty(model);
        ArgumentNullException.ThrowIfNull(live);
        return new MeteredChatClient(new ReplyCacheChatClient(new ClientOnDemand(live, folder), folder, ReplyCacheMode.LiveByEnvironment, model));
    }

    /// <summary>A folder beside the source file that calls this, where recorded replies are committed with the test.</summary>
    /// <param name="name">The folder's name.</param>
    /// <param name="sourceFile">The source file; the compiler gives it.</param>
    public static string FolderBeside(string name, [CallerFilePath] string sourceFile = "") => Path.Combine(Path.GetDirectoryName(sourceFile) ?? "", name);

    /// <summary>
    /// Makes the client where it is needed. What functions ask of a client before they write a request, its provider and whether it keeps replies to a format, stands beside the replies, so that a request
    /// is the same whether the client was made or not.
    /// </summary>
    private sealed class ClientOnDemand(Func<IChatClient> make, string folder) : IConstrainedChatClient
    {
        private readonly Lazy<IChatClient> _client = new(make);
        private readonly Lazy<ChatClientMetadata?> _metadata = new(() => Read(folder)?["provider"]?.GetValue<string>() is { } provider ? new ChatClientMetadata(provider, defaultModelId: Read(folder)?["model"]?.GetValue<string>()) : null);
        private readonly Lazy<bool> _isConstrained = new(() => Read(folder)?["constrained"]?.GetValue<bool>() ?? false);

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => Live().GetResponseAsync(messages, options, cancellationToken);

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            Live().GetStreamingResponseAsync(messages, options, cancellationToken);

        public object? GetService(Type serviceType, object? serviceKey = null) =>
            IsLive ? Live().GetService(serviceType, serviceKey)
            : serviceType == typeof(ChatClientMetadata) ? _metadata.Value
            : serviceType == typeof(IConstrainedChatClient) && _isConstrained.Value ? this
            : null;

        public void Dispose()
        {
            if (_client.IsValueCreated)
                _client.Value.Dispose();
        }

        private IChatClient Live()
        {
            if (_client.IsValueCreated)
                return _client.Value;
            IChatClient client = _client.Value;
            ChatClientMetadata? metadata = client.GetService<ChatClientMetadata>();
            Directory.CreateDirectory(folder);
            JsonObject said = new() { ["provider"] = metadata?.ProviderName, ["model"] = metadata?.DefaultModelId, ["constrained"] = client.GetService<IConstrainedChatClient>() is not null };
            File.WriteAllText(Path.Combine(folder, ClientFile), said.ToJsonString() + "\n");
            return client;
        }

        private static JsonObject? Read(string folder) =>
            Path.Combine(folder, ClientFile) is var path && File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path)) as JsonObject : null;
    }
}

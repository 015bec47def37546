using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.AI;

namespace AiSdk.Evaluation;

/// <summary>
/// Keeps replies in a folder, a file each, so that a run can be repeated without the model and a test run offline. The key is all that matters: messages, options, schema and tools, the model, what the
/// caller adds, and which repeat of the case it is.
/// </summary>
/// <param name="inner">The model's client.</param>
/// <param name="folder">The folder; created if need be.</param>
/// <param name="mode">What happens where a reply is missing.</param>
/// <param name="discriminator">What else decides replies, such as a model's version.</param>
/// <remarks>Safe for concurrent use, also by several processes. Failures are not kept.</remarks>
public sealed class ReplyCacheChatClient(IChatClient inner, string folder, ReplyCacheMode mode = ReplyCacheMode.LiveByEnvironment, string discriminator = "") : DelegatingChatClient(inner)
{
    private static readonly JsonTypeInfo<ChatResponse> _response = (JsonTypeInfo<ChatResponse>)AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ChatResponse));

    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        List<ChatMessage> all = [.. messages];
        string path = FileOf(all, options);
        if (await ReadAsync(path, cancellationToken).ConfigureAwait(false) is { } kept)
            return kept;
        RequireLive(path);
        ChatResponse response = await base.GetResponseAsync(all, options, cancellationToken).ConfigureAwait(false);
        await WriteAsync(path, response, cancellationToken).ConfigureAwait(false);
        return response;
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        List<ChatMessage> all = [.. messages];
        string path = FileOf(all, options);
        if (await ReadAsync(path, cancellationToken).ConfigureAwait(false) is { } kept)
        {
            foreach (ChatResponseUpdate update in kept.ToChatResponseUpdates())
                yield return update;
            yield break;
        }
        RequireLive(path);
        List<ChatResponseUpdate> updates = [];
        await foreach (ChatResponseUpdate update in base.GetStreamingResponseAsync(all, options, cancellationToken).ConfigureAwait(false))
        {
            updates.Add(update);
            yield return update;
        }
        await WriteAsync(path, updates.ToChatResponse(), cancellationToken).ConfigureAwait(false);
    }

    private string FileOf(List<ChatMessage> messages, ChatOptions? options)
    {
        StringBuilder key = new();
        key.Append(discriminator).Append('\0').Append(RepeatScope.Current).Append('\0').Append(InnerClient.GetService<ChatClientMetadata>()?.DefaultModelId).Append('\0');
        key.Append(JsonSerializer.Serialize(messages, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(List<ChatMessage>)))).Append('\0');
        if (options is not null)
        {
            key.Append(JsonSerializer.Serialize(options, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ChatOptions))));
            // Tools are no part of the options' JSON.
            foreach (AITool tool in options.Tools ?? [])
                key.Append('\0').Append(tool.Name).Append('\0').Append(tool.Description).Append('\0').Append((tool as AIFunctionDeclaration)?.JsonSchema.GetRawText());
        }
        return Path.Combine(folder, $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key.ToString())))[..32]}.json");
    }

    private void RequireLive(string path)
    {
        if (mode == ReplyCacheMode.ReplayOnly || (mode == ReplyCacheMode.LiveByEnvironment && Environment.GetEnvironmentVariable("AISDK_EVAL_LIVE") != "1"))
            throw new InvalidOperationException($"There is no recorded reply {path}: prompt, options or case have changed since replies were recorded.{(mode == ReplyCacheMode.LiveByEnvironment ? " Set AISDK_EVAL_LIVE=1 to ask the model and record." : "")}");
    }

    private static async Task<ChatResponse?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
            return null;
        FileStream stream = File.OpenRead(path);
        await using (stream.ConfigureAwait(false))
            return await JsonSerializer.DeserializeAsync(stream, _response, cancellationToken).ConfigureAwait(false);
    }

    // Written beside and moved: another process sees a whole reply or none.
    private async Task WriteAsync(string path, ChatResponse response, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        string temporary = $"{path}.{Guid.NewGuid():N}";
        await File.WriteAllBytesAsync(temporary, JsonSerializer.SerializeToUtf8Bytes(response, _response), cancellationToken).ConfigureAwait(false);
        File.Move(temporary, path, overwrite: true);
    }
}

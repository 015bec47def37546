using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.AI;

namespace AiSdk.Evaluation;

/// <summary>
/// Keeps replies in a folder, a file each, so that a run can be repeated without the model and a test run offline. The key is all that matters: provider and model, what the caller adds to name it,
/// messages, options with their schema, tools with theirs, which repeat of the case it is, and the how manieth time the same is asked in it: a vote of five is five replies.
/// </summary>
/// <param name="inner">The model's client.</param>
/// <param name="folder">The folder; created if need be.</param>
/// <param name="mode">Whether the model is asked.</param>
/// <param name="model">What else tells the model from others: its version; of a local model the hash of its files, <see cref="LocalModel.Hash"/>.</param>
/// <remarks>
/// Outside of a run, the same is counted over the life of the client. Safe for concurrent use, also by several processes. Failures are not kept.
/// </remarks>
public sealed class ReplyCacheChatClient(IChatClient inner, string folder, ReplyCacheMode mode = ReplyCacheMode.LiveByEnvironment, string model = "") : DelegatingChatClient(inner)
{
    private static readonly JsonTypeInfo<ChatResponse> _response = (JsonTypeInfo<ChatResponse>)AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ChatResponse));
    private readonly ConcurrentDictionary<string, int> _asked = new(StringComparer.Ordinal);

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
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        ChatClientMetadata? metadata = InnerClient.GetService<ChatClientMetadata>();
        Add(hash, model);
        Add(hash, metadata?.ProviderName);
        Add(hash, options?.ModelId ?? metadata?.DefaultModelId);
        Add(hash, JsonSerializer.Serialize(messages, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(List<ChatMessage>))));
        Add(hash, options is null ? null : JsonSerializer.Serialize(options, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ChatOptions))));
        // Tools are no part of the options' JSON.
        foreach (AITool tool in options?.Tools ?? [])
        {
            Add(hash, tool.Name);
            Add(hash, tool.Description);
            Add(hash, (tool as AIFunctionDeclaration)?.JsonSchema.GetRawText());
        }
        string request = Convert.ToHexStringLower(hash.GetCurrentHash());
        CaseScope? scope = CaseScope.Current;
        Add(hash, scope?.Repeat.ToString(CultureInfo.InvariantCulture));
        Add(hash, (scope?.Occurrence(request) ?? _asked.AddOrUpdate(request, 0, static (_, count) => count + 1)).ToString(CultureInfo.InvariantCulture));
        return Path.Combine(folder, $"{Convert.ToHexStringLower(hash.GetHashAndReset())[..32]}.json");
    }

    // Lengths keep the parts apart: the same characters in other parts are another request.
    private static void Add(IncrementalHash hash, string? part)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(part ?? "");
        hash.AppendData(BitConverter.GetBytes(part is null ? -1 : bytes.Length));
        hash.AppendData(bytes);
    }

    private bool Records => mode == ReplyCacheMode.Record || (mode == ReplyCacheMode.LiveByEnvironment && RecordedReplies.IsLive);

    private void RequireLive(string path)
    {
        if (mode != ReplyCacheMode.AskWhereMissing && !Records)
            throw new InvalidOperationException($"There is no recorded reply {path}: prompt, options, model or case have changed since replies were recorded.{(mode == ReplyCacheMode.LiveByEnvironment ? $" Set {RecordedReplies.LiveVariable}=1 to ask the model and record." : "")}");
    }

    private async Task<ChatResponse?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (Records || !File.Exists(path))
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

using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace AiSdk.Generators.Tests;

/// <summary>Gives the replies it was made with, one per call and the last one ever after, and notes what it was asked.</summary>
internal sealed class StubChatClient(params string[] replies) : IChatClient
{
    /// <summary>The messages of each call.</summary>
    public List<IReadOnlyList<ChatMessage>> Calls { get; } = [];

    /// <summary>The options of each call.</summary>
    public List<ChatOptions?> Options { get; } = [];

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, Next(messages, options))));
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (char c in Next(messages, options))
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            yield return new ChatResponseUpdate(ChatRole.Assistant, c.ToString());
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }

    private string Next(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        Calls.Add([.. messages]);
        Options.Add(options);
        return replies.Length == 0 ? "" : replies[Math.Min(Calls.Count, replies.Length) - 1];
    }
}

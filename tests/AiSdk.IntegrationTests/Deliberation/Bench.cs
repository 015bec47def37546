using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace AiSdk.IntegrationTests.Deliberation;

/// <summary>A chat client whose answers the test decides, request by request.</summary>
/// <param name="answer">Answers the request with this number, from 0.</param>
internal sealed class Bench(Func<int, IReadOnlyList<ChatMessage>, CancellationToken, Task<ChatMessage>> answer) : IChatClient
{
    private int _count;

    public Bench(params string[] replies)
        : this((i, _, _) => Task.FromResult(new ChatMessage(ChatRole.Assistant, replies[i])))
    {
    }

    public ConcurrentQueue<(IReadOnlyList<ChatMessage> Messages, ChatOptions? Options)> Requests { get; } = new();

    /// <summary>What <c>GetService</c> says of reasoning.</summary>
    public ReasoningSource? Source { get; init; }

    /// <summary>The text of the last message of a request.</summary>
    public string Question(int request) => Requests.ElementAt(request).Messages[^1].Text;

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ChatMessage[] sent = [.. messages];
        Requests.Enqueue((sent, options?.Clone()));
        return new ChatResponse(await answer(Interlocked.Increment(ref _count) - 1, sent, cancellationToken)) { Usage = new UsageDetails { InputTokenCount = 10, OutputTokenCount = 5, TotalTokenCount = 15 } };
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (ChatResponseUpdate update in (await GetResponseAsync(messages, options, cancellationToken)).ToChatResponseUpdates())
        {
            foreach (AIContent content in update.Contents)
            {
                if (content is not TextContent text)
                {
                    yield return new ChatResponseUpdate(ChatRole.Assistant, [content]);
                    continue;
                }
                foreach (char c in text.Text)
                    yield return new ChatResponseUpdate(ChatRole.Assistant, c.ToString());
            }
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceType == typeof(ReasoningSource) ? Source : null;

    public void Dispose()
    {
    }
}

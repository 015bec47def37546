using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace AiSdk.Tests;

/// <summary>A chat client that answers as a test says.</summary>
internal sealed class StubChatClient : IChatClient
{
    /// <summary>Gives the whole response.</summary>
    public Func<IEnumerable<ChatMessage>, ChatOptions?, ChatResponse> Response { get; init; } = static (_, _) => throw new NotSupportedException();

    /// <summary>Gives the pieces of a streamed response.</summary>
    public Func<IEnumerable<ChatResponseUpdate>> Updates { get; init; } = static () => throw new NotSupportedException();

    /// <summary>A client that says one text.</summary>
    public static StubChatClient Saying(string reply, ChatFinishReason? finishReason = null) => new()
    {
        Response = (_, _) => new ChatResponse(new ChatMessage(ChatRole.Assistant, reply)) { FinishReason = finishReason },
        Updates = () => [new ChatResponseUpdate(ChatRole.Assistant, reply) { FinishReason = finishReason }],
    };

    /// <summary>A client that fails.</summary>
    public static StubChatClient Failing(Exception exception) => new() { Response = (_, _) => throw exception, Updates = () => throw exception };

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        return Response(messages, options);
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (ChatResponseUpdate update in Updates())
        {
            await Task.Yield();
            yield return update;
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}

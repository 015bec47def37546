using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace BankDesk.Tickets;

/// <summary>Tells a ticket what a model is asked and what it answers.</summary>
/// <param name="model">The model; it serves other tickets too, so that nobody disposes this.</param>
/// <param name="trace">Told of it.</param>
internal sealed class RecordingChatClient(IChatClient model, TicketTrace trace) : DelegatingChatClient(model)
{
    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        List<ChatMessage> sent = [.. messages];
        int request = trace.Asked(sent, options);
        long started = Stopwatch.GetTimestamp();
        ChatResponse response = await base.GetResponseAsync(sent, options, cancellationToken);
        trace.Answered(request, response, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        return response;
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        List<ChatMessage> sent = [.. messages];
        int request = trace.Asked(sent, options);
        long started = Stopwatch.GetTimestamp();
        List<ChatResponseUpdate> updates = [];
        await foreach (ChatResponseUpdate update in base.GetStreamingResponseAsync(sent, options, cancellationToken))
        {
            updates.Add(update);
            yield return update;
        }
        trace.Answered(request, updates.ToChatResponse(), Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }
}

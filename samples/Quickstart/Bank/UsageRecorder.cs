using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Quickstart;

/// <summary>Remembers what the last streamed reply cost: a stream of text has no place for it.</summary>
internal sealed class UsageRecorder(IChatClient inner) : DelegatingChatClient(inner)
{
    /// <summary>The tokens of the last stream that was read to its end; null if the client did not tell.</summary>
    public UsageDetails? LastStream { get; private set; }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        LastStream = null;
        await foreach (ChatResponseUpdate update in base.GetStreamingResponseAsync(messages, options, cancellationToken).ConfigureAwait(false))
        {
            foreach (UsageContent usage in update.Contents.OfType<UsageContent>())
                LastStream = usage.Details;
            yield return update;
        }
    }
}

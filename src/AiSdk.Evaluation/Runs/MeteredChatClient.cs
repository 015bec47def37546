using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace AiSdk.Evaluation;

/// <summary>
/// Counts the tokens of all calls that a case of a run makes: those that fail too, those of votes, re-asks and critiques, and those of functions that do not return <see cref="AiResult{T}"/>. A run under a
/// budget should have it around its model's client. Where the model tells no usage, four characters count as a token, and the run says so.
/// </summary>
/// <param name="inner">The model's client.</param>
/// <remarks>Outside of a run it does nothing. Safe for concurrent use as far as the client is.</remarks>
public sealed class MeteredChatClient(IChatClient inner) : DelegatingChatClient(inner)
{
    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (CaseScope.Current is not { } scope)
            return await base.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<ChatMessage> all = [.. messages];
        ChatResponse? response = null;
        try
        {
            response = await base.GetResponseAsync(all, options, cancellationToken).ConfigureAwait(false);
            return response;
        }
        finally
        {
            // What did not come back was sent all the same.
            Count(scope, all, response?.Usage, response?.Text.Length ?? 0);
        }
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        IReadOnlyList<ChatMessage> all = [.. messages];
        UsageDetails? usage = null;
        long length = 0;
        try
        {
            await foreach (ChatResponseUpdate update in base.GetStreamingResponseAsync(all, options, cancellationToken).ConfigureAwait(false))
            {
                length += update.Text.Length;
                foreach (UsageContent content in update.Contents.OfType<UsageContent>())
                    (usage ??= new UsageDetails()).Add(content.Details);
                yield return update;
            }
        }
        finally
        {
            if (CaseScope.Current is { } scope)
                Count(scope, all, usage, length);
        }
    }

    private static void Count(CaseScope scope, IReadOnlyList<ChatMessage> messages, UsageDetails? usage, long length)
    {
        bool isTold = usage is { InputTokenCount: not null, OutputTokenCount: not null };
        scope.Count(
            usage?.InputTokenCount ?? TokenEstimate.Of(messages.Sum(static message => (long)message.Text.Length)), usage?.OutputTokenCount ?? TokenEstimate.Of(length), !isTold);
    }
}

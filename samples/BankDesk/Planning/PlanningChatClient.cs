using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace BankDesk.Planning;

/// <summary>Calls tools for a model that cannot: what an <see cref="ActionPlan"/> has made of its typed results becomes the calls that another model would write, and the reply's text is the model's own.</summary>
/// <remarks>
/// To the loop around it this is a model: it sees calls, asks for approval, runs them and comes back with results. How far the plan is stands in the conversation: look up, then write the reply and propose
/// the change, then say what was done. The model knows of no change and tells customers to see to it themselves: where a change is proposed, all but its first sentence waits until that is decided, and goes
/// when it was made.
/// </remarks>
/// <param name="model">Writes the text; it gets no tools and nothing of what they gave.</param>
/// <param name="plan">What to do.</param>
/// <param name="planned">Told of each call before it is made, with its id.</param>
/// <param name="nothing">Told why no change is proposed.</param>
internal sealed class PlanningChatClient(IChatClient model, ActionPlan plan, Action<string, PlannedCall> planned, Action<string> nothing) : DelegatingChatClient(model)
{
    private readonly StringBuilder _heldBack = new();
    private bool _endsSentence;
    private bool _isOpened;

    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <inheritdoc/>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        List<ChatMessage> conversation = [.. messages];
        string[] results = [.. conversation.SelectMany(static message => message.Contents).OfType<FunctionResultContent>().Select(static result => result.Result?.ToString() ?? "")];
        switch (results.Length)
        {
            case 0 when plan.LookUp is { } lookUp:
                yield return Call(lookUp);
                yield break;

            case 0 or 1:
                string? reason = plan.Nothing;
                PlannedCall? change = results.Length == 0 ? null : plan.Decide(results[0], out reason);
                if (reason is not null)
                    nothing(reason);
                await foreach (ChatResponseUpdate update in base.GetStreamingResponseAsync(conversation.Where(IsText), WithoutTools(options), cancellationToken))
                    yield return change is null ? update : Opening(update);
                if (change is not null)
                    yield return Call(change);
                yield break;

            default:
                // A result is JSON with the sentence for the customer; a refusal or a denial is neither, and is not the customer's business.
                yield return new ChatResponseUpdate(ChatRole.Assistant, Done(results[^1]) is { } done ? " " + done : _heldBack.ToString()) { FinishReason = ChatFinishReason.Stop };
                yield break;
        }
    }

    /// <summary>Of the reply's text what belongs to its first sentence; the rest is held back.</summary>
    private ChatResponseUpdate Opening(ChatResponseUpdate update)
    {
        // Others hold the model's own update.
        ChatResponseUpdate opening = update.Clone();
        opening.Contents = [.. update.Contents.Select(content => content is TextContent text ? new TextContent(FirstSentence(text.Text)) : content)];
        return opening;
    }

    private string FirstSentence(string piece)
    {
        int end = 0;
        while (end < piece.Length && !_isOpened)
        {
            // A sentence ends before the blank: "EUR 4.50" goes on.
            _isOpened = _endsSentence && char.IsWhiteSpace(piece[end]);
            _endsSentence = piece[end] is '.' or '!' or '?';
            end += _isOpened ? 0 : 1;
        }
        _heldBack.Append(piece, end, piece.Length - end);
        return piece[..end];
    }

    private ChatResponseUpdate Call(PlannedCall call)
    {
        string id = Guid.NewGuid().ToString("N");
        planned(id, call);
        return new ChatResponseUpdate(ChatRole.Assistant, [new FunctionCallContent(id, call.Tool, new Dictionary<string, object?>(call.Arguments))]) { FinishReason = ChatFinishReason.ToolCalls };
    }

    private static string? Done(string result)
    {
        if (!result.StartsWith('{'))
            return null;
        JsonElement change = JsonElement.Parse(result);
        return change.TryGetProperty("done", out JsonElement sentence) ? sentence.GetString() : null;
    }

    private static bool IsText(ChatMessage message) => message.Contents.All(static content => content is TextContent);

    private static ChatOptions? WithoutTools(ChatOptions? options)
    {
        options = options?.Clone();
        if (options is not null)
            (options.Tools, options.ToolMode) = (null, null);
        return options;
    }
}

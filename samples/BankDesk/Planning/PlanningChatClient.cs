using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace BankDesk.Planning;

/// <summary>Calls tools for a model that cannot: what an <see cref="ActionPlan"/> has made of its typed results becomes the calls that another model would write, and the reply's text is the model's own.</summary>
/// <remarks>
/// To the loop around it this is a model: it sees calls, asks for approval, runs them and comes back with results. How far the plan is stands in the conversation, so that nothing is kept between requests:
/// look up, then write the reply and propose the change, then say what was done.
/// </remarks>
/// <param name="model">Writes the text; it gets no tools and nothing of what they gave.</param>
/// <param name="plan">What to do.</param>
/// <param name="planned">Told of each call before it is made, with its id.</param>
/// <param name="nothing">Told why no change is proposed.</param>
internal sealed class PlanningChatClient(IChatClient model, ActionPlan plan, Action<string, PlannedCall> planned, Action<string> nothing) : DelegatingChatClient(model)
{
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
                    yield return update;
                if (change is not null)
                    yield return Call(change);
                yield break;

            default:
                // A result is JSON with the sentence for the customer; a refusal or a denial is neither, and is not the customer's business.
                if (Done(results[^1]) is { } done)
                    yield return new ChatResponseUpdate(ChatRole.Assistant, " " + done) { FinishReason = ChatFinishReason.Stop };
                yield break;
        }
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

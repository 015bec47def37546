using System.Runtime.CompilerServices;
using System.Text.Json;
using AiSdk;
using BankDesk.Tools;
using Microsoft.Extensions.AI;

namespace BankDesk.Tickets;

/// <summary>Tells a ticket what tools gave, as the model gets to see it: each result that a request brings for the first time.</summary>
/// <param name="client">The client below the loop.</param>
/// <param name="ticket">Told of it.</param>
/// <param name="times">How long tools ran.</param>
internal sealed class ToolResultObserver(IChatClient client, Ticket ticket, ToolTimes times) : DelegatingChatClient(client)
{
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        base.GetResponseAsync(Observed(messages, options), options, cancellationToken);

    /// <inheritdoc/>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (ChatResponseUpdate update in base.GetStreamingResponseAsync(Observed(messages, options), options, cancellationToken))
            yield return update;
    }

    private List<ChatMessage> Observed(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        List<ChatMessage> sent = [.. messages];
        List<AIContent> contents = [.. sent.SelectMany(static message => message.Contents)];
        foreach (FunctionResultContent result in contents.OfType<FunctionResultContent>())
        {
            if (!_seen.Add(result.CallId))
                continue;
            FunctionCallContent? call = contents.OfType<FunctionCallContent>().FirstOrDefault(call => call.CallId == result.CallId);
            string text = result.Result?.ToString() ?? "";
            ticket.Add(new TicketEvent.ToolAnswered(call?.Name ?? "", ShownText.Of(Arguments(call)), ShownText.Of(text), Ran: text.StartsWith('{') || text.StartsWith('['), Changes(options, call), times.Take(call?.Name ?? "")));
        }
        return sent;
    }

    private static bool Changes(ChatOptions? options, FunctionCallContent? call) =>
        options?.Tools?.FirstOrDefault(tool => tool.Name == call?.Name)?.GetService<ApprovalRequiredAIFunction>() is not null;

    private static string Arguments(FunctionCallContent? call) =>
        string.Join(", ", (call?.Arguments ?? new Dictionary<string, object?>()).Select(static argument => $"{argument.Key}: {JsonText(argument.Value)}"));

    private static string JsonText(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        JsonElement element => element.GetRawText(),
        IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}

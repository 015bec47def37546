using System.Diagnostics;
using AiSdk;
using BankDesk.Answers;
using Microsoft.Extensions.AI;

namespace BankDesk.Tickets;

/// <summary>Tells a ticket of the calls of AI functions, one after the other: what each took and what it gave.</summary>
/// <remarks>Used by the one task that works on the ticket.</remarks>
internal sealed class TicketTrace(Ticket ticket)
{
    private readonly Dictionary<string, string> _hidden = new(StringComparer.Ordinal);
    private int _step;
    private int _request;
    private long _started;
    private long _stepInput;
    private long _stepOutput;
    private bool _isOpen;

    /// <summary>Tokens that went to models.</summary>
    public long InputTokens { get; private set; }

    /// <summary>Tokens that models wrote.</summary>
    public long OutputTokens { get; private set; }

    /// <summary>Placeholders that stand in prompts, and what they stand for.</summary>
    public IReadOnlyDictionary<string, string> Hidden => _hidden;

    /// <summary>A function is called.</summary>
    public void Begin(AiFunctionInfo function)
    {
        _started = Stopwatch.GetTimestamp();
        (_stepInput, _stepOutput, _request, _isOpen) = (0, 0, 0, true);
        ticket.Add(new TicketEvent.StepBegan(++_step, function.Name));
    }

    /// <summary>A model is asked.</summary>
    /// <returns>The request's number in the step.</returns>
    public int Asked(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        string? format = options?.ResponseFormat is ChatResponseFormatJson { Schema: not null } json ? json.SchemaName ?? "JSON" : null;
        ticket.Add(new TicketEvent.PromptSent(_step, ++_request, [.. messages.Select(Shown)], format, [.. (options?.Tools ?? []).Select(static tool => tool.Name)]));
        return _request;
    }

    /// <summary>A model has answered.</summary>
    public void Answered(int request, ChatResponse response, double milliseconds)
    {
        UsageDetails? usage = response.Usage;
        _stepInput += usage?.InputTokenCount ?? 0;
        _stepOutput += usage?.OutputTokenCount ?? 0;
        InputTokens += usage?.InputTokenCount ?? 0;
        OutputTokens += usage?.OutputTokenCount ?? 0;
        string text = string.Join("\n", response.Messages.Select(static message => Shown(message).Text).Where(static text => text.Length > 0));
        ticket.Add(new TicketEvent.ReplyReceived(
            _step, request, text, response.ModelId, response.FinishReason?.Value, usage?.InputTokenCount, usage?.CachedInputTokenCount, usage?.OutputTokenCount, milliseconds));
    }

    /// <summary>The handbook was searched.</summary>
    public void Found(IReadOnlyList<PassageView> passages) => ticket.Add(new TicketEvent.PassagesFound(_step, passages));

    /// <summary>The guard has hidden personal data.</summary>
    public void Hid(IReadOnlyDictionary<string, string> values)
    {
        foreach ((string placeholder, string value) in values)
            _hidden[placeholder] = value;
        ticket.Add(new TicketEvent.GuardActed(_step, nameof(PiiGuard), "masked", string.Join(" ", values.Keys)));
    }

    /// <summary>The function has given a value.</summary>
    public void End<T>(AiResult<T> result) =>
        End(result.Attempts, result.Confidence, [.. result.Repairs.Select(static repair => $"{repair.Kind} at {repair.Path}: {repair.Before} → {repair.After}")], null);

    /// <summary>The function has given its text.</summary>
    public void End() => End(1, null, [], null);

    /// <summary>The function has failed.</summary>
    public void Fail(Exception exception)
    {
        if (exception is AiGuardException guard)
            ticket.Add(new TicketEvent.GuardActed(_step, guard.GuardName, "blocked", guard.Reason));
        if (_isOpen)
        {
            AiOutputException? output = exception as AiOutputException;
            End(output?.Attempts ?? 1, null, [.. (output?.Repairs ?? []).Select(static repair => $"{repair.Kind} at {repair.Path}")], exception is OperationCanceledException ? "cancelled" : exception.Message);
        }
    }

    private void End(int attempts, double? confidence, IReadOnlyList<string> repairs, string? error)
    {
        _isOpen = false;
        ticket.Add(new TicketEvent.StepEnded(_step, Stopwatch.GetElapsedTime(_started).TotalMilliseconds, _stepInput, _stepOutput, attempts, confidence, repairs, error));
    }

    private static PromptMessage Shown(ChatMessage message) => new(message.Role.Value, string.Join("\n", message.Contents.Select(static content => content switch
    {
        TextContent text => text.Text,
        FunctionCallContent call => $"→ {call.Name}({string.Join(", ", (call.Arguments ?? new Dictionary<string, object?>()).Select(static argument => $"{argument.Key}: {argument.Value}"))})",
        FunctionResultContent result => $"← {result.Result}",
        _ => "",
    }).Where(static text => text.Length > 0)));
}

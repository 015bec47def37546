using System.Globalization;
using AiSdk;
using BankDesk.Answers;
using BankDesk.Bank;
using BankDesk.Functions;
using BankDesk.Planning;
using BankDesk.Tools;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Quickstart;

namespace BankDesk.Tickets;

/// <summary>Works on tickets: routes the message, reads its facts, drafts the reply, and has what is to be changed approved; or answers a question out of the handbook.</summary>
/// <remarks>Safe for concurrent use: what belongs to a ticket is made anew for each.</remarks>
/// <param name="model">The model.</param>
/// <param name="store">The bank's records.</param>
/// <param name="journal">Remembers changes, so that none is made twice.</param>
/// <param name="handbook">Finds passages of the handbook.</param>
/// <param name="pages">The handbook's pages.</param>
/// <param name="loggers">Where calls are logged.</param>
internal sealed partial class TicketWorker(
    DeskModel model, BankStore store, IToolJournal journal, [FromKeyedServices(IHandbookDesk.Handbook)] IRetriever handbook, HandbookPages pages, ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger<TicketWorker>();

    /// <summary>Works on a ticket until it is closed. Failures close it; none is thrown.</summary>
    public async Task RunAsync(Ticket ticket)
    {
        TicketTrace trace = new(ticket);
        try
        {
            // Whatever is tried again under the same operation changes nothing twice.
            using (ToolOperation.Begin(ticket.Operation))
                await (ticket.IsQuestion ? AnswerAsync(ticket, trace, ticket.Stopped) : RunAsync(ticket, trace, ticket.Stopped));
            ticket.Close(TicketStatus.Done, null, trace.InputTokens, trace.OutputTokens);
        }
        catch (Exception e)
        {
            trace.Fail(e);
            (TicketStatus status, string reason) = e switch
            {
                OperationCanceledException when ticket.Stopped.IsCancellationRequested => (TicketStatus.Cancelled, ticket.StopReason),
                AiGuardException guard => (TicketStatus.Blocked, $"{guard.GuardName} stopped this {(ticket.IsQuestion ? "question" : "message")}: {guard.Reason}."),
                AiFunctionException { InnerException: { } cause } failed => (TicketStatus.Failed, $"{failed.Message} {(failed.Message.Contains(cause.Message, StringComparison.Ordinal) ? "" : cause.Message)}".TrimEnd()),
                AiFunctionException failed => (TicketStatus.Failed, failed.Message),
                _ => (TicketStatus.Failed, "Something went wrong here; the log says what."),
            };
            if (e is not (AiFunctionException or OperationCanceledException))
                LogFailure(_logger, ticket.Id, e);
            ticket.Close(status, reason, trace.InputTokens, trace.OutputTokens);
        }
    }

    private async Task RunAsync(Ticket ticket, TicketTrace trace, CancellationToken cancellationToken)
    {
        // None of the clients is disposed: the model below them serves other tickets too.
        RecordingChatClient recorded = new(model.Client, trace);
        Dictionary<string, string> why = new(StringComparer.Ordinal);
        BankIntent intent;
        double? confidence;
        MessageFacts facts;

        ToolTimes times = new();
        SupportDesk desk = Desk(ticket, trace, recorded, recorded, why, times);
        trace.Begin(SupportDesk.RouteAsyncInfo);
        AiResult<BankIntent> routed = await desk.RouteAsync(ticket.Message, cancellationToken);
        trace.End(routed);
        (intent, confidence) = (routed.Value, routed.Confidence);
        ticket.Add(new TicketEvent.Routed(IntentNames.Of(intent), confidence, confidence < ActionPlan.LeastConfidence));

        trace.Begin(SupportDesk.ExtractAsyncInfo);
        AiResult<MessageFacts> read = await desk.ExtractAsync(ticket.Message, cancellationToken);
        trace.End(read);
        facts = Checked(read.Value, ticket.Message, trace, out List<FactCorrection> corrections);
        ticket.Add(new TicketEvent.FactsRead(
            facts.Amount, facts.Currency is { } currency ? CurrencyCodes.Of(currency) : null, Shown(facts.Merchant), Shown(facts.Date), facts.CardEnding, corrections));

        if (model.CallsTools)
        {
            ToolResultObserver observed = new(recorded, ticket, times);
            desk = Desk(ticket, trace, observed, observed, why, times);
            trace.Begin(SupportDesk.AnswerAsyncInfo);
            await DraftAsync(ticket, desk.AnswerAsync(ticket.Message, intent, cancellationToken));
        }
        else
        {
            PlanningChatClient planned = new(recorded, ActionPlan.For(intent, confidence, facts), (id, call) => why[id] = call.Why, reason => ticket.Add(new TicketEvent.NothingProposed(reason)));
            ToolResultObserver observed = new(planned, ticket, times);
            desk = Desk(ticket, trace, recorded, observed, why, times);
            trace.Begin(SupportDesk.ReplyAsyncInfo);
            await DraftAsync(ticket, desk.ReplyAsync(ticket.Message, cancellationToken));
        }
        trace.End();
    }

    private static async Task DraftAsync(Ticket ticket, IAsyncEnumerable<string> pieces)
    {
        await foreach (string piece in pieces)
        {
            // What stood behind a placeholder comes back in one piece.
            if (piece.Length > 0)
                ticket.Add(new TicketEvent.DraftGrew(ShownText.Of(piece)));
        }
    }

    private async Task AnswerAsync(Ticket ticket, TicketTrace trace, CancellationToken cancellationToken)
    {
        IReadOnlyList<Passage> found = [];
        ObservedRetriever observed = new(handbook, passages =>
        {
            found = passages;
            trace.Found([.. passages.Select(passage => PassageView.Of(passage, null, pages))]);
        });
        HandbookChatClient client = new(model.WritesAnswers ? new RecordingChatClient(model.Client, trace) : null, ticket.Message, () => found, pages.Words);
        HandbookDesk desk = new(client, new AiFunctionsOptions
        {
            Retrievers = { [IHandbookDesk.Handbook] = observed },
            Services = new TicketServices(null, new PersonalDataGuard(trace.Hid), journal),
            LoggerFactory = loggers,
        });
        trace.Begin(HandbookDesk.AskAsyncInfo);
        AiResult<HandbookAnswer> result = await desk.AskAsync(ticket.Message, cancellationToken: cancellationToken);
        trace.End(result);
        HandbookAnswer answer = result.Value;
        bool isAnswered = !string.IsNullOrWhiteSpace(answer.Text);
        // A passage as it was found: guards may have rewritten what the model saw.
        PassageView View(Passage shown, string? quote) => PassageView.Of(found.FirstOrDefault(passage => passage.IsCalled(shown.Id)) ?? shown, quote, pages);
        ticket.Add(new TicketEvent.Answered(
            isAnswered ? ShownText.Of(answer.Text!) : null, isAnswered && !model.WritesAnswers,
            isAnswered ? [.. answer.Citations.Select(citation => View(result.Passages.Find(citation.PassageId)!, citation.Quote))] : [],
            isAnswered ? [] : [.. result.Passages.Select(passage => View(passage, null))]));
    }

    private SupportDesk Desk(Ticket ticket, TicketTrace trace, IChatClient client, IChatClient planned, Dictionary<string, string> why, ToolTimes times)
    {
        DeskTools tools = new(store, ticket.CustomerId, text => trace.Hidden.Aggregate(text, static (left, hidden) => left.Replace(hidden.Key, hidden.Value, StringComparison.Ordinal)), times);
        return new SupportDesk(client, new AiFunctionsOptions
        {
            Clients = { [ISupportDesk.PlannedClient] = planned },
            Services = new TicketServices(tools, new PersonalDataGuard(trace.Hid), journal),
            LoggerFactory = loggers,
            ApproveTool = async (approval, cancellationToken) => await ticket.AskAsync(
                new TicketEvent.Proposed(
                    Guid.NewGuid().ToString("N"), approval.Tool, approval.Effect, ChangeDescription.Of(store, ticket.CustomerId, approval), ShownText.Of(approval.Arguments),
                    why.ContainsKey(approval.CallId) ? "the desk's rules" : "the model", why.GetValueOrDefault(approval.CallId)),
                cancellationToken),
        });
    }

    private static string? Shown(string? text) => text is null ? null : ShownText.Of(text);

    /// <summary>What the message bears out, and what the model could not see because it was hidden from it.</summary>
    private static MessageFacts Checked(MessageFacts read, string message, TicketTrace trace, out List<FactCorrection> corrections)
    {
        MessageFacts facts = FactsCheck.Supported(read, message, out _);
        List<FactCorrection> made = [];
        Compare("Amount", Amount(read), Amount(facts));
        Compare("Paid to", read.Merchant, facts.Merchant);
        Compare("When", read.Date, facts.Date);
        Compare("Card", read.CardEnding, facts.CardEnding);
        string[] cards = [.. trace.Hidden.Keys.Where(static placeholder => placeholder.StartsWith("[CARD_", StringComparison.Ordinal))];
        if (facts.CardEnding is null && cards is [var card])
        {
            facts = facts with { CardEnding = string.Concat(trace.Hidden[card].Where(char.IsAsciiDigit))[^4..] };
            made.Add(new FactCorrection("Card", null, facts.CardEnding, $"taken from {card}, which the model did not see"));
        }
        corrections = made;
        return facts;

        void Compare(string fact, string? was, string? kept)
        {
            if (!string.Equals(was, kept, StringComparison.Ordinal))
                made.Add(new FactCorrection(fact, Shown(was), Shown(kept), kept is null ? "the message does not say it" : "as the message says it"));
        }
    }

    private static string? Amount(MessageFacts facts) =>
        facts.Amount is not { } amount ? null : facts.Currency is { } currency ? BankStore.Money(amount, CurrencyCodes.Of(currency)) : amount.ToString("0.00", CultureInfo.InvariantCulture);

    [LoggerMessage(Level = LogLevel.Error, Message = "Ticket {Ticket} failed.")]
    private static partial void LogFailure(ILogger logger, string ticket, Exception exception);
}

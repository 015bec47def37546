using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using AiSdk;
using BankDesk.Answers;
using BankDesk.Bank;
using BankDesk.Tickets;
using BankDesk.Tools;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Hosting;

namespace BankDesk.Web;

/// <summary>What the page asks for.</summary>
internal static class Endpoints
{
    /// <summary>The longest message that is taken, in characters.</summary>
    public const int MaxMessage = 1000;

    private const int MaxRequestId = 64;

    /// <summary>Adds them.</summary>
    public static void MapDesk(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder api = app.MapGroup("/api");
        api.MapGet("/desk", Desk);
        api.MapGet("/customers/{id}", Customer);
        api.MapGet("/tickets", static (TicketBook book) => TypedResults.Ok<IReadOnlyList<TicketView>>([.. book.All.Select(TicketView.Of)]));
        api.MapPost("/tickets", Open);
        api.MapGet("/tickets/{id}", History);
        api.MapGet("/tickets/{id}/events", Events);
        api.MapGet("/events", Feed);
        api.MapGet("/handbook/{page}", static Results<Ok<HandbookPage>, NotFound<ErrorView>> (string page, HandbookPages pages) =>
            pages.Find(page) is { } found ? TypedResults.Ok(found) : NotFound("The handbook has no such page."));
        api.MapPost("/tickets/{id}/approvals/{approval}", Decide);
        api.MapDelete("/tickets/{id}", Stop);
        api.MapFallback(static () => NotFound("There is nothing at this address."));
    }

    private static Ok<DeskInfo> Desk(DeskModel model, BankStore store, HandbookPages pages) => TypedResults.Ok(new DeskInfo(
        InventedBank.Name, model.Name, model.Where, model.CallsTools, model.WritesAnswers, MaxMessage, pages.Count,
        // The tools are those of any ticket: what they are for does not depend on whose it is.
        [.. new DeskTools(store, "", static text => text, new ToolTimes()).AsAiTools().Select(static tool => new ToolView(tool.Name, tool.Description, tool.GetService<AiTool>()!.Effect))],
        store.Customers, Samples.All, Samples.Questions));

    private static Results<Ok<CustomerRecord>, NotFound<ErrorView>> Customer(string id, BankStore store) =>
        store.Record(id) is { } record ? TypedResults.Ok(record) : NotFound("There is no such customer.");

    private static Results<Created<TicketView>, BadRequest<ErrorView>, NotFound<ErrorView>, JsonHttpResult<ErrorView>> Open(OpenTicket body, TicketBook book, BankStore store)
    {
        if (body.Request is not { Length: > 0 and <= MaxRequestId })
            return BadRequest($"'request' must be an id of your own, of 1 to {MaxRequestId} characters.");
        if (body.RetryOf is { } retryOf)
            return book.Find(retryOf) is { } earlier ? Opened(book.Open(body.Request, earlier.CustomerId, earlier.Message, earlier.IsQuestion, earlier)) : NotFound("The ticket that is to be tried again is not there any more.");
        if (string.IsNullOrWhiteSpace(body.Message))
            return BadRequest("The message is empty.");
        string message = body.Message.Trim();
        if (message.Length > MaxMessage)
            return BadRequest(string.Create(CultureInfo.InvariantCulture, $"The message has {message.Length} characters; {MaxMessage} are allowed."));
        return body.CustomerId is not null && store.Find(body.CustomerId) is not null ? Opened(book.Open(body.Request, body.CustomerId, message, body.IsQuestion, null)) : NotFound("There is no such customer.");
    }

    private static Results<Created<TicketView>, BadRequest<ErrorView>, NotFound<ErrorView>, JsonHttpResult<ErrorView>> Opened(Ticket? opened) => opened is { } ticket
        ? TypedResults.Created($"/api/tickets/{ticket.Id}", TicketView.Of(ticket))
        : TypedResults.Json(new ErrorView($"{TicketBook.MaxOpen} tickets are open. Decide on some of them, or stop them."), DeskJson.Default.ErrorView, statusCode: StatusCodes.Status429TooManyRequests);

    private static Results<ServerSentEventsResult<TicketEvent>, NotFound<ErrorView>> Events(string id, HttpRequest request, TicketBook book, IHostApplicationLifetime lifetime)
    {
        if (book.Find(id) is not { } ticket)
            return NotFound("This ticket is not there any more.");
        // A browser that has lost the connection says how far it came.
        int from = int.TryParse(request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out int last) ? last + 1 : 0;
        return TypedResults.ServerSentEvents(Items(ticket, from, lifetime.ApplicationStopping, request.HttpContext.RequestAborted));
    }

    private static Results<Ok<TicketHistory>, NotFound<ErrorView>> History(string id, int? from, TicketBook book) =>
        book.Find(id) is { } ticket ? TypedResults.Ok(new TicketHistory(TicketView.Of(ticket), ticket.Events(from ?? 0))) : NotFound("This ticket is not there any more.");

    private static ServerSentEventsResult<FeedItem> Feed(HttpRequest request, TicketBook book, IHostApplicationLifetime lifetime) =>
        TypedResults.ServerSentEvents(FeedItems(book, lifetime.ApplicationStopping, request.HttpContext.RequestAborted));

    private static async IAsyncEnumerable<FeedItem> FeedItems(TicketBook book, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellationToken);
        await foreach ((Ticket? ticket, int number, TicketEvent? one) in book.FollowAsync(either.Token))
            yield return new FeedItem(ticket is null ? null : TicketView.Of(ticket), number, one);
    }

    private static async IAsyncEnumerable<SseItem<TicketEvent>> Items(Ticket ticket, int from, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellationToken);
        await foreach ((int number, TicketEvent one) in ticket.ReadAsync(from, either.Token))
            yield return new SseItem<TicketEvent>(one) { EventId = number.ToString(CultureInfo.InvariantCulture) };
    }

    private static Results<Ok<DecisionView>, BadRequest<ErrorView>, NotFound<ErrorView>, Conflict<ErrorView>> Decide(string id, string approval, Decide body, TicketBook book)
    {
        if (body.Approved is not { } approved)
            return BadRequest("'approved' must be true or false.");
        return book.Find(id)?.Decide(approval, approved) switch
        {
            null => NotFound("This change is not there any more."),
            DecisionOutcome.DecidedOtherwise => Conflict("The opposite was decided before; it holds."),
            DecisionOutcome.TooLate => Conflict("The ticket was stopped; nothing was changed."),
            { } outcome => TypedResults.Ok(new DecisionView(outcome)),
        };
    }

    private static Results<NoContent, NotFound<ErrorView>> Stop(string id, TicketBook book)
    {
        if (book.Find(id) is not { } ticket)
            return NotFound("This ticket is not there any more.");
        ticket.Stop("You stopped it.");
        return TypedResults.NoContent();
    }

    private static NotFound<ErrorView> NotFound(string error) => TypedResults.NotFound(new ErrorView(error));

    private static BadRequest<ErrorView> BadRequest(string error) => TypedResults.BadRequest(new ErrorView(error));

    private static Conflict<ErrorView> Conflict(string error) => TypedResults.Conflict(new ErrorView(error));
}

using System.Text.Json.Serialization;
using AiSdk;
using BankDesk.Answers;
using BankDesk.Bank;
using BankDesk.Tickets;

namespace BankDesk.Web;

/// <summary>What the page asks for first.</summary>
internal sealed record DeskInfo(string Bank, string Model, string Where, bool CallsTools, bool WritesAnswers, int MaxMessage, int HandbookPages, IReadOnlyList<ToolView> Tools, IReadOnlyList<Customer> Customers, IReadOnlyList<Sample> Samples, IReadOnlyList<string> Questions);

/// <summary>A tool, for people.</summary>
internal sealed record ToolView(string Name, string Description, ToolEffect Effect);

/// <summary>A message to try.</summary>
internal sealed record Sample(string CustomerId, string Message);

/// <summary>Opens a ticket.</summary>
/// <param name="Request">The page's own id of this request: sent twice, it opens one ticket.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="Message">The message, or the question.</param>
/// <param name="IsQuestion">Whether the desk asks its handbook, and no customer wrote.</param>
/// <param name="RetryOf">The ticket that is tried again, in place of all these.</param>
internal sealed record OpenTicket(string? Request, string? CustomerId, string? Message, bool IsQuestion, string? RetryOf);

/// <summary>Decides on a change.</summary>
internal sealed record Decide(bool? Approved);

/// <summary>What came of a decision.</summary>
internal sealed record DecisionView(DecisionOutcome Outcome);

/// <summary>A ticket in the list.</summary>
/// <param name="Events">How many events it has had: of two views the one with more is the newer.</param>
internal sealed record TicketView(string Id, string CustomerId, string Message, bool IsQuestion, TicketStatus Status, string? Intent, DateTimeOffset OpenedAt, int Events)
{
    /// <summary>How a ticket appears in the list.</summary>
    public static TicketView Of(Ticket ticket)
    {
        (TicketStatus status, string? intent, int events) = ticket.Now;
        return new TicketView(ticket.Id, ticket.CustomerId, ShownText.Of(ticket.Message), ticket.IsQuestion, status, intent, ticket.OpenedAt, events);
    }
}

/// <summary>A ticket and what has happened in it.</summary>
/// <param name="Ticket">The ticket.</param>
/// <param name="Events">Its events.</param>
internal sealed record TicketHistory(TicketView Ticket, IReadOnlyList<TicketEvent> Events);

/// <summary>An event of any ticket; the first of a feed has none and says that from here on nothing is missed.</summary>
/// <param name="Ticket">The ticket as it is now.</param>
/// <param name="Number">The event's number in the ticket.</param>
/// <param name="Event">The event.</param>
internal sealed record FeedItem(TicketView? Ticket, int Number, TicketEvent? Event);

/// <summary>Why a request was not carried out.</summary>
/// <param name="Error">What was wrong and what to do.</param>
internal sealed record ErrorView(string Error);

/// <summary>The JSON of all that goes over HTTP.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(DeskInfo))]
[JsonSerializable(typeof(CustomerRecord))]
[JsonSerializable(typeof(OpenTicket))]
[JsonSerializable(typeof(Decide))]
[JsonSerializable(typeof(DecisionView))]
[JsonSerializable(typeof(IReadOnlyList<TicketView>))]
[JsonSerializable(typeof(ErrorView))]
[JsonSerializable(typeof(TicketEvent))]
[JsonSerializable(typeof(TicketHistory))]
[JsonSerializable(typeof(FeedItem))]
[JsonSerializable(typeof(HandbookPage))]
internal sealed partial class DeskJson : JsonSerializerContext;

using System.Text.Json.Serialization;
using AiSdk;
using BankDesk.Bank;
using BankDesk.Tickets;

namespace BankDesk.Web;

/// <summary>What the page asks for first.</summary>
internal sealed record DeskInfo(string Bank, string Model, string Where, bool CallsTools, int MaxMessage, IReadOnlyList<ToolView> Tools, IReadOnlyList<Customer> Customers, IReadOnlyList<Sample> Samples);

/// <summary>A tool, for people.</summary>
internal sealed record ToolView(string Name, string Description, ToolEffect Effect);

/// <summary>A message to try.</summary>
internal sealed record Sample(string CustomerId, string Message);

/// <summary>Opens a ticket.</summary>
/// <param name="Request">The page's own id of this request: sent twice, it opens one ticket.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="Message">The message.</param>
/// <param name="RetryOf">The ticket that is tried again, in place of customer and message.</param>
internal sealed record OpenTicket(string? Request, string? CustomerId, string? Message, string? RetryOf);

/// <summary>Decides on a change.</summary>
internal sealed record Decide(bool? Approved);

/// <summary>What came of a decision.</summary>
internal sealed record DecisionView(DecisionOutcome Outcome);

/// <summary>A ticket in the list.</summary>
internal sealed record TicketView(string Id, string CustomerId, string Message, TicketStatus Status, string? Intent, DateTimeOffset OpenedAt)
{
    /// <summary>How a ticket appears in the list.</summary>
    public static TicketView Of(Ticket ticket) => new(ticket.Id, ticket.CustomerId, ShownText.Of(ticket.Message), ticket.Status, ticket.Intent, ticket.OpenedAt);
}

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
internal sealed partial class DeskJson : JsonSerializerContext;

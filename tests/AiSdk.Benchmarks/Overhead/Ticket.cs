using System.Text.Json;
using System.Text.Json.Serialization;

namespace AiSdk.Benchmarks;

public enum Priority
{
    Low,
    Normal,
    High,
    Urgent,
}

/// <summary>The record of the overhead benchmark: six fields, one of them a record, one an enum, one a list.</summary>
public sealed record Ticket(string Subject, Priority Priority, Customer Customer, IReadOnlyList<string> Tags, decimal Amount, bool Refund);

public sealed record Customer(string Name, string City, int Orders);

/// <summary>What each way of calling must do: ask for a ticket.</summary>
[AiFunctions]
public interface ITicketDesk
{
    [SystemPrompt("You extract tickets from customer messages.")]
    [UserPrompt("Extract the ticket from this message:\n{{message}}")]
    Task<Ticket> ExtractAsync(string message, CancellationToken cancellationToken = default);
}

/// <summary>What an expert gives to System.Text.Json.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Ticket))]
public sealed partial class TicketContext : JsonSerializerContext;

/// <summary>The reply that the stub gives.</summary>
internal static class TicketReply
{
    public const string Message = "My order 4711 arrived broken, I want my 129.90 back. Ada from Bremen";

    public const string Json = """{"subject":"Order 4711 arrived broken","priority":"High","customer":{"name":"Ada","city":"Bremen","orders":3},"tags":["refund","damage","shipping"],"amount":129.90,"refund":true}""";

    public static readonly Ticket Expected = new(
        "Order 4711 arrived broken", Priority.High, new Customer("Ada", "Bremen", 3), ["refund", "damage", "shipping"], 129.90m, true);

    /// <summary>Stops the benchmark if a way of reading is fast but wrong.</summary>
    public static void Check(Ticket ticket, string who)
    {
        if (ticket with { Tags = Expected.Tags } != Expected || !ticket.Tags.SequenceEqual(Expected.Tags))
            throw new InvalidOperationException($"{who} read something else: {ticket}");
    }
}

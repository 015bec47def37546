using System.Text.Json.Serialization;

namespace BankDesk.Bank;

/// <summary>A customer of the invented bank.</summary>
/// <param name="Id">The customer's number, <c>C-1001</c>.</param>
/// <param name="Name">Name.</param>
/// <param name="Email">E-mail address.</param>
/// <param name="City">Where the customer lives.</param>
/// <param name="Plan">The plan that is paid for.</param>
/// <param name="Since">Customer since that day.</param>
internal sealed record Customer(string Id, string Name, string Email, string City, string Plan, DateOnly Since);

/// <summary>A payment card. Its whole number is not kept here: nothing that a desk does needs it.</summary>
/// <param name="Id">The card's id, <c>CARD-1</c>.</param>
/// <param name="CustomerId">Whose it is.</param>
/// <param name="Ending">The last four digits.</param>
/// <param name="Product">What is printed on it.</param>
/// <param name="Status">What can be done with it.</param>
/// <param name="Expires">The last day on which it works.</param>
internal sealed record Card(string Id, [property: JsonIgnore] string CustomerId, string Ending, string Product, CardStatus Status, DateOnly Expires);

/// <summary>What can be done with a card.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CardStatus>))]
internal enum CardStatus
{
    Active,
    Frozen,
    Inactive,
    Replaced,
}

/// <summary>Money that left by a card or a direct debit.</summary>
/// <param name="Id">The payment's id, <c>PAY-1</c>.</param>
/// <param name="CustomerId">Whose it is.</param>
/// <param name="Kind">How it was paid.</param>
/// <param name="Counterparty">Who was paid; a cash machine's place.</param>
/// <param name="Amount">Amount.</param>
/// <param name="Currency">Its currency, by ISO 4217.</param>
/// <param name="Date">When.</param>
/// <param name="CardEnding">The last four digits of the card, if one was used.</param>
/// <param name="Status">How far it is.</param>
internal sealed record Payment(
    string Id, [property: JsonIgnore] string CustomerId, PaymentKind Kind, string Counterparty, decimal Amount, string Currency, DateOnly Date, string? CardEnding, PaymentStatus Status);

/// <summary>How something was paid.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PaymentKind>))]
internal enum PaymentKind
{
    Card,
    Cash,
    DirectDebit,
}

/// <summary>How far a payment is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PaymentStatus>))]
internal enum PaymentStatus
{
    Pending,
    Settled,
    Disputed,
}

/// <summary>Money that the customer sent.</summary>
/// <param name="Id">The transfer's id, <c>TR-1</c>.</param>
/// <param name="CustomerId">Whose it is.</param>
/// <param name="Payee">To whom.</param>
/// <param name="Amount">Amount.</param>
/// <param name="Currency">Its currency, by ISO 4217.</param>
/// <param name="Date">When.</param>
/// <param name="Reference">What was written with it: text from outside.</param>
/// <param name="Status">How far it is.</param>
internal sealed record Transfer(
    string Id, [property: JsonIgnore] string CustomerId, string Payee, decimal Amount, string Currency, DateOnly Date, string Reference, TransferStatus Status);

/// <summary>How far a transfer is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TransferStatus>))]
internal enum TransferStatus
{
    Pending,
    Sent,
    Failed,
    Cancelled,
}

/// <summary>A card that was ordered and is on its way.</summary>
/// <param name="Id">The order's id, <c>ORD-1</c>.</param>
/// <param name="CustomerId">Whose it is.</param>
/// <param name="Product">What was ordered.</param>
/// <param name="Ordered">When.</param>
/// <param name="Expected">When it should arrive.</param>
/// <param name="Status">How far it is.</param>
internal sealed record CardOrder(string Id, [property: JsonIgnore] string CustomerId, string Product, DateOnly Ordered, DateOnly Expected, CardOrderStatus Status);

/// <summary>How far an order is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CardOrderStatus>))]
internal enum CardOrderStatus
{
    OnItsWay,
    Late,
    SentAgain,
    Delivered,
}

/// <summary>A change that was made, for whoever asks later.</summary>
/// <param name="At">When.</param>
/// <param name="Tool">By which tool.</param>
/// <param name="Summary">What was done, in a sentence for the customer.</param>
/// <param name="Key">The effect's idempotency key: no two changes have the same.</param>
internal sealed record Change(DateTimeOffset At, string Tool, string Summary, string Key);

/// <summary>All that the desk may see of a customer.</summary>
internal sealed record CustomerRecord(
    Customer Customer, IReadOnlyList<Card> Cards, IReadOnlyList<Payment> Payments, IReadOnlyList<Transfer> Transfers, IReadOnlyList<CardOrder> Orders, IReadOnlyList<Change> Changes);

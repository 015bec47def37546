using BankDesk.Bank;

namespace BankDesk.Tools;

/// <summary>A card, as models see it.</summary>
internal sealed record CardView(string Id, string Ending, string Product, CardStatus Status, DateOnly Expires);

/// <summary>A payment, as models see it.</summary>
internal sealed record PaymentView(string Id, PaymentKind Kind, string Counterparty, decimal Amount, string Currency, DateOnly Date, string? CardEnding, PaymentStatus Status);

/// <summary>A transfer, as models see it.</summary>
internal sealed record TransferView(string Id, string Payee, decimal Amount, string Currency, DateOnly Date, string Reference, TransferStatus Status);

/// <summary>An order of a card, as models see it.</summary>
internal sealed record CardOrderView(string Id, string Product, DateOnly Ordered, DateOnly Expected, CardOrderStatus Status);

/// <summary>A change that was made.</summary>
/// <param name="Done">What was done, in a sentence that can be told to the customer.</param>
internal sealed record ChangeView(string Done, DateTimeOffset At);

using System.Text.Json;
using AiSdk;
using BankDesk.Bank;

namespace BankDesk.Tools;

/// <summary>Says what a change would do, from the bank's records and not in a model's words: what a person approves must be what happens.</summary>
internal static class ChangeDescription
{
    /// <summary>A sentence for whoever decides; it names the record that is meant, or says that there is none.</summary>
    public static string Of(BankStore store, string customerId, ToolApproval approval)
    {
        string Argument(string name) => approval.Arguments.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        string Card(string what) => store.Card(customerId, Argument("cardId")) is { } card
            ? $"{what} the {card.Product} ending in {card.Ending} ({BankStore.Words(card.Status)})"
            : $"{what} a card that this customer does not have";
        return approval.Tool switch
        {
            "freeze_card" => Card("Freeze"),
            "unfreeze_card" => Card("Unfreeze"),
            "activate_card" => Card("Activate"),
            "replace_card" => $"{Card("End")} for good, and order a new one",
            "cancel_transfer" => store.Transfer(customerId, Argument("transferId")) is { } transfer
                ? $"Cancel the transfer of {BankStore.Money(transfer.Amount, transfer.Currency)} to {transfer.Payee} ({BankStore.Words(transfer.Status)})"
                : "Cancel a transfer that this customer does not have",
            "dispute_payment" => store.Payment(customerId, Argument("paymentId")) is { } payment
                ? $"Open a dispute about {BankStore.Money(payment.Amount, payment.Currency)} at {payment.Counterparty} ({BankStore.Words(payment.Status)})"
                : "Dispute a payment that this customer does not have",
            "resend_card" => store.Order(customerId, Argument("orderId")) is { } order
                ? $"Send the {order.Product} again by express ({BankStore.Words(order.Status)})"
                : "Send a card again that this customer has not ordered",
            _ => $"Run {approval.Tool}",
        };
    }
}

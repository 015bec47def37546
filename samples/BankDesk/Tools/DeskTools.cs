using System.ComponentModel.DataAnnotations;
using AiSdk;
using BankDesk.Bank;

namespace BankDesk.Tools;

/// <summary>What models may look up and, once a person has approved it, change. It serves one ticket: its customer is fixed, and no argument leads to another one.</summary>
/// <param name="store">The bank's records.</param>
/// <param name="customerId">The ticket's customer.</param>
/// <param name="restore">Gives back what stands behind placeholders that the guard has put in the model's place.</param>
/// <param name="times">Told how long each ran.</param>
/// <remarks>Results hold no whole card or account numbers, and of texts from outside only those that do not read like orders.</remarks>
internal sealed class DeskTools(BankStore store, string customerId, Func<string, string> restore, ToolTimes times)
{
    private const string Withheld = "(withheld: it reads like an order to the model)";

    private static readonly InjectionGuard _injection = new();

    /// <summary>Lists the customer's cards.</summary>
    [AiTool("list_cards")]
    public IReadOnlyList<CardView> ListCards() => times.Run<IReadOnlyList<CardView>>("list_cards", () => [.. Record().Cards.Select(static card => new CardView(card.Id, card.Ending, card.Product, card.Status, card.Expires))]);

    /// <summary>Finds the customer's payments by card, cash withdrawals and direct debits, newest first.</summary>
    /// <param name="amount">The exact amount, if known.</param>
    /// <param name="counterparty">The shop or company, or a part of its name, if known.</param>
    /// <param name="cardEnding">The last four digits of the card, or the placeholder that stands for its number, if known.</param>
    [AiTool("find_payments")]
    public IReadOnlyList<PaymentView> FindPayments(decimal? amount = null, string? counterparty = null, string? cardEnding = null)
    {
        string? ending = cardEnding is null ? null : Ending(cardEnding);
        return times.Run<IReadOnlyList<PaymentView>>("find_payments", () =>
        [
            .. Record().Payments
                .Where(payment => (amount is null || payment.Amount == amount) && (ending is null || payment.CardEnding == ending)
                    && (counterparty is null || payment.Counterparty.Contains(counterparty, StringComparison.OrdinalIgnoreCase)))
                .Select(static payment => new PaymentView(payment.Id, payment.Kind, FromOutside(payment.Counterparty), payment.Amount, payment.Currency, payment.Date, payment.CardEnding, payment.Status)),
        ]);
    }

    /// <summary>Finds transfers that the customer made, newest first.</summary>
    /// <param name="amount">The exact amount, if known.</param>
    /// <param name="payee">Who gets the money, or a part of the name, if known.</param>
    [AiTool("find_transfers")]
    public IReadOnlyList<TransferView> FindTransfers(decimal? amount = null, string? payee = null) => times.Run<IReadOnlyList<TransferView>>("find_transfers", () =>
    [
        .. Record().Transfers
            .Where(transfer => (amount is null || transfer.Amount == amount) && (payee is null || transfer.Payee.Contains(payee, StringComparison.OrdinalIgnoreCase)))
            .Select(static transfer => new TransferView(transfer.Id, FromOutside(transfer.Payee), transfer.Amount, transfer.Currency, transfer.Date, FromOutside(transfer.Reference), transfer.Status)),
    ]);

    /// <summary>Lists the cards that the customer has ordered.</summary>
    [AiTool("find_card_orders")]
    public IReadOnlyList<CardOrderView> FindCardOrders() => times.Run<IReadOnlyList<CardOrderView>>("find_card_orders", () =>
        [.. Record().Orders.Select(static order => new CardOrderView(order.Id, order.Product, order.Ordered, order.Expected, order.Status))]);

    /// <summary>Freezes a card, so that nobody can pay with it. It can be unfrozen.</summary>
    /// <param name="cardId">The card's id, as list_cards gives it.</param>
    [AiTool("freeze_card", Effect = ToolEffect.Write)]
    public ChangeView FreezeCard([RegularExpression("CARD-[0-9]{1,6}")] string cardId, [IdempotencyKey] string key) => times.Run("freeze_card", () => View(store.Freeze(customerId, cardId, key)));

    /// <summary>Lets a frozen card pay again.</summary>
    /// <param name="cardId">The card's id, as list_cards gives it.</param>
    [AiTool("unfreeze_card", Effect = ToolEffect.Write)]
    public ChangeView UnfreezeCard([RegularExpression("CARD-[0-9]{1,6}")] string cardId, [IdempotencyKey] string key) => times.Run("unfreeze_card", () => View(store.Unfreeze(customerId, cardId, key)));

    /// <summary>Activates a new card.</summary>
    /// <param name="cardId">The card's id, as list_cards gives it.</param>
    [AiTool("activate_card", Effect = ToolEffect.Write)]
    public ChangeView ActivateCard([RegularExpression("CARD-[0-9]{1,6}")] string cardId, [IdempotencyKey] string key) => times.Run("activate_card", () => View(store.Activate(customerId, cardId, key)));

    /// <summary>Ends a card for good and orders a new one.</summary>
    /// <param name="cardId">The card's id, as list_cards gives it.</param>
    [AiTool("replace_card", Effect = ToolEffect.Destructive)]
    public ChangeView ReplaceCard([RegularExpression("CARD-[0-9]{1,6}")] string cardId, [IdempotencyKey] string key) => times.Run("replace_card", () => View(store.Replace(customerId, cardId, key)));

    /// <summary>Cancels a transfer that is pending.</summary>
    /// <param name="transferId">The transfer's id, as find_transfers gives it.</param>
    [AiTool("cancel_transfer", Effect = ToolEffect.Destructive)]
    public ChangeView CancelTransfer([RegularExpression("TR-[0-9]{1,6}")] string transferId, [IdempotencyKey] string key) => times.Run("cancel_transfer", () => View(store.Cancel(customerId, transferId, key)));

    /// <summary>Opens a dispute about a payment that is wrong or that the customer did not make.</summary>
    /// <param name="paymentId">The payment's id, as find_payments gives it.</param>
    [AiTool("dispute_payment", Effect = ToolEffect.Write)]
    public ChangeView DisputePayment([RegularExpression("PAY-[0-9]{1,6}")] string paymentId, [IdempotencyKey] string key) => times.Run("dispute_payment", () => View(store.Dispute(customerId, paymentId, key)));

    /// <summary>Sends an ordered card again by express.</summary>
    /// <param name="orderId">The order's id, as find_card_orders gives it.</param>
    [AiTool("resend_card", Effect = ToolEffect.Destructive)]
    public ChangeView ResendCard([RegularExpression("ORD-[0-9]{1,6}")] string orderId, [IdempotencyKey] string key) => times.Run("resend_card", () => View(store.SendAgain(customerId, orderId, key)));

    private static ChangeView View(Change change) => new(FromOutside(change.Summary), change.At);

    private static string FromOutside(string text) => _injection.Inspect(text).IsAttack ? Withheld : text;

    private CustomerRecord Record() => store.Record(customerId) ?? throw new AiToolException("This customer is not known.");

    private string Ending(string card)
    {
        string digits = string.Concat(restore(card).Where(char.IsAsciiDigit));
        return digits.Length >= 4 ? digits[^4..] : throw new AiToolException($"'{card}' is neither the last four digits of a card nor a placeholder that stands for one.");
    }
}

using System.Globalization;
using System.Text.Json;
using Quickstart;

namespace BankDesk.Planning;

/// <summary>What a desk does about a message, by rules over what the model made of it: its intent, how sure it was, and the facts. It says what to look up, and then, by what was found, what to change.</summary>
/// <remarks>Immutable. It proposes only what the message and the records leave no doubt about; a person decides.</remarks>
internal sealed class ActionPlan
{
    /// <summary>Below this a routing is too unsure to act on.</summary>
    public const double LeastConfidence = 0.5;

    private readonly Rule? _rule;
    private readonly MessageFacts _facts;

    private ActionPlan(Rule? rule, MessageFacts facts, PlannedCall? lookUp, string? nothing)
    {
        _rule = rule;
        _facts = facts;
        LookUp = lookUp;
        Nothing = nothing;
    }

    /// <summary>What is looked up first; null if nothing is.</summary>
    public PlannedCall? LookUp { get; }

    /// <summary>Why nothing is looked up; null if something is.</summary>
    public string? Nothing { get; }

    /// <summary>The plan for a message.</summary>
    /// <param name="intent">What the customer wants.</param>
    /// <param name="confidence">How sure the model was, if it told.</param>
    /// <param name="facts">What the message says.</param>
    public static ActionPlan For(BankIntent intent, double? confidence, MessageFacts facts)
    {
        if (confidence < LeastConfidence)
            return new ActionPlan(null, facts, null, string.Create(CultureInfo.InvariantCulture, $"The intent is only {100 * confidence:0} % sure: ask the customer before anything is done."));
        if (RuleFor(intent) is not { } rule)
            return new ActionPlan(null, facts, null, $"Messages of the intent {IntentNames.Of(intent)} call for an answer, not for an action.");
        Dictionary<string, object?> arguments = [];
        if (rule.LookUp is "find_payments" or "find_transfers" && facts.Amount is { } amount)
            arguments.Add("amount", amount);
        if (rule.LookUp == "find_payments" && facts.Merchant is { } merchant)
            arguments.Add("counterparty", merchant);
        if (rule.LookUp == "find_transfers" && facts.Merchant is { } payee)
            arguments.Add("payee", payee);
        return new ActionPlan(rule, facts, new PlannedCall(rule.LookUp, arguments, $"Intent {IntentNames.Of(intent)}: look at the {rule.Records}."), null);
    }

    /// <summary>What is changed after the look-up.</summary>
    /// <param name="found">The result of <see cref="LookUp"/>, a JSON list.</param>
    /// <param name="nothing">Why nothing is changed; null if something is.</param>
    public PlannedCall? Decide(string found, out string? nothing)
    {
        nothing = null;
        if (_rule?.Change is not { } change)
        {
            nothing = "This was looked up for the reply; nothing is to be changed.";
            return null;
        }
        List<JsonElement> fitting = [];
        // What is no list is the tool's word for what went wrong.
        if (!found.StartsWith('['))
        {
            nothing = found;
            return null;
        }
        foreach (JsonElement record in JsonElement.Parse(found).EnumerateArray())
        {
            if (_rule.Fits(record) && FitsFacts(record))
                fitting.Add(record);
        }
        // Of charges that are the same, the later one is too many: it is first, as records come newest first and pending ones are newer.
        int equal = 1;
        if (_rule.OneOfSeveral && fitting.Count > 1 && fitting.All(record => Same(record, fitting[0])))
        {
            equal = fitting.Count;
            fitting = [fitting.Find(static record => Text(record, "status") == "Pending") is { ValueKind: JsonValueKind.Object } pending ? pending : fitting[0]];
        }
        if (fitting.Count != 1)
        {
            nothing = fitting.Count == 0
                ? $"None of the customer's {_rule.Records} fits: nothing is proposed."
                : string.Create(CultureInfo.InvariantCulture, $"{fitting.Count} of the customer's {_rule.Records} fit, and the message does not say which: ask the customer.");
            return null;
        }
        string id = Text(fitting[0], "id")!;
        string why = equal > 1
            ? string.Create(CultureInfo.InvariantCulture, $"{equal} equal {_rule.Records} of one day fit the message; {id} is the later one.")
            : $"The only one of the customer's {_rule.Records} that fits the message is {id}.";
        return new PlannedCall(change, new Dictionary<string, object?> { [_rule.Argument!] = id }, why);
    }

    private bool FitsFacts(JsonElement record)
    {
        string? ending = Text(record, "ending") ?? Text(record, "cardEnding");
        string? currency = Text(record, "currency");
        return (_facts.CardEnding is null || ending is null || ending == _facts.CardEnding)
            && (_facts.Currency is not { } named || currency is null || currency == CurrencyCodes.Of(named));
    }

    private static bool Same(JsonElement a, JsonElement b) =>
        Text(a, "counterparty") == Text(b, "counterparty") && Text(a, "currency") == Text(b, "currency") && Text(a, "date") == Text(b, "date") && a.GetProperty("amount").GetDecimal() == b.GetProperty("amount").GetDecimal();

    private static string? Text(JsonElement record, string name) => record.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool Is(JsonElement record, string name, params ReadOnlySpan<string> values)
    {
        string? text = Text(record, name);
        foreach (string value in values)
        {
            if (text == value)
                return true;
        }
        return false;
    }

    private static Rule? RuleFor(BankIntent intent) => intent switch
    {
        BankIntent.LostOrStolenCard or BankIntent.CompromisedCard => new("list_cards", "cards", "freeze_card", "cardId", static card => Is(card, "status", "Active")),
        // A machine keeps what is made of plastic.
        BankIntent.CardSwallowed => new(
            "list_cards", "cards", "replace_card", "cardId", static card => Is(card, "status", "Active", "Frozen") && !Text(card, "product")!.StartsWith("Virtual", StringComparison.Ordinal)),
        BankIntent.ActivateMyCard => new("list_cards", "cards", "activate_card", "cardId", static card => Is(card, "status", "Inactive")),
        BankIntent.CancelTransfer => new("find_transfers", "transfers", "cancel_transfer", "transferId", static transfer => Is(transfer, "status", "Pending")),
        BankIntent.TransactionChargedTwice => new("find_payments", "payments", "dispute_payment", "paymentId", static payment => Is(payment, "status", "Pending", "Settled"), OneOfSeveral: true),
        BankIntent.CardPaymentNotRecognised => new("find_payments", "payments", "dispute_payment", "paymentId", static payment => Is(payment, "kind", "Card") && Is(payment, "status", "Pending", "Settled")),
        BankIntent.CashWithdrawalNotRecognised => new("find_payments", "withdrawals", "dispute_payment", "paymentId", static payment => Is(payment, "kind", "Cash") && Is(payment, "status", "Pending", "Settled")),
        BankIntent.DirectDebitPaymentNotRecognised => new("find_payments", "direct debits", "dispute_payment", "paymentId", static payment => Is(payment, "kind", "DirectDebit") && Is(payment, "status", "Pending", "Settled")),
        BankIntent.CardArrival => new("find_card_orders", "orders", "resend_card", "orderId", static order => Is(order, "status", "Late")),
        BankIntent.CardDeliveryEstimate => new("find_card_orders", "orders"),
        BankIntent.CardAboutToExpire or BankIntent.CardNotWorking or BankIntent.ContactlessNotWorking or BankIntent.VirtualCardNotWorking => new("list_cards", "cards"),
        BankIntent.PendingTransfer or BankIntent.FailedTransfer or BankIntent.DeclinedTransfer or BankIntent.TransferNotReceivedByRecipient or BankIntent.TransferTiming => new("find_transfers", "transfers"),
        BankIntent.PendingCardPayment or BankIntent.DeclinedCardPayment or BankIntent.RevertedCardPayment or BankIntent.ExtraChargeOnStatement or BankIntent.CardPaymentFeeCharged
            or BankIntent.RefundNotShowingUp or BankIntent.RequestRefund or BankIntent.PendingCashWithdrawal or BankIntent.CashWithdrawalCharge => new("find_payments", "payments"),
        _ => null,
    };

    /// <summary>What to do about an intent.</summary>
    /// <param name="LookUp">The tool that looks up.</param>
    /// <param name="Records">What it finds, in words.</param>
    /// <param name="Change">The tool that changes one of them; null if none is changed.</param>
    /// <param name="Argument">The argument that names it.</param>
    /// <param name="Fitting">Which of them can be meant.</param>
    /// <param name="OneOfSeveral">Whether one of several equal ones is meant.</param>
    private sealed record Rule(string LookUp, string Records, string? Change = null, string? Argument = null, Predicate<JsonElement>? Fitting = null, bool OneOfSeveral = false)
    {
        public bool Fits(JsonElement record) => Fitting?.Invoke(record) ?? true;
    }
}

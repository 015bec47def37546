using System.Globalization;
using AiSdk;

namespace BankDesk.Bank;

/// <summary>The invented bank's records, in memory: gone when the program ends.</summary>
/// <remarks>
/// Safe for concurrent use: a change looks at a record and replaces it under one lock. What a change may not do is an <see cref="AiToolException"/>, whose message a model may read.
/// Everything is asked for by the customer: no id opens another customer's record.
/// </remarks>
internal sealed class BankStore
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly List<Customer> _customers = [];
    private readonly List<Card> _cards = [];
    private readonly List<Payment> _payments = [];
    private readonly List<Transfer> _transfers = [];
    private readonly List<CardOrder> _orders = [];
    private readonly List<(string CustomerId, Change Change)> _changes = [];

    /// <summary>A store without records.</summary>
    public BankStore(TimeProvider time) => _time = time;

    /// <summary>Today, where the bank is.</summary>
    public DateOnly Today => DateOnly.FromDateTime(_time.GetLocalNow().Date);

    /// <summary>All customers, in the order of their numbers.</summary>
    public IReadOnlyList<Customer> Customers
    {
        get
        {
            lock (_lock)
                return [.. _customers];
        }
    }

    /// <summary>Adds a customer with all that belongs to them.</summary>
    public void Add(Customer customer, IEnumerable<Card> cards, IEnumerable<Payment> payments, IEnumerable<Transfer> transfers, IEnumerable<CardOrder> orders)
    {
        lock (_lock)
        {
            _customers.Add(customer);
            _cards.AddRange(cards);
            _payments.AddRange(payments);
            _transfers.AddRange(transfers);
            _orders.AddRange(orders);
        }
    }

    /// <summary>A customer, or null.</summary>
    public Customer? Find(string customerId)
    {
        lock (_lock)
            return _customers.Find(customer => customer.Id == customerId);
    }

    /// <summary>All that there is of a customer, newest first; null if there is none.</summary>
    public CustomerRecord? Record(string customerId)
    {
        lock (_lock)
        {
            return _customers.Find(customer => customer.Id == customerId) is not { } customer ? null : new CustomerRecord(
                customer,
                [.. _cards.Where(card => card.CustomerId == customerId)],
                [.. _payments.Where(payment => payment.CustomerId == customerId).OrderByDescending(static payment => payment.Date)],
                [.. _transfers.Where(transfer => transfer.CustomerId == customerId).OrderByDescending(static transfer => transfer.Date)],
                [.. _orders.Where(order => order.CustomerId == customerId)],
                [.. _changes.Where(change => change.CustomerId == customerId).Select(static change => change.Change).Reverse()]);
        }
    }

    /// <summary>A customer's card.</summary>
    public Card? Card(string customerId, string id)
    {
        lock (_lock)
            return _cards.Find(card => card.Id == id && card.CustomerId == customerId);
    }

    /// <summary>A customer's payment.</summary>
    public Payment? Payment(string customerId, string id)
    {
        lock (_lock)
            return _payments.Find(payment => payment.Id == id && payment.CustomerId == customerId);
    }

    /// <summary>A customer's transfer.</summary>
    public Transfer? Transfer(string customerId, string id)
    {
        lock (_lock)
            return _transfers.Find(transfer => transfer.Id == id && transfer.CustomerId == customerId);
    }

    /// <summary>A customer's order of a card.</summary>
    public CardOrder? Order(string customerId, string id)
    {
        lock (_lock)
            return _orders.Find(order => order.Id == id && order.CustomerId == customerId);
    }

    /// <summary>Stops a card from paying, until it is unfrozen.</summary>
    public Change Freeze(string customerId, string cardId, string key) => Change(
        customerId, "freeze_card", key, _cards, card => card.Id == cardId && card.CustomerId == customerId, "card", cardId,
        static card => card.Status == CardStatus.Active ? card with { Status = CardStatus.Frozen } : throw Refused($"The card ending in {card.Ending} is {Words(card.Status)}; only an active card can be frozen."),
        static card => $"We have frozen your card ending in {card.Ending}; nobody can pay with it now.");

    /// <summary>Lets a frozen card pay again.</summary>
    public Change Unfreeze(string customerId, string cardId, string key) => Change(
        customerId, "unfreeze_card", key, _cards, card => card.Id == cardId && card.CustomerId == customerId, "card", cardId,
        static card => card.Status == CardStatus.Frozen ? card with { Status = CardStatus.Active } : throw Refused($"The card ending in {card.Ending} is {Words(card.Status)}; only a frozen card can be unfrozen."),
        static card => $"Your card ending in {card.Ending} works again.");

    /// <summary>Makes a new card ready to pay.</summary>
    public Change Activate(string customerId, string cardId, string key) => Change(
        customerId, "activate_card", key, _cards, card => card.Id == cardId && card.CustomerId == customerId, "card", cardId,
        static card => card.Status == CardStatus.Inactive ? card with { Status = CardStatus.Active } : throw Refused($"The card ending in {card.Ending} is {Words(card.Status)}; only a new card can be activated."),
        static card => $"Your card ending in {card.Ending} is active and ready to use.");

    /// <summary>Ends a card for good, and orders another one.</summary>
    public Change Replace(string customerId, string cardId, string key)
    {
        lock (_lock)
        {
            Change change = Change(
                customerId, "replace_card", key, _cards, card => card.Id == cardId && card.CustomerId == customerId, "card", cardId,
                static card => card.Status != CardStatus.Replaced ? card with { Status = CardStatus.Replaced } : throw Refused($"The card ending in {card.Ending} has been replaced already."),
                card => string.Create(CultureInfo.InvariantCulture, $"Your card ending in {card.Ending} has been ended, and a new one is on its way; expect it by {Today.AddDays(6):d MMMM}."));
            string product = _cards.First(card => card.Id == cardId).Product;
            _orders.Add(new CardOrder($"ORD-{_orders.Count + 1}", customerId, product, Today, Today.AddDays(6), CardOrderStatus.OnItsWay));
            return change;
        }
    }

    /// <summary>Takes a transfer back that has not left yet.</summary>
    public Change Cancel(string customerId, string transferId, string key) => Change(
        customerId, "cancel_transfer", key, _transfers, transfer => transfer.Id == transferId && transfer.CustomerId == customerId, "transfer", transferId,
        static transfer => transfer.Status == TransferStatus.Pending
            ? transfer with { Status = TransferStatus.Cancelled }
            : throw Refused($"The transfer to {transfer.Payee} is {Words(transfer.Status)}; only a pending one can be cancelled."),
        static transfer => $"We have cancelled your transfer of {Money(transfer.Amount, transfer.Currency)} to {transfer.Payee}; the money stays in your account.");

    /// <summary>Opens a dispute about a payment.</summary>
    public Change Dispute(string customerId, string paymentId, string key) => Change(
        customerId, "dispute_payment", key, _payments, payment => payment.Id == paymentId && payment.CustomerId == customerId, "payment", paymentId,
        static payment => payment.Status != PaymentStatus.Disputed ? payment with { Status = PaymentStatus.Disputed } : throw Refused($"The payment to {payment.Counterparty} is disputed already."),
        static payment => $"We have opened a dispute about {Money(payment.Amount, payment.Currency)} at {payment.Counterparty}, and will write to you within ten working days.");

    /// <summary>Sends a card again that has not arrived, by express.</summary>
    public Change SendAgain(string customerId, string orderId, string key) => Change(
        customerId, "resend_card", key, _orders, order => order.Id == orderId && order.CustomerId == customerId, "order", orderId,
        order => order.Status is CardOrderStatus.Late or CardOrderStatus.OnItsWay
            ? order with { Status = CardOrderStatus.SentAgain, Expected = Today.AddDays(2) }
            : throw Refused($"The order {order.Id} is {Words(order.Status)}; only a card that has not arrived can be sent again."),
        static order => string.Create(CultureInfo.InvariantCulture, $"We have sent your {order.Product} card again by express; expect it by {order.Expected:d MMMM}."));

    /// <summary>An amount as customers read it.</summary>
    public static string Money(decimal amount, string currency) => string.Create(CultureInfo.InvariantCulture, $"{currency} {amount:N2}");

    /// <summary>A status in words.</summary>
    public static string Words<TStatus>(TStatus status)
        where TStatus : struct, Enum => status.ToString() switch
        {
            nameof(CardStatus.Inactive) => "not activated",
            nameof(CardOrderStatus.OnItsWay) => "on its way",
            nameof(CardOrderStatus.SentAgain) => "sent again",
            string word => word.ToLowerInvariant(),
        };

    private Change Change<T>(
        string customerId, string tool, string key, List<T> records, Predicate<T> isMeant, string what, string id, Func<T, T> change, Func<T, string> summary)
    {
        lock (_lock)
        {
            int index = records.FindIndex(isMeant);
            if (index < 0)
                throw Refused($"This customer has no {what} '{id}'. Look it up first.");
            T changed = change(records[index]);
            records[index] = changed;
            Change entry = new(_time.GetUtcNow(), tool, summary(changed), key);
            _changes.Add((customerId, entry));
            return entry;
        }
    }

    private static AiToolException Refused(string message) => new(message);
}

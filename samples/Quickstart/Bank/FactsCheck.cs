using System.Globalization;

namespace Quickstart;

/// <summary>Holds facts against the message that they were read from: what a model makes up is never passed on.</summary>
public static class FactsCheck
{
    /// <summary>The facts that the message bears out; the others become null.</summary>
    /// <param name="facts">What the model read.</param>
    /// <param name="message">The message.</param>
    /// <param name="dropped">What was made null, one line each; empty if nothing.</param>
    /// <remarks>An amount must be one of the message's numbers, but for those of dates and cards; a currency must be named; a card ending must be four digits that are neither amount nor date; merchant and date must stand in it word for word.</remarks>
    public static MessageFacts Supported(MessageFacts facts, string message, out IReadOnlyList<string> dropped)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(message);
        List<string> lines = [];
        if (facts.Amount is { } amount && !MessageNumbers.Amounts(message).Contains(amount))
        {
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"amount {amount}"));
            facts = facts with { Amount = null, Currency = null };
        }
        if (facts.Currency is { } currency && !MessageNumbers.Names(message, currency))
        {
            lines.Add($"currency {currency}");
            facts = facts with { Currency = null };
        }
        if (facts.CardEnding is { } ending && !MessageNumbers.CardEndings(message).Contains(ending))
        {
            lines.Add($"card ending {ending}");
            facts = facts with { CardEnding = null };
        }
        if (facts.Merchant is { } merchant && !message.Contains(merchant, StringComparison.OrdinalIgnoreCase))
        {
            lines.Add($"merchant {merchant}");
            facts = facts with { Merchant = null };
        }
        if (facts.Date is { } date && !message.Contains(date, StringComparison.OrdinalIgnoreCase))
        {
            lines.Add($"date {date}");
            facts = facts with { Date = null };
        }
        dropped = lines;
        return facts;
    }
}

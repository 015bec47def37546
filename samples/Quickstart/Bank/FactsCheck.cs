using System.Globalization;

namespace Quickstart;

/// <summary>Holds facts against the message that they were read from: what a model makes up is never passed on.</summary>
public static class FactsCheck
{
    /// <summary>The facts that the message bears out: what stands in it nearly becomes what stands in it, the rest becomes null.</summary>
    /// <param name="facts">What the model read.</param>
    /// <param name="message">The message.</param>
    /// <param name="corrections">What was changed, one line each; empty if nothing.</param>
    /// <remarks>
    /// An amount must be one of the message's numbers, but for those of dates and cards; its currency is the one that stands beside it, or must be named; a card ending must be four digits that are neither
    /// amount nor date, or said to be a card's; merchant and date must stand in it word for word. A number is not read twice: what is the card's is no amount.
    /// </remarks>
    public static MessageFacts Supported(MessageFacts facts, string message, out IReadOnlyList<string> corrections)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(message);
        List<string> lines = [];
        facts = facts with
        {
            CardEnding = Changed("card ending", facts.CardEnding, facts.CardEnding is { } ending ? MessageNumbers.NearestCardEnding(message, ending) : null),
            Merchant = Changed("merchant", facts.Merchant, facts.Merchant is { } merchant ? NearestWords.Find(message, merchant) : null),
            Date = Changed("date", facts.Date, facts.Date is { } date ? NearestWords.Find(message, date) : null),
        };
        decimal? amount = Changed("amount", facts.Amount, facts.Amount is { } read ? MessageNumbers.NearestAmount(message, read, facts.CardEnding) : null);
        Currency? currency = amount is null && facts.Amount is not null ? null
            : (amount is { } number ? MessageNumbers.CurrencyOf(message, number) : null) ?? (facts.Currency is { } named && MessageNumbers.Names(message, named) ? named : null);
        // It goes with its amount, in silence.
        facts = facts with { Amount = amount, Currency = facts.Amount is not null && amount is null ? null : Changed("currency", facts.Currency, currency) };
        corrections = lines;
        return facts;

        T Changed<T>(string name, T read, T supported)
        {
            if (!EqualityComparer<T>.Default.Equals(read, supported))
                lines.Add(supported is null ? string.Create(CultureInfo.InvariantCulture, $"{name} {read} dropped") : read is null ? string.Create(CultureInfo.InvariantCulture, $"{name} {supported} added") : string.Create(CultureInfo.InvariantCulture, $"{name} {read} -> {supported}"));
            return supported;
        }
    }
}

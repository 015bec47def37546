using System.Globalization;

namespace Quickstart;

/// <summary>Holds facts against the message that they were read from: what a model makes up is never passed on.</summary>
public static class FactsCheck
{
    /// <summary>The facts that the message bears out: what stands in it nearly becomes what stands in it, the rest becomes null.</summary>
    /// <param name="facts">What the model read.</param>
    /// <param name="message">The message.</param>
    /// <param name="corrections">What was changed, one line each; empty if nothing.</param>
    /// <remarks>An amount must be one of the message's numbers, but for those of dates and cards; a currency must be named; a card ending must be four digits that are neither amount nor date; merchant and date must stand in it word for word.</remarks>
    public static MessageFacts Supported(MessageFacts facts, string message, out IReadOnlyList<string> corrections)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(message);
        List<string> lines = [];
        if (facts.Amount is { } amount && !MessageNumbers.Amounts(message).Contains(amount))
        {
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"amount {amount} dropped"));
            facts = facts with { Amount = null, Currency = null };
        }
        if (facts.Currency is { } currency && !MessageNumbers.Names(message, currency))
        {
            lines.Add($"currency {currency} dropped");
            facts = facts with { Currency = null };
        }
        if (facts.CardEnding is { } ending && !MessageNumbers.CardEndings(message).Contains(ending))
        {
            lines.Add($"card ending {ending} dropped");
            facts = facts with { CardEnding = null };
        }
        facts = facts with { Merchant = InMessage("merchant", facts.Merchant), Date = InMessage("date", facts.Date) };
        corrections = lines;
        return facts;

        string? InMessage(string name, string? text)
        {
            if (text is null || message.Contains(text, StringComparison.OrdinalIgnoreCase))
                return text;
            string? nearest = NearestWords.Find(message, text);
            lines.Add(nearest is null ? $"{name} {text} dropped" : $"{name} {text} -> {nearest}");
            return nearest;
        }
    }
}

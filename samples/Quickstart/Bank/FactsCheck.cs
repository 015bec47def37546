using System.Globalization;
using System.Text.RegularExpressions;

namespace Quickstart;

/// <summary>Holds facts against the message that they were read from: what a model makes up is never passed on.</summary>
public static partial class FactsCheck
{
    /// <summary>The facts that the message bears out; the others become null.</summary>
    /// <param name="facts">What the model read.</param>
    /// <param name="message">The message.</param>
    /// <param name="dropped">What was made null, one line each; empty if nothing.</param>
    /// <remarks>An amount must be one of the message's numbers, a card ending one of its runs of four digits; merchant and date must stand in it word for word.</remarks>
    public static MessageFacts Supported(MessageFacts facts, string message, out IReadOnlyList<string> dropped)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(message);
        List<string> lines = [];
        if (facts.Amount is { } amount && !Numbers(message).Contains(amount))
        {
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"amount {amount}"));
            facts = facts with { Amount = null, Currency = null };
        }
        if (facts.CardEnding is { } ending && !Endings(message).Contains(ending, StringComparer.Ordinal))
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

    /// <summary>The numbers of a text: 1,250.00, 1250 and 12.50 are, and 12,50 for the last.</summary>
    private static HashSet<decimal> Numbers(string text)
    {
        HashSet<decimal> numbers = [];
        foreach (Match match in Number().Matches(text))
        {
            string number = match.Groups["decimalComma"].Success ? match.Value.Replace(',', '.') : match.Value.Replace(",", "", StringComparison.Ordinal);
            if (decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value))
                numbers.Add(value);
        }
        return numbers;
    }

    // A comma sets off three digits, or stands for the point before one or two.
    [GeneratedRegex(@"[0-9]{1,3}(,[0-9]{3})+(?![0-9])(\.[0-9]+)?|(?<decimalComma>[0-9]+,[0-9]{1,2}(?![0-9]))|[0-9]+(\.[0-9]+)?", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Number();

    private static IEnumerable<string> Endings(string text)
    {
        int run = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && char.IsAsciiDigit(text[i]))
            {
                run++;
                continue;
            }
            if (run >= 4)
                yield return text[(i - 4)..i];
            run = 0;
        }
    }
}

using System.ComponentModel.DataAnnotations;

namespace Quickstart;

/// <summary>The facts of a message to a bank; what it does not say is null.</summary>
/// <param name="Amount">The amount of money in question, without sign or currency.</param>
/// <param name="Currency">The amount's currency.</param>
/// <param name="Merchant">The shop or company that was paid, as the message spells it.</param>
/// <param name="Date">When it happened, in the words of the message.</param>
/// <param name="CardEnding">The last four digits of the card.</param>
public sealed record MessageFacts(
    decimal? Amount,
    Currency? Currency,
    [property: StringLength(40, MinimumLength = 1)] string? Merchant,
    [property: StringLength(30, MinimumLength = 1)] string? Date,
    [property: RegularExpression("^[0-9]{4}$")] string? CardEnding);

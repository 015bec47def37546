using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace AiSdk.IntegrationTests;

/// <summary>What a customer wants.</summary>
internal enum Intent
{
    [JsonStringEnumMemberName("billing_issue")]
    BillingIssue,

    [JsonStringEnumMemberName("declined_card_payment")]
    DeclinedCardPayment,

    Other,
}

/// <summary>An order as a customer describes it.</summary>
/// <param name="Customer">Who orders.</param>
/// <param name="Lines">What is ordered.</param>
/// <param name="Urgent">Whether it must go out today.</param>
/// <param name="Note">Anything else that was said.</param>
internal sealed record Order(string Customer, IReadOnlyList<OrderLine> Lines, bool Urgent, string? Note);

/// <summary>One article of an order.</summary>
internal sealed record OrderLine(string Article, int Quantity, decimal Price, Intent? Reason);

/// <summary>A type whose annotations become constraint keywords of JSON Schema.</summary>
internal sealed record Constrained(
    [property: StringLength(40, MinimumLength = 2)] string Title,
    [property: RegularExpression("[A-Z]{2}-[0-9]+")] string Code,
    [property: Range(1, 5)] int Stars,
    [property: Range(0.5, 99.5, MinimumIsExclusive = true)] double Weight,
    [property: MinLength(1), MaxLength(3)] IReadOnlyList<string> Tags,
    [property: AllowedValues("eur", "usd")] string Currency,
    DateOnly Due,
    Guid Reference,
    byte Level);

/// <summary>A shape, told apart by its discriminator.</summary>
internal abstract record Shape
{
    internal sealed record Circle(double Radius) : Shape;

    internal sealed record Square(double Side) : Shape;
}

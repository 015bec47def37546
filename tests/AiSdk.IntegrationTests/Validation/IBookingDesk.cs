using System.ComponentModel.DataAnnotations;

namespace AiSdk.IntegrationTests;

/// <summary>Functions whose types have rules, and one whose type has none.</summary>
[AiFunctions]
internal interface IBookingDesk
{
    [UserPrompt("{{text}}")]
    Task<Booking> BookAsync(string text, CancellationToken cancellationToken = default);

    [UserPrompt("{{text}}")]
    Task<Intent> RouteAsync(string text, CancellationToken cancellationToken = default);
}

/// <summary>A booking as a guest asks for it.</summary>
internal sealed record Booking(
    [Required, StringLength(10)] string Guest,
    [EmailAddress] string? Mail,
    [property: Range(typeof(decimal), "0.5", "1,000.25")] decimal Price,
    [Range(0.1, 0.9)] double Discount,
    [RegularExpression("[A-Z]{2}-[0-9]+")] string Code,
    [Length(1, 2)] IReadOnlyList<Room> Rooms,
    IReadOnlyDictionary<string, Room> Extras,
    Payment Payment) : IValidatableObject
{
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Discount > 0.5 && Price < 100)
            yield return new ValidationResult("so much discount only from 100 on", [nameof(Discount)]);
    }
}

internal sealed record Room([AllowedValues("single", "double")] string Kind, [property: Night] DateOnly? From, Room? Adjoining);

internal abstract record Payment
{
    internal sealed record Card([CreditCard] string Number) : Payment;

    internal sealed record Cash([Range(typeof(TimeOnly), "08:00", "18:00")] TimeOnly At) : Payment;
}

/// <summary>A rule of the application's own.</summary>
internal sealed class NightAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) => value is null || (DateOnly)value >= new DateOnly(2026, 1, 1);

    public override string FormatErrorMessage(string name) => $"{name} is in the past";
}

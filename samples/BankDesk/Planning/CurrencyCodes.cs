using Quickstart;

namespace BankDesk.Planning;

/// <summary>Currencies by their codes.</summary>
internal static class CurrencyCodes
{
    /// <summary>A currency's code, ISO 4217.</summary>
    public static string Of(Currency currency) => currency switch
    {
        Currency.Euro => "EUR",
        Currency.Pound => "GBP",
        Currency.UsDollar => "USD",
        Currency.SwissFranc => "CHF",
        Currency.Yen => "JPY",
        Currency.AustralianDollar => "AUD",
        Currency.CanadianDollar => "CAD",
        Currency.SwedishKrona => "SEK",
        Currency.Zloty => "PLN",
        Currency.Rupee => "INR",
        _ => throw new ArgumentOutOfRangeException(nameof(currency), currency, null),
    };
}

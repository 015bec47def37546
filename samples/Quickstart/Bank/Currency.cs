using System.Text.Json.Serialization;

namespace Quickstart;

/// <summary>Currencies, in JSON by their ISO 4217 codes.</summary>
public enum Currency
{
    [JsonStringEnumMemberName("EUR")]
    Euro,

    [JsonStringEnumMemberName("GBP")]
    Pound,

    [JsonStringEnumMemberName("USD")]
    UsDollar,

    [JsonStringEnumMemberName("CHF")]
    SwissFranc,

    [JsonStringEnumMemberName("JPY")]
    Yen,

    [JsonStringEnumMemberName("AUD")]
    AustralianDollar,

    [JsonStringEnumMemberName("CAD")]
    CanadianDollar,

    [JsonStringEnumMemberName("SEK")]
    SwedishKrona,

    [JsonStringEnumMemberName("PLN")]
    Zloty,

    [JsonStringEnumMemberName("INR")]
    Rupee,
}

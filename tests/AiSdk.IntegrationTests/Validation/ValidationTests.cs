using System.Text;
using System.Text.Json;
using AiSdk.CompilerServices;
using Xunit;

namespace AiSdk.IntegrationTests;

/// <summary>What the generated reader lets through, the generated validator lists: all at once, in any culture.</summary>
public sealed class ValidationTests
{
    public static TheoryData<string> Cultures => CultureScope.All;

    private static IReadOnlyList<OutputError> Check(string json)
    {
        Utf8JsonReader reader = new(Encoding.UTF8.GetBytes(json));
        reader.Read();
        Booking booking = BookingDesk.BookAsyncInfo.Reader(ref reader);
        OutputValidator validator = new();
        BookingDesk.BookAsyncInfo.Validator!(booking, validator);
        return validator.Errors;
    }

    [Theory]
    [MemberData(nameof(Cultures))]
    public void All_failures_have_path_rule_and_value(string culture)
    {
        using CultureScope scope = new(culture);
        IReadOnlyList<OutputError> errors = Check("""
            {"guest":" ","mail":"nobody","price":1000.26,"discount":0.05,"code":"ab-1",
            "rooms":[{"kind":"single","from":"2025-12-31","adjoining":{"kind":"SINGLE","from":null,"adjoining":null}},{"kind":"double","from":"2026-01-01","adjoining":null},{"kind":"double","from":null,"adjoining":null}],
            "extras":{"sea view":{"kind":"tr\u0131ple","from":null,"adjoining":null}},"payment":{"type":"Cash","at":"18:00:01"}}
            """);
        Assert.Equal(
            [
                ("$.guest", "[Required]", "\" \""),
                ("$.mail", "[EmailAddress]", "\"nobody\""),
                ("$.price", "[Range(typeof(decimal), \"0.5\", \"1,000.25\")]", "1000.26"),
                ("$.discount", "[Range(0.1, 0.9)]", "0.05"),
                ("$.code", "[RegularExpression(\"[A-Z]{2}-[0-9]+\")]", "\"ab-1\""),
                ("$.rooms", "[Length(1, 2)]", "[{…}, {…}, {…}]"),
                ("$.rooms[0].from", "[Night]", "\"2025-12-31\""),
                ("$.rooms[0].adjoining.kind", "[AllowedValues(\"single\", \"double\")]", "\"SINGLE\""),
                ("$.extras['sea view'].kind", "[AllowedValues(\"single\", \"double\")]", "\"trıple\""),
                ("$.payment.at", "[Range(typeof(TimeOnly), \"08:00\", \"18:00\")]", "\"18:00:01.0000000\""),
            ],
            errors.Select(static e => (e.Path, e.Rule!, e.Value!)));
        Assert.Equal("1000.26 is not from 0.5 to 1000.25", errors[2].Message);
        Assert.Equal("From is in the past", errors[6].Message);
    }

    [Theory]
    [MemberData(nameof(Cultures))]
    public void A_right_value_has_no_errors_and_is_then_checked_as_a_whole(string culture)
    {
        using CultureScope scope = new(culture);
        const string Json = """
            {"guest":"Ayşe İnci","mail":null,"price":PRICE,"discount":0.9,"code":"II-15","rooms":[{"kind":"single","from":null,"adjoining":null}],"extras":{},"payment":{"type":"Card","number":"4111111111111111"}}
            """;
        Assert.Empty(Check(Json.Replace("PRICE", "1000.25", StringComparison.Ordinal)));
        OutputError error = Assert.Single(Check(Json.Replace("PRICE", "0.5", StringComparison.Ordinal)));
        Assert.Equal(("$.discount", "so much discount only from 100 on", nameof(System.ComponentModel.DataAnnotations.IValidatableObject)), (error.Path, error.Message, error.Rule));
    }

    [Fact]
    public void A_type_without_rules_has_no_validator() => Assert.Null(BookingDesk.RouteAsyncInfo.Validator);
}

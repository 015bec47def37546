using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using AiSdk.CompilerServices;
using Xunit;

namespace AiSdk.Tests;

public sealed class OutputValidatorTests
{
    public static TheoryData<object?, string> Values => new()
    {
        { null, "null" },
        { true, "true" },
        { -1234.5m, "-1234.5" },
        { 1e-7, "1E-07" },
        { "a\"\n", "\"a\\\"\\n\"" },
        { 'ä', "\"ä\"" },
        { DayOfWeek.Friday, "\"Friday\"" },
        { new DateOnly(2026, 3, 31), "\"2026-03-31\"" },
        { new DateTime(2026, 3, 31, 1, 2, 3, DateTimeKind.Utc), "\"2026-03-31T01:02:03.0000000Z\"" },
        { new TimeSpan(1, 2, 3, 4), "\"1.02:03:04\"" },
        { new Uri("https://a.b/ä"), "\"https://a.b/ä\"" },
        { new[] { 1, 2, 3, 4, 5 }, "[1, 2, 3, 4, …]" },
        { new List<object?> { new(), null, new[] { 1 } }, "[{…}, null, […]]" },
        { default(ImmutableArray<int>), "null" },
        { new Dictionary<string, int> { ["a"] = 1 }, "{…}" },
        { new object(), "{…}" },
        { new string('x', 99) + "😀y", $"\"{new string('x', 99)}…\"" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void A_value_is_shown_as_JSON_in_any_culture(object? value, string expected)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("fi-FI");
            OutputValidator validator = new();
            validator.Enter("a");
            validator.Enter(2);
            validator.Fail(value, "[Rule]", "is wrong");
            validator.Leave();
            validator.Fail(value, "[Rule]", "is wrong", "own message");
            Assert.Equal(
                [
                    new OutputError("$.a[2]", $"{expected} is wrong") { Rule = "[Rule]", Value = expected },
                    new OutputError("$.a", "own message") { Rule = "[Rule]", Value = expected },
                ],
                validator.Errors);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("abc", 3)]
    [InlineData("😀", 1)]
    [InlineData("a😀b😀", 4)]
    public void Lengths_are_counted_in_code_points(string text, int length)
    {
        for (int limit = 0; limit < 6; limit++)
        {
            OutputValidator validator = new();
            validator.CheckLength(text, "", maximum: limit);
            Assert.Equal(length > limit, validator.Count == 1);
            validator = new();
            validator.CheckLength(text, "", minimum: limit);
            Assert.Equal(length < limit, validator.Count == 1);
        }
    }

    [Fact]
    public void Half_a_surrogate_pair_counts_as_one()
    {
        Assert.Equal(1, OutputValidator.CodePoints("\ud83d"));
        Assert.Equal(2, OutputValidator.CodePoints("\ud83d\ud83d\ude00"));
        Assert.Equal(2, OutputValidator.CodePoints("\ude00a"));
    }

    [Fact]
    public void A_cancellation_in_a_rule_is_none_of_its_errors()
    {
        OutputValidator validator = new();
        OutputRule cancelled = new(static () => throw new OperationCanceledException(), "[Slow]");
        Assert.Throws<OperationCanceledException>(() => validator.Check(cancelled, 1, this, "x", "X"));
        OutputRule broken = new(static () => throw new InvalidOperationException("no"), "[Broken]");
        validator.Check(broken, 1, this, "x", "X");
        Assert.Equal("1 could not be checked: InvalidOperationException: no", Assert.Single(validator.Errors).Message);
    }

    [Fact]
    public void An_annotation_of_the_platform_works_as_it_is()
    {
        OutputValidator validator = new();
        OutputRule rule = new(static () => new FileExtensionsAttribute { Extensions = "png" }, "[FileExtensions(Extensions = \"png\")]");
        validator.Check(rule, "a.png", this, "File", "File");
        Assert.Empty(validator.Errors);
        validator.Check(rule, "a.gif", this, "File", "File");
        Assert.Equal(("$", "\"a.gif\""), (validator.Errors[0].Path, validator.Errors[0].Value));
    }
}

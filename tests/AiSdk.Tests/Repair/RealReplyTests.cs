using System.Text.Json;
using Xunit;

namespace AiSdk.Tests;

/// <summary>Replies as models write them: the value that is meant, or an error where two may be meant.</summary>
public sealed class RealReplyTests
{
    private static readonly OutputShape _texts = Shape("""{"type":"array","items":{"type":"string"}}""");
    private static readonly OutputShape _wholes = Shape("""{"type":"array","items":{"type":"integer"}}""");
    private static readonly OutputShape _number = Shape("""{"type":"number"}""");
    private static readonly OutputShape _whole = Shape("""{"type":"integer"}""");
    private static readonly OutputShape _counts = Shape("""{"type":"object","additionalProperties":{"type":"integer"}}""");

    private static readonly OutputShape _items = Shape("""
        {"type":"array","items":{"type":"object","properties":{"n":{"type":"string"},"v":{"type":"integer"}},"required":["n"],"additionalProperties":false}}
        """);

    private static readonly OutputShape _pair = Shape("""
        {"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"string"}},"required":["a"],"additionalProperties":false}
        """);

    private static readonly OutputShape _times = Shape("""
        {"type":"object","properties":{"d":{"type":"string","format":"date"},"t":{"type":"string","format":"date-time"}},"additionalProperties":false}
        """);

    [Theory]
    [InlineData("minus 5", "-5")]
    [InlineData("It is negative 5.", "-5")]
    [InlineData("1½", "1.5")]
    [InlineData("½", "0.5")]
    [InlineData("about 3 million", "3000000")]
    [InlineData("<answer>5</answer>", "5")]
    [InlineData("<5", null)]
    [InlineData("> 5", null)]
    [InlineData("at least 5", null)]
    [InlineData("more than 5", null)]
    [InlineData("5+", null)]
    [InlineData("5 or more", null)]
    [InlineData("10²", null)]
    [InlineData("⅓", null)]
    [InlineData("500 万", null)]
    [InlineData("5 Mrd", null)]
    [InlineData("2 lakh", null)]
    [InlineData("5 thousand million", null)]
    [InlineData("5.00-", null)]
    [InlineData("--42", null)]
    [InlineData("50¢", null)]
    [InlineData("50 bps", null)]
    [InlineData("It isn't 42", null)]
    [InlineData("never 42", null)]
    [InlineData("unknown (maybe 30)", null)]
    [InlineData("17-B", null)]
    [InlineData("5/10", null)]
    [InlineData("€1.000", null)]
    [InlineData("€1.50", "1.50")]
    [InlineData("3/4", "0.75")]
    public void Number(string reply, string? expected) => IsRead(reply, _number, expected);

    [Theory]
    [InlineData("1,000", "1000")]
    [InlineData("1.000", null)]
    [InlineData("12.000 EUR", null)]
    [InlineData("1.0", "1")]
    [InlineData("10/10", null)]
    [InlineData("""{"error":404}""", null)]
    [InlineData("""{"answer":42}""", "42")]
    public void Whole_number(string reply, string? expected) => IsRead(reply, _whole, expected);

    [Theory]
    [InlineData("Here:\n- a\n- b\n\nHope this helps", """["a","b"]""")]
    [InlineData("- a\n  goes on\n- b", """["a\n  goes on","b"]""")]
    [InlineData("- a\ngoes on?\n- b", null)]
    [InlineData("- a\n\nand also\n\n- b", null)]
    [InlineData("""{"items":["a"]}""", """["a"]""")]
    [InlineData("""{"items":["a"],"total":1}""", null)]
    [InlineData("See [the docs](https://x.y) for more.", null)]
    [InlineData("[a, b]", """["a","b"]""")]
    [InlineData("{}", null)]
    [InlineData("\"none\"", null)]
    [InlineData("\"\"", null)]
    [InlineData("""{"0":"a","1":"b"}""", null)]
    public void Texts(string reply, string? expected) => IsRead(reply, _texts, expected);

    [Theory]
    [InlineData("1. 5\n2. 6", "[5,6]")]
    [InlineData("[1,000, 2]", null)]
    [InlineData("[1, 000]", null)]
    [InlineData("[$1,200.50, $3]", null)]
    [InlineData("[100,200,300]", "[100,200,300]")]
    [InlineData("100,200,300", null)]
    [InlineData("1, 2, 3", "[1,2,3]")]
    public void Whole_numbers(string reply, string? expected) => IsRead(reply, _wholes, expected);

    [Theory]
    [InlineData("""{"results":[{"n":"a"}],"count":1}""", null)]
    [InlineData("""{"results":[{"n":"a"}],"next":null}""", """[{"n":"a"}]""")]
    [InlineData("""{"n":[{"n":"a"}]}""", """[{"n":"a"}]""")]
    [InlineData("""{"n":"a"},{"n":"b"}""", """[{"n":"a"},{"n":"b"}]""")]
    [InlineData("Draft: {\"n\":\"a\"}\nFinal: {\"n\":\"b\"}", """[{"n":"b"}]""")]
    public void Items(string reply, string? expected) => IsRead(reply, _items, expected);

    [Theory]
    [InlineData("""{"result":{"a":1}}""", """{"a":1}""")]
    [InlineData("""{"result":{"a":1,"b":2}}""", """{"a":1,"b":2}""")]
    [InlineData("""{"a":{"value":1},"b":{"value":2}}""", """{"a":1,"b":2}""")]
    public void Counts(string reply, string? expected) => IsRead(reply, _counts, expected);

    [Theory]
    [InlineData("a: 1, b: x", null)]
    [InlineData("a: 1\nb: “x”", """{"a":1,"b":"x"}""")]
    [InlineData("""{{"a":1,"b":"x"}}""", """{"a":1,"b":"x"}""")]
    [InlineData("""{"a":1,"b":{"value":"x"}}""", """{"a":1,"b":"x"}""")]
    [InlineData("""{"a":1,"b":...}""", null)]
    [InlineData("""{"a":1,"b":"x" and so on}""", null)]
    [InlineData("""{"a":1,"b":"x"} is it, not {"a":2,"b":"y"}""", """{"a":1,"b":"x"}""")]
    [InlineData("The answer is not {\"a\":1} but {\"a\":2}", """{"a":2}""")]
    [InlineData("{\"a\":1}\n\nWait, that's wrong. Correct is:\n{\"a\":2}", """{"a":2}""")]
    [InlineData("""<|channel|>analysis<|message|>Perhaps {"a":1}?<|end|>""", null)]
    [InlineData("""{"a":{"was":1}}""", null)]
    [InlineData("""{"a":{"value":1}}""", """{"a":1}""")]
    public void Pair(string reply, string? expected) => IsRead(reply, _pair, expected);

    [Theory]
    [InlineData("""{"d":"2024-04-05T00:00:00Z"}""", """{"d":"2024-04-05"}""")]
    [InlineData("""{"d":"2024-04-05T10:00:00Z"}""", null)]
    [InlineData("""{"d":"05/04/2024"}""", null)]
    [InlineData("""{"t":"05/01/2024 10:00:00"}""", null)]
    [InlineData("""{"t":"2024-04-05T10:00:00+0200"}""", """{"t":"2024-04-05T10:00:00+02:00"}""")]
    [InlineData("""{"t":"2024-04-05 10:00:00 PM"}""", """{"t":"2024-04-05T22:00:00"}""")]
    public void Times(string reply, string? expected) => IsRead(reply, _times, expected);

    [Theory]
    [InlineData("{\"a\":1 // one\n}")]
    [InlineData("""{"a":1,"b":"x" /* text */}""")]
    public void A_comment_before_the_last_brace_is_a_repair(string reply) => Assert.Contains(StructuredOutput.Parse(reply, _pair).Repairs, static r => r.Kind == RepairKind.Syntax);

    [Theory]
    [InlineData("""{"n":"a"},{"n":"b"}""")]
    [InlineData("{\"n\":\"a\"}\n{\"n\":\"b\"}")]
    public void A_list_without_brackets_is_a_repair(string reply) => Assert.Contains(StructuredOutput.Parse(reply, _items).Repairs, static r => r.Kind == RepairKind.Syntax);

    [Theory]
    [InlineData("Sales", "\"Sales\"")]
    [InlineData("The topic is Sales.", "\"Sales\"")]
    [InlineData("It is definitely not a case of Sales.", null)]
    [InlineData("Sales is not it.", null)]
    [InlineData("Anything except Sales", null)]
    public void Enum(string reply, string? expected) => IsRead(reply, Shape("""{"enum":["Billing","Sales","Other"]}"""), expected);

    [Fact]
    public void An_empty_value_is_named_by_nothing() => IsRead("hello", Shape("""{"enum":["","a"]}"""), null);

    [Theory]
    [InlineData("A, C", null)]
    [InlineData("(B)", "\"B\"")]
    public void Letter(string reply, string? expected) => IsRead(reply, Shape("""{"enum":["A","B","C"]}"""), expected);

    [Theory]
    [InlineData("""{"unsafe":true}""", null)]
    [InlineData("""{"is_safe":true}""", """{"is_safe":true}""")]
    [InlineData("true", """{"is_safe":true}""")]
    public void The_only_property_is_not_another_one(string reply, string? expected) =>
        IsRead(reply, Shape("""{"type":"object","properties":{"is_safe":{"type":"boolean"}},"required":["is_safe"],"additionalProperties":false}"""), expected);

    [Fact]
    public void What_is_required_must_be_there_though_it_is_not_described()
    {
        OutputShape shape = Shape("""{"type":"object","properties":{"a":{"type":"integer"}},"required":["a","b"]}""");
        IsRead("""{"a":1,"b":[2]}""", shape, """{"a":1,"b":[2]}""");
        IsRead("""{"a":1}""", shape, null);
    }

    [Fact]
    public void The_stricter_of_two_limits_counts()
    {
        OutputShape shape = Shape("""{"type":"integer","minimum":5,"exclusiveMinimum":3,"maximum":9,"exclusiveMaximum":9}""");
        IsRead("4", shape, null);
        IsRead("5", shape, "5");
        IsRead("9", shape, null);
    }

    [Theory]
    [InlineData("""{"$ref":5}""", "$ref")]
    [InlineData("""{"$ref":"https://example.org/a.json"}""", "$ref")]
    [InlineData("""{"type":"object","properties":{"a":{}},"required":[5]}""", "required")]
    public void A_schema_that_is_none_is_refused_by_its_keyword(string schema, string keyword) =>
        Assert.Contains(keyword, Assert.Throws<ArgumentException>(() => Shape(schema)).Message, StringComparison.Ordinal);

    [Fact]
    public void All_that_is_wrong_is_said_at_once() => Assert.Equal(
        ["$.a", "$.c", "$.list"],
        StructuredOutput.Parse("""{"b":"x","c":"many"}""", Shape("""
            {"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"string"},"c":{"type":"integer"},"list":{"type":"array","items":{"type":"string"}}},
            "required":["a","b","c","list"],"additionalProperties":false}
            """)).Errors.Select(static e => e.Path));

    private static void IsRead(string reply, OutputShape shape, string? expected) => Assert.Equal(expected, StructuredOutput.Parse(reply, shape).Json);

    private static OutputShape Shape(string schema) => OutputShape.FromJsonSchema(JsonElement.Parse(schema));
}

using System.Globalization;
using System.Numerics;
using System.Text.Json;
using AiSdk.Benchmarks;
using AiSdk.CompilerServices;
using CsCheck;
using Xunit;

namespace AiSdk.Tests;

public sealed class ShapeValidatorTests
{
    private static OutputShape Shape(string schema) => OutputShape.FromJsonSchema(JsonElement.Parse(schema));

    private static string[] Errors(string schema, string json) =>
        [.. StructuredOutput.Validate(json, Shape(schema)).Select(static e => $"{e.Path}|{e.Rule}|{e.Value}|{e.Message}")];

    [Theory]
    [InlineData("""{"type":"integer","minimum":1,"maximum":5}""", "1", "5", "0", "6", "1.5", "\"1\"", "null")]
    [InlineData("""{"type":"integer","exclusiveMinimum":9007199254740993}""", "9007199254740994", "1e99", "9007199254740993", "9007199254740992")]
    [InlineData("""{"type":"number","minimum":0.1,"exclusiveMaximum":0.3}""", "0.1", "0.29999999999999999999999999999", "0.0999999999999999999999999999", "0.3", "3e-1")]
    [InlineData("""{"type":"integer"}""", "1.0", "120e-1", "12e-1", "true")]
    [InlineData("""{"type":"string","minLength":2,"maxLength":3}""", "\"ab\"", "\"😀😀😀\"", "\"😀\"", "\"abcd\"", "1")]
    [InlineData("""{"type":"string","pattern":"[A-Z]{2}"}""", "\"AB\"", "\"xxABxx\\ny\"", "\"A\"", "\"aB\"")]
    [InlineData("""{"type":"string","pattern":"^a|b$"}""", "\"ax\"", "\"xb\"", "\"xax\"", "\"bx\"")]
    [InlineData("""{"type":"string","pattern":"^(a|ab)$"}""", "\"a\"", "\"ab\"", "\"abb\"", "\"b\"")]
    [InlineData("""{"type":"string","pattern":"^(?!x)[a-z]+$"}""", "\"abc\"", "\"\"", "\"xabc\"", "\"A\"")]
    [InlineData("""{"type":"string","format":"date"}""", "\"2026-03-31\"", "\"2024-02-29\"", "\"2026-02-30\"", "\"31.3.2026\"")]
    [InlineData("""{"type":"array","items":{"type":"integer"},"minItems":1,"maxItems":2}""", "[1]", "[1,2]", "[]", "[1,2,3]", "[1.5]", "{}")]
    [InlineData("""{"type":"object","additionalProperties":{"type":"boolean"},"minProperties":1,"maxProperties":2}""", "{\"a\":true}", "{\"a\":true,\"b\":false}", "{}", "{\"a\":1}", "[]")]
    [InlineData("""{"enum":["a",1,null]}""", "\"a\"", "1.0", "\"b\"", "2", "true")]
    [InlineData("""{"type":"object","properties":{"a":{"type":["string","null"],"maxLength":1}},"required":["a"],"additionalProperties":false}""", "{\"a\":\"x\"}", "{\"a\":null}", "{}", "{\"a\":\"xx\"}", "{\"a\":null,\"b\":1}", "null")]
    [InlineData("""{"anyOf":[{"type":"integer","minimum":5},{"type":"string","maxLength":1}]}""", "5", "\"a\"", "4", "\"ab\"", "true")]
    public void A_schema_holds_for_the_first_two_and_not_for_the_others(string schema, params string[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            string[] errors = Errors(schema, values[i]);
            Assert.True(errors.Length == (i < 2 ? 0 : 1), $"{values[i]}: {string.Join("; ", errors)}");
        }
    }

    [Fact]
    public void All_failures_come_at_once_with_path_rule_value_and_message() => Assert.Equal(
        [
            "$.name|maxLength 3|\"abcd\"|\"abcd\" has 4 characters, where 1 to 3 are allowed",
            "$.name|pattern ^[a-c]*$|\"abcd\"|\"abcd\" does not match ^[a-c]*$",
            "$.items[1]['unit price']|exclusiveMinimum 0|-1|-1 is not more than 0",
            "$.items[2]|required|{}|{} lacks the property 'unit price'",
            "$.more|additionalProperties|[1]|[1] is not wanted: # has no property of that name",
        ],
        Errors(
            """
            {"type":"object","properties":{"name":{"type":"string","minLength":1,"maxLength":3,"pattern":"^[a-c]*$"},
            "items":{"type":"array","items":{"type":"object","properties":{"unit price":{"type":"number","exclusiveMinimum":0}},"required":["unit price"]}}},
            "required":["name","items"],"additionalProperties":false}
            """,
            """{"name":"abcd","items":[{"unit price":1},{"unit price":-1},{}],"more":[1]}""").Select(static e => e.Replace("Output has", "# has", StringComparison.Ordinal)));

    [Fact]
    public void A_union_is_checked_as_the_variant_that_fits_best() => Assert.Equal(
        ["$.price|minimum 0|-1|-1 is not at least 0"],
        Errors(
            """
            {"anyOf":[{"type":"object","properties":{"name":{"type":"string"}},"required":["name"],"additionalProperties":false},
            {"type":"object","properties":{"price":{"type":"number","minimum":0},"unit":{"type":"string"}},"required":["price","unit"],"additionalProperties":false}]}
            """,
            """{"price":-1,"unit":"kg"}"""));

    [Fact]
    public void A_parsed_reply_keeps_its_limits()
    {
        OutputShape shape = Shape("""{"type":"object","properties":{"code":{"type":"string","pattern":"^[A-Z]+$"},"tags":{"type":"array","items":{"type":"string","maxLength":2}}},"required":["code","tags"]}""");
        StructuredOutputResult right = StructuredOutput.Parse("```json\n{'code':'AB','tags':['x']}\n```", shape);
        Assert.Equal("""{"code":"AB","tags":["x"]}""", right.Json);
        StructuredOutputResult wrong = StructuredOutput.Parse("```json\n{'code':'ab','tags':['x','xyz']}\n```", shape);
        Assert.False(wrong.Success);
        Assert.Equal(["$.code", "$.tags[1]"], wrong.Errors.Select(static e => e.Path));
        Assert.NotEmpty(wrong.Repairs);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[1,]")]
    [InlineData("\"\\ud800\"")]
    [InlineData("{\"\\ud800\":1}")]
    public void What_is_no_JSON_is_an_error(string json)
    {
        OutputError error = Assert.Single(StructuredOutput.Validate(json, Shape("""{"type":"object","properties":{"a":{"type":"string","maxLength":1}}}""")));
        Assert.Equal("$", error.Path);
    }

    [Fact]
    public void Only_a_thousand_errors_are_listed_and_long_values_are_cut()
    {
        OutputShape shape = Shape("""{"type":"object","additionalProperties":{"type":"array","items":{"type":"string","maxLength":1}}}""");
        string key = new('k', 100_000);
        string json = $$"""{"{{key}}":[{{string.Join(',', Enumerable.Repeat($"\"{new string('é', 500)}\"", 3000))}}]}""";
        IReadOnlyList<OutputError> errors = StructuredOutput.Validate(json, shape);
        Assert.Equal(1001, errors.Count);
        Assert.Equal("and 2000 more", errors[^1].Message);
        Assert.All(errors, static e => Assert.InRange(e.Path.Length + e.Message.Length, 1, 1000));
    }

    [Fact]
    public void Unions_in_unions_take_linear_time()
    {
        OutputShape shape = Shape("""
            {"$defs":{"N":{"anyOf":[{"type":"array","items":{"$ref":"#/$defs/N"},"maxItems":2},{"type":"array","items":{"$ref":"#/$defs/N"},"maxItems":3},{"type":"integer"}]}},"$ref":"#/$defs/N"}
            """);
        string json = new string('[', 60) + "true" + new string(']', 60);
        // Without a memory of what was chosen this would not end.
        OutputError error = Assert.Single(StructuredOutput.Validate(json, shape));
        Assert.Equal(("anyOf", "true is of none of the allowed types"), (error.Rule, error.Message));
    }

    [Fact]
    public void A_pattern_that_backtracks_without_end_is_an_error_of_the_value()
    {
        int timeouts = 0;
        OutputPattern pattern = new("(?=(a+)+b)a*", timeout: 20);
        Assert.Equal(
            ["takes too long", "takes too long", "takes too long", "was not checked"],
            Enumerable.Range(0, 4).Select(_ => pattern.Problem(new string('a', 40), ref timeouts)![..14].TrimEnd()).Select(static p => p.StartsWith("was not", StringComparison.Ordinal) ? "was not checked" : p));
        Assert.Null(new OutputPattern("(a+)+").Problem(new string('a', 100_000), ref timeouts));
        Assert.Contains("no regular expression", new OutputPattern("(").Problem("a", ref timeouts), StringComparison.Ordinal);
    }

    [Fact]
    public void Decimal_text_compares_as_exact_numbers_do() => Gen.Select(Gen.Long[-1_000_000, 1_000_000], Gen.Int[-12, 12], Gen.Int[0, 3], Gen.Long[-1_000_000, 1_000_000], Gen.Int[-12, 12]).Sample(
        static (a, e, style, b, f) =>
        {
            string left = Written(a, e, style);
            string right = Written(b, f, 3 - style);
            BigInteger x = a * BigInteger.Pow(10, e + 12);
            BigInteger y = b * BigInteger.Pow(10, f + 12);
            Assert.True(x.CompareTo(y) == Math.Sign(new DecimalText(left).CompareTo(new DecimalText(right))), $"{left} and {right}");
            Assert.True((x % BigInteger.Pow(10, 12)).IsZero == new DecimalText(left).IsWhole, left);
        });

    private static string Written(long digits, int exponent, int style) => style switch
    {
        0 => string.Create(CultureInfo.InvariantCulture, $"{digits}e{exponent}"),
        1 => string.Create(CultureInfo.InvariantCulture, $"{digits}00.00E{exponent - 2}"),
        2 => string.Create(CultureInfo.InvariantCulture, $"{(digits < 0 ? "-" : "")}0.0{Math.Abs(digits):D7}e+{exponent + 8}").Replace("e+-", "e-", StringComparison.Ordinal),
        _ => (digits * (decimal)Math.Pow(10, Math.Abs(exponent)) is decimal large && exponent >= 0 ? large : digits / (decimal)Math.Pow(10, Math.Abs(exponent))).ToString(CultureInfo.InvariantCulture),
    };

    [Fact]
    public void No_JSON_makes_it_throw() => Gen.Select(Gen.Char["{}[]\",:\\u0d1e-.tnfa "].Array[0, 40], Gen.Int[0, 4]).Sample(static (text, i) =>
    {
        OutputShape shape = Shape(new[]
        {
            """{"type":"string","pattern":"a"}""", """{"type":"array","items":{"type":"number","minimum":1}}""", """{"type":"object","properties":{"a":{"enum":["a",1]}}}""",
            """{"anyOf":[{"type":"string","maxLength":1},{"type":"array"}]}""", """{"type":"object","additionalProperties":{"type":"integer"}}""",
        }[i]);
        Assert.NotNull(StructuredOutput.Validate(new string(text), shape));
    });

    [Fact]
    public void What_the_repair_makes_of_real_replies_has_the_shape()
    {
        foreach (ReplyCase c in ReplyCases.Read(TestData.Path("data", "structured-output", "model-replies.json"), "complete"))
        {
            StructuredOutputResult result = StructuredOutput.Parse(c.Reply, c.Shape, new StructuredOutputOptions { AllowLoss = true });
            if (result.Json is { } json)
                Assert.True(StructuredOutput.Validate(json, c.Shape).Count == 0, $"{c.Reply}\n{json}\n{string.Join("\n", StructuredOutput.Validate(json, c.Shape))}");
        }
    }

    [Fact]
    public void A_long_reply_is_checked_whole()
    {
        OutputShape shape = Shape("""{"type":"array","items":{"type":"string","pattern":"^(a+)+$","minLength":1}}""");
        string json = $"[\"{new string('a', 1_000_000)}b\",{string.Join(',', Enumerable.Repeat("\"aaab\"", 300_000))}]";
        Assert.Equal(1001, StructuredOutput.Validate(json, shape).Count);
    }
}

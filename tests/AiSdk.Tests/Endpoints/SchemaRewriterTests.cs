using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace AiSdk.Tests;

/// <summary>Schemas in the dialects of providers.</summary>
public sealed class SchemaRewriterTests
{
    [Theory]
    [InlineData(
        ProviderProfile.OpenAIStrict,
        """{"type":"object","properties":{"a":{"type":"string","description":"A.","pattern":"^x$","minLength":2}},"required":["a"],"additionalProperties":false}""",
        """{"type":"object","properties":{"a":{"type":"string","description":"A.\npattern: ^x$\nminLength: 2"}},"required":["a"],"additionalProperties":false}""",
        "$.a: pattern, minLength")]
    [InlineData(
        ProviderProfile.OpenAIStrict,
        """{"type":"number","exclusiveMinimum":0,"maximum":9.50}""",
        """{"description":"maximum: 9.50","type":"number","exclusiveMinimum":0}""",
        "$: maximum")]
    [InlineData(
        ProviderProfile.Gemini,
        """{"anyOf":[{"type":"object","properties":{"type":{"type":"string","const":"A"}}},{"type":"object","properties":{"type":{"type":"integer","const":2}}}]}""",
        """{"anyOf":[{"type":"object","properties":{"type":{"type":"string","enum":["A"]}}},{"type":"object","properties":{"type":{"type":"integer","enum":[2]}}}]}""",
        null)]
    [InlineData(
        ProviderProfile.Gemini,
        """{"type":"array","items":{"type":["string","null"],"format":"uuid","maxLength":3},"minItems":1}""",
        """{"type":"array","items":{"type":["string","null"],"description":"format: uuid\nmaxLength: 3"},"minItems":1}""",
        "$[]: format, maxLength")]
    [InlineData(
        ProviderProfile.Gemini,
        """{"type":"string","format":"date-time"}""",
        """{"type":"string","format":"date-time"}""",
        null)]
    [InlineData(
        ProviderProfile.Anthropic,
        """{"type":"object","properties":{"p":{"type":"string","pattern":"^(?:(?=x).+)$"},"q":{"type":"string","pattern":"^(?:[a-z]+)$"},"r":{"$ref":"#/$defs/R"}},"$defs":{"R":{"type":"integer","minimum":0}}}""",
        """{"type":"object","properties":{"p":{"type":"string","description":"pattern: ^(?:(?=x).+)$"},"q":{"type":"string","pattern":"^(?:[a-z]+)$"},"r":{"$ref":"#/$defs/R"}},"$defs":{"R":{"type":"integer","description":"minimum: 0"}}}""",
        "$.p: pattern|#/$defs/R: minimum")]
    [InlineData(
        ProviderProfile.OpenAIStrict,
        """{"type":"object","properties":{"minLength":{"type":"string"},"format":{"type":"string"},"description":{"type":"string"}},"required":["minLength","format","description"],"additionalProperties":false}""",
        """{"type":"object","properties":{"minLength":{"type":"string"},"format":{"type":"string"},"description":{"type":"string"}},"required":["minLength","format","description"],"additionalProperties":false}""",
        null)]
    public void What_a_dialect_does_not_heed_goes_into_the_description(ProviderProfile dialect, string schema, string expected, string? moved)
    {
        JsonElement rewritten = SchemaRewriter.Rewrite(JsonElement.Parse(schema), SchemaProfile.All[(int)dialect], out IReadOnlyList<string> told);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(rewritten.GetRawText())), rewritten.GetRawText());
        Assert.Equal(moved?.Split('|') ?? [], told);
    }

    [Theory]
    [InlineData(ProviderProfile.OpenAIStrict, """{"type":"object","properties":{"a":{"type":"object","additionalProperties":{"type":"integer"}}}}""", "additionalProperties with a schema, at $.a")]
    [InlineData(ProviderProfile.OpenAIStrict, """{"type":"object","properties":{"a":{"$ref":"#"}}}""", null)]
    [InlineData(ProviderProfile.Anthropic, """{"type":"object","properties":{"a":{"$ref":"#"}}}""", "a schema that holds itself, at $.a")]
    [InlineData(ProviderProfile.Anthropic, """{"type":"object","properties":{"a":{"$ref":"#/$defs/A"}},"$defs":{"A":{"type":"object","properties":{"b":{"type":"array","items":{"$ref":"#/$defs/A"}}}}}}""", "a schema that holds itself, at $.a.b[]")]
    [InlineData(ProviderProfile.Anthropic, """{"type":"object","properties":{"a":{"$ref":"#/$defs/A"},"b":{"$ref":"#/$defs/A"}},"$defs":{"A":{"type":"string"}}}""", null)]
    [InlineData(ProviderProfile.Gemini, """{"type":"object","additionalProperties":{"$ref":"#"}}""", null)]
    public void What_a_dialect_refuses_is_named_with_its_place(ProviderProfile dialect, string schema, string? refused) =>
        Assert.Equal(refused is null ? [] : [refused], SchemaLimits.Check(JsonElement.Parse(schema), SchemaProfile.All[(int)dialect]));

    [Fact]
    public void Nesting_is_counted_as_the_analyzer_counts_it()
    {
        string schema = """{"type":"string"}""";
        for (int level = 0; level < 10; level++)
            schema = Nested(schema);
        SchemaProfile strict = SchemaProfile.All[(int)ProviderProfile.OpenAIStrict];

        Assert.Empty(SchemaLimits.Check(JsonElement.Parse(schema), strict));
        Assert.Equal(["11 levels of nesting, where 10 are allowed"], SchemaLimits.Check(JsonElement.Parse(Nested(schema)), strict));

        static string Nested(string inner) => $$$"""{"type":"object","properties":{"a":{{{inner}}}}}""";
    }

    [Fact]
    public void A_schema_is_rewritten_once_for_each_dialect()
    {
        OutputSchema output = new("T", """{"type":"object","properties":{},"required":[],"additionalProperties":false}""", "{}", isWrapped: false, static () => new OutputShape { Kind = OutputShapeKind.Object, Name = "T" });

        Assert.Same(output.For(ProviderProfile.Gemini), output.For(ProviderProfile.Gemini));
        Assert.True(output.For(ProviderProfile.OpenAIStrict).IsStrict);
        Assert.False(output.For(ProviderProfile.Gemini).IsStrict);
        Assert.Equal(true, output.For(ProviderProfile.OpenAIStrict).Tool.AdditionalProperties["strict"]);
    }
}

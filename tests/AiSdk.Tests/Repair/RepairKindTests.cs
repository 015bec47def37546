using System.Text.Json;
using AiSdk.Benchmarks;
using Xunit;

namespace AiSdk.Tests;

public sealed class RepairKindTests
{
    private const string Person = """
        {"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"},"tags":{"type":"array","items":{"type":"string"}}},"required":["name","age"],"additionalProperties":false}
        """;

    private static StructuredOutputResult Parse(string schema, string reply, bool allowLoss = false) =>
        StructuredOutput.Parse(reply, OutputShape.FromJsonSchema(JsonElement.Parse(schema)), new StructuredOutputOptions { AllowLoss = allowLoss });

    [Theory]
    [InlineData("""[{"n":"a"}{"n":"b"}]""")]
    [InlineData("""[{"n":"a"} {"n":"b"}]""")]
    [InlineData("""[{'n':'a'}{'n':'b'}]""")]
    public void Objects_without_a_comma_between_them_are_two(string reply) => Assert.Equal(
        """[{"n":"a"},{"n":"b"}]""",
        Parse("""{"type":"array","items":{"type":"object","properties":{"n":{"type":"string"}},"required":["n"]}}""", reply).Json);

    [Theory]
    [InlineData("Sure!\n```json\n{\"name\": \"Ann\", \"age\": 30}\n```\nAnything else?")]
    [InlineData("{'name': 'Ann', 'age': 30}")]
    [InlineData("{“name”: “Ann”, “age”: 30}")]
    [InlineData("{`name`: `Ann`, age: 30,}")]
    [InlineData("{\"name\": \"Ann\" \"age\": 30}")]
    [InlineData("{\"name\": \"Ann\"\n\"age\": 30}")]
    [InlineData("{\"name\": \"Ann, \"age\": 30}")]
    [InlineData("{name = \"Ann\"; age => 30}")]
    [InlineData("{ // who\n \"name\": \"Ann\", /* how old */ \"age\": 30 # years\n}")]
    [InlineData("{\"name\": \"Ann\", \"age\": 30")]
    [InlineData("{\"NAME\": \"Ann\", \"Age \": \"30\"}")]
    [InlineData("{\"result\": {\"name\": \"Ann\", \"age\": 30}}")]
    [InlineData("[{\"name\": \"Ann\", \"age\": 30}]")]
    [InlineData("\"{\\\"name\\\": \\\"Ann\\\", \\\"age\\\": 30}\"")]
    [InlineData("<think>{\"name\": \"Bob\", \"age\": 1}</think>{\"name\": \"Ann\", \"age\": 30}")]
    [InlineData("<|channel|>analysis<|message|>{\"name\": \"Bob\", \"age\": 1}<|end|><|start|>assistant<|channel|>final<|message|>{\"name\": \"Ann\", \"age\": 30}<|return|>")]
    [InlineData("Draft: {\"name\": \"Bob\", \"age\": 1}\nFinal answer: {\"name\": \"Ann\", \"age\": 30}")]
    [InlineData("{\"name\": [\"Ann\"], \"age\": [30]}")]
    public void What_was_meant_is_read(string reply)
    {
        StructuredOutputResult result = Parse(Person, reply);
        Assert.Empty(result.Errors);
        Assert.Equal("{\"name\":\"Ann\",\"age\":30}", result.Json);
        Assert.NotEmpty(result.Repairs);
    }

    [Theory]
    [InlineData("{\"name\": \"Ann\", \"age\": 30.7}", "$.age")]
    [InlineData("{\"name\": \"Ann\", \"age\": 30, \"rank\": \"major\"}", "$")]
    [InlineData("{\"name\": \"Ann\", \"age\": 30, \"tags\": [\"a\", null]}", "$.tags[1]")]
    [InlineData("{\"name\": \"Ann\", \"age\": 30} or {\"name\": \"Bob\", \"age\": 31}", "$")]
    [InlineData("{\"name\": \"Ann\", \"age\": 30, \"age\": 31}", "$")]
    [InlineData("{\"name\": \"Ann\", \"age\": 30, \"tags\": [\"a\", ...]}", "$.tags")]
    [InlineData("{\"age\": 30, \"name\": \"Ann\",\n  ...\n}", "$")]
    public void A_loss_is_an_error_unless_it_is_allowed(string reply, string path)
    {
        StructuredOutputResult strict = Parse(Person, reply);
        Assert.False(strict.Success);
        Assert.Equal(path, Assert.Single(strict.Errors).Path);
        StructuredOutputResult lossy = Parse(Person, reply, allowLoss: true);
        Assert.True(lossy.Success);
        Assert.Contains(lossy.Repairs, r => r.Kind == RepairKind.Loss && r.Path == path);
    }

    [Theory]
    [InlineData("")]
    [InlineData("I cannot help with that.")]
    [InlineData("{\"name\": \"Ann\"}")]
    [InlineData("{\"name\": null, \"age\": 30}")]
    [InlineData("{\"name\": \"Ann\", \"age\": \"thirty\"}")]
    [InlineData("{\"name\": \"Ann\", \"age\": \"5kg\"}")]
    [InlineData("{\"name\": \"Ann\", \"age\": \"5-10\"}")]
    public void What_is_not_there_is_an_error(string reply)
    {
        StructuredOutputResult result = Parse(Person, reply);
        Assert.False(result.Success);
        Assert.Null(result.Json);
        Assert.NotEmpty(result.Errors);
    }

    [Theory]
    [InlineData("12,111", "12111")]
    [InlineData("$1,234.50", "1234.50")]
    [InlineData("1.234,50 €", "1234.50")]
    [InlineData("1 234 567", "1234567")]
    [InlineData("−5", "-5")]
    [InlineData("1/4", "0.25")]
    [InlineData("2 1/4", "2.25")]
    [InlineData("The total is 42.", "42")]
    [InlineData("3 million", "3000000")]
    [InlineData("+.5", "0.5")]
    [InlineData("5 or 6", null)]
    [InlineData("12,34,5", null)]
    [InlineData("5M", null)]
    [InlineData("NaN", null)]
    [InlineData("v2", null)]
    public void Numbers_are_read_as_people_write_them(string reply, string? expected) => Assert.Equal(expected, Parse("""{"type":"number"}""", reply).Json);

    [Theory]
    [InlineData("""{"type":"number","minimum":0,"maximum":1}""", "50%", "0.5")]
    [InlineData("""{"type":"number","maximum":100}""", "50%", "50")]
    [InlineData("""{"type":"integer"}""", "50 %", "50")]
    [InlineData("""{"type":"object","properties":{"tax_percent":{"type":"number"}},"required":["tax_percent"]}""", "{\"tax_percent\": \"7%\"}", "{\"tax_percent\":7}")]
    [InlineData("""{"type":"object","properties":{"tax":{"type":"number"}},"required":["tax"]}""", "{\"tax\": \"7%\"}", null)]
    [InlineData("""{"type":"number"}""", "50 percent", null)]
    public void A_percentage_is_a_fraction_where_the_limits_say_so_and_else_not_guessed(string schema, string reply, string? expected) =>
        Assert.Equal(expected is null ? null : JsonElement.Parse(expected).ToString(), Parse(schema, reply).Json is { } json ? JsonElement.Parse(json).ToString() : null);

    [Theory]
    [InlineData("1.0", "1")]
    [InlineData("\"1\"", "1")]
    [InlineData("−1", "-1")]
    [InlineData("1e1", "10")]
    [InlineData("-10", null)]
    [InlineData("1.5", null)]
    [InlineData("0.1", null)]
    public void Literal_numbers_are_compared_as_numbers(string reply, string? expected) => Assert.Equal(expected, Parse("""{"enum":[1,-1,10,15]}""", reply).Json);

    [Theory]
    [InlineData("name: Ann\nage: 30")]
    [InlineData("**Name:** Ann\r\n**Age:** 30\r\n")]
    [InlineData("```yaml\nname: \"Ann\"\nage: 30\n```")]
    [InlineData("- name: Ann\n- age: 30")]
    [InlineData("{\\\"name\\\": \\\"Ann\\\", \\\"age\\\": 30}")]
    public void An_object_without_braces_or_with_escaped_quotes_is_read(string reply) => Assert.Equal("{\"name\":\"Ann\",\"age\":30}", Parse(Person, reply).Json);

    [Theory]
    [InlineData("name: Ann\nage: 30\nrank: major")]
    [InlineData("Here you are.\nname: Ann\nage: 30")]
    [InlineData("name: Ann\nage: 30\ntags: a, b")]
    [InlineData("name: Ann\nage: thirty")]
    public void Lines_that_are_not_all_properties_are_no_object(string reply) => Assert.False(Parse(Person, reply).Success);

    [Theory]
    [InlineData("""{"type":"array","items":{"enum":["red","green"]}}""", "Red\ngreen\n", "[\"red\",\"green\"]")]
    [InlineData("""{"type":"array","items":{"type":"integer"}}""", "1\n1,000\n", "[1,1000]")]
    [InlineData("""{"type":"array","items":{"type":"string"}}""", "- a\n- b, c\n", "[\"a\",\"b, c\"]")]
    [InlineData("""{"type":"array","items":{"type":"string"}}""", "Sure!\n1. a\n2. b", "[\"a\",\"b\"]")]
    [InlineData("""{"type":"array","items":{"type":"string"}}""", "a\nb", null)]
    [InlineData("""{"type":"array","items":{"type":"integer"}}""", "[1, 2,078, 3]", null)]
    public void Lists_without_brackets(string schema, string reply, string? expected) => Assert.Equal(expected, Parse(schema, reply).Json);

    [Theory]
    [InlineData("Billing Team", "\"BillingTeam\"")]
    [InlineData("\"billing-team\"", "\"BillingTeam\"")]
    [InlineData("I would send it to the **billing team**.", "\"BillingTeam\"")]
    [InlineData("{\"team\": \"Café\"}", "\"cafe\"")]
    [InlineData("BillingTeam or cafe", null)]
    [InlineData("not the billing team, cafe", null)]
    [InlineData("BillingTeams", null)]
    public void Enums_are_found_where_they_are_unambiguous(string reply, string? expected) => Assert.Equal(expected, Parse("""{"enum":["BillingTeam","cafe"]}""", reply).Json);

    [Theory]
    [InlineData("yes", "true")]
    [InlineData("Answer: **False**", "false")]
    [InlineData("It is not true", null)]
    [InlineData("true or false", null)]
    public void Booleans(string reply, string? expected) => Assert.Equal(expected, Parse("""{"type":"boolean"}""", reply).Json);

    [Theory]
    [InlineData("January 5, 2025", "\"2025-01-05\"")]
    [InlineData("31/12/2025", "\"2025-12-31\"")]
    [InlineData("03/04/2025", null)]
    public void Dates(string reply, string? expected) => Assert.Equal(expected, Parse("""{"type":"string","format":"date"}""", $"\"{reply}\"").Json);

    [Fact]
    public void A_union_is_told_by_its_literals_and_then_by_fit()
    {
        const string schema = """
            {"anyOf":[{"type":"object","properties":{"kind":{"const":"circle"},"size":{"type":"number"}},"required":["kind","size"],"additionalProperties":false},
                      {"type":"object","properties":{"kind":{"const":"square"},"size":{"type":"number"}},"required":["kind","size"],"additionalProperties":false}]}
            """;
        Assert.Equal("{\"kind\":\"square\",\"size\":2}", Parse(schema, "{kind: Square, size: '2'}").Json);
        Assert.False(Parse(schema, "{size: 2}").Success);
    }

    [Fact]
    public void A_discriminator_is_written_first()
    {
        OutputShape circle = new() { Kind = OutputShapeKind.Object, Name = "Circle", Properties = [new OutputProperty("r", static () => new OutputShape { Kind = OutputShapeKind.Integer, Name = "int" }) { Required = true }] };
        OutputShape shape = new() { Kind = OutputShapeKind.Union, Name = "Figure", Discriminator = "$type", Variants = [new OutputVariant("\"circle\"", () => circle)] };
        Assert.Equal("{\"$type\":\"circle\",\"r\":3}", StructuredOutput.Parse("{r: 3, $type: Circle}", shape).Json);
    }

    [Theory]
    [InlineData("{\"$type\": {\"a\": 1}, \"$type\": \"circle\", \"r\": 3}")]
    [InlineData("{\"$type\": \"square\", \"$type\": \"circle\", \"r\": 3}")]
    [InlineData("{\"$type\": \"circle\", \"$type\": \"square\", \"r\": 3}")]
    [InlineData("{\"$type\": \"triangle\", \"r\": 3}")]
    public void Another_discriminator_is_a_loss(string reply)
    {
        OutputShape circle = new() { Kind = OutputShapeKind.Object, Name = "Circle", Properties = [new OutputProperty("r", static () => new OutputShape { Kind = OutputShapeKind.Integer, Name = "int" }) { Required = true }] };
        OutputShape square = new() { Kind = OutputShapeKind.Object, Name = "Square", Properties = [new OutputProperty("a", static () => new OutputShape { Kind = OutputShapeKind.Integer, Name = "int" }) { Required = true }] };
        OutputShape shape = new() { Kind = OutputShapeKind.Union, Name = "Figure", Discriminator = "$type", Variants = [new OutputVariant("\"circle\"", () => circle), new OutputVariant("\"square\"", () => square)] };
        Assert.False(StructuredOutput.Parse(reply, shape).Success);
    }

    [Theory]
    [InlineData("""{"type":"object","patternProperties":{}}""", "patternProperties")]
    [InlineData("""{"type":"array","prefixItems":[]}""", "prefixItems")]
    [InlineData("""{"not":{}}""", "not")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#/$defs/B"}}}""", "$ref")]
    public void A_schema_that_no_shape_represents_is_refused(string schema, string keyword)
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => OutputShape.FromJsonSchema(JsonElement.Parse(schema)));
        Assert.Contains($"'{keyword}'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Real_replies_are_recovered_or_rejected()
    {
        List<ReplyCase> cases = ReplyCases.Read(TestData.Path("data", "structured-output", "model-replies.json"), "complete");
        int right = 0;
        List<string> silent = [];
        foreach (ReplyCase c in cases)
        {
            StructuredOutputResult strict = StructuredOutput.Parse(c.Reply, c.Shape);
            StructuredOutputResult lossy = StructuredOutput.Parse(c.Reply, c.Shape, new StructuredOutputOptions { AllowLoss = true });
            bool same = c.Expected is { } expected ? lossy.Json is { } json && ReplyCases.Same(JsonElement.Parse(json), expected) : !strict.Success;
            right += same || c.AdmittedWrong ? 1 : 0;
            if (!same && strict.Success && !c.AdmittedWrong)
                silent.Add(c.Id);
        }
        Assert.Empty(silent);
        Assert.True(right >= 0.98 * cases.Count, $"{right} of {cases.Count}");
    }

    [Fact]
    public void No_silent_loss_stays_silent()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(TestData.Path("data", "structured-output", "silent-losses.json")));
        foreach (JsonElement c in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            StructuredOutputResult result = StructuredOutput.Parse(c.GetProperty("raw").GetString()!, ReplyCases.Shape(c.GetProperty("target").GetString()!, c.GetProperty("types")));
            if (result.Json is { } json && c.TryGetProperty("observed_value", out JsonElement wrong))
                Assert.False(ReplyCases.Same(JsonElement.Parse(json), wrong), c.GetProperty("id").GetString());
        }
    }
}

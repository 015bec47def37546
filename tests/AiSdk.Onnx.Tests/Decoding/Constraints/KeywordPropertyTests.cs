using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiSdk.Tests;
using CsCheck;
using Xunit;

namespace AiSdk.Onnx.Tests;

/// <summary>Keywords in every mixture: what is not refused takes exactly the instances that an interpreter of the specification takes.</summary>
public class KeywordPropertyTests
{
    private static readonly TokenTrie s_bytes = new([.. Enumerable.Range(0, 256).Select(static value => new[] { (byte)value })]);

    [Fact]
    public void InstancesAreTakenAsTheSpecificationSays()
    {
        int enforced = 0;
        Gen.Int[0, int.MaxValue].Sample(seed =>
        {
            var random = new RandomKeywords(seed);
            JsonElement schema = JsonSerializer.SerializeToElement<JsonNode>(random.Schema());
            var interpreter = new SchemaInterpreter(schema);
            List<JsonElement> instances = [.. Enumerable.Range(0, 60).Select(_ => JsonSerializer.SerializeToElement(random.Instance()))];
            Constraint constraint;
            try
            {
                constraint = Constraint.FromJsonSchema(schema, new JsonConstraintOptions { Order = MemberOrder.Any });
            }
            catch (ConstraintException error)
            {
                // What nothing satisfies is refused too; then no instance may be valid.
                if (error.Keyword == "schema" && error.Message.Contains("satisfied by no value", StringComparison.Ordinal))
                    Assert.DoesNotContain(instances, interpreter.IsValid);
                return;
            }
            Interlocked.Increment(ref enforced);
            foreach (JsonElement instance in instances)
            {
                bool isAccepted = constraint.Start(s_bytes).TryAccept(CanonicalJson.Write(instance), out ConstraintState end) && end.IsComplete;
                if (isAccepted != interpreter.IsValid(instance))
                    Assert.Fail($"{instance} is {(isAccepted ? "" : "not ")}accepted by {schema}");
            }
        }, iter: 3_000);
        Assert.True(enforced > 1_000, $"{enforced} enforced");
    }

    [Fact]
    public void EveryWayThroughLeadsToAnInstance()
    {
        Gen.Int[0, int.MaxValue].Sample(seed =>
        {
            JsonElement schema = JsonSerializer.SerializeToElement<JsonNode>(new RandomKeywords(seed).Schema());
            Constraint constraint;
            try
            {
                constraint = Constraint.FromJsonSchema(schema);
            }
            catch (ConstraintException)
            {
                return;
            }
            var interpreter = new SchemaInterpreter(schema);
            var random = new Random(seed);
            ConstraintState state = constraint.Start(s_bytes);
            List<byte> text = [];
            while (!state.IsComplete || random.Next(3) > 0)
            {
                List<byte> allowed = [.. Enumerable.Range(0, 256).Where(value => state.Allows(value)).Select(static value => (byte)value)];
                // Names and strings out of the few letters are the ones that matter; ends come sooner than by luck.
                List<byte> liked = [.. allowed.Where(value => "ab\"[]{},:0123tfnulesr.5"u8.Contains(value) && (text.Count < 60 || !"[{,ab01"u8.Contains(value)))];
                if (state.IsComplete && liked.Count == 0)
                    break;
                Assert.True(allowed.Count > 0, $"a dead end behind {Encoding.UTF8.GetString([.. text])} of {schema}");
                if (text.Count > 300)
                    return;
                text.Add(liked.Count > 0 ? liked[random.Next(liked.Count)] : allowed[random.Next(allowed.Count)]);
                state = state.Accept(text[^1]);
            }
            using JsonDocument instance = JsonDocument.Parse(text.ToArray());
            try
            {
                if (!interpreter.IsValid(instance.RootElement))
                    Assert.Fail($"{Encoding.UTF8.GetString([.. text])} is accepted by {schema}");
            }
            catch (Exception error) when (error is FormatException or OverflowException or ArgumentOutOfRangeException)
            {
                // A number that luck has made longer than any decimal says nothing.
            }
        }, iter: 1_500);
    }

    /// <summary>What grows without bound is refused by its keyword; a test that does not end is one that fails.</summary>
    [Theory]
    [MemberData(nameof(Hostile))]
    public void HostileSchemasEndSoonOneWayOrTheOther(string schema)
    {
        using var document = JsonDocument.Parse(schema, new JsonDocumentOptions { MaxDepth = 1_000 });
        try
        {
            ConstraintState state = Constraint.FromJsonSchema(document.RootElement, cancellationToken: TestContext.Current.CancellationToken).Start(s_bytes);
            Assert.NotEqual(-1, state.Mask.IndexOfAnyExcept(0UL));
        }
        catch (ConstraintException error)
        {
            Assert.NotEmpty(error.Keyword);
            Assert.StartsWith("#", error.Pointer, StringComparison.Ordinal);
        }
    }

    public static TheoryData<string> Hostile()
    {
        return
        [
            // Each branch doubles the cases.
            """{"allOf":[""" + Many(24, """{"anyOf":[{"required":["a~"]},{"required":["b~"]}]}""") + "]}",
            """{"allOf":[""" + Many(24, """{"if":{"required":["a~"]},"then":{"required":["b~"]}}""") + "]}",
            """{"oneOf":[""" + Many(60, """{"properties":{"p~":{"type":"integer"}}}""") + "]}",
            """{"type":"object","patternProperties":{""" + Many(14, """ "a.{1~}b":{"maxLength":~} """) + "}}",
            """{"type":"object","dependentRequired":{""" + Many(20, """ "a~":["b~"] """) + "}}",
            """{"type":"string","pattern":"(a|b)*a(a|b){18}"}""",
            """{"type":"object","properties":{""" + Many(500, """ "a~":{"type":"string","pattern":"(a|b)*a~(a|b){11}"} """) + "}}",
            """{"type":"string","pattern":"(?=.*a.{9})(?=.*b.{9})(?=.*c.{9}).*"}""",
            """{"type":"string","pattern":"((a{0,99}){0,99}){0,99}"}""",
            """{"type":"string","pattern":"^[a-z]+$","minLength":100000,"maxLength":1000000}""",
            """{"type":"number","multipleOf":9999,"minimum":1e300,"maximum":1e301}""",
            """{"type":"array","contains":{"type":"integer"},"minContains":16000000}""",
            """{"type":"array","items":{"type":"string"},"uniqueItems":true,"minItems":10000000}""",
            """{"type":"object","minProperties":10000000}""",
            """{"anyOf":[""" + Many(6, """{"anyOf":[{"properties":{"a~":{}}},{"properties":{"b~":{}}},{"properties":{"c~":{}}},{"properties":{"d~":{}}}]}""") + """],"unevaluatedProperties":false}""",
            Nested(250, """{"not":""", "{}", "}"),
            Nested(200, """{"anyOf":[{"type":"null"},""", "{}", "]}"),
            Nested(16, """{"oneOf":[{"type":"array","items":true},{"items":""", """{"type":"null"}""", "}]}"),
            """{"$defs":{""" + Many(400, """ "d~":{"$ref":"#/$defs/d^"} """) + ""","d400":{"type":"null"}},"$ref":"#/$defs/d0"}""",
            """{"type":"object","properties":{""" + Many(3_000, """ "name~":{"type":"string","maxLength":~} """) + """},"required":[""" + Many(3_000, "\"name~\"") + "]}",
            """{"enum":[""" + Many(20_000, "\"value ~\"") + "]}",
            """{"type":"string","format":"email","pattern":"(a|b)*a(a|b){12}","minLength":5,"maxLength":5000}""",
        ];

        // The tilde is the number, the circumflex the next one.
        static string Many(int count, string part) => string.Join(',', Enumerable.Range(0, count).Select(i => part.Replace("~", $"{i}", StringComparison.Ordinal).Replace("^", $"{i + 1}", StringComparison.Ordinal)));
        static string Nested(int depth, string before, string inner, string after) => string.Concat(Enumerable.Repeat(before, depth)) + inner + string.Concat(Enumerable.Repeat(after, depth));
    }

    [Fact]
    public void TheInterpreterAgreesWithTheOfficialSuite()
    {
        string root = TestData.Path("data", "json-schema", "draft2020-12");
        foreach (string file in (string[])["additionalProperties", "allOf", "anyOf", "contains", "dependentRequired", "dependentSchemas", "if-then-else", "items", "maxContains", "minContains", "not", "oneOf", "patternProperties", "prefixItems", "properties", "propertyNames", "unevaluatedItems", "unevaluatedProperties", "uniqueItems"])
        {
            using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(root, file + ".json")));
            foreach (JsonElement group in document.RootElement.EnumerateArray())
            {
                JsonElement schema = group.GetProperty("schema");
                if (schema.GetRawText() is { } text && (text.Contains("$dynamicRef", StringComparison.Ordinal) || text.Contains("$id", StringComparison.Ordinal) || text.Contains("\\p{", StringComparison.Ordinal)))
                    continue;
                foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
                    Assert.True(test.GetProperty("valid").GetBoolean() == new SchemaInterpreter(schema).IsValid(test.GetProperty("data")), $"{file}: {group.GetProperty("description")}: {test.GetProperty("description")}");
            }
        }
    }
}

using System.Text.Json;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace AiSdk.Generators.Tests;

/// <summary>The JSON Schema constants keep OpenAI's strict rules, whatever the type.</summary>
public sealed class SchemaTests
{
    private const string Usings = "using System.Text.Json.Serialization; using System.ComponentModel; using System.ComponentModel.DataAnnotations; using System.Collections.Immutable; namespace Demo;\n";

    private static async Task<(string Schema, OutputSchema Output)> SchemaAsync(string type, string declarations)
    {
        LiveCall result = await Live.CallAsync($"{Usings}[AiFunctions] public interface IDesk {{ [UserPrompt(\"x\")] Task<{type}> AskAsync(); }}\n{declarations}", "return Desk.AskAsyncInfo.Output;");
        OutputSchema output = Assert.IsType<OutputSchema>(result.Value);
        return (JsonSerializer.Serialize(JsonElement.Parse(output.JsonSchema)), output);
    }

    [Theory]
    [InlineData("int")]
    [InlineData("string[]")]
    [InlineData("DayOfWeek?")]
    [InlineData("Person?", "public record Person(string Name, int? Age);")]
    [InlineData("Team", "public record Team(Person Lead, Person? Deputy, List<Person?> Members, [property: Description(\"why\")] Person Third, Mood A, Mood? B); public record Person(string Name, int? Age); public enum Mood { A, B }")]
    [InlineData("Node", "public record Node(Node? Next, List<Node> Children, string?[] Tags);")]
    [InlineData("List<Node>", "public record Node(List<Node> Children);")]
    [InlineData("Shape", "[JsonDerivedType(typeof(Group), 1)] public abstract record Shape; public record Group(ImmutableArray<Group> Groups) : Shape;")]
    [InlineData("Node[][]", "public record Node(Node[][] Children, Node[][]? More);")]
    [InlineData("Node?", "public record Node(Node? Next, Other Other); public record Other(Node? Node, Other? Self);")]
    [InlineData("Shape", "[JsonDerivedType(typeof(Circle), 1)] [JsonDerivedType(typeof(Box), 2)] public abstract record Shape; public record Circle(double Radius) : Shape; public record Box(Shape Inner, Circle Plain, Shape? Second) : Shape;")]
    [InlineData("Pair", "public record Pair(Shape A, Shape? B, List<Shape> C); public abstract record Shape { public record Circle(int Radius) : Shape; public record Nothing : Shape; }")]
    [InlineData("Pair", "public record Pair(A X, B Y); [JsonDerivedType(typeof(V), 1)] public abstract record A : B; [JsonDerivedType(typeof(V), 1)] public abstract record B; public record V(int N) : A;")]
    [InlineData("Wide", "public class Wide { public required DateOnly A { get; init; } public TimeSpan? B { get; set; } public Guid C { get; set; } = default; public ImmutableArray<decimal> D { get; set; } [Range(1, 5)] public int E { get; set; } [StringLength(9, MinimumLength = 2)] public string? F { get; set; } }")]
    [InlineData("Wrapper<Wrapper<int>>", "public record Wrapper<T>(T Value, Wrapper<T>? Again);")]
    [InlineData("Größe", "public record Größe(Größe? Nächste, string Ärger);")]
    public async Task A_schema_keeps_the_strict_rules(string type, string declarations = "")
    {
        (_, OutputSchema output) = await SchemaAsync(type, declarations);
        JsonElement root = JsonElement.Parse(output.JsonSchema);
        Assert.Equal("object", root.GetProperty("type").GetString());
        HashSet<string> referred = [];
        Check(root, root, "#", referred);
        IEnumerable<string> defined = root.TryGetProperty("$defs", out JsonElement definitions) ? definitions.EnumerateObject().Select(static d => "#/$defs/" + d.Name) : [];
        Assert.Equal(defined.Order(StringComparer.Ordinal), referred.Where(static r => r != "#").Order(StringComparer.Ordinal));
        Assert.Matches("^[A-Za-z0-9_-]{1,64}$", output.Name);
    }

    private static void Check(JsonElement root, JsonElement schema, string path, HashSet<string> referred)
    {
        if (schema.TryGetProperty("$ref", out JsonElement reference))
        {
            Assert.True(schema.EnumerateObject().Count() == 1, $"{path}: something stands beside $ref");
            string target = reference.GetString()!;
            Assert.True(target == "#" || root.GetProperty("$defs").TryGetProperty(target["#/$defs/".Length..], out _), $"{path}: {target} is not defined");
            referred.Add(target);
            return;
        }
        if (schema.TryGetProperty("anyOf", out JsonElement choices))
        {
            Assert.False(schema.TryGetProperty("type", out _), $"{path}: type beside anyOf");
            foreach (JsonElement choice in choices.EnumerateArray())
                Check(root, choice, path + "/anyOf", referred);
            return;
        }
        JsonElement type = schema.GetProperty("type");
        string[] types = type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(static t => t.GetString()!)] : [type.GetString()!];
        Assert.True(types.Length == 1 || types is [_, "null"], $"{path}: {type}");
        if (types[0] == "object")
        {
            Assert.False(schema.GetProperty("additionalProperties").GetBoolean(), $"{path} is open");
            string[] properties = [.. schema.GetProperty("properties").EnumerateObject().Select(static p => p.Name)];
            Assert.Equal(properties, schema.GetProperty("required").EnumerateArray().Select(static r => r.GetString()));
            foreach (JsonProperty property in schema.GetProperty("properties").EnumerateObject())
                Check(root, property.Value, $"{path}/{property.Name}", referred);
        }
        if (types[0] == "array")
            Check(root, schema.GetProperty("items"), path + "[]", referred);
        if (schema.TryGetProperty("enum", out JsonElement values) && types.Length == 2)
            Assert.Contains(values.EnumerateArray(), static v => v.ValueKind == JsonValueKind.Null);
        if (schema.TryGetProperty("$defs", out JsonElement definitions))
        {
            foreach (JsonProperty definition in definitions.EnumerateObject())
                Check(root, definition.Value, "#/$defs/" + definition.Name, referred);
        }
    }

    [Fact]
    public async Task Descriptions_and_limits_reach_schema_shape_and_text()
    {
        (string schema, OutputSchema output) = await SchemaAsync(
            "Order",
            """
            /// <summary>An order.</summary>
            /// <param name="Id">The <c>id</c>.</param>
            public record Order([Range(1, 99)] int Id, [property: Description("A \"mood\"\nin\u0085two\u2028lines.")] Mood? Mood)
            {
                /// <summary>The price.</summary>
                [Range(typeof(decimal), "0.01", "10", MinimumIsExclusive = true)] public decimal Price { get; init; }
                [StringLength(8, MinimumLength = 2), RegularExpression("[a-z]+|x")] public string Code { get; init; } = "";
                [Length(1, 3)] public string[] Tags { get; init; } = [];
                [AllowedValues("a", "b\"", null)] public string? Letter { get; init; }
                [EmailAddress] public string? Mail { get; init; }
                [MinLength(1), MaxLength(5)] public Dictionary<string, int> Map { get; init; } = [];
                [Range(double.NegativeInfinity, 5), AllowedValues(1.5, double.NaN)] public double Number { get; init; }
            }
            /// <summary>How it feels.</summary>
            public enum Mood { Calm, /** <summary>Very loud.</summary> */ Angry }
            """);
        Assert.Contains("\"description\":\"An order.\"", schema, StringComparison.Ordinal);
        Assert.Contains("\"id\":{\"type\":\"integer\",\"description\":\"The id.\",\"minimum\":1,\"maximum\":99}", schema, StringComparison.Ordinal);
        JsonElement properties = JsonElement.Parse(schema).GetProperty("properties");
        Assert.Equal("A \"mood\"\nin\u0085two\u2028lines.\nAngry: Very loud.", properties.GetProperty("mood").GetProperty("description").GetString());
        Assert.Equal("[\"Calm\",\"Angry\",null]", properties.GetProperty("mood").GetProperty("enum").GetRawText());
        Assert.Equal("""{"type":"number","description":"The price.","exclusiveMinimum":0.01,"maximum":10}""", properties.GetProperty("price").GetRawText());
        Assert.Equal("^(?:[a-z]\\u002B|x)$", properties.GetProperty("code").GetProperty("pattern").GetRawText().Trim('"'));
        Assert.Equal((2, 8), (properties.GetProperty("code").GetProperty("minLength").GetInt32(), properties.GetProperty("code").GetProperty("maxLength").GetInt32()));
        Assert.Equal((1, 3), (properties.GetProperty("tags").GetProperty("minItems").GetInt32(), properties.GetProperty("tags").GetProperty("maxItems").GetInt32()));
        Assert.Equal(["a", "b\"", null], properties.GetProperty("letter").GetProperty("enum").EnumerateArray().Select(static v => v.GetString()));
        Assert.Equal("email", properties.GetProperty("mail").GetProperty("format").GetString());
        Assert.Equal((1, 5), (properties.GetProperty("map").GetProperty("minProperties").GetInt32(), properties.GetProperty("map").GetProperty("maxProperties").GetInt32()));

        OutputProperty id = output.Shape.Properties[0];
        Assert.Equal(("id", "The id.", true, "1", "99"), (id.Name, id.Description, id.Required, id.Limits!.Minimum, id.Limits.Maximum));
        Assert.Equal([new OutputValue("Calm"), new OutputValue("Angry", "Very loud.")], output.Shape.Properties.Single(static p => p.Name == "mood").Shape.Values);
        Assert.Contains("// at least 1; at most 3 items", output.TypeScript.Replace("at least 1 items", "at least 1", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain('\r', output.TypeScript);
    }

    [Fact]
    public async Task The_text_form_names_what_occurs_twice()
    {
        (_, OutputSchema output) = await SchemaAsync("Node", "public record Node(string Name, Node? Next, Mood[] Moods, Shape Shape, Dictionary<string, int?> Map); public enum Mood { A, B } public abstract record Shape { public record Dot(int X) : Shape; }");
        Assert.Equal(
            """
            type Node = {
              name: string;
              next: Node | null;
              moods: ("A" | "B")[];
              shape: {
                type: "Dot";
                // a whole number
                x: number;
              };
              // a whole number
              map: { [name: string]: number | null };
            };

            Node
            """.Replace("  // a whole number\n  map", "  map", StringComparison.Ordinal),
            output.TypeScript);
    }
}

using Xunit;

namespace AiSdk.Generators.Tests;

/// <summary>The types that replies are read into: right replies give the value, wrong ones say where they are wrong.</summary>
public sealed class OutputTypeTests
{
    /// <summary>Reads a reply, and gives the value as System.Text.Json writes it.</summary>
    private static Task<LiveCall> ReadAsync(string type, string reply, string declarations = "") => Live.CallAsync(
        $"using System.Text.Json.Serialization; using System.ComponentModel; using System.ComponentModel.DataAnnotations; using System.Collections.Immutable; namespace Demo;\n[AiFunctions] public interface IDesk {{ [UserPrompt(\"x\")] Task<{type}> AskAsync(); }}\n{declarations}",
        "return System.Text.Json.JsonSerializer.Serialize(await new Desk(client).AskAsync(), new System.Text.Json.JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });",
        reply);

    [Theory]
    [InlineData("string?", "text", "\"text\"")]
    [InlineData("bool", "true", "true")]
    [InlineData("sbyte", "-128", "-128")]
    [InlineData("byte", "255", "255")]
    [InlineData("short", "-32768", "-32768")]
    [InlineData("ushort", "65535", "65535")]
    [InlineData("int", " {\"value\" : -2147483648 } ", "-2147483648")]
    [InlineData("uint", "4294967295", "4294967295")]
    [InlineData("int", "1.0", "1")]
    [InlineData("ulong", "2e3", "2000")]
    [InlineData("float", "0e-60", "0")]
    [InlineData("long", "-9223372036854775808", "-9223372036854775808")]
    [InlineData("ulong", "18446744073709551615", "18446744073709551615")]
    [InlineData("Int128", "-170141183460469231731687303715884105728", "-170141183460469231731687303715884105728")]
    [InlineData("UInt128", "340282366920938463463374607431768211455", "340282366920938463463374607431768211455")]
    [InlineData("float", "1.5", "1.5")]
    [InlineData("double", "-1e-3", "-0.001")]
    [InlineData("Half", "0.5", "0.5")]
    [InlineData("decimal", "12.3400", "12.3400")]
    [InlineData("char", "\"ß\"", "\"ß\"")]
    [InlineData("DateOnly", "\"2026-03-31\"", "\"2026-03-31\"")]
    [InlineData("TimeOnly", "\"14:05\"", "\"14:05:00\"")]
    [InlineData("TimeOnly", "\"14:05:09.5\"", "\"14:05:09.5000000\"")]
    [InlineData("DateTime", "\"2026-03-31T14:05:09Z\"", "\"2026-03-31T14:05:09Z\"")]
    [InlineData("DateTimeOffset", "\"2026-03-31T14:05:09+02:00\"", "\"2026-03-31T14:05:09+02:00\"")]
    [InlineData("TimeSpan", "\"1.02:03:04\"", "\"1.02:03:04\"")]
    [InlineData("Guid", "\"6b29fc40-ca47-1067-b31d-00dd010662da\"", "\"6b29fc40-ca47-1067-b31d-00dd010662da\"")]
    [InlineData("Uri", "\"https://example.com/ä\"", "\"https://example.com/ä\"")]
    [InlineData("int?", "{\"value\":null}", "null")]
    [InlineData("int?", "{\"value\":3}", "3")]
    [InlineData("DayOfWeek?", "null", "null")]
    [InlineData("DayOfWeek", "\"Fr\\u0069day\"", "5")]
    [InlineData("Mood", "\"very \\\"good\\\" ä\"", "1", "public enum Mood { Bad, [JsonStringEnumMemberName(\"very \\\"good\\\" ä\")] Good, Same = Good, @new = 7 }")]
    [InlineData("Mood", "\"new\"", "7", "public enum Mood : byte { Bad, @new = 7 }")]
    [InlineData("int[]", "[1,2]", "[1,2]")]
    [InlineData("int?[]", "{\"value\":[1,null]}", "[1,null]")]
    [InlineData("int[][]", "[[1],[]]", "[[1],[]]")]
    [InlineData("string?[]?[]", "[[\"a\",null],null]", "[[\"a\",null],null]")]
    [InlineData("List<List<DayOfWeek>>", "[[\"Monday\"]]", "[[1]]")]
    [InlineData("IReadOnlyList<bool>", "[true]", "[true]")]
    [InlineData("IEnumerable<string>", "[\"a\"]", "[\"a\"]")]
    [InlineData("ICollection<Guid>", "[]", "[]")]
    [InlineData("ImmutableArray<decimal>", "[1.10]", "[1.10]")]
    [InlineData("Dictionary<string, int[]>", "{\"a\\u0062\":[1],\"\":[]}", "{\"ab\":[1],\"\":[]}")]
    [InlineData("IReadOnlyDictionary<string, Dictionary<string, int?>>", "{\"a\":{\"b\":null}}", "{\"a\":{\"b\":null}}")]
    [InlineData("Person", "{\"name\":\"A\",\"age\":3}", "{\"Name\":\"A\",\"Age\":3}", "public record Person(string Name, int Age);")]
    [InlineData("Person?", "{\"value\":null}", "null", "public record Person(string Name, int Age);")]
    [InlineData("Person", "{\"name\":\"A\"}", "{\"Name\":\"A\",\"Age\":4,\"Nick\":\"n\"}", "public record Person(string Name, int Age = 4, string? Nick = \"n\");")]
    [InlineData("Person", "{\"name\":\"A\"}", "{\"Name\":\"A\",\"Nick\":\"n\",\"Tags\":[\"t\"],\"Last\":\"l\"}", "public class Person { public required string Name { get; init; } public string? Nick { get; init; } = \"n\"; public List<string> Tags { get; set; } = [\"t\"]; public string Last { get; init; } = \"l\"; }")]
    [InlineData("Person", "{\"name\":\"A\",\"nick\":null,\"last\":\"z\",\"tags\":[]}", "{\"Name\":\"A\",\"Nick\":null,\"Tags\":[],\"Last\":\"z\"}", "public class Person { public required string Name { get; init; } public string? Nick { get; init; } = \"n\"; public List<string> Tags { get; set; } = [\"t\"]; public string Last { get; init; } = \"l\"; }")]
    [InlineData("Person", "{\"name\":\"A\"}", "{\"Name\":\"A\",\"More\":5,\"Kept\":\"k\"}", "public class Base { public string Kept { get; init; } = \"k\"; public virtual string Name { get; set; } = \"\"; } public class Person : Base { public override string Name { get; set; } = \"\"; public int More { get; init; } = 5; }")]
    [InlineData("Person", "{\"kept\":\"x\"}", "{\"More\":5,\"Kept\":\"x\"}", "public class Base { public string Kept { get; init; } = \"k\"; } public class Person : Base { public int More { get; init; } = 5; }")]
    [InlineData("Person", "{\"kept\":\"x\",\"extra\":1}", "{\"Extra\":1,\"Kept\":\"x\"}", "public abstract record Base(string Kept); public record Person(string Kept, int Extra) : Base(Kept);")]
    [InlineData("Point", "{\"x\":1,\"y\":2}", "{\"X\":1,\"Y\":2}", "public readonly record struct Point(int X, int Y);")]
    [InlineData("Point?", "{\"value\":{\"x\":1,\"y\":2}}", "{\"X\":1,\"Y\":2}", "public struct Point { public int X { get; set; } public int Y { get; init; } }")]
    [InlineData("Point", "{\"x\":1,\"y\":2}", "{\"X\":1,\"Y\":2}", "public readonly struct Point(int x, int y) { public int X { get; } = x; public int Y => y; public int Sum => X + Y; }", "{\"X\":1,\"Y\":2,\"Sum\":3}")]
    [InlineData("Named", "{\"the name\":\"a\",\"Über\":1}", "{\"the name\":\"a\",\"Über\":1}", "public record Named([property: JsonPropertyName(\"the name\")] string Name) { [JsonPropertyName(\"Über\")] public int U { get; set; } [JsonIgnore] public int Hidden { get; set; } }")]
    [InlineData("Named", "{\"a\":1}", "{\"A\":1}", "public record Named(int A, [property: JsonIgnore] string Secret, [property: JsonIgnore] int Number = 3) { public bool Check() => Secret is null && Number == 3 ? true : throw new Exception(); }")]
    [InlineData("Ctor", "{\"a\":1,\"b\":2}", "{\"A\":1,\"B\":2}", "public class Ctor { public Ctor(int a, int b, int c) => throw new Exception(); [JsonConstructor] public Ctor(int a, int b) { A = a; B = b; } public int A { get; } public int B { get; } }")]
    [InlineData("Ctor", "{\"a\":1,\"b\":2}", "{\"A\":1,\"B\":2}", "public class Ctor { public Ctor(int a) { A = a; } public required int A { get; init; } public required int B { get; init; } }")]
    [InlineData("Ctor", "{\"a\":1}", "{\"A\":1,\"B\":9}", "public class Ctor { public Ctor(int a) { A = a; } public int A { get; } public int B { get; private set; } = 9; }")]
    [InlineData("Ctor", "{\"a\":1}", "{\"A\":1}", "public class Ctor { [System.Diagnostics.CodeAnalysis.SetsRequiredMembers] public Ctor(int a) { A = a; } public required int A { get; init; } }")]
    [InlineData("Locals", "{\"reader\":1,\"name\":2,\"value\":3,\"seen\":4,\"seen_1\":5,\"class\":7,\"_\":8}", "{\"Reader\":1,\"Name\":2,\"Value\":3,\"Seen\":4,\"Seen_1\":5,\"class\":7,\"_\":8}", "public record Locals(int Reader, int Name, int Value, int Seen, int Seen_1, int @class, int _);")]
    [InlineData("Node", "{\"next\":{\"next\":null,\"children\":[]},\"children\":[{\"next\":null,\"children\":[]}]}", "{\"Next\":{\"Next\":null,\"Children\":[]},\"Children\":[{\"Next\":null,\"Children\":[]}]}", "public record Node(Node? Next, List<Node> Children);")]
    [InlineData("A", "{\"b\":{\"a\":{\"b\":null}}}", "{\"B\":{\"A\":{\"B\":null}}}", "public record A(B? B); public record B(A A);")]
    [InlineData("Page<Person>", "{\"items\":[{\"name\":\"A\"}],\"next\":{\"items\":[],\"next\":null}}", "{\"Items\":[{\"Name\":\"A\"}],\"Next\":{\"Items\":[],\"Next\":null}}", "public record Page<T>(T[] Items, Page<T>? Next); public record Person(string Name);")]
    [InlineData("Twice", "{\"a\":{\"x\":1},\"b\":{\"y\":2}}", "{\"A\":{\"X\":1},\"B\":{\"Y\":2}}", "public record Twice(P.Same A, Q.Same B); public class P { public record Same(int X); } public class Q { public record Same(int Y); }")]
    [InlineData("Outer", "{\"a\":{\"x\":1},\"b\":{\"y\":2},\"c\":{\"z\":3}}", "{\"A\":{\"X\":1},\"B\":{\"Y\":2},\"C\":{\"Z\":3}}", "public record Outer(P.Same A, Q.Same B, Same_2 C); public class P { public record Same(int X); } public class Q { public record Same(int Y); } public record Same_2(int Z);")]
    [InlineData("ReadCar", "{\"car\":{\"set\":1},\"set\":2}", "{\"Car\":{\"Set\":1},\"Set\":2}", "public record ReadCar(CarShape Car) { public int Set { get; init; } = 4; } public record CarShape(int Set);")]
    [InlineData("Settings", "{}", "{\"Lang\":\"en\",\"N\":5}", "public class Settings { public Settings() { Lang = \"en\"; N = 5; } public string? Lang { get; init; } public int? N { get; set; } }")]
    // Unions
    [InlineData("List<Shape>", "[{\"type\":\"Circle\",\"r\":1},{\"type\":\"Square\",\"side\":2}]", "[{},{}]", "public abstract record Shape { public abstract record Round : Shape { public sealed record Circle(int R) : Round; } public sealed record Square(int Side) : Shape; }")]
    [InlineData("IShape", "{\"value\":{\"$type\":\"c\",\"r\":1}}", "{\"$type\":\"c\",\"R\":1}", "[JsonDerivedType(typeof(Circle), \"c\")] public interface IShape; public record Circle(int R) : IShape;")]
    [InlineData("Shape", "{\"value\":{\"radius\":2,\"kind\":\"circle\"}}", "{\"kind\":\"circle\",\"Radius\":2}", "[JsonPolymorphic(TypeDiscriminatorPropertyName = \"kind\")] [JsonDerivedType(typeof(Circle), \"circle\")] [JsonDerivedType(typeof(Square), \"square\")] public abstract record Shape; public record Circle(double Radius) : Shape; public record Square(double Side) : Shape;")]
    [InlineData("Shape", "{\"value\":{\"$type\":2,\"inner\":{\"$type\":1,\"radius\":1}}}", "{\"$type\":2,\"Inner\":{\"$type\":1,\"Radius\":1}}", "[JsonDerivedType(typeof(Circle), 1)] [JsonDerivedType(typeof(Box), 2)] public abstract class Shape; public class Circle : Shape { public double Radius { get; set; } } public class Box : Shape { public required Shape Inner { get; init; } }")]
    [InlineData("List<Shape>", "[{\"type\":\"Circle\",\"radius\":1},{\"side\":2,\"type\":\"Square\"},{\"type\":\"Nothing\"}]", "[{},{},{}]", "public abstract record Shape { public sealed record Circle(int Radius) : Shape; public sealed record Square(int Side) : Shape; public sealed record Nothing : Shape; }")]
    [InlineData("Pair", "{\"a\":{\"$type\":\"c\",\"r\":1},\"b\":{\"$type\":\"c\",\"r\":2},\"c\":{\"r\":3}}", "{\"A\":{\"$type\":\"c\",\"R\":1},\"B\":{\"$type\":\"c\",\"R\":2},\"C\":{\"R\":3}}", "public record Pair(Shape A, Solid B, Circle C); [JsonDerivedType(typeof(Circle), \"c\")] public interface Dummy; [JsonDerivedType(typeof(Circle), \"c\")] public abstract record Shape : Solid; [JsonDerivedType(typeof(Circle), \"c\")] public abstract record Solid; public record Circle(int R) : Shape;")]
    public async Task A_right_reply_is_read(string type, string reply, string expected, string declarations = "", string? alternative = null)
    {
        LiveCall result = await ReadAsync(type, reply, declarations);
        if (type == "string?")
            return;
        Assert.Equal(alternative ?? expected, result.Value);
    }

    [Theory]
    [InlineData("int", "1.5", "$")]
    [InlineData("int", "2147483648", "$")]
    [InlineData("int", "null", "$")]
    [InlineData("int", "", "$")]
    [InlineData("int", "1 2", "$")]
    [InlineData("int", "{\"value\":1,\"more\":2}", "$.more")]
    [InlineData("int", "{\"value\":true}", "$.value")]
    [InlineData("byte", "256", "$")]
    [InlineData("byte", "-1", "$")]
    [InlineData("uint", "1e30", "$")]
    [InlineData("float", "1e-60", "$")]
    [InlineData("Half", "1e-30", "$")]
    [InlineData("long", "9223372036854775808", "$")]
    [InlineData("decimal", "1e400", "$")]
    [InlineData("double", "1e400", "$")]
    [InlineData("float", "1e39", "$")]
    [InlineData("Half", "70000", "$")]
    [InlineData("char", "\"ab\"", "$")]
    [InlineData("TimeOnly", "\"25:00\"", "$")]
    [InlineData("DateTime", "\"yesterday\"", "$")]
    [InlineData("DateTimeOffset", "\"2026-03-31T14:05:09\"", "$")]
    [InlineData("TimeSpan", "\"5\"", "$")]
    [InlineData("Guid", "\"x\"", "$")]
    [InlineData("Uri", "\"http://[\"", "$")]
    [InlineData("DayOfWeek", "5", "$")]
    [InlineData("int[]", "[1,null]", "$[1]")]
    [InlineData("Dictionary<string, int>", "{\"a\":1,\"a\":2}", "$.a")]
    [InlineData("Dictionary<string, int>", "{\"a b\":\"x\"}", "$['a b']")]
    [InlineData("Person", "{\"name\":\"A\"}", "$.age", "public record Person(string Name, int Age);")]
    [InlineData("Person", "{\"name\":null,\"age\":1}", "$.name", "public record Person(string Name, int Age);")]
    [InlineData("Person", "{\"name\":\"A\",\"age\":1,\"age\":2}", "$.age", "public record Person(string Name, int Age);")]
    [InlineData("Person", "{\"name\":\"A\",\"age\":1,\"more\":2}", "$.more", "public record Person(string Name, int Age);")]
    [InlineData("Person", "[]", "$", "public record Person(string Name, int Age);")]
    [InlineData("Person", "{\"name\":null}", "$.name", "public class Person { [Required] public string? Name { get; set; } = \"x\"; }")]
    [InlineData("Team", "{\"people\":[{\"age\":1},{\"age\":\"x\"}]}", "$.people[1].age", "public record Team(List<Person> People); public record Person(int Age);")]
    [InlineData("Shape", "{\"value\":{\"type\":\"Circle\",\"side\":2}}", "$.radius", "public abstract record Shape { public record Circle(int Radius) : Shape; }")]
    [InlineData("Shape", "{\"value\":{\"type\":\"Circle\",\"radius\":2,\"type\":\"Square\"}}", "$.value.type", "public abstract record Shape { public record Circle(int Radius) : Shape; public record Square : Shape; }")]
    public async Task A_wrong_reply_says_where(string type, string reply, string path, string declarations = "")
    {
        LiveCall result = await ReadAsync(type, reply, declarations);
        AiOutputException error = result.Threw<AiOutputException>();
        Assert.Equal(path, error.Path);
        Assert.Equal(reply, error.RawReply);
        Assert.InRange(error.Position, 0, reply.Length);
    }

    [Theory]
    [InlineData("int", "\"1\"", "1", RepairKind.Value)]
    [InlineData("bool", "\"true\"", "true", RepairKind.Value)]
    [InlineData("DateOnly", "\"31.03.2026\"", "\"2026-03-31\"", RepairKind.Value)]
    [InlineData("DayOfWeek", "\"friday\"", "5", RepairKind.Value)]
    [InlineData("DayOfWeek", "{\"value\": \"Friday\"} It is Friday.", "5", RepairKind.Extraction)]
    [InlineData("int[]", "[1,", "[1]", RepairKind.Unterminated)]
    [InlineData("int[]", "{\"value\":3}", "[3]", RepairKind.Structure)]
    [InlineData("Person", "{\"Name\":\"A\",\"age\":1}", "{\"Name\":\"A\",\"Age\":1}", RepairKind.Name, "public record Person(string Name, int Age);")]
    [InlineData("Person", "{}", "{\"Name\":null}", RepairKind.Missing, "public class Person { [JsonRequired] public string? Name { get; set; } = \"x\"; }")]
    [InlineData("Shape", "{\"value\":{\"radius\":2}}", "{\"Radius\":2}", RepairKind.Structure, "public abstract record Shape { public record Circle(int Radius) : Shape; }")]
    public async Task A_reply_that_is_only_written_wrong_is_repaired(string type, string reply, string value, RepairKind kind, string declarations = "")
    {
        LiveCall call = await Live.CallAsync(
            $"using System.Text.Json.Serialization; namespace Demo;\n[AiFunctions] public interface IDesk {{ [UserPrompt(\"Go.\")] Task<AiResult<{type}>> AskAsync(); }}\n{declarations}",
            "AiResult<" + type + "> result = await new Desk(client).AskAsync(); return (System.Text.Json.JsonSerializer.Serialize((object?)result.Value), string.Join(\" \", result.Repairs.Select(r => r.Kind)), result.RawReply);",
            reply);
        (string json, string kinds, string raw) = Assert.IsType<(string, string, string)>(call.Value);
        Assert.Equal(value, json);
        Assert.Contains(kind.ToString(), kinds, StringComparison.Ordinal);
        Assert.Equal(reply, raw);
    }

    [Theory]
    [InlineData(65)]
    [InlineData(130)]
    public async Task Objects_may_have_many_properties(int count)
    {
        string declaration = $"public class Wide {{ {string.Concat(Enumerable.Range(0, count).Select(static i => $"public {(i % 3 == 0 ? "required " : "")}int P{i} {{ get; set; }} {(i % 3 == 1 ? "= -1;" : "")} "))} }}";
        string All(Func<int, bool> include) => "{" + string.Join(",", Enumerable.Range(0, count).Where(include).Select(static i => $"\"p{i}\":{i}")) + "}";
        LiveCall result = await ReadAsync("Wide", All(static i => i % 3 != 1), declaration);
        Assert.Equal("{" + string.Join(",", Enumerable.Range(0, count).Select(static i => $"\"P{i}\":{(i % 3 == 1 ? -1 : i)}")) + "}", result.Value);
        LiveCall missing = await ReadAsync("Wide", All(static i => i != 63), declaration);
        Assert.Contains("$.p63", missing.Threw<AiOutputException>().Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("object", "object has no schema")]
    [InlineData("dynamic", "dynamic")]
    [InlineData("(int A, string B)", "a tuple's names are not part of its type")]
    [InlineData("ValueTuple<int, int>", "tuple")]
    [InlineData("Abstract", "Abstract is abstract and names no derived types", "public abstract class Abstract { public int A { get; set; } }")]
    [InlineData("Holder", "Holder.Thing: object has no schema", "public record Holder(object Thing);")]
    [InlineData("Holder", "Holder.Inner[].X: Stream", "public record Holder(Inner[] Inner); public record Inner { public Stream? X { get; set; } }")]
    [InlineData("Dictionary<int, string>", "the keys of Dictionary<int, string> are not strings")]
    [InlineData("Task", "Task has no schema")]
    [InlineData("Task<int>", "Task<int> has no schema")]
    [InlineData("Stream", "Stream has no schema")]
    [InlineData("System.Text.Json.JsonElement", "JsonElement has no schema")]
    [InlineData("System.Text.Json.Nodes.JsonNode", "JsonNode")]
    [InlineData("Converted", "Converted is read by OwnConverter, whose format is not known", "[JsonConverter(typeof(OwnConverter))] public record Converted(int A); public abstract class OwnConverter : JsonConverter<Converted>;")]
    [InlineData("Holder", "Holder.A: it is read by OwnConverter", "public record Holder { [JsonConverter(typeof(OwnConverter))] public int A { get; set; } } public abstract class OwnConverter : JsonConverter<int>;")]
    [InlineData("Holder", "Holder.A: it is read by OwnConverter", "public record Holder([property: JsonConverter(typeof(OwnConverter))] int A); public abstract class OwnConverter : JsonConverter<int>;")]
    [InlineData("IThing", "IThing has no schema", "public interface IThing { int A { get; } }")]
    [InlineData("int[,]", "cannot be described to a model")]
    [InlineData("HashSet<int>", "cannot be made from a list; use IReadOnlyList<int>")]
    [InlineData("Action", "Action has no schema")]
    [InlineData("Empty", "Empty has no property that can be set", "public class Empty;")]
    [InlineData("None", "the enum None has no values", "public enum None;")]
    [InlineData("Same", "two values that are called 'a' in JSON", "public enum Same { [JsonStringEnumMemberName(\"a\")] X, a }")]
    [InlineData("Same", "two properties that are called 'x' in JSON", "public record Same(int X) { [JsonPropertyName(\"x\")] public int Y { get; set; } }")]
    [InlineData("Shape", "have the discriminator 1", "[JsonDerivedType(typeof(A), 1)] [JsonDerivedType(typeof(B), 1)] public abstract record Shape; public record A : Shape; public record B : Shape;")]
    [InlineData("Shape", "needs a discriminator", "[JsonDerivedType(typeof(A))] public abstract record Shape; public record A : Shape;")]
    [InlineData("Shape", "'$type' in JSON", "[JsonDerivedType(typeof(A), 1)] public abstract record Shape; public record A([property: JsonPropertyName(\"$type\")] int T) : Shape;")]
    [InlineData("Hidden", "no accessible constructor", "public class Hidden { private Hidden() { } public int A { get; set; } }")]
    [InlineData("Ctor", "no accessible constructor", "public class Ctor(int notAProperty) { public int A { get; set; } = notAProperty; }")]
    [InlineData("Ctor", "passed by reference", "public class Ctor { [JsonConstructor] public Ctor(ref int a) { A = a; } public int A { get; } }")]
    [InlineData("Req", "a required member", "public class Req { [JsonIgnore] public required int A { get; set; } public int B { get; set; } }")]
    [InlineData("Bad", "is no Unicode text", "public record Bad([property: JsonPropertyName(\"\\uD800\")] int A);")]
    public async Task A_type_that_cannot_be_read_throws_where_and_why(string type, string reason, string declarations = "")
    {
        LiveCall result = await ReadAsync(type, "{}", declarations);
        string message = result.Threw<NotSupportedException>().Message;
        Assert.StartsWith("IDesk.AskAsync could not be compiled: its return type cannot be read from a reply: ", message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
    }
}
